"""Owns what policy sets about programmes and rules."""

from msgspec import Struct


class Programme(Struct, frozen=True):
    """A subsidy. ``standard_fen`` is per unit of quantity; ``paying_banks`` hold its zero-balance account."""

    id: str
    name: str
    short_name: str
    cycle: str
    unit: str
    standard_fen: int | None
    paying_banks: list[str]
    agent_bank: str
    universal: bool
    review_window_hours: int


class RuleSetting(Struct, frozen=True):
    """How this county runs a rule; ``level`` None keeps the catalogue's."""

    enabled: bool = True
    level: str | None = None
    required: bool = False
    parameters: dict[str, int] = {}


_LENGTHS = {"year": 4, "month": 7, "quarter": 6, "half": 6}
_MARKS = {"year": "", "month": "-", "quarter": "Q", "half": "H"}


def is_period_of(cycle: str, period: str) -> bool:
    """Say whether a well-formed period has the form of a programme's cycle.

    >>> is_period_of("month", "2026-11"), is_period_of("quarter", "2026H1"), is_period_of("year", "2026")
    (True, False, True)
    """
    return len(period) == _LENGTHS[cycle] and period[4:5] == _MARKS[cycle]
