"""The rules as a county lives them: documents in, decided lines out."""

from itertools import permutations
from typing import Any

import pytest

from tests.support.world import VILLAGE, World, make_account, make_id, make_name

GUARDIAN: dict[str, list[Any]] = {"relation": ["guardian"], "from_on": ["2020-01-01"], "to_on": [None]}
FIRM = "91350100M000100Y43"


def make_county(household_size: int = 1, **programme: object) -> tuple[World, list[str]]:
    """Make a county of nine people with designated accounts."""
    world = World()
    world.set_up(**programme)
    return world, world.settle_people(9, household_size)


def evidence_of(world: World, code: str) -> list[bytes]:
    """Give the private parts that explain a finding."""
    return [private for private in world.privates() if f'"{code}":{{'.encode() in private]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_officials_family_of_three_is_held_in_every_order_of_its_lines(order: tuple[int, ...]) -> None:
    world, ids = make_county(household_size=3, unit="household")
    world.register("officials", {"id": [ids[0]], "village": [VILLAGE], "position": ["村主任"]})
    relatives = {"id": ids[1:3], "official_id": [ids[0]] * 2, "relation": ["妻", "子"]}
    world.register("relatives", relatives)
    world.send_batch("B-1", [*(ids[number] for number in order), ids[3]])
    assert world.line_states("B-1") == ["held"] * 3 + ["ready"]
    clue = {0: "R08:yellow", 1: "R09:yellow", 2: "R09:yellow"}
    assert world.findings("B-1") == [[clue[number], "R18:orange"] for number in order] + [[]]
    assert len(evidence_of(world, "R18")) == 3


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_family_is_found_also_when_each_member_has_a_batch_of_his_own(order: tuple[int, ...]) -> None:
    world, ids = make_county(household_size=3, unit="household")
    for name, number in zip("ABC", order, strict=True):
        world.send_batch(name, [ids[number]])
    assert [world.line_states(name) for name in "ABC"] == [["held"]] * 3
    assert [entry["document"] for entry in world.entries("change")] == ["A"]


def test_two_members_of_a_household_are_paid_where_the_programme_is_by_person() -> None:
    world, ids = make_county(household_size=3)
    world.send_batch("B-1", ids[:3])
    assert world.line_states("B-1") == ["ready"] * 3


@pytest.mark.parametrize(("level", "state"), [("red", "refused"), ("yellow", "ready"), ("blue", "ready")])
def test_a_county_can_give_a_group_rule_another_level(level: str, state: str) -> None:
    world, ids = make_county(household_size=2, unit="household")
    world.set_policy("policy-2", [("rule", "R18", {"level": level})])
    world.send_batch("B-1", ids[:2])
    assert world.line_states("B-1") == [state] * 2
    assert world.findings("B-1") == [[f"R18:{level}"]] * 2


