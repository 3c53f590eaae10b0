"""Owns time on the wire: an instant is whole seconds since 1970 UTC in commands, RFC 3339 with ``Z`` in entries.

Nothing here reads a clock: instants are handed in.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from schemas.errors import InputError

CHINA = timezone(timedelta(hours=8))
INSTANT_MAX = 253_402_300_799  # 9999-12-31T23:59:59Z
HOUR_SECONDS = 3600
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z"
)  # 24:00 is a matter of Python's version


def render_instant(at: int) -> str:
    """Write an instant.

    >>> render_instant(1767225600)
    '2026-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> int:
    """Read ``2026-01-01T00:00:00Z``; anything else raises InputError ``I21``.

    >>> parse_instant("2026-01-01T00:00:00Z")
    1767225600
    """
    if _INSTANT.fullmatch(text) is None:
        raise InputError("I21", "not an instant like 2026-01-31T08:00:00Z")
    try:
        return int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise InputError("I21", "no such day or hour") from error


def derive_day(at: int) -> str:
    """Give the calendar day in China of an instant, ``YYYY-MM-DD``.

    >>> derive_day(1767225600 - 1)
    '2026-01-01'
    """
    return datetime.fromtimestamp(at, CHINA).strftime("%Y-%m-%d")


def derive_year(at: int) -> int:
    """Give the calendar year (UTC) whose epoch key an instant uses.

    >>> derive_year(1767225599), derive_year(1767225600)
    (2025, 2026)
    """
    return datetime.fromtimestamp(at, UTC).year


def parse_date(text: str) -> str:
    """Return an ISO date that exists, or raise InputError ``I22``.

    >>> parse_date("2024-02-29")
    '2024-02-29'
    """
    if _ISO_DATE.fullmatch(text) is None:
        raise InputError("I22", "not a date like 2026-01-31")
    try:
        date.fromisoformat(text)
    except ValueError as error:
        raise InputError("I22", "no such day") from error
    return text


def is_date(text: str) -> bool:
    """Say whether a text is an ISO date that exists.

    >>> is_date("2024-02-29"), is_date("2025-02-29")
    (True, False)
    """
    try:
        parse_date(text)
    except InputError:
        return False
    return True


def derive_day_number(at: int) -> int:
    """Count an instant's calendar day in China, for comparing days at the cost of a division.

    >>> derive_day_number(57599), derive_day_number(57600)
    (0, 1)
    """
    return (at + 8 * HOUR_SECONDS) // (24 * HOUR_SECONDS)


def count_days(from_on: str, to_on: str) -> int:
    """Count the days from one existing date to another.

    >>> count_days("2026-02-27", "2026-03-01")
    2
    """
    return (date.fromisoformat(to_on) - date.fromisoformat(from_on)).days


def derive_period_end(period: str) -> str:
    """Give the last day of a period.

    >>> [derive_period_end(p) for p in ("2026", "2026-02", "2026Q3", "2026H1")]
    ['2026-12-31', '2026-02-28', '2026-09-30', '2026-06-30']
    """
    start = date.fromisoformat(derive_period_start(period))
    rest = period[4:]
    months = 12 if not rest else 1 if rest[0] == "-" else 3 if rest[0] == "Q" else 6
    after = start.month - 1 + months
    return (date(start.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)).isoformat()


def derive_period_start(period: str) -> str:
    """Give the first day of a period: year, month, quarter (Q1–Q4) or half year (H1, H2).

    >>> [derive_period_start(p) for p in ("2026", "2026-11", "2026Q3", "2026H2")]
    ['2026-01-01', '2026-11-01', '2026-07-01', '2026-07-01']
    """
    year, rest = period[:4], period[4:]
    if not rest:
        return f"{year}-01-01"
    if rest[0] == "-":
        return f"{period}-01"
    number = int(rest[1])
    month = number * 3 - 2 if rest[0] == "Q" else number * 6 - 5
    return f"{year}-{month:02d}-01"
