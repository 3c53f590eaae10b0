"""What the log says of corrections, what banks may say of them, and what they do not count for."""

import json
from typing import Any

import pytest

from consolidator.ledger.releases import list_figures
from consolidator.verify.log import verify_log
from schemas.commands import Command
from tests.support.answered import FEN, add_bank, answer, order_four, paid_to, result, told
from tests.support.corrected import IDS, correct, find_facts, leave_unpaid, name, order_failed, pay, stop
from tests.support.world import (
    COUNTY,
    HOUR,
    ORIGIN,
    World,
    codes_of,
    make_account,
    make_id,
    make_programme,
    make_signer,
)
from tests.unit.views.log import Log


@pytest.fixture
def world() -> World:
    """A county in which three lines of B-1 were not paid."""
    return leave_unpaid()


# ---- what the log says


def test_the_log_says_which_line_is_corrected_and_by_which_it_was(world: World) -> None:
    correct(world, [1, 3])
    assert [entry["source_line"] for entry in world.entries("line")[-2:]] == [name(1), name(3)]
    pay(world, "C-1", 2)
    kinds = [entry["kind"] for entry in world.entries()][-4:]
    assert kinds == ["release", "orders", "change", "change"]
    changes = world.entries("change")[-2:]
    assert [(each["line"], each["from"], each["to"], each["successor"]) for each in changes] == [
        (1, "failed", "rebuilt", name(1, "C-1")),
        (3, "returned", "rebuilt", name(2, "C-1")),
    ]
    shared = {"source": "bank-402", "document": "B-1", "programme": "FARM", "period": "2026", "amount_fen": FEN}
    shared |= {"bank": "", "route": "", "findings": [], "by": "", "cause": "", "v": 1}
    for each in changes:
        assert {key: each[key] for key in shared} == shared
    assert told(world, "change")[-2:] == [{"account": paid_to(1)}, {"account": paid_to(3)}]


def test_a_correction_that_settles_its_batch_is_told_before_that(world: World) -> None:
    add_bank(world)
    world.set_policy("policy-9", [("programme", "FARM", make_programme(review_window_hours=0))])
    correct(world, [1])
    assert [entry["kind"] for entry in world.entries()][-4:] == ["line", "batch", "orders", "change"]
    assert world.batch("B-1").state == "settled"
    answer(world, result(1, "credited", order=f"{COUNTY}/bank-402/C-1/1/1"))
    assert world.batch("C-1").state == "settled"


