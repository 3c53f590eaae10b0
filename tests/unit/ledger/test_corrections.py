"""Corrections (更正重发): a line takes the entitlement of a failed or returned one over, once, and pays it again."""

import pytest
from pydantic import TypeAdapter, ValidationError

from consolidator.facts.lines import derive_place, derive_round, find_holder
from consolidator.facts.state import find_line
from consolidator.ledger.claims import list_beneficiaries
from consolidator.ledger.corrections import ROUND_MAX
from schemas.identifiers import OrderId, derive_order_id
from tests.support.answered import FEN, answer, order_four, result
from tests.support.corrected import IDS, correct, find_facts, leave_unpaid, list_rounds, name, order_failed, pay, stop
from tests.support.world import (
    COUNTY,
    World,
    check_conservation,
    make_programme,
)


@pytest.fixture
def world() -> World:
    """A county in which three lines of B-1 were not paid."""
    return leave_unpaid()


# ---- what may be corrected


def test_failed_and_returned_lines_are_paid_again_by_lines_that_name_them(world: World) -> None:
    correct(world, [1, 3])
    assert world.line_states("C-1") == ["ready", "ready"]
    assert world.findings("C-1") == [[], []]
    assert world.line_states("B-1") == ["failed", "failed", "returned", "credited"]
    pay(world, "C-1", 2)
    assert world.line_states("C-1") == ["ordered", "ordered"]
    assert world.line_states("B-1") == ["rebuilt", "failed", "rebuilt", "credited"]
    check_conservation(world.state)


def test_a_line_that_names_none_still_comes_too_late(world: World) -> None:
    world.send_batch("C-1", [IDS[0]])
    assert world.findings("C-1") == [["R16:red"]]


def test_corrections_and_new_lines_may_stand_in_one_batch(world: World) -> None:
    stranger = world.settle_people(5)[4]
    world.send_batch("C-1", [stranger, IDS[0], stranger], source_line=[None, name(1), None])
    assert world.findings("C-1") == [[], [], ["R16:red"]]
    assert find_facts(world)[2]["R16"] == {"held_by": name(1, "C-1")}


@pytest.mark.parametrize(
    ("line", "ref"),
    [
        (4, name(4)),  # it is paid
        (1, name(5)),  # no such line
        (1, name(1, "B-9")),  # no such batch
        (1, "bureau/B-1/1"),  # no such source
        (1, name(2)),  # somebody else's
        (1, name(1, "C-1")),  # itself
    ],
)
def test_what_cannot_be_corrected_is_refused(world: World, line: int, ref: str) -> None:
    correct(world, [line], source_line=[ref])
    assert world.findings("C-1") == [["S27:red"]]
    assert find_facts(world) == [{"S27": {"source_line": ref}}]
    assert not world.batch("C-1").corrects
    assert not world.batch("B-1").corrected


@pytest.mark.parametrize("fields", [{"period": "2025"}, {"programme": "OTHER"}])
def test_only_a_line_of_the_same_programme_and_period_is_corrected(world: World, fields: dict[str, str]) -> None:
    world.set_policy("policy-9", [("programme", "OTHER", make_programme())])
    correct(world, [1], fields=fields)
    assert world.findings("C-1") == [["S27:red"]]


def test_lines_that_are_only_ordered_or_unknown_are_not_corrected() -> None:
    made = order_four()
    answer(made, result(2, "unknown"))
    correct(made, [1, 2])
    assert made.findings("C-1") == [["S27:red"], ["S27:red"]]


def test_an_odd_reference_is_an_odd_field(world: World) -> None:
    correct(world, [1, 2], source_line=["B-1/1", name(2)])
    assert world.findings("C-1") == [["S01:red"], []]


def test_a_line_is_corrected_once(world: World) -> None:
    """R45: also by two lines of one batch, also after the first was ordered."""
    correct(world, [1, 1])
    correct(world, [1], "C-2")
    pay(world, "C-1", 1)
    correct(world, [1], "C-3")
    assert [world.findings(batch) for batch in ("C-1", "C-2", "C-3")] == [
        [[], ["R45:red"]],
        [["R45:red"]],
        [["R45:red"]],
    ]
    for facts in (find_facts(world)[1], *find_facts(world, "C-2"), *find_facts(world, "C-3")):
        assert facts == {"R45": {"held_by": name(1, "C-1")}}


def test_somebody_elses_line_that_is_corrected_already_is_told_so(world: World) -> None:
    correct(world, [1])
    correct(world, [2], "C-2", source_line=[name(1)])
    assert world.findings("C-2") == [["R45:red"]]


@pytest.mark.parametrize(("fen", "findings"), [(FEN, []), (FEN - 1, ["R22:orange"]), (FEN + 1, ["R21:red", "R44:red"])])
def test_no_more_is_paid_than_before(world: World, fen: int, findings: list[str]) -> None:
    correct(world, [1], amounts=[fen])
    assert world.findings("C-1") == [findings]


