"""Owns what policy sets about programmes and rules."""

from msgspec import Struct


class Programme(Struct, frozen=True):
    """A subsidy, as :class:`schemas.policy.ProgrammeValue` sets it; ``paying_banks`` hold its zero-balance account."""

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
    standard_kind: str = "exact"
    publicity_required: bool = True
    bars_payroll: bool = False
    age_min: int | None = None
    age_max: int | None = None
    excludes: list[str] = []
    line_max_fen: int | None = None
    sensitive: bool = False


class Bank(Struct, frozen=True):
    """A bank that takes part; ``branch`` (may be empty) reaches its accounts whose own branch number is not known."""

    name: str
    branch: str
    file_lines_max: int
    file_fen_max: int


class Plan(Struct, frozen=True):
    """A payment plan (用款计划): how much may be paid of a programme under one plan number."""

    programme: str
    fen: int


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
