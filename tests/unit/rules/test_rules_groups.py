"""R16 R18 R35 R54 over several lines: every member is marked, in whatever order and batch he stands."""

from collections.abc import Sequence
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.lines import derive_place
from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.state import State
from consolidator.rules.duplicates import claim_in_order, derive_claim_keys
from consolidator.rules.groups import Roster, group_collections, group_households
from tests.support.world import make_id
from tests.unit.rules.desk import FIRM, PEOPLE, PROGRAMME, find_groups, make_slice, make_state

BY_HOUSEHOLD = msgspec.structs.replace(PROGRAMME, unit="household")
BY_PLOT = msgspec.structs.replace(PROGRAMME, unit="plot")
STRANGER = make_id(500)
FIRST = derive_place(3, 1)
COLLECTOR = PEOPLE[7]


def make_roster(  # noqa: PLR0913, PLR0917 -- a roster with its usual values
    state: State,
    beneficiaries: Sequence[str],
    payees: Sequence[str] | None = None,
    odd: frozenset[int] = frozenset(),
    unit: str = "household",
    period: str = "2026",
) -> Roster:
    """Make the roster of batch 3."""
    programme = msgspec.structs.replace(BY_HOUSEHOLD, unit=unit)
    everyone = beneficiaries if payees is None else payees
    return Roster(state, programme, period, FIRST, beneficiaries, everyone, None, odd)


def share_household(state: State, ids: Sequence[str]) -> None:
    """Put people into one household."""
    for identity in ids:
        known = state.registers.population[identity]
        state.registers.population[identity] = msgspec.structs.replace(known, household="H-FAMILY")


# ---- R18


@pytest.mark.parametrize("order", list(permutations(PEOPLE[:3])))
def test_r18_marks_every_member_of_a_family_in_every_order(order: tuple[str, ...]) -> None:
    state = make_state()
    share_household(state, order)
    hits = find_groups("R18", make_roster(state, [PEOPLE[6], *order, PEOPLE[4]]))
    assert hits.code == "R18"
    facts = {"household": "H-FAMILY", "members": 3}
    assert hits.places == {FIRST + item: (order[item - 1], facts) for item in (1, 2, 3)}


@pytest.mark.parametrize("unit", ["person", "plot"])
def test_r18_has_nothing_against_a_family_in_a_programme_by_person_or_plot(unit: str) -> None:
    assert find_groups("R18", make_roster(make_state(), PEOPLE, unit=unit)).places == {}


def test_r18_has_nothing_against_one_member_a_household() -> None:
    assert find_groups("R18", make_roster(make_state(), PEOPLE[::2])).places == {}


def test_r18_is_about_different_persons_not_about_one_person_twice() -> None:
    assert find_groups("R18", make_roster(make_state(), [PEOPLE[0], PEOPLE[0]])).places == {}


