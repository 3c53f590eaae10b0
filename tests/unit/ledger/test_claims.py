"""An entitlement is held by at most one line; and what a group rule says later about lines of earlier batches."""

from typing import Any

import pytest

from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.ledger import changes
from consolidator.ledger.changes import reopen_part
from consolidator.rules.slices import Slice
from schemas.documents import derive_commands, parse_document
from schemas.errors import InvariantError
from tests.support.world import VILLAGE, World, make_id, make_name, make_programme

IDS = [make_id(number) for number in range(6)]


@pytest.fixture
def world() -> World:
    """A county of six people in three households of two, and a per-household programme HOME beside FARM."""
    made = World()
    made.set_up()
    made.set_policy("policy-2", [("programme", "HOME", make_programme(unit="household"))])
    made.settle_people(6, household_size=2)
    return made


HOME = {"programme": "HOME"}


def test_the_second_line_for_one_entitlement_is_refused_within_a_part(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[1], IDS[0]])
    assert world.line_states("B-1") == ["ready", "ready", "refused"]
    assert world.findings("B-1") == [[], [], ["R16:red"]]
    assert b'"R16":{"held_by":"bank-402/B-1/1"}' in world.privates()[-2]


def test_a_line_of_odd_shape_is_told_its_shape_and_not_that_it_repeats(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[0]], village=[VILLAGE, "no village"])
    assert world.findings("B-1") == [[], ["S01:red"]]


def test_across_parts_and_across_batches(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] + [make_id(900)] * 999 + [IDS[0]])
    states = world.line_states("B-1")
    assert (states[0], states[1_000]) == ("ready", "refused")
    world.send_batch("B-2", [IDS[0], IDS[1]])
    assert world.line_states("B-2") == ["refused", "ready"]
    assert b'"held_by":"bank-402/B-1/1"' in world.privates()[-3]


def test_another_period_programme_or_plot_is_another_entitlement(world: World) -> None:
    world.set_policy("policy-3", [("programme", "PLOT", make_programme(unit="plot"))])
    world.send_batch("B-1", [IDS[0]] * 3, fields={"programme": "PLOT"}, plot=[None, "P-1", "P-1"])
    assert world.line_states("B-1") == ["ready", "ready", "refused"]
    world.send_batch("B-2", IDS[:1], fields={"period": "2025"})
    world.send_batch("B-3", IDS[:1], fields=HOME)
    assert [world.line_states(name) for name in ("B-2", "B-3")] == [["ready"], ["ready"]]


@pytest.mark.parametrize("programme", ["FARM", "HOME"])
def test_invented_plots_are_no_second_entitlement_where_plots_do_not_count(world: World, programme: str) -> None:
    fields = {"programme": programme}
    world.send_batch("B-1", [IDS[0]] * 2, fields=fields, plot=["P-1", "P-2"])
    assert world.line_states("B-1") == ["ready", "refused"]
    world.review("reviewer", "hold", "B-1", [1])
    world.review("reviewer", "stop", "B-1", [1])
    world.send_batch("B-2", [IDS[0]], fields=fields, plot=["P-3"])
    assert world.line_states("B-2") == ["ready"]


@pytest.mark.parametrize(("before", "after"), [("plot", "person"), ("person", "plot")])
def test_a_programme_keeps_its_unit_once_a_line_of_it_was_decided(world: World, before: str, after: str) -> None:
    world.set_policy("policy-3", [("programme", "PLOT", make_programme(unit=after))])
    world.set_policy("policy-4", [("programme", "PLOT", make_programme(unit=before))])
    world.send_batch("B-1", IDS[:1], fields={"programme": "PLOT"}, plot=["P-1"])
    outcomes = world.propose_policy("policy-5", [("programme", "PLOT", make_programme(unit=after))])
    assert "S02" in repr(outcomes)
    assert world.state.policy.programmes["PLOT"].unit == before
    world.set_policy("policy-6", [("programme", "PLOT", make_programme(unit=before, name="改名"))])
    assert world.state.policy.programmes["PLOT"].name == "改名"


def test_a_refused_line_claims_nothing(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], [10_001])
    assert world.findings("B-1") == [["R21:red"]]
    world.send_batch("B-2", [IDS[0]])
    assert world.line_states("B-2") == ["ready"]


