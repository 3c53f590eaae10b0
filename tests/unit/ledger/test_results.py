"""``results``: what a bank says became of its orders moves their lines on, once, and settles their batches."""

import json
from typing import Any

import pytest

from consolidator.facts.lines import CREDITED, LINE_STATES
from schemas.commands import Command
from schemas.documents import parse_document
from tests.support.answered import FEN, answer, order_four, paid_to, result, sign_results, told
from tests.support.world import (
    COUNTY,
    HOUR,
    Columns,
    World,
    codes_of,
    digest_of,
    key_of,
    make_id,
    make_programme,
)

STATUSES = ("credited", "failed", "unknown", "returned")
# From each state that an ordered line may be in, what each status makes of it; None: R51.
AFTER: dict[str, tuple[str | None, ...]] = {
    "ordered": ("credited", "failed", "unknown", "returned"),
    "credited": ("credited", None, "credited", "returned"),
    "failed": (None, "failed", "failed", None),
    "unknown": ("credited", "failed", "unknown", "returned"),
    "returned": ("returned", None, "returned", "returned"),
}


@pytest.fixture
def world() -> World:
    """A county with four ordered lines, whose policy knows the bank that pays them."""
    return order_four()


def pass_hours(world: World) -> None:
    """Let two hours pass, so that what moved is closed."""
    world.now += 2 * HOUR
    world.apply(Command("tick", world.now, b""))


# ---- what becomes of a line


@pytest.mark.parametrize("before", AFTER)
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_in_every_state_does_what_the_table_says(world: World, before: str, status: str) -> None:
    if before != "ordered":
        answer(world, result(1, before))
    entries = len(world.entries("change"))
    after = AFTER[before][STATUSES.index(status)]
    assert codes_of(answer(world, result(1, status))) == ([""] if after else ["", "S25"])
    assert world.line_states("B-1") == [after or before, *["ordered"] * 3]
    steps = {True: 0, False: 2 if (before, status) in (("ordered", "returned"), ("unknown", "returned")) else 1}
    assert len(world.entries("change")) - entries == steps[after in (before, None)]
    assert len(world.entries("finding")) == (after is None)


def test_the_entry_names_bank_document_and_key_and_seals_what_the_bank_told(world: World) -> None:
    rest: dict[str, Any] = {
        "account": paid_to(2),
        "why": "account_state",
        "reason": "账户已销户",
        "serial": "T-7",
        "on": "2026-11-06",
    }
    raw = sign_results(world, [result(2, "failed", **rest)])
    world.submit(raw)
    (change,) = world.entries("change")
    assert (change["line"], change["from"], change["to"], change["amount_fen"]) == (2, "ordered", "failed", FEN)
    assert (change["bank"], change["route"], change["findings"]) == ("402", "", [])
    assert (change["by"], change["cause"]) == (key_of("teller"), digest_of(raw))
    assert told(world, "change") == [rest]
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["accepted"], effect["refused"]) == ("results", 1, 0)


def test_what_the_bank_does_not_tell_is_sealed_as_empty(world: World) -> None:
    answer(world, result(1, "credited"))
    assert told(world, "change") == [{"account": "", "on": "", "reason": "", "serial": "", "why": ""}]


def test_columns_that_a_bank_leaves_out_are_empty_too(world: World) -> None:
    header = {"kind": "results", "source": "bank-402-results", "id": "RES-1", "salt": "0" * 32}
    columns: Columns = {"order": [f"{COUNTY}/bank-402/B-1/1/0"], "status": ["credited"], "amount_fen": [FEN]}
    assert codes_of(world.send("teller", header, columns)) == [""]
    assert told(world, "change") == [{"account": "", "on": "", "reason": "", "serial": "", "why": ""}]


def test_money_that_came_back_of_an_ordered_line_was_credited_first(world: World) -> None:
    answer(world, result(3, "returned"), result(1, "credited"), result(4, "unknown"))
    answer(world, result(1, "returned"), result(4, "returned"))
    moves = [(entry["line"], entry["from"], entry["to"], entry["findings"]) for entry in world.entries("change")]
    assert moves == [
        (3, "ordered", "credited", []),
        (1, "ordered", "credited", []),
        (4, "ordered", "unknown", []),
        (3, "credited", "returned", ["R53:yellow"]),
        (4, "unknown", "credited", []),
        (1, "credited", "returned", ["R53:yellow"]),
        (4, "credited", "returned", ["R53:yellow"]),
    ]
    assert world.line_states("B-1") == ["returned", "ordered", "returned", "returned"]


def test_a_county_that_does_not_look_at_returns_moves_the_line_all_the_same(world: World) -> None:
    world.set_policy("policy-2", [("rule", "R53", {"enabled": False})])
    answer(world, result(1, "returned"))
    assert [entry["findings"] for entry in world.entries("change")] == [[], []]


def test_nothing_public_tells_accounts_reasons_or_serials(world: World) -> None:
    rest: dict[str, Any] = {"account": paid_to(1), "reason": "账户已销户", "serial": "SERIAL-7"}
    answer(world, result(1, "failed", **rest), result(2, "credited", FEN, account=paid_to(1)))
    public = json.dumps(world.entries(), ensure_ascii=False)
    for secret in rest.values():
        assert secret not in public
    assert "0" * 32 not in public