def test_r18_marks_all_lines_of_a_person_whose_household_has_another_member() -> None:
    hits = find_groups("R18", make_roster(make_state(), [PEOPLE[0], PEOPLE[0], PEOPLE[1]]))
    facts = {"household": "H0", "members": 2}
    assert hits.places == {FIRST + item: (PEOPLE[item // 2], facts) for item in range(3)}


def test_r18_marks_members_in_earlier_batches_too() -> None:
    state = make_state()
    earlier = derive_place(1, 9)
    state.claims.households = {"FARM": {"2026": {"H0": [(PEOPLE[0], earlier)]}}}
    hits = find_groups("R18", make_roster(state, [PEOPLE[1], PEOPLE[2]]))
    assert {place: found[0] for place, found in hits.places.items()} == {earlier: PEOPLE[0], FIRST: PEOPLE[1]}


def test_r18_takes_the_same_person_in_an_earlier_batch_for_one() -> None:
    state = make_state()
    state.claims.households = {"FARM": {"2026": {"H0": [(PEOPLE[0], derive_place(1, 9))]}}}
    assert find_groups("R18", make_roster(state, [PEOPLE[0]])).places == {}


@pytest.mark.parametrize(("programme", "period"), [("FARM", "2025"), ("BIRTH", "2026")])
def test_r18_compares_within_one_programme_and_period(programme: str, period: str) -> None:
    state = make_state()
    state.claims.households = {programme: {period: {"H0": [(PEOPLE[0], derive_place(1, 9))]}}}
    assert find_groups("R18", make_roster(state, [PEOPLE[1]])).places == {}


def test_r18_does_not_count_lines_of_odd_shape() -> None:
    assert find_groups("R18", make_roster(make_state(), PEOPLE[:2], odd=frozenset([1]))).places == {}


def test_people_outside_the_population_and_firms_have_no_household() -> None:
    groups = group_households(make_roster(make_state(), [STRANGER, FIRM, STRANGER, PEOPLE[0]]))
    assert groups == {"H0": [(PEOPLE[0], FIRST + 3)]}


@given(st.lists(st.integers(0, 7), max_size=12), st.sets(st.integers(0, 11)))
def test_r18_marks_exactly_the_lines_a_naive_comparison_of_pairs_marks(numbers: list[int], odd: set[int]) -> None:
    ids = [PEOPLE[number] for number in numbers]
    hits = find_groups("R18", make_roster(make_state(), ids, odd=frozenset(odd)))
    lines = [(item, number) for item, number in enumerate(numbers) if item not in odd]
    naive = {
        FIRST + item
        for item, number in lines
        if any(other != number and other // 2 == number // 2 for _, other in lines)
    }
    assert set(hits.places) == naive


# ---- R54 over several lines


def test_r54_counts_the_persons_somebody_collects_for() -> None:
    ids = [make_id(number) for number in range(20, 26)]
    state = make_state()
    assert find_groups("R54", make_roster(state, ids[:5], [COLLECTOR] * 5)).places == {}
    hits = find_groups("R54", make_roster(state, ids, [COLLECTOR] * len(ids)))
    assert hits.code == "R54"
    facts = {"persons": 6, "persons_max": 5}
    assert hits.places == {FIRST + item: (ids[item], facts) for item in range(6)}


def test_r54_does_not_count_the_collectors_own_line_nor_other_peoples() -> None:
    state = make_state(R54=RuleSetting(parameters={"persons_max": 1}))
    ids = [*PEOPLE[:3], COLLECTOR]
    hits = find_groups("R54", make_roster(state, ids, [COLLECTOR, COLLECTOR, PEOPLE[2], COLLECTOR]))
    assert set(hits.places) == {FIRST, FIRST + 1}


def test_r54_counts_persons_not_lines() -> None:
    state = make_state(R54=RuleSetting(parameters={"persons_max": 1}))
    assert find_groups("R54", make_roster(state, [PEOPLE[0]] * 4, [COLLECTOR] * 4)).places == {}


@pytest.mark.parametrize(
    ("parameters", "marked"), [({}, 0), ({"other": 0}, 0), ({"persons_max": 2}, 0), ({"persons_max": 1}, 2)]
)
def test_r54_takes_the_countys_threshold(parameters: dict[str, int], marked: int) -> None:
    state = make_state(R54=RuleSetting(parameters=parameters))
    assert len(find_groups("R54", make_roster(state, PEOPLE[:2], [COLLECTOR] * 2)).places) == marked


def test_r54_counts_over_all_programmes_and_batches_and_marks_the_earlier_lines() -> None:
    state = make_state(R54=RuleSetting(parameters={"persons_max": 2}))
    earlier = [(PEOPLE[0], derive_place(0, 4)), (PEOPLE[1], derive_place(2, 1))]
    state.claims.collections = {COLLECTOR: earlier, PEOPLE[6]: [(PEOPLE[3], derive_place(0, 5))]}
    hits = find_groups("R54", make_roster(state, [PEOPLE[2]], [COLLECTOR], period="2025", unit="plot"))
    assert set(hits.places) == {derive_place(0, 4), derive_place(2, 1), FIRST}


def test_r54_counts_a_firm_as_a_beneficiary() -> None:
    state = make_state(R54=RuleSetting(parameters={"persons_max": 1}))
    assert len(find_groups("R54", make_roster(state, [FIRM, PEOPLE[0]], [COLLECTOR] * 2)).places) == 2


def test_r54_does_not_count_lines_of_odd_shape() -> None:
    state = make_state(R54=RuleSetting(parameters={"persons_max": 1}))
    roster = make_roster(state, PEOPLE[:2], [COLLECTOR] * 2, odd=frozenset([0]))
    assert group_collections(roster) == {COLLECTOR: [(PEOPLE[1], FIRST + 1)]}
    assert find_groups("R54", roster).places == {}


def test_a_document_without_payees_collects_for_nobody() -> None:
    assert group_collections(make_roster(make_state(), PEOPLE)) == {}


# ---- R16


def test_a_claim_is_the_person_and_in_programmes_by_plot_the_plot_where_there_is_one() -> None:
    state = make_state()
    assert derive_claim_keys(make_slice(state, PEOPLE[:2], programme=BY_PLOT)) == PEOPLE[:2]
    part = make_slice(state, [PEOPLE[0]] * 3, programme=BY_PLOT, plot=["P-1", None, "P-2"])
    keys = [f"{PEOPLE[0]}|P1", PEOPLE[0], f"{PEOPLE[0]}|P2"]
    assert derive_claim_keys(part) == keys


@pytest.mark.parametrize("programme", [PROGRAMME, BY_HOUSEHOLD])
def test_invented_plots_make_no_second_claim_in_a_programme_by_person_or_household(programme: Programme) -> None:
    part = make_slice(make_state(), [PEOPLE[0]] * 3, programme=programme, plot=["P-1", None, "P-2"])
    assert derive_claim_keys(part) == [PEOPLE[0]] * 3


def test_r16_names_the_line_that_was_first() -> None:
    held = {"b": derive_place(0, 9)}
    assert claim_in_order(["a", "b", "a", "c"], FIRST, frozenset(), held) == {1: derive_place(0, 9), 2: FIRST}
    assert held == {"a": FIRST, "b": derive_place(0, 9), "c": FIRST + 3}


def test_r16_lets_a_refused_line_claim_nothing_but_still_tells_it_that_it_repeats() -> None:
    held = {"b": derive_place(0, 9)}
    assert claim_in_order(["a", "a", "b"], FIRST, {0, 2}, held) == {2: derive_place(0, 9)}
    assert held == {"a": FIRST + 1, "b": derive_place(0, 9)}


@given(st.lists(st.sampled_from("abcd"), max_size=10), st.sets(st.integers(0, 9)), st.integers(0, 10))
def test_r16_does_not_care_where_a_document_is_cut(keys: list[str], refused: set[int], cut: int) -> None:
    whole: dict[str, int] = {}
    late = claim_in_order(keys, FIRST, refused, whole)
    parts: dict[str, int] = {}
    first = dict(claim_in_order(keys[:cut], FIRST, refused, parts))
    rest = {item - cut for item in refused if item >= cut}
    second = claim_in_order(keys[cut:], FIRST + len(keys[:cut]), rest, parts)
    assert first | {item + len(keys[:cut]): place for item, place in second.items()} == late
    assert parts == whole
