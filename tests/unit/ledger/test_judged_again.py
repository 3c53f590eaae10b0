"""Group rules judged again: what a new population or a new policy says of lines that were assessed before it."""

from typing import Any

import pytest

from consolidator.facts.lines import derive_place
from consolidator.ledger.batches import MEMBERS_MAX
from tests.support.world import VILLAGE, World, codes_of, make_account, make_id, make_name, make_programme

IDS = [make_id(number) for number in range(6)]
HOME = {"programme": "HOME"}
PLOT = {"programme": "PLOT"}
TOOL = {"programme": "TOOL"}


@pytest.fixture
def world() -> World:
    """A county of six people in three households of two, with programmes per household, plot and machine."""
    made = World()
    made.set_up()
    items = [("HOME", "household"), ("PLOT", "plot"), ("TOOL", "machine")]
    made.set_policy("policy-2", [("programme", name, make_programme(unit=unit)) for name, unit in items])
    made.settle_people(6, household_size=2)
    return made


def move(world: World, *numbers: int, household: str = "MARRIED", update: str = "delta") -> list[str]:
    """Let people live in one household; gives the codes of the register."""
    columns = {
        "id": [IDS[number] for number in numbers],
        "name": [make_name(number) for number in numbers],
        "household": [household] * len(numbers),
        "village": [VILLAGE] * len(numbers),
    }
    return codes_of(world.register("population", columns, update))


def list_households(world: World, period: str = "2026") -> dict[str, list[str]]:
    """Give who is indexed under which household in HOME."""
    index = world.state.claims.households.get("HOME", {}).get(period, {})
    return {household: [beneficiary for beneficiary, _ in members] for household, members in index.items()}


# ---- a new population


def test_spouses_who_become_one_household_after_the_assessment_are_held_before_release(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[4]], fields=HOME)
    world.send_batch("B-2", [IDS[2]], fields=HOME)
    assert move(world, 0, 2) == [""]
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["held", "ready"], ["held"]]
    digest = world.entries("document")[-1]["digest"]
    assert [(entry["document"], entry["findings"], entry["cause"]) for entry in world.entries("change")] == [
        ("B-1", ["R18:orange"], digest),
        ("B-2", ["R18:orange"], digest),
    ]
    assert world.privates()[-3].count(b'"R18":{"household":"MARRIED","members":2}') == 1
    assert codes_of(world.release("B-2", [("402", 1, 10_000)])) == ["", "D18"]
    assert codes_of(world.release("B-1", [("402", 1, 10_000)])) == [""]


def test_a_line_is_found_under_the_household_its_beneficiary_lives_in_now(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[4]], fields=HOME)
    move(world, 0)
    assert list_households(world) == {"MARRIED": [IDS[0]], "H000002": [IDS[4]]}
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["ready", "ready"], ["ready"]]


def test_a_stopped_line_leaves_the_household_it_was_moved_to(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[4]], fields=HOME)
    move(world, 0)
    world.review("reviewer", "hold", "B-1", [1])
    world.review("reviewer", "stop", "B-1", [1])
    assert list_households(world) == {"H000002": [IDS[4]]}


def test_whom_a_full_population_no_longer_has_is_in_no_household(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    move(world, 2, 3, update="full")
    assert list_households(world) == {"MARRIED": [IDS[2]]}
    assert world.line_states("B-1") == ["ready", "ready"]


def test_who_came_together_after_all_was_paid_is_held_in_the_next_batch_for_that_period(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME | {"period": "2025"})
    world.release("B-1", [("402", 1, 10_000)])
    move(world, 0, 2)
    assert (world.entries("finding"), world.entries("change")) == ([], [])
    world.send_batch("B-2", [IDS[2]], fields=HOME | {"period": "2025"})
    assert world.line_states("B-2") == ["held"]
    assert list_households(world, "2025") == {"MARRIED": [IDS[0], IDS[2]]}
    [clue] = world.entries("finding")
    assert (clue["document"], clue["state"], clue["findings"]) == ("B-1", "ordered", ["R18:orange"])


def test_lines_that_were_all_paid_get_no_clue_from_a_later_household(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2], IDS[4]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [3])
    world.release("B-1", [("402", 2, 20_000)])
    assert world.line_states("B-1") == ["ordered", "ordered", "held"]
    move(world, 0, 2)
    assert list_households(world) == {"MARRIED": [IDS[0], IDS[2]], "H000002": [IDS[4]]}
    assert world.entries("finding") == []