def test_an_odd_line_claims_nothing_and_is_no_repeat(world: World) -> None:
    for name in ("B-1", "B-2"):
        world.send_batch(name, ["odd", "odder"], fields={"totals": {"count": 2, "fen": 20_000}})
        assert world.findings(name) == [["S01:red"], ["S01:red"]]


def test_no_setting_softens_a_double_claim(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R16", {"enabled": False, "level": "blue"})])
    world.send_batch("B-1", [IDS[0], IDS[0]])
    assert world.line_states("B-1") == ["ready", "refused"]


def test_a_held_line_keeps_its_claim_and_a_stopped_one_frees_it(world: World) -> None:
    world.send_batch("B-1", [IDS[0]])
    world.review("reviewer", "hold", "B-1", [1])
    world.send_batch("B-2", [IDS[0]])
    world.review("reviewer", "stop", "B-1", [1])
    world.send_batch("B-3", [IDS[0]])
    assert [world.line_states(name) for name in ("B-1", "B-2", "B-3")] == [["stopped"], ["refused"], ["ready"]]


def test_every_member_of_a_household_is_held_whatever_the_order(world: World) -> None:
    world.send_batch("B-1", [IDS[2], IDS[1], IDS[0]], fields=HOME)
    assert world.line_states("B-1") == ["ready", "held", "held"]
    assert world.findings("B-1") == [[], ["R18:orange"], ["R18:orange"]]


def test_a_late_finding_holds_a_ready_line_of_an_earlier_batch(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["held"], ["held"]]
    (change,) = world.entries("change")
    assert (change["document"], change["line"], change["from"], change["to"]) == ("B-1", 1, "ready", "held")
    assert (change["findings"], change["by"], change["bank"], change["route"]) == (["R18:orange"], "", "402", "on_us")
    cause = [entry["digest"] for entry in world.entries("document") if entry["document"] == "B-2"]
    assert [change["cause"]] == cause


def test_late_findings_stand_in_the_order_of_lines_whatever_the_order_of_groups(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2], IDS[4]], fields=HOME)
    world.send_batch("B-2", [IDS[5], IDS[3], IDS[1]], fields=HOME)
    assert [change["line"] for change in world.entries("change")] == [1, 2, 3]


def test_a_held_line_keeps_all_it_was_told_in_order_of_codes(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME | {"publicity": None})
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    world.review("reviewer", "stop", "B-1", [1])
    assert world.entries("change")[-1]["findings"] == ["R18:orange", "R42:orange"]


def test_an_ordered_line_behind_a_held_one_gets_its_clue(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2], IDS[4]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [1, 3])
    world.release("B-1", [("402", 1, 10_000)])
    world.send_batch("B-2", [IDS[3]], fields=HOME)
    (finding,) = world.entries("finding")
    assert (finding["line"], finding["state"], finding["findings"]) == (2, "ordered", ["R18:orange"])


def test_a_held_line_gets_the_finding_once(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [1])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    world.send_batch("B-3", [IDS[1]], fields=HOME)
    (finding,) = [entry for entry in world.entries("finding") if entry["document"] == "B-1"]
    assert (finding["state"], finding["findings"]) == ("held", ["R18:orange"])
    held = world.batch("B-1").open
    assert held is not None
    assert held.findings == {1: ["H03:orange", "R18:orange"]}