def test_a_county_can_switch_a_group_rule_off() -> None:
    world, ids = make_county(household_size=2, unit="household")
    world.set_policy("policy-2", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-1", ids[:2])
    assert world.line_states("B-1") == ["ready"] * 2


def test_an_entitlement_is_held_by_the_first_line_also_across_batches() -> None:
    world, ids = make_county()
    world.send_batch("B-1", [ids[0], ids[1], ids[0]])
    world.send_batch("B-2", [ids[1], ids[2]])
    assert world.line_states("B-1") == ["ready", "ready", "refused"]
    assert world.line_states("B-2") == ["refused", "ready"]
    assert world.findings("B-2")[0] == ["R16:red"]
    first, second = evidence_of(world, "R16")
    assert b'"held_by":"bank-402/B-1/1"' in first
    assert b'"held_by":"bank-402/B-1/2"' in second


def test_two_plots_of_one_person_are_two_entitlements() -> None:
    world, ids = make_county(unit="plot")
    world.send_batch("B-1", [ids[0]] * 3, plot=["P-1", "P-2", "P-1"])
    assert world.line_states("B-1") == ["ready", "ready", "refused"]


@pytest.mark.parametrize("unit", ["person", "household"])
def test_nobody_is_paid_twice_for_inventing_plots_where_plots_do_not_count(unit: str) -> None:
    world, ids = make_county(unit=unit)
    world.send_batch("B-1", [ids[0]] * 3, plot=["P-1", "P-2", None])
    world.send_batch("B-2", [ids[0]], plot=["P-3"])
    assert world.line_states("B-1") == ["ready", "refused", "refused"]
    assert world.findings("B-2") == [["R16:red"]]


def test_a_plot_written_otherwise_is_paid_once_and_another_one_beside_it() -> None:
    world, ids = make_county(unit="plot")
    world.send_batch("B-1", ids[:1] * 3, plot=["P-1", "p 1", "P-2"])
    assert world.line_states("B-1") == ["ready", "refused", "ready"]
    assert world.findings("B-1") == [[], ["R16:red"], []]
    world.send_batch("B-2", ids[:1] * 2, plot=["Ｐ．２", "P-3"])
    assert world.findings("B-2") == [["R16:red"], []]


def test_a_machine_written_otherwise_is_paid_once_in_its_life() -> None:
    world, ids = make_county(unit="machine")
    world.send_batch("B-1", ids[:1], plot=["SN-100"])
    world.send_batch("B-2", ids[1:3], fields={"period": "2025"}, plot=["sn100", "SN-101"])
    assert world.line_states("B-1") == ["ready"]
    assert world.findings("B-2") == [["R35:red"], []]


def test_another_period_is_another_entitlement() -> None:
    world, ids = make_county()
    world.send_batch("B-1", ids[:1])
    world.send_batch("B-2", ids[:1], fields={"period": "2025"})
    assert world.line_states("B-2") == ["ready"]


def test_a_collector_for_too_many_is_held_with_every_line_he_has() -> None:
    world, ids = make_county()
    world.set_policy("policy-2", [("rule", "R54", {"parameters": {"persons_max": 2}})])
    others = ids[1:4]
    relations = {name: row * 3 for name, row in GUARDIAN.items()}
    world.register("relations", {"payee_id": [ids[0]] * 3, "beneficiary_id": others, **relations})
    columns: dict[str, Any] = {"payee_id": [ids[0]], "payee_name": [make_name(0)]}
    for name, other in zip("AB", others, strict=False):
        world.send_batch(name, [other], **columns)
    assert [world.line_states(name) for name in "AB"] == [["ready"]] * 2
    world.send_batch("C", [others[2]], **columns)
    assert [world.line_states(name) for name in "ABC"] == [["held"]] * 3
    assert world.findings("C") == [["R54:orange"]]


def test_a_guardian_is_paid_for_a_minor_and_a_stranger_is_not() -> None:
    world, ids = make_county()
    world.register("relations", {"payee_id": [ids[0]], "beneficiary_id": [ids[1]], **GUARDIAN})
    columns: dict[str, Any] = {"payee_id": [ids[0]] * 2, "payee_name": [make_name(0)] * 2}
    world.send_batch("B-1", [ids[1], ids[2]], **columns)
    assert world.findings("B-1") == [[], ["R54:orange"]]
    assert world.line_states("B-1") == ["ready", "held"]


def test_a_firm_in_the_library_with_an_account_is_paid() -> None:
    world, _ = make_county()
    world.register("library", {"id": [FIRM], "village": [VILLAGE], "status": ["active"]}, update="delta")
    world.take_census([FIRM], ["402"], [make_account(900)])
    world.designate([FIRM], ["402"], [make_account(900)])
    world.send_batch("B-1", [FIRM], beneficiary_id_type=["uscc"])
    assert world.findings("B-1") == [[]]
    assert world.line_states("B-1") == ["ready"]


def test_a_batch_says_which_rules_had_no_register_to_look_at() -> None:
    world, ids = make_county()
    world.send_batch("B-1", ids[:1])
    assert world.entries("batch")[-1]["not_checked"] == ["R05", "R08", "R09", "R41"]
    assert world.line_states("B-1") == ["ready"]


def test_without_a_population_nobody_says_that_households_were_compared() -> None:
    world = World()
    world.set_up(unit="household")
    world.send_batch("B-1", [make_id(0)])
    assert {"R02", "R18"} <= set(world.entries("batch")[-1]["not_checked"])
    world.set_policy("policy-2", [("rule", "R18", {"enabled": False})])
    world.send_batch("B-2", [make_id(1)])
    assert "R18" not in world.entries("batch")[-1]["not_checked"]


def test_all_lines_wait_for_a_population_where_policy_requires_households_to_be_compared() -> None:
    world = World()
    world.set_up(unit="household")
    world.set_policy("policy-2", [("rule", "R18", {"required": True})])
    ids = [make_id(0), make_id(1)]
    accounts = [make_account(0), make_account(1)]
    world.take_census(ids, ["402"] * 2, accounts)
    world.designate(ids, ["402"] * 2, accounts)
    world.send_batch("B-1", ids)
    assert world.line_states("B-1") == ["held"] * 2
    assert world.findings("B-1") == [["R18:orange"]] * 2
    assert len(evidence_of(world, "R18")) == 2
    world.settle_people(2)
    world.send_batch("B-2", ids, fields={"period": "2025"})
    assert world.line_states("B-2") == ["ready"] * 2


def test_lines_wait_for_a_register_that_policy_requires() -> None:
    world, ids = make_county()
    world.set_policy("policy-2", [("rule", "R05", {"required": True})])
    world.send_batch("B-1", ids[:2])
    assert world.findings("B-1") == [["R05:orange"]] * 2
    assert world.line_states("B-1") == ["held"] * 2
    world.register("deaths", {"id": [make_id(700)], "died_on": ["2020-01-01"]})
    world.send_batch("B-2", ids[2:4])
    assert world.line_states("B-2") == ["ready"] * 2


def test_a_line_of_odd_shape_is_refused_with_its_fen_and_its_neighbours_are_paid() -> None:
    world, ids = make_county()
    types = ["resident", "passport", "resident"]
    outcomes = world.send_batch("B-1", ids[:3], beneficiary_id_type=types, row=[11, 12, 13])
    assert world.line_states("B-1") == ["ready", "refused", "ready"]
    assert [(found.code, found.position, found.detail) for found in outcomes if found.word == "item"] == [
        ("S01", "row 12", "beneficiary_id_type")
    ]
    assert world.entries("batch")[-1]["totals"] == {"ready": [2, 20_000], "refused": [1, 10_000]}