def test_many_corrections_are_told_part_by_part(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consolidator.ledger.corrections.PART_ITEMS_MAX", 2)
    correct(world, [1, 2, 3])
    before = len(world.steps)
    pay(world, "C-1", 3)
    counts = [sum(bundle.count for bundle in step.bundles) for step in world.steps[before:]]
    assert [count for count in counts if count][-3:] == [1, 2, 1]  # its orders, then its corrections
    assert [entry["line"] for entry in world.entries("change")[-3:]] == [1, 2, 3]


def test_only_what_was_ordered_is_rebuilt(world: World) -> None:
    correct(world, [1, 2])
    world.review("reviewer", "hold", "C-1", [1])
    pay(world, "C-1", 1)
    assert world.line_states("B-1") == ["failed", "rebuilt", "returned", "credited"]
    world.clear("C-1", [1])
    assert codes_of(world.release("C-1", [("402", 1, FEN)], 2)) == [""]
    assert world.line_states("B-1") == ["rebuilt", "rebuilt", "returned", "credited"]


def test_what_several_banks_pay_again_is_told_in_the_order_of_lines(world: World) -> None:
    world.set_policy("policy-9", [("programme", "FARM", make_programme(paying_banks=["402", "103"]))])
    world.take_census([IDS[1]], ["103"], [make_account(91)])
    world.designate([IDS[1]], ["103"], [make_account(91)])
    world.now += 30 * 86_400
    correct(world, [1, 2, 3])
    figures = list_figures(world.state, world.batch("C-1"))
    assert figures == [("103", 1, FEN), ("402", 2, 2 * FEN)]
    assert codes_of(world.release("C-1", figures)) == [""]
    assert [entry["line"] for entry in world.entries("change")[-3:]] == [1, 2, 3]


@pytest.mark.parametrize("corrected", [0, 1, 10])
def test_a_sum_of_sensitive_lines_that_were_ordered_before_is_not_told(corrected: int) -> None:
    """Whoever knows which lines two sums share would learn the rest from their difference."""
    made = order_four()
    made.set_policy("policy-9", [("programme", "CARE", make_programme(sensitive=True))])
    ids, fields = made.settle_people(20), {"programme": "CARE"}
    order_failed(made, "P-1", ids[:10], fields)
    lines = [None if number >= corrected else name(number + 1, "P-1") for number in range(10)]
    people = [ids[number if line else number + 10] for number, line in enumerate(lines)]
    made.now += HOUR
    made.send_batch("C-1", people, None, fields, source_line=lines)
    made.release("C-1", [("402", 10, 10 * FEN)])
    made.now += HOUR
    made.apply(Command("tick", made.now, b""))
    rows = [row for entry in made.entries("close") for row in entry.get("sensitive", []) if row[1] == "ordered"]
    assert rows == [["402", "ordered", 10, 10 * FEN], ["402", "ordered", 10, None if corrected else 10 * FEN]]
    rebuilt = [["CARE", "", "rebuilt", corrected, corrected * FEN]] if corrected else []
    assert told(made, "close")[-1]["rows"] == [*rebuilt, ["CARE", "402", "ordered", 10, 10 * FEN]]
    changes = [each for each in told(made, "change") if "account" in each and "on" not in each]
    assert changes == [{"account": make_account(line), "amount_fen": FEN, "route": ""} for line in range(corrected)]
    head = made.county.head()
    verify_log(Log(made).bundles(), head.checkpoint.encode(), make_signer(ORIGIN).verifier)


# ---- banks that say something else


def test_a_rebuilt_line_that_is_told_again_as_before_is_no_news(world: World) -> None:
    correct(world, [1, 3])
    pay(world, "C-1", 2)
    for row in (result(1, "failed"), result(1, "unknown"), result(3, "returned")):
        assert codes_of(answer(world, row)) == [""]
    assert world.entries("finding") == []


@pytest.mark.parametrize("when", ["before", "ready", "ordered"])
def test_money_that_may_have_been_paid_after_all_is_not_quietly_paid_again(world: World, when: str) -> None:
    """A bank says that a line was paid which it had called failed."""
    if when == "before":
        answer(world, result(1, "credited"))
        correct(world, [1, 2])
        assert world.findings("C-1") == [["H05:orange"], []]
        assert find_facts(world)[0] == {"H05": {"source_line": name(1)}}
        world.clear("C-1", [1])
        assert world.line_states("C-1") == ["ready", "ready"]
        return
    correct(world, [1, 2])
    if when == "ordered":
        pay(world, "C-1", 2)
    answer(world, result(1, "credited"))
    findings = [(entry["document"], entry["line"], entry["findings"]) for entry in world.entries("finding")]
    if when == "ready":
        assert world.line_states("C-1") == ["held", "ready"]
        assert findings == [("B-1", 1, ["R51:red"])]
        assert world.entries("change")[-1]["findings"] == ["R51:red"]
    else:
        assert world.line_states("C-1") == ["ordered", "ordered"]
        assert findings == [("B-1", 1, ["R51:red"]), ("C-1", 1, ["R51:red"])]


# ---- what later batches are compared with


def test_a_correction_counts_neither_in_rosters_nor_in_usual_sizes(world: World) -> None:
    before = json.dumps([world.state.history.sizes, world.state.history.rosters])
    correct(world, [1, 2])
    assert json.dumps([world.state.history.sizes, world.state.history.rosters]) == before


def test_new_lines_and_corrections_are_told_apart_in_every_part(world: World) -> None:
    ids = world.settle_people(6)
    before = sum(world.state.history.rosters["FARM"]["2026"].values())
    nobody, sources = [make_id(900)] * 999, [None] * 1_001
    world.send_batch("C-1", [ids[4], *nobody, ids[5], ids[0]], source_line=[*sources, name(1)])
    assert world.line_states("C-1")[-2:] == ["ready", "ready"]
    assert sum(world.state.history.rosters["FARM"]["2026"].values()) == before + 2


def test_a_correction_does_not_answer_an_announcement(world: World) -> None:
    item = {"programme": ["FARM"], "period": ["2026"], "township": ["511112001"], "due_on": ["2026-12-01"]}
    world.send("clerk", {"kind": "expected", "source": "bureau", "id": "EXP-1"}, item)
    assert len(world.state.expected) == 1
    correct(world, [1])
    assert len(world.state.expected) == 1


@pytest.mark.parametrize("others", [0, 1_001])
def test_a_corrected_machine_was_bought_once(world: World, others: int) -> None:
    world.set_policy("policy-9", [("programme", "TOOL", make_programme(unit="machine"))])
    world.set_policy("policy-8", [("rule", "R36", {"parameters": {"machines_max": 1, "window_days": 365}})])
    fields = {"programme": "TOOL"}
    order_failed(world, "P-1", [IDS[0]], fields, plot=["SN-1"])
    ids, plots, sources = [make_id(900)] * others, ["SN-9"] * others, [None] * others
    columns: dict[str, Any] = {"plot": [*plots, "SN-1"], "source_line": [*sources, name(1, "P-1")]}
    world.send_batch("C-1", [*ids, IDS[0]], None, fields, **columns)
    assert world.findings("C-1")[-1] == []


def test_a_machine_bought_beside_a_correction_is_one_more(world: World) -> None:
    world.set_policy("policy-9", [("programme", "TOOL", make_programme(unit="machine"))])
    world.set_policy("policy-8", [("rule", "R36", {"parameters": {"machines_max": 1, "window_days": 365}})])
    order_failed(world, "P-1", [IDS[0]], {"programme": "TOOL"}, plot=["SN-1"])
    columns: dict[str, Any] = {"plot": ["SN-1", "SN-2"], "source_line": [name(1, "P-1"), None]}
    world.send_batch("C-1", [IDS[0]] * 2, None, {"programme": "TOOL"}, **columns)
    assert world.findings("C-1") == [[], ["R36:orange"]]


def test_a_plan_is_used_once(world: World) -> None:
    before = json.dumps(world.state.plan_use)
    correct(world, [1])
    assert json.dumps(world.state.plan_use) != before
    stop(world, "C-1")
    assert json.dumps(world.state.plan_use) == before