def test_what_was_due_before_is_told_with_a_raised_amount(world: World) -> None:
    correct(world, [1], amounts=[FEN + 1])
    assert find_facts(world)[0]["R44"] == {"source_line": name(1), "source_fen": FEN}


@pytest.mark.parametrize("code", ["R44", "R45"])
def test_no_setting_softens_it(world: World, code: str) -> None:
    world.set_policy("policy-9", [("rule", code, {"enabled": False, "level": "blue"})])
    correct(world, [1], amounts=[FEN + 1])
    correct(world, [2, 2], "C-2")
    assert world.findings("C-1") == [["R21:red", "R44:red"]]
    assert world.findings("C-2") == [[], ["R45:red"]]


def test_a_line_that_is_refused_for_something_else_takes_nothing_over(world: World) -> None:
    world.register("deaths", {"id": [IDS[0]], "died_on": ["2020-01-01"]})
    correct(world, [1])
    assert world.findings("C-1") == [["R05:red"]]
    assert not world.batch("B-1").corrected
    assert "source_line" not in world.entries("line")[-1]


def test_an_odd_line_is_told_its_shape_and_not_what_it_would_correct(world: World) -> None:
    correct(world, [1])
    correct(world, [1], "C-2", village=["no village"])
    assert world.findings("C-2") == [["S01:red"]]


def test_each_amount_is_compared_with_its_own_source(world: World) -> None:
    world.set_policy("policy-9", [("programme", "FARM", make_programme(standard_kind="ceiling"))])
    amounts, period = [7_000, 9_000, 8_000], {"period": "2025"}
    order_failed(world, "P-1", IDS[:3], period, amounts)
    correct(world, [3, 1, 2], source="P-1", fields=period, amounts=[8_001, 7_001, 9_000])
    assert world.findings("C-1") == [["R44:red"], ["R44:red"], []]
    assert [facts.get("R44", {}).get("source_fen") for facts in find_facts(world)] == [8_000, 7_000, None]
    pay(world, "C-1", 1, 9_000)
    assert [world.entries("change")[-1][name] for name in ("line", "amount_fen")] == [2, 9_000]


def test_the_source_that_is_doubted_is_the_only_one_that_is_held(world: World) -> None:
    """What rules told of it is no reason to think that it was paid."""
    place = find_line(world.state, name(1))
    assert place is not None
    world.state.claims.clued["R18:orange"] = {place}
    answer(world, result(2, "credited"))
    correct(world, [1, 2])
    assert world.findings("C-1") == [[], ["H05:orange"]]


def test_a_round_that_an_order_id_cannot_hold_is_the_last() -> None:
    order = TypeAdapter(OrderId)
    order.validate_python(derive_order_id(COUNTY, "bank-402", "B-1", 1, ROUND_MAX))
    with pytest.raises(ValidationError):
        order.validate_python(derive_order_id(COUNTY, "bank-402", "B-1", 1, ROUND_MAX + 1))


def test_no_round_is_counted_where_there_is_nothing_to_correct(world: World) -> None:
    world.set_policy("policy-9", [("rule", "R48", {"parameters": {"rounds_min": 1}})])
    correct(world, [1, 2], source_line=[name(9), name(2)])
    assert world.findings("C-1") == [["S27:red"], ["R48:yellow"]]


# ---- claims


def test_a_stopped_correction_gives_the_claim_back(world: World) -> None:
    correct(world, [1])
    world.review("reviewer", "hold", "C-1", [1])
    world.review("reviewer", "stop", "C-1", [1])
    assert world.line_states("C-1") == ["stopped"]
    assert (world.batch("C-1").corrects, world.batch("B-1").corrected) == ({}, {})
    world.send_batch("X-1", [IDS[0]])
    assert world.findings("X-1") == [["R16:red"]]
    assert find_facts(world, "X-1") == [{"R16": {"held_by": name(1)}}]
    correct(world, [1], "C-2")
    assert world.line_states("C-2") == ["ready"]


def test_a_plots_line_is_corrected_by_a_line_for_the_same_plot(world: World) -> None:
    world.set_policy("policy-9", [("programme", "PLOT", make_programme(unit="plot"))])
    fields = {"programme": "PLOT"}
    order_failed(world, "P-1", [IDS[0]] * 2, fields, plot=["A-1", "A-2"])
    correct(world, [1], source="P-1", fields=fields, plot=["A-2"])
    assert world.findings("C-1") == [["S27:red"]]
    correct(world, [1], "C-2", source="P-1", fields=fields, plot=["a 1"])
    assert world.line_states("C-2") == ["ready"]
    assert list_beneficiaries(world.state, world.batch("P-1")) == {1: IDS[0], 2: IDS[0]}
    holders = world.state.claims.holders["PLOT"]["2026"]
    assert holders == {IDS[0]: 2}
    stop(world, "C-2")
    assert holders == {IDS[0]: 2}


