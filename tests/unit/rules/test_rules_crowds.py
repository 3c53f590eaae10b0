"""R11 R35 R36: many persons at one account, one machine twice, many machines of one buyer."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.lines import derive_place
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.state import State
from consolidator.rules.duplicates import NUMBERED, claim_in_order, derive_claim_keys, derive_serials
from consolidator.rules.groups import Roster, group_buyers, group_stated
from tests.support.world import START, make_account
from tests.unit.rules.desk import (
    FIRM,
    PEOPLE,
    PROGRAMME,
    find_groups,
    findings_of,
    make_batch,
    make_slice,
    make_state,
    run,
)

BY_MACHINE = msgspec.structs.replace(PROGRAMME, unit="machine")
FIRST = derive_place(3, 1)
CARD = make_account(900)
DAY = 86_400


def make_roster(
    state: State,
    beneficiaries: Sequence[str],
    accounts: Sequence[str | None] | None = None,
    odd: frozenset[int] = frozenset(),
    unit: str = "person",
) -> Roster:
    """Make the roster of batch 3, which is assessed now."""
    state.batches = [make_batch(index, assessed_at=START) for index in range(4)]
    programme = msgspec.structs.replace(PROGRAMME, unit=unit)
    return Roster(state, programme, "2026", FIRST, beneficiaries, beneficiaries, accounts, odd)


# ---- R11


def test_r11_marks_all_lines_of_an_account_that_more_than_three_persons_state() -> None:
    state = make_state()
    assert find_groups("R11", make_roster(state, PEOPLE[:3], [CARD] * 3)).places == {}
    hits = find_groups("R11", make_roster(state, [PEOPLE[5], *PEOPLE[:4]], [make_account(5), *[CARD] * 4]))
    facts = {"persons": 4, "persons_max": 3}
    assert hits.code == "R11"
    assert hits.places == {FIRST + item: (PEOPLE[item - 1], facts) for item in (1, 2, 3, 4)}


def test_r11_counts_the_holder_whom_the_census_knows() -> None:
    state = make_state()
    state.accounts[CARD] = CensusAccount(PEOPLE[7], Card("402"))
    hits = find_groups("R11", make_roster(state, PEOPLE[:3], [CARD] * 3))
    assert [facts for _, facts in hits.places.values()] == [{"persons": 4, "persons_max": 3}] * 3


def test_r11_does_not_look_at_who_states_his_own_account() -> None:
    state = make_state(R11=RuleSetting(parameters={"persons_max": 1}))
    state.accounts[CARD] = CensusAccount(PEOPLE[0], Card("402"))
    roster = make_roster(state, PEOPLE[:2], [CARD, CARD])
    assert group_stated(roster) == {CARD: [(PEOPLE[1], FIRST + 1)]}
    assert set(find_groups("R11", roster).places) == {FIRST + 1}


def test_r11_counts_persons_not_lines() -> None:
    assert find_groups("R11", make_roster(make_state(), [PEOPLE[0]] * 9, [CARD] * 9)).places == {}


def test_r11_counts_lines_of_earlier_batches_and_marks_them() -> None:
    state = make_state()
    state.claims.stated = {CARD: [(PEOPLE[0], derive_place(0, 4)), (PEOPLE[1], derive_place(2, 1))]}
    assert find_groups("R11", make_roster(state, [PEOPLE[2]], [CARD])).places == {}
    hits = find_groups("R11", make_roster(state, PEOPLE[2:4], [CARD, CARD]))
    assert set(hits.places) == {derive_place(0, 4), derive_place(2, 1), FIRST, FIRST + 1}


def test_r11_passes_over_lines_without_account_and_of_odd_shape() -> None:
    state = make_state()
    assert group_stated(make_roster(state, PEOPLE[:2])) == {}
    roster = make_roster(state, PEOPLE[:3], [None, CARD, CARD], odd=frozenset([1]))
    assert group_stated(roster) == {CARD: [(PEOPLE[2], FIRST + 2)]}


@pytest.mark.parametrize(("persons_max", "marked"), [(2, 0), (1, 2), (0, 2)])
def test_r11_takes_the_countys_threshold(persons_max: int, marked: int) -> None:
    state = make_state(R11=RuleSetting(parameters={"persons_max": persons_max}))
    assert len(find_groups("R11", make_roster(state, PEOPLE[:2], [CARD] * 2)).places) == marked


# ---- R36


def test_r36_marks_all_lines_of_a_buyer_of_more_than_three_machines() -> None:
    state = make_state()
    assert find_groups("R36", make_roster(state, [PEOPLE[0]] * 3, unit="machine")).places == {}
    hits = find_groups("R36", make_roster(state, [PEOPLE[1], *[PEOPLE[0]] * 4], unit="machine"))
    facts = {"machines": 4, "machines_max": 3, "window_days": 365}
    assert hits.code == "R36"
    assert hits.places == {FIRST + item: (PEOPLE[0], facts) for item in (1, 2, 3, 4)}


@pytest.mark.parametrize("unit", ["person", "household", "plot"])
def test_r36_is_about_machines_only(unit: str) -> None:
    assert group_buyers(make_roster(make_state(), [PEOPLE[0]] * 9, unit=unit)) == {}


def test_r36_does_not_count_lines_of_odd_shape() -> None:
    roster = make_roster(make_state(), [FIRM] * 3, odd=frozenset([1]), unit="machine")
    assert group_buyers(roster) == {FIRM: [(FIRM, FIRST), (FIRM, FIRST + 2)]}


@pytest.mark.parametrize(("age_seconds", "marked"), [(365 * DAY, 4), (365 * DAY + 1, 0)])
def test_r36_counts_machines_of_earlier_batches_within_its_window(age_seconds: int, marked: int) -> None:
    state = make_state()
    state.claims.buyers = {PEOPLE[0]: [(PEOPLE[0], derive_place(1, 7)), (PEOPLE[0], derive_place(2, 1))]}
    roster = make_roster(state, [PEOPLE[0]] * 2, unit="machine")
    state.batches[1].assessed_at = START - age_seconds
    hits = find_groups("R36", roster)
    assert len(hits.places) == marked
    assert set(hits.places) <= {derive_place(1, 7), derive_place(2, 1), FIRST, FIRST + 1}


@pytest.mark.parametrize(
    ("parameters", "marked"),
    [({"machines_max": 1}, 2), ({"machines_max": 2}, 0), ({"machines_max": 1, "window_days": 0}, 2)],
)
def test_r36_takes_the_countys_thresholds(parameters: dict[str, int], marked: int) -> None:
    state = make_state(R36=RuleSetting(parameters=parameters))
    assert len(find_groups("R36", make_roster(state, [PEOPLE[0]] * 2, unit="machine")).places) == marked


def test_r36_with_a_window_of_no_days_counts_what_is_assessed_now() -> None:
    state = make_state(R36=RuleSetting(parameters={"machines_max": 2, "window_days": 0}))
    state.claims.buyers = {PEOPLE[0]: [(PEOPLE[0], derive_place(2, 1))]}
    roster = make_roster(state, [PEOPLE[0]] * 2, unit="machine")
    state.batches[2].assessed_at = START - 1
    assert find_groups("R36", roster).places == {}


# ---- R35


def test_r35_holds_a_machine_without_serial_in_programmes_by_machine() -> None:
    state = make_state()
    hits = run(state, PEOPLE[:3], programme=BY_MACHINE, plot=["M-1", None, "M-2"])
    assert hits.findings == {1: ["R35:orange"]}
    assert hits.held == {1}
    assert findings_of(state, PEOPLE[0], programme=BY_MACHINE) == ["R35:orange"]
    assert findings_of(state, PEOPLE[0], plot=None) == []


@pytest.mark.parametrize(
    ("unit", "serials"),
    [("machine", ["M1", None]), ("plot", [None, None]), ("person", [None, None]), ("household", [None, None])],
)
def test_only_machines_have_serials(unit: str, serials: list[str | None]) -> None:
    programme = msgspec.structs.replace(PROGRAMME, unit=unit)
    assert derive_serials(make_slice(make_state(), PEOPLE[:2], programme=programme, plot=["M-1", None])) == serials
    assert derive_serials(make_slice(make_state(), PEOPLE[:2], programme=programme)) == [None, None]


def test_a_person_may_have_several_plots_and_machines_and_is_one_person_elsewhere() -> None:
    assert {"plot", "machine"} == NUMBERED
    columns: dict[str, Any] = {"plot": ["M-1", None]}
    keys = derive_claim_keys(make_slice(make_state(), [PEOPLE[0]] * 2, programme=BY_MACHINE, **columns))
    assert keys == [f"{PEOPLE[0]}|M1", PEOPLE[0]]


def test_without_a_key_nothing_is_claimed_and_nothing_repeats() -> None:
    held: dict[str, int] = {}
    assert claim_in_order([None, None, "M-1"], FIRST, frozenset(), held) == {}
    assert held == {"M-1": FIRST + 2}