@pytest.mark.parametrize("state", ["ready", "held"])
def test_a_paid_line_gets_a_clue_beside_one_that_can_still_be_held(world: World, state: str) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.release("B-1", [("402", 1, 10_000)])
    world.send_batch("B-2", [IDS[2]], fields=HOME)
    if state == "held":
        world.review("reviewer", "hold", "B-2", [1])
    move(world, 0, 2)
    assert [world.line_states(name) for name in ("B-1", "B-2")] == [["ordered"], ["held"]]
    found = [(entry["document"], entry["state"], entry["findings"]) for entry in world.entries("finding")]
    late = [("B-2", "held", ["R18:orange"])] if state == "held" else []
    assert found == [("B-1", "ordered", ["R18:orange"]), *late]


def test_the_same_population_again_says_nothing_new(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    move(world, 0, 2)
    count = len(world.entries("change")) + len(world.entries("finding"))
    move(world, 0, 2)
    assert len(world.entries("change")) + len(world.entries("finding")) == count == 2


def test_only_programmes_per_household_are_indexed_by_household(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]])
    move(world, 0, 2)
    assert world.line_states("B-1") == ["ready", "ready"]
    assert list(world.state.claims.households) == []


def test_another_register_leaves_the_households_alone(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    world.state.claims.households["HOME"]["2026"] = {"H": [(IDS[0], derive_place(0, 1))]}
    world.register("deaths", {"id": [IDS[5]], "died_on": ["2020-01-01"]})
    assert list_households(world) == {"H": [IDS[0]]}


def test_a_population_that_is_refused_moves_nobody(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    columns = {"id": ["nobody"], "name": ["某甲"], "household": ["H"], "village": [VILLAGE]}
    assert codes_of(world.register("population", columns)) == ["", "D22"]
    assert list_households(world) == {"H000000": [IDS[0]], "H000001": [IDS[2]]}


def test_with_the_rule_off_a_new_population_holds_nobody(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    move(world, 0, 2)
    assert world.line_states("B-1") == ["ready", "ready"]


def test_a_suppressed_member_stays_ready_and_the_other_is_held(world: World) -> None:
    world.send_batch("B-0", IDS[:2], fields=HOME | {"period": "2025"})
    raw = {"kind": "disposition", "source": "bureau", "id": "d-1", "action": "suppress"}
    columns: dict[str, list[Any]] = {"line": [1], "code": ["R18"], "verdict": ["unfounded"], "reason": ["核实"]}
    fields = raw | {"batch": {"source": "bank-402", "id": "B-0"}}
    world.send("reviewer", fields, columns | {"until": ["2026-12-31"]})
    digest = world.entries("document")[-1]["digest"]
    assert codes_of(world.confirm("approver", "bureau", digest, "c-1")) == [""]
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    move(world, 0, 2)
    assert world.line_states("B-1") == ["ready", "held"]


# ---- a new policy


def test_a_group_rule_that_is_switched_on_holds_what_stands_already(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-1", IDS[:3], fields=HOME)
    assert world.line_states("B-1") == ["ready"] * 3
    world.set_policy("policy-4", [("rule", "R18", {})])
    assert world.line_states("B-1") == ["held", "held", "ready"]
    confirm = world.entries("document")[-1]
    assert (confirm["document"], world.entries("change")[-1]["cause"]) == ("policy-4-confirm", confirm["digest"])


def test_a_policy_that_only_waits_judges_nothing(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-1", IDS[:2], fields=HOME)
    world.propose_policy("policy-4", [("rule", "R18", {})])
    assert world.line_states("B-1") == ["ready", "ready"]


def test_fewer_persons_for_one_collector_hold_what_stands_already(world: World) -> None:
    relations: dict[str, list[Any]] = {
        "payee_id": [IDS[5]] * 3,
        "beneficiary_id": IDS[:3],
        "relation": ["mandate"] * 3,
        "from_on": ["2020-01-01"] * 3,
        "to_on": [None] * 3,
    }
    world.register("relations", relations)
    world.send_batch("B-1", IDS[:3], payee_id=[IDS[5]] * 3, payee_name=[make_name(5)] * 3)
    assert world.line_states("B-1") == ["ready"] * 3
    world.set_policy("policy-3", [("rule", "R54", {"parameters": {"persons_max": 2}})])
    assert world.line_states("B-1") == ["held"] * 3
    assert {tuple(entry["findings"]) for entry in world.entries("change")} == {("R54:orange",)}


def test_fewer_persons_for_one_account_hold_what_stands_already(world: World) -> None:
    world.send_batch("B-1", IDS[:3], account=[make_account(500)] * 3)
    assert world.line_states("B-1") == ["ready"] * 3
    world.set_policy("policy-3", [("rule", "R11", {"parameters": {"persons_max": 2}})])
    assert world.line_states("B-1") == ["held"] * 3
    assert {tuple(entry["findings"]) for entry in world.entries("change")} == {("R11:orange",)}


def test_fewer_machines_for_one_buyer_hold_what_stands_already(world: World) -> None:
    world.send_batch("B-1", [IDS[0]] * 3, fields=TOOL, plot=["M-1", "M-2", "M-3"])
    assert world.line_states("B-1") == ["ready"] * 3
    world.set_policy("policy-3", [("rule", "R36", {"parameters": {"machines_max": 2}})])
    assert world.line_states("B-1") == ["held"] * 3
    assert {tuple(entry["findings"]) for entry in world.entries("change")} == {("R36:orange",)}


def test_a_policy_that_lets_more_through_releases_nobody(world: World) -> None:
    world.send_batch("B-1", IDS[:2], fields=HOME)
    world.set_policy("policy-3", [("rule", "R18", {"enabled": False})])
    assert world.line_states("B-1") == ["held", "held"]


# ---- how long the lists get


def pay_plots(world: World, count: int) -> None:
    """Pay a person for plots, all of which state one account that is not his own."""
    plots = [f"P{number}" for number in range(count)]
    world.send_batch("PAID", [IDS[0]] * count, fields=PLOT, plot=plots, account=[make_account(500)] * count)
    world.release("PAID", [("402", count, count * 10_000)])
    assert set(world.line_states("PAID")) == {"ordered"}


def list_stated(world: World) -> list[int]:
    """Give the places under the stated account."""
    return [place for _, place in world.state.claims.stated[make_account(500)]]


def test_a_long_list_keeps_each_persons_newest_line_and_all_that_can_be_held(world: World) -> None:
    pay_plots(world, MEMBERS_MAX)
    again = [IDS[0], IDS[1], IDS[0], IDS[0]]
    plots = ["X-1", "X-1", "X-1", "X-2"]
    world.send_batch("B-1", again, fields=PLOT, plot=plots, account=[make_account(500)] * 4)
    assert world.line_states("B-1") == ["ready", "ready", "refused", "ready"]
    assert list_stated(world) == [derive_place(1, line) for line in (1, 2, 4)]
    world.send_batch("B-2", IDS[2:4], fields=PLOT, plot=["X-1"] * 2, account=[make_account(500)] * 2)
    assert world.line_states("B-1") == ["held", "held", "refused", "held"]


def test_a_short_list_keeps_everything(world: World) -> None:
    pay_plots(world, MEMBERS_MAX - 1)
    world.send_batch("B-1", [IDS[0]], fields=PLOT, plot=["X-1"], account=[make_account(500)])
    assert len(list_stated(world)) == MEMBERS_MAX


def test_a_paid_person_without_a_newer_line_stays_in_a_long_list(world: World) -> None:
    pay_plots(world, MEMBERS_MAX)
    world.send_batch("B-1", [IDS[1]], fields=PLOT, plot=["X-1"], account=[make_account(500)])
    assert list_stated(world) == [derive_place(0, MEMBERS_MAX), derive_place(1, 1)]


def test_a_list_of_machines_keeps_every_paid_one(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R36", {"parameters": {"machines_max": MEMBERS_MAX}})])
    serials = [f"M{number}" for number in range(MEMBERS_MAX)]
    world.send_batch("PAID", [IDS[0]] * MEMBERS_MAX, fields=TOOL, plot=serials)
    world.release("PAID", [("402", MEMBERS_MAX, MEMBERS_MAX * 10_000)])
    world.send_batch("B-1", [IDS[0]], fields=TOOL, plot=["X-1"])
    assert len(world.state.claims.buyers[IDS[0]]) == MEMBERS_MAX + 1
    assert world.line_states("B-1") == ["held"]