def test_a_machine_that_was_not_paid_is_corrected_with_its_serial(world: World) -> None:
    world.set_policy("policy-9", [("programme", "TOOL", make_programme(unit="machine"))])
    world.set_policy("policy-8", [("rule", "R36", {"parameters": {"machines_max": 1}})])
    fields = {"programme": "TOOL"}
    order_failed(world, "P-1", [IDS[0]], fields, plot=["SN-1"])
    correct(world, [1], source="P-1", fields=fields, plot=["SN 1"])
    assert world.findings("C-1") == [[]]
    serials = world.state.claims.serials["TOOL"]
    assert serials == {"SN1": find_line(world.state, name(1, "C-1"))}
    stop(world, "C-1")
    assert serials == {"SN1": find_line(world.state, name(1, "P-1"))}


def test_who_corrects_whom_is_remembered_at_both_ends(world: World) -> None:
    correct(world, [1, 3])
    places = {ref: find_line(world.state, ref) for ref in (name(1), name(3), name(1, "C-1"), name(2, "C-1"))}
    assert world.batch("C-1").corrects == {1: places[name(1)], 2: places[name(3)]}
    assert world.batch("B-1").corrected == {1: places[name(1, "C-1")], 3: places[name(2, "C-1")]}
    stop(world, "C-1", 2)
    assert world.batch("C-1").corrects == {1: places[name(1)]}
    assert world.batch("B-1").corrected == {1: places[name(1, "C-1")]}


def test_whose_a_line_is_is_known_also_when_its_claim_is_another_lines(world: World) -> None:
    whose = {line: IDS[line - 1] for line in range(1, 5)}
    assert list_beneficiaries(world.state, world.batch("B-1")) == whose
    correct(world, [3, 1])
    pay(world, "C-1", 2)
    answer(world, result(1, "failed", order=derive_order_id(COUNTY, "bank-402", "C-1", 1, 1)))
    world.send_batch("C-2", [IDS[2]], source_line=[name(1, "C-1")])
    assert list_beneficiaries(world.state, world.batch("B-1")) == whose
    assert list_beneficiaries(world.state, world.batch("C-1")) == {1: IDS[2], 2: IDS[0]}
    assert list_beneficiaries(world.state, world.batch("C-2")) == {1: IDS[2]}


# ---- rounds


def test_each_correction_is_a_round_more(world: World) -> None:
    for number, source in enumerate(["B-1", "C-1", "C-2"], start=1):
        batch = f"C-{number}"
        correct(world, [1], batch, source=source)
        pay(world, batch, 1)
        assert list_rounds(world, batch) == [[number]]
        answer(world, result(1, "failed", order=derive_order_id(COUNTY, "bank-402", batch, 1, number)))
        assert world.line_states(batch) == ["failed"]
    assert world.findings("C-1") == world.findings("C-2") == [[]]
    assert world.findings("C-3") == [["R48:yellow"]]
    assert find_facts(world, "C-3") == [{"R48": {"round": 3}}]
    batches, first = world.state.batches, derive_place(world.batch("B-1").index, 1)
    last = derive_place(world.batch("C-3").index, 1)
    assert (derive_round(batches, first), derive_round(batches, last)) == (0, 3)
    assert find_holder(batches, first) == find_holder(batches, last) == last


def test_rounds_stand_in_the_list_only_where_there_are_any(world: World) -> None:
    stranger = world.settle_people(5)[4]
    world.send_batch("C-1", [stranger, IDS[0]], source_line=[None, name(1)])
    pay(world, "C-1", 2)
    assert (list_rounds(world, "B-1"), list_rounds(world, "C-1")) == ([[]], [[0, 1]])


def test_a_hundredth_round_has_no_order_id(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consolidator.ledger.corrections.ROUND_MAX", 1)
    correct(world, [1])
    pay(world, "C-1", 1)
    answer(world, result(1, "failed", order=f"{COUNTY}/bank-402/C-1/1/1"))
    world.send_batch("C-2", [IDS[0]], source_line=[name(1, "C-1")])
    assert world.findings("C-2") == [["S27:red"]]


@pytest.mark.parametrize(("order", "codes"), [("C-1/1/1", [""]), ("C-1/1/0", ["S03"]), ("B-1/4/1", ["S03"])])
def test_results_are_about_the_round_that_was_ordered(world: World, order: str, codes: list[str]) -> None:
    correct(world, [1])
    pay(world, "C-1", 1)
    outcomes = answer(world, result(1, "credited", order=f"{COUNTY}/bank-402/{order}"))
    assert [outcome.code for outcome in outcomes if outcome.code] == [code for code in codes if code]
