"""Relations by day, and the form of a programme's periods."""

import pytest

from consolidator.facts.programmes import is_period_of
from consolidator.facts.registers import Relation, is_related

PAST = Relation("guardian", "2020-01-01", "2026-10-31")
OPEN = Relation("mandate", "2026-11-02", None)
PERIODS = {"year": "2026", "month": "2026-11", "quarter": "2026Q3", "half": "2026H1"}


@pytest.mark.parametrize(
    ("relations", "day", "related"),
    [
        (None, "2026-11-01", False),
        ([], "2026-11-01", False),
        ([PAST], "2019-12-31", False),
        ([PAST], "2020-01-01", True),
        ([PAST], "2026-10-31", True),
        ([PAST], "2026-11-01", False),
        ([OPEN], "2026-11-01", False),
        ([OPEN], "2026-11-02", True),
        ([OPEN], "9999-12-31", True),
        ([PAST, OPEN], "2026-11-01", False),
        ([PAST, OPEN], "2026-11-02", True),
    ],
)
def test_a_relation_holds_from_its_first_to_its_last_day(
    relations: list[Relation] | None, day: str, related: object
) -> None:
    assert is_related(relations, day) is related


@pytest.mark.parametrize("cycle", PERIODS)
def test_a_period_fits_its_own_cycle_only(cycle: str) -> None:
    assert [other for other, period in PERIODS.items() if is_period_of(cycle, period)] == [cycle]
