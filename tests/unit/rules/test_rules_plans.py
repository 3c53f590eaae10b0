"""R41 and R55: a batch against its payment plan, and its villages against the last period."""

import msgspec
import pytest

from consolidator.facts.programmes import Plan, RuleSetting
from consolidator.facts.state import State
from consolidator.rules.plans import LIVE, PAID, derive_plan_key, find_over_plan, is_checked, is_known
from consolidator.rules.rosters import PERIODS_KEPT, count_roster, find_jumps
from tests.support.world import VILLAGE
from tests.unit.rules.desk import PROGRAMME, make_batch, make_state

BATCH = make_batch()
TOWN = "511112001002"


def make_planned(setting: RuleSetting | None = None, *, programme: str = "FARM") -> State:
    """Make a county with a plan of 1,000 fen, of which 600 are live and 250 paid."""
    state = make_state(**({} if setting is None else {"R41": setting}))
    state.policy.plans = {"PLAN-1": Plan(programme, 1_000)}
    state.plan_use = {"FARM|PLAN-1": [600, 250], "FARM|PLAN-2": [9_000, 9_000], "BIRTH|PLAN-1": [9_000, 9_000]}
    return state


# ---- R41


@pytest.mark.parametrize(
    ("counted", "more_fen", "found"),
    [
        (LIVE, 0, None),
        (LIVE, 400, None),
        (LIVE, 401, {"plan_fen": 1_000, "used_fen": 1_001}),
        (PAID, 750, None),
        (PAID, 751, {"plan_fen": 1_000, "used_fen": 1_001}),
    ],
)
def test_r41_says_when_more_is_used_than_the_plan_has(
    counted: int, more_fen: int, found: dict[str, int] | None
) -> None:
    assert find_over_plan(make_planned(), BATCH, counted, more_fen) == found


def test_r41_counts_nothing_for_a_plan_that_was_never_used() -> None:
    state = make_planned()
    state.plan_use.clear()
    assert find_over_plan(state, BATCH, LIVE, 1_000) is None
    assert find_over_plan(state, BATCH, PAID, 1_001) == {"plan_fen": 1_000, "used_fen": 1_001}


def test_a_plan_is_known_for_its_programme_only() -> None:
    assert is_known(make_planned(), BATCH)
    assert not is_known(make_planned(programme="BIRTH"), BATCH)
    assert not is_known(make_planned(), make_batch(plan_number="PLAN-2"))


def test_a_plan_number_is_counted_apart_for_each_programme() -> None:
    other = make_batch(programme=msgspec.structs.replace(PROGRAMME, id="BIRTH"))
    assert derive_plan_key(BATCH) == "FARM|PLAN-1"
    assert derive_plan_key(other) == "BIRTH|PLAN-1"
    state = make_planned()
    state.policy.plans["PLAN-1"] = Plan("BIRTH", 9_001)
    assert find_over_plan(state, other, LIVE, 1) is None
    assert find_over_plan(state, other, LIVE, 2) == {"plan_fen": 9_001, "used_fen": 9_002}


@pytest.mark.parametrize("setting", [None, RuleSetting(), RuleSetting(required=True)])
def test_r41_lets_nothing_be_paid_from_the_plan_of_another_programme(setting: RuleSetting | None) -> None:
    state = make_planned(setting, programme="BIRTH")
    assert find_over_plan(state, BATCH, LIVE, 0) == {"plan_fen": 0, "used_fen": 600}
    assert find_over_plan(state, BATCH, PAID, 1) == {"plan_fen": 0, "used_fen": 251}


def test_r41_says_nothing_of_an_unknown_plan_unless_the_county_requires_one() -> None:
    for state in (make_planned(), make_planned(RuleSetting())):
        state.policy.plans.clear()
        assert find_over_plan(state, BATCH, LIVE, 10**9) is None
    state = make_planned(RuleSetting(required=True))
    state.policy.plans.clear()
    assert find_over_plan(state, BATCH, LIVE, 0) == {"plan_fen": 0, "used_fen": 600}
    state.plan_use.clear()
    assert find_over_plan(state, BATCH, LIVE, 0) is None
    assert find_over_plan(state, BATCH, LIVE, 1) == {"plan_fen": 0, "used_fen": 1}