# ---- what is told again


def test_the_same_results_in_another_file_change_nothing(world: World) -> None:
    rows = [result(line, status) for line, status in enumerate(STATUSES, start=1)]
    answer(world, *rows)
    count = len(world.entries("change"))
    assert codes_of(answer(world, *rows)) == [""]
    assert len(world.entries("change")) == count
    assert world.entries("effect")[-1]["accepted"] == 4


def test_the_same_document_again_is_nothing(world: World) -> None:
    raw = sign_results(world, [result(1, "credited")])
    world.submit(raw)
    count = len(world.entries())
    assert world.submit_document(parse_document(raw)) == []
    assert len(world.entries()) == count


def test_a_line_stated_twice_in_one_document_counts_once(world: World) -> None:
    assert codes_of(answer(world, result(1, "credited"), result(1, "failed"), result(2, "failed"))) == ["", "S10"]
    assert world.line_states("B-1")[:2] == ["credited", "failed"]
    assert world.entries("finding") == []


def test_partial_answers_add_up_and_settle_the_batch_when_the_last_has_come(world: World) -> None:
    answer(world, result(1, "credited"), result(2, "unknown"))
    answer(world, result(3, "failed"), result(4, "credited"))
    assert world.batch("B-1").state == "released"
    answer(world, result(2, "credited"))
    assert world.batch("B-1").state == "settled"
    settled = world.entries("batch")[-1]
    assert (settled["state"], settled["totals"]) == ("settled", {"credited": [3, 3 * FEN], "failed": [1, FEN]})


def test_a_later_return_does_not_open_a_settled_batch_again(world: World) -> None:
    answer(world, *[result(line, "credited") for line in range(1, 5)])
    count = len(world.entries("batch"))
    assert codes_of(answer(world, result(2, "returned"))) == [""]
    assert (world.batch("B-1").state, len(world.entries("batch"))) == ("settled", count)
    assert world.line_states("B-1")[1] == "returned"


def test_a_document_of_several_parts_is_one(world: World) -> None:
    ids = world.settle_people(1_500)
    world.send_batch("B-2", ids, fields={"period": "2027"})
    world.release("B-2", [("402", 1_500, 1_500 * FEN)])
    rows = [result(0, "credited", order=f"{COUNTY}/bank-402/B-2/{line}/0") for line in range(1_500, 0, -1)]
    assert codes_of(answer(world, *rows)) == [""]
    assert world.batch("B-2").state == "settled"


def test_one_document_may_speak_of_several_batches(world: World) -> None:
    world.send_batch("B-2", [make_id(0)], fields={"period": "2027"})
    world.release("B-2", [("402", 1, FEN)])
    answer(world, result(1, "failed"), result(1, "failed", order=f"{COUNTY}/bank-402/B-2/1/0"))
    assert [world.line_states(name)[0] for name in ("B-1", "B-2")] == ["failed", "failed"]
    assert world.batch("B-2").state == "settled"


# ---- books


def test_a_close_tells_what_each_bank_credited(world: World) -> None:
    pass_hours(world)
    answer(world, result(1, "credited"), result(2, "failed"), result(3, "returned"), result(4, "unknown"))
    pass_hours(world)
    assert world.entries("close")[-1]["rows"] == [
        ["FARM", "402", "credited", 2, 2 * FEN],
        ["FARM", "402", "failed", 1, FEN],
        ["FARM", "402", "returned", 1, FEN],
        ["FARM", "402", "unknown", 1, FEN],
    ]


def test_failed_and_returned_money_is_free_in_the_plan_again(world: World) -> None:
    (use,) = world.state.plan_use.values()
    assert use == [4 * FEN, 4 * FEN]
    answer(world, result(1, "credited"), result(2, "failed"), result(3, "returned"), result(4, "unknown"))
    assert use == [2 * FEN, 2 * FEN]


def test_of_a_sensitive_programme_the_log_tells_no_amount_of_any_result(world: World) -> None:
    world.set_policy("policy-care", [("programme", "CARE", make_programme(sensitive=True))])
    world.send_batch("B-2", [make_id(0), make_id(1)], fields={"programme": "CARE"})
    world.release("B-2", [("402", 2, 2 * FEN)])
    rows = [result(1, "returned", order=f"{COUNTY}/bank-402/B-2/{line}/0", reason="户名不符") for line in (1, 2)]
    assert codes_of(answer(world, *rows)) == [""]
    changes = world.entries("change")
    assert [(entry["line"], entry["to"]) for entry in changes] == [
        (1, "credited"),
        (2, "credited"),
        (1, "returned"),
        (2, "returned"),
    ]
    assert not any({"amount_fen", "route"} & entry.keys() for entry in changes)
    assert {private["amount_fen"] for private in told(world, "change")} == {FEN}
    assert {private["reason"] for private in told(world, "change")} == {"户名不符"}
    assert world.entries("batch")[-1]["counts"] == {"returned": 2}


def test_the_states_that_pay_keep_their_numbers() -> None:
    assert LINE_STATES[CREDITED] == "credited"
