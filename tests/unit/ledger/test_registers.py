"""Registers, card census and designations: what they take in, what they refuse, and from when it counts."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from consolidator.facts.accounts import find_current, list_versions
from consolidator.facts.registers import Official, Person, Relation, Snapshot
from schemas.instants import HOUR_SECONDS
from tests.support.world import HOUR, VILLAGE, World, codes_of, make_account, make_id, make_name

ONE, TWO, THREE = make_id(1), make_id(2), make_id(3)
POPULATION = {"id": [ONE], "name": [make_name(1)], "household": ["H1"], "village": [VILLAGE]}
MANDATE: dict[str, list[Any]] = {
    "payee_id": [ONE],
    "beneficiary_id": [TWO],
    "relation": ["mandate"],
    "from_on": ["2020-01-01"],
    "to_on": ["2021-01-01"],
}


@pytest.fixture
def world() -> World:
    """A county with its usual policy, nobody registered."""
    made = World()
    made.set_up()
    return made


def test_each_part_of_a_register_is_a_slice_of_its_own_size() -> None:
    world = World()
    world.set_up()
    before = len(world.steps)
    ids = [make_id(number) for number in range(1_200)]
    world.register("library", {"id": ids, "village": [VILLAGE] * 1_200, "status": ["active"] * 1_200})
    assert [step.lines for step in world.steps[before:]] == [0, 0, 1_000, 200, 0]


def test_each_register_is_filled_and_says_when_it_was_true(world: World) -> None:
    world.register("population", POPULATION)
    world.register("library", {"id": [ONE], "village": [VILLAGE], "status": ["active"]})
    world.register("relations", {**MANDATE, "relation": ["guardian"], "to_on": [None]})
    world.register("deaths", {"id": [THREE], "died_on": ["2024-02-29"]})
    world.register("officials", {"id": [ONE], "village": [VILLAGE], "position": ["村支书"]})
    world.register("relatives", {"id": [TWO], "official_id": [ONE], "relation": ["配偶"]})
    world.register("payroll", {"id": [TWO], "employer": ["示例中学"]})
    registers = world.state.registers
    assert registers.population == {ONE: Person(ONE, make_name(1), "H1", VILLAGE)}
    assert registers.library == {ONE: VILLAGE}
    assert registers.relations == {ONE: {TWO: [Relation("guardian", "2020-01-01", None)]}}
    assert registers.deaths == {THREE: "2024-02-29"}
    assert registers.officials == {ONE: Official(VILLAGE, "村支书")}
    assert registers.relatives == {TWO: ONE}
    assert registers.payroll == {TWO: "示例中学"}
    assert registers.snapshots["deaths"] == Snapshot("2026-10-31", "bureau", "reg-deaths-4")


def test_full_replaces_and_delta_adds(world: World) -> None:
    world.register("deaths", {"id": [ONE], "died_on": ["2024-01-01"]})
    world.register("deaths", {"id": [TWO], "died_on": ["2024-01-02"]}, "delta", "2026-11-01")
    assert world.state.registers.deaths == {ONE: "2024-01-01", TWO: "2024-01-02"}
    assert world.state.registers.snapshots["deaths"].snapshot_on == "2026-11-01"
    world.register("deaths", {"id": [THREE], "died_on": ["2024-01-03"]}, snapshot_on="2026-11-01")
    assert world.state.registers.deaths == {THREE: "2024-01-03"}


def test_a_full_register_is_not_older_than_the_one_held(world: World) -> None:
    world.register("deaths", {"id": [ONE], "died_on": ["2024-01-01"]})
    later = {"id": [TWO], "died_on": ["2024-01-01"]}
    assert codes_of(world.register("deaths", later, snapshot_on="2026-10-30")) == ["", "D23"]
    assert world.state.registers.deaths == {ONE: "2024-01-01"}
    assert world.entries("effect")[-1]["codes"] == {"D23": 1}
    assert codes_of(world.register("deaths", later)) == [""]
    assert world.state.registers.deaths == {TWO: "2024-01-01"}


def test_an_older_delta_adds_and_leaves_the_newest_day(world: World) -> None:
    world.register("deaths", {"id": [ONE], "died_on": ["2024-01-01"]})
    outcomes = world.register("deaths", {"id": [TWO], "died_on": ["2024-01-01"]}, "delta", "2026-09-30")
    assert codes_of(outcomes) == [""]
    assert list(world.state.registers.deaths) == [ONE, TWO]
    assert world.state.registers.snapshots["deaths"] == Snapshot("2026-10-31", "bureau", "reg-deaths-2")


@pytest.mark.parametrize("update", ["full", "delta"])
def test_no_register_is_of_a_day_to_come_in_china(world: World, update: str) -> None:
    columns = {"id": [ONE], "died_on": ["2024-01-01"]}
    assert codes_of(world.register("deaths", columns, update, "2026-11-02")) == ["", "D23"]
    assert (world.state.registers.deaths, world.state.registers.snapshots) == ({}, {})
    world.now += 16 * HOUR  # 2026-11-02 begins in China
    assert codes_of(world.register("deaths", columns, update, "2026-11-02")) == [""]


def test_nobody_died_after_the_register_was_true(world: World) -> None:
    columns = {"id": [ONE, TWO], "died_on": ["2026-10-31", "2026-11-01"]}
    assert codes_of(world.register("deaths", columns)) == ["", "S07"]
    assert world.state.registers.deaths == {ONE: "2026-10-31"}


FULL: dict[str, dict[str, list[Any]]] = {
    "deaths": {"died_on": ["2024-01-01"]},
    "officials": {"village": [VILLAGE], "position": ["村支书"]},
    "relatives": {"official_id": [THREE], "relation": ["配偶"]},
    "payroll": {"employer": ["示例中学"]},
    "library": {"village": [VILLAGE], "status": ["active"]},
    "population": {"name": ["某甲"], "household": ["H1"], "village": [VILLAGE]},
}


def fill(world: World, name: str, *ids: str) -> list[str]:
    """Send a full register of people; gives the codes."""
    columns = {field: values * len(ids) for field, values in FULL[name].items()}
    return codes_of(world.register(name, {"id": list(ids), **columns}))


@pytest.mark.parametrize("name", FULL)
def test_a_full_register_without_one_usable_item_wipes_nothing(world: World, name: str) -> None:
    fill(world, name, ONE)
    before = world.state.registers.snapshots[name]
    assert fill(world, name, "nobody") == ["", "D22"]
    assert fill(world, name) == ["", "D22"]
    assert list(getattr(world.state.registers, name)) == [ONE]
    assert world.state.registers.snapshots[name] == before


@pytest.mark.parametrize("name", FULL)
def test_a_full_register_with_refused_items_takes_no_warning_away(world: World, name: str) -> None:
    fill(world, name, ONE)
    assert fill(world, name, TWO, "nobody") == ["", "S01"]
    warns = name in {"deaths", "officials", "relatives", "payroll"}
    assert list(getattr(world.state.registers, name)) == ([ONE, TWO] if warns else [TWO])
    assert fill(world, name, TWO) == [""]
    assert list(getattr(world.state.registers, name)) == [TWO]


def test_what_a_full_register_says_counts_over_what_is_kept_beside_refused_items(world: World) -> None:
    world.register("deaths", {"id": [ONE, TWO], "died_on": ["2024-01-01"] * 2})
    world.register("deaths", {"id": [ONE, "nobody"], "died_on": ["2024-02-02"] * 2})
    assert world.state.registers.deaths == {ONE: "2024-02-02", TWO: "2024-01-01"}


def test_a_delta_without_one_usable_item_changes_nothing_and_is_no_refusal(world: World) -> None:
    fill(world, "deaths", ONE)
    assert codes_of(world.register("deaths", {"id": ["nobody"], "died_on": ["2024-01-01"]}, "delta")) == ["", "S01"]
    assert list(world.state.registers.deaths) == [ONE]


def test_an_ended_entry_leaves_the_library(world: World) -> None:
    world.register("library", {"id": [ONE, TWO], "village": [VILLAGE] * 2, "status": ["active"] * 2})
    world.register("library", {"id": [ONE, THREE], "village": [VILLAGE] * 2, "status": ["ended"] * 2}, "delta")
    assert world.state.registers.library == {TWO: VILLAGE}


def test_the_same_relation_twice_counts_once_and_another_is_added(world: World) -> None:
    world.register("relations", MANDATE)
    world.register("relations", MANDATE, "delta")
    world.register("relations", {**MANDATE, "relation": ["guardian"]}, "delta")
    assert world.state.registers.relations[ONE][TWO] == [
        Relation("mandate", "2020-01-01", "2021-01-01"),
        Relation("guardian", "2020-01-01", "2021-01-01"),
    ]


@pytest.mark.parametrize(
    ("name", "columns", "code"),
    [
        ("population", {**POPULATION, "id": [ONE[:-1] + ("0" if ONE[-1] != "0" else "1")]}, "S11"),
        ("deaths", {"id": [ONE], "died_on": ["2026-02-30"]}, "S07"),
        ("relations", {**MANDATE, "from_on": ["2026-02-30"]}, "S07"),
        ("relations", {**MANDATE, "to_on": ["2026-02-30"]}, "S07"),
    ],
)
def test_a_wrong_id_or_day_refuses_its_item(
    world: World, name: str, columns: Mapping[str, Sequence[Any]], code: str
) -> None:
    (_, outcome) = world.register(name, columns, "delta")
    assert (outcome.word, outcome.code, outcome.position) == ("item", code, "item 1")
    effect = world.entries("effect")[-1]
    assert (effect["accepted"], effect["codes"], effect["positions"]) == (0, {code: 1}, [[1, code]])
    assert getattr(world.state.registers, name) == {}


def test_a_census_never_moves_an_account_to_another_holder(world: World) -> None:
    world.take_census([ONE], ["402"], [make_account(1)])
    outcomes = world.take_census([TWO, TWO], ["402", "402"], [make_account(1), make_account(2)])
    assert codes_of(outcomes) == ["", "S06"]
    assert {account: row.holder for account, row in world.state.accounts.items()} == {
        make_account(1): ONE,
        make_account(2): TWO,
    }


def test_a_later_census_keeps_what_it_does_not_say(world: World) -> None:
    columns: dict[str, list[Any]] = {
        "holder_id": [ONE],
        "bank": ["402"],
        "account": [make_account(1)],
        "branch": ["402000000001"],
        "keeper": ["village"],
    }
    fields = {"kind": "accounts", "source": "bureau", "id": "census-b", "snapshot_on": "2026-10-31"}
    world.send("clerk", fields, columns)
    assert (world.state.accounts[make_account(1)].branch, world.state.accounts[make_account(1)].keeper) == (
        "402000000001",
        "village",
    )
    world.take_census([ONE], ["402"], [make_account(1)])
    assert (world.state.accounts[make_account(1)].branch, world.state.accounts[make_account(1)].keeper) == (
        "402000000001",
        "village",
    )


@pytest.fixture
def census(world: World) -> World:
    """The county where person 1 holds three accounts and person 2 one."""
    world.take_census(
        [ONE, ONE, ONE, TWO], ["402", "402", "103", "402"], [make_account(number) for number in (1, 2, 3, 4)]
    )
    return world


def designate(world: World, account: int, bank: str = "402") -> list[str]:
    """Have person 1 choose an account; gives the codes."""
    return codes_of(world.designate([ONE], [bank], [make_account(account)]))[1:]


def current(world: World, at: int) -> str:
    """Give the account of person 1 that is in force at an instant."""
    found = find_current(world.state.designations[ONE], at)
    assert found is not None
    return found.account


def test_a_designation_must_be_one_of_the_payees_own_accounts(census: World) -> None:
    assert designate(census, 9) == ["S05"]
    assert designate(census, 3) == ["S05"]
    assert designate(census, 4) == ["S06"]
    assert census.state.designations.get(ONE) is None


def test_a_first_choice_takes_effect_at_once_and_a_change_after_cooling_off(census: World) -> None:
    designate(census, 1)
    assert current(census, census.now) == make_account(1)
    designate(census, 2)
    changed = census.now
    assert current(census, changed + 72 * HOUR_SECONDS - 1) == make_account(1)
    assert current(census, changed + 72 * HOUR_SECONDS) == make_account(2)
    assert [entry.version for entry in list_versions(census.state.designations[ONE])] == [1, 2]


def test_the_cooling_off_time_is_a_setting(census: World) -> None:
    census.set_policy("policy-2", [("setting", "cooling_off_hours", {"value": 1})])
    designate(census, 1)
    designate(census, 2)
    assert current(census, census.now + HOUR) == make_account(2)


def test_the_same_choice_again_adds_nothing(census: World) -> None:
    designate(census, 1)
    before = census.state.designations[ONE]
    assert designate(census, 1) == []
    assert census.state.designations[ONE] == before


def test_going_back_to_the_account_in_force_takes_the_change_back_at_once(census: World) -> None:
    designate(census, 1)
    designate(census, 2)
    census.now += 10 * HOUR
    designate(census, 1)
    assert {current(census, census.now + hours * HOUR) for hours in range(200)} == {make_account(1)}


def test_filling_in_the_branch_of_the_account_in_force_takes_effect_at_once(census: World) -> None:
    designate(census, 3, "103")
    census.designate([ONE], ["103"], [make_account(3)], ["103000000001"])
    found = find_current(census.state.designations[ONE], census.now)
    assert found is not None
    assert (found.version, found.account, found.branch) == (2, make_account(3), "103000000001")


def test_filling_in_a_branch_takes_a_change_back_that_is_cooling_off(census: World) -> None:
    designate(census, 3, "103")
    designate(census, 1)
    census.designate([ONE], ["103"], [make_account(3)], ["103000000001"])
    assert {current(census, census.now + hours * HOUR) for hours in range(200)} == {make_account(3)}


def test_a_branch_for_an_account_not_in_force_cools_off_with_it(census: World) -> None:
    designate(census, 1)
    census.designate([ONE], ["103"], [make_account(3)], ["103000000001"])
    changed = census.now
    assert current(census, changed + 72 * HOUR - 1) == make_account(1)
    assert current(census, changed + 72 * HOUR) == make_account(3)


def test_a_payee_stated_twice_in_one_document_has_chosen_once(census: World) -> None:
    outcomes = census.designate([ONE, ONE, TWO], ["402"] * 3, [make_account(number) for number in (1, 2, 4)])
    assert [(outcome.code, outcome.position) for outcome in outcomes[1:]] == [("S10", "item 2")]
    assert current(census, census.now + 200 * HOUR) == make_account(1)
    assert census.entries("effect")[-1]["accepted"] == 2


def test_a_designation_takes_the_branch_of_the_census_unless_it_states_one(census: World) -> None:
    fields = {"kind": "accounts", "source": "bureau", "id": "census-b", "snapshot_on": "2026-10-31"}
    columns = {"holder_id": [ONE], "bank": ["103"], "account": [make_account(3)], "branch": ["103000000001"]}
    census.send("clerk", fields, columns)
    designate(census, 3, "103")
    assert census.state.designations[ONE].branch == "103000000001"
    census.designate([TWO], ["402"], [make_account(4)], ["402000000009"])
    assert census.state.designations[TWO].branch == "402000000009"