def test_r41_can_be_switched_off() -> None:
    off = make_planned(RuleSetting(enabled=False, required=True))
    assert is_checked(make_planned())
    assert is_checked(make_planned(RuleSetting()))
    assert not is_checked(off)
    assert find_over_plan(off, BATCH, LIVE, 10**9) is None


# ---- R55


def count(state: State, period: str, **villages: int) -> None:
    """Count a batch of a period; ``a`` and ``b`` are villages."""
    names = {"a": VILLAGE, "b": TOWN}
    count_roster(state, make_batch(period=period), {names[name]: lines for name, lines in villages.items()})


def compare(state: State, period: str, *villages: str) -> list[tuple[str, int, int]]:
    """Look for jumps in a period."""
    return find_jumps(state, make_batch(period=period), villages or (VILLAGE, TOWN))


@pytest.mark.parametrize(
    ("before", "now", "jumps"),
    [
        (100, 130, False),
        (100, 131, True),
        (100, 70, False),
        (100, 69, True),
        (10, 19, False),
        (10, 20, True),
        (20, 10, True),
        (20, 11, False),
        (34, 44, False),
        (33, 43, True),
    ],
)
def test_r55_sees_more_than_thirty_percent_and_at_least_ten_lines(before: int, now: int, jumps: object) -> None:
    state = make_state()
    count(state, "2025", a=before)
    count(state, "2026", a=now)
    assert compare(state, "2026", VILLAGE) == ([(VILLAGE, before, now)] if jumps else [])


@pytest.mark.parametrize(
    ("parameters", "jumps"),
    [
        ({"jump_percent": 19, "lines_min": 2}, True),
        ({"jump_percent": 20, "lines_min": 2}, False),
        ({"jump_percent": 19, "lines_min": 3}, False),
    ],
)
def test_r55_takes_the_countys_thresholds(parameters: dict[str, int], jumps: object) -> None:
    state = make_state(R55=RuleSetting(parameters=parameters))
    count(state, "2025", a=10)
    count(state, "2026", a=12)
    assert bool(compare(state, "2026")) is jumps


def test_r55_adds_up_the_batches_of_a_period() -> None:
    state = make_state()
    count(state, "2026", a=5, b=2)
    count(state, "2026", a=6)
    assert state.history.rosters == {"FARM": {"2026": {VILLAGE: 11, TOWN: 2}}}


def test_r55_takes_a_village_without_lines_for_none() -> None:
    state = make_state()
    count(state, "2025", b=50)
    count(state, "2026", a=10)
    assert compare(state, "2026") == [(VILLAGE, 0, 10), (TOWN, 50, 0)]
    assert compare(state, "2026", TOWN, VILLAGE) == [(VILLAGE, 0, 10), (TOWN, 50, 0)]


def test_r55_has_nothing_to_compare_a_first_period_with() -> None:
    state = make_state()
    assert compare(state, "2026") == []
    count(state, "2026", a=1_000)
    assert compare(state, "2026") == []


def test_r55_compares_with_the_period_before_not_with_a_later_or_an_older_one() -> None:
    state = make_state()
    for period, lines in (("2026-09", 500), ("2026-10", 100), ("2026-11", 100), ("2026-12", 500)):
        count(state, period, a=lines)
    assert compare(state, "2026-11") == []
    assert compare(state, "2026-10") == [(VILLAGE, 500, 100)]
    assert compare(state, "2026-12") == [(VILLAGE, 100, 500)]


def test_r55_compares_within_a_programme() -> None:
    state = make_state()
    count_roster(state, make_batch(period="2025", document="B", township="511112001"), {VILLAGE: 1})
    state.history.rosters["BIRTH"] = state.history.rosters.pop("FARM")
    count(state, "2026", a=500)
    assert compare(state, "2026") == []


def test_r55_keeps_the_newest_four_periods() -> None:
    state = make_state()
    for period in ("2026Q1", "2026Q2", "2026Q3", "2026Q4", "2027Q1"):
        count(state, period, a=1)
    assert PERIODS_KEPT == 4
    assert list(state.history.rosters["FARM"]) == ["2026Q2", "2026Q3", "2026Q4", "2027Q1"]
    count(state, "2026Q1", a=100)
    assert list(state.history.rosters["FARM"]) == ["2026Q2", "2026Q3", "2026Q4", "2027Q1"]
    assert compare(state, "2026Q1") == []
    count(state, "2025Q4", a=100)
    assert compare(state, "2026Q2") == []