def test_an_ordered_line_gets_a_clue_once(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.release("B-1", [("402", 1, 10_000)])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    world.send_batch("B-3", [IDS[1]], fields=HOME)
    (clue,) = [entry for entry in world.entries("finding") if entry["document"] == "B-1"]
    assert (clue["state"], clue["findings"], clue["line"]) == ("ordered", ["R18:orange"], 1)
    assert world.line_states("B-1") == ["ordered"]


def test_a_milder_late_finding_opens_a_clue_and_lets_the_line_be_paid(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R18", {"level": "yellow"})])
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["ready"], ["ready"]]
    (clue,) = world.entries("finding")
    assert (clue["document"], clue["state"], clue["findings"]) == ("B-1", "ready", ["R18:yellow"])


def test_a_batch_whose_sums_are_off_stops_the_county_when_a_late_finding_touches_it(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.batch("B-1").control_fen += 1
    fields = world.batch_fields("B-2", 1, 10_000, **HOME)
    part: dict[str, list[Any]] = {
        "beneficiary_id": [IDS[1]],
        "beneficiary_name": [make_name(1)],
        "amount_fen": [10_000],
    }
    commands = derive_commands(parse_document(world.sign("adapter", fields, part)), world.now)
    with pytest.raises(InvariantError, match="control total"):
        _ = [list(world.county.apply(command)) for command in commands]


def test_late_findings_read_a_part_of_an_earlier_batch_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.send_batch("B-1", IDS[::2], fields=HOME)
    read: list[int] = []

    def reopen(state: State, batch: Batch, index: int, first_line: int) -> Slice:
        read.append(index)
        return reopen_part(state, batch, index, first_line)

    monkeypatch.setattr(changes, "reopen_part", reopen)
    world.send_batch("B-2", IDS[1::2], fields=HOME)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["held"] * 3] * 2
    assert read == [0]


def test_a_switched_off_group_rule_finds_nothing(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-1", IDS[:2], fields=HOME)
    assert world.line_states("B-1") == ["ready", "ready"]


def test_a_refused_line_is_no_member_of_its_household_later(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], [10_001], fields=HOME)
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["refused"], ["ready"]]


def test_a_stopped_line_leaves_its_household(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=HOME)
    world.review("reviewer", "stop", "B-1", [1, 2])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert world.line_states("B-2") == ["ready"]
    assert world.entries("finding") == []


def test_a_stopped_line_leaves_the_household_it_stood_in_although_the_person_has_moved(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [1])
    moved = {"id": [IDS[0]], "name": [make_name(0)], "household": ["ELSEWHERE"], "village": [VILLAGE]}
    world.register("population", moved, "delta")
    world.review("reviewer", "stop", "B-1", [1])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert world.line_states("B-2") == ["ready"]
    assert world.entries("finding") == []


def test_a_collector_for_many_is_held_everywhere_and_a_stopped_line_no_longer_counts(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R54", {"parameters": {"persons_max": 2}})])
    relations: dict[str, list[Any]] = {
        "payee_id": [IDS[5]] * 3,
        "beneficiary_id": IDS[:3],
        "relation": ["mandate"] * 3,
        "from_on": ["2020-01-01"] * 3,
        "to_on": [None] * 3,
    }
    world.register("relations", relations)
    world.send_batch("B-1", IDS[:2], payee_id=[IDS[5]] * 2, payee_name=[make_name(5)] * 2)
    assert world.line_states("B-1") == ["ready", "ready"]
    world.send_batch("B-2", [IDS[2]], payee_id=[IDS[5]], payee_name=[make_name(5)])
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["held", "held"], ["held"]]
    world.review("reviewer", "stop", "B-1", [1])
    world.review("reviewer", "stop", "B-2", [1])
    world.send_batch("B-3", [IDS[2]], payee_id=[IDS[5]], payee_name=[make_name(5)])
    assert world.line_states("B-3") == ["ready"]
    assert [member[0] for member in world.state.claims.collections[IDS[5]]] == [IDS[1], IDS[2]]


def test_more_than_a_thousand_late_findings_come_in_slices(world: World) -> None:
    count = 1_001
    ids = world.settle_people(count + 2)
    payee = [ids[-1]] * count
    relations: dict[str, list[Any]] = {
        "payee_id": [ids[-1]] * (count + 1),
        "beneficiary_id": ids[: count + 1],
        "relation": ["mandate"] * (count + 1),
        "from_on": ["2020-01-01"] * (count + 1),
        "to_on": [None] * (count + 1),
    }
    world.register("relations", relations)
    world.set_policy("policy-3", [("rule", "R54", {"parameters": {"persons_max": count}})])
    world.send_batch("B-1", ids[:count], payee_id=payee, payee_name=[make_name(count + 1)] * count)
    assert set(world.line_states("B-1")) == {"ready"}
    before = len(world.steps)
    world.send_batch("B-2", [ids[count]], payee_id=payee[:1], payee_name=[make_name(count + 1)])
    assert [step.lines for step in world.steps[before:]] == [0, 1_000, 1, 1, 0]
    assert set(world.line_states("B-1")) == {"held"}
    assert len(world.entries("change")) == count
