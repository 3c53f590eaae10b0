"""Owns the sample's calendar: November 2026, working hours. No clock is read."""

from collections.abc import Sequence

from schemas.instants import parse_instant

POLICY, REGISTERS, CENSUS, DESIGNATIONS = (2,), (3,), (4,), (5,)
ANSWERS = (6,)
BATCHES = (7, 9, 10, 11)
REVIEWS = (12,)
MOVES = (13,)  # in force three days later, when releases have not begun
RELEASES = (17, 18, 19, 20, 23, 24)
SECOND_RELEASES = (25,)
RESULTS = (26,)
LATE_RESULTS = (27,)
# After the month: who was not paid chooses another account, in force three days later, and is paid again.
CHOSEN_AT = parse_instant("2026-11-27T09:30:00Z")
RAISED_AT = parse_instant("2026-12-01T01:00:00Z")
CORRECTED_AT = parse_instant("2026-12-01T02:00:00Z")
CLEARED_AT = parse_instant("2026-12-02T01:00:00Z")
RELEASED_AT = parse_instant("2026-12-04T02:30:00Z")
PAID_AT = parse_instant("2026-12-04T07:00:00Z")
REPEATED_AT = parse_instant("2026-12-04T08:00:00Z")
SNAPSHOT_ON = "2026-11-02"
_OPENS_HOUR = 1  # 09:00 in China
_DAY_SECONDS = 8 * 3600


def spread(days: Sequence[int], count: int) -> list[int]:
    """Give ``count`` instants, each later than the one before, evenly over the working hours of days of November.

    >>> spread((2,), 2)
    [1793581200, 1793595600]
    """
    opens = [parse_instant(f"2026-11-{day:02d}T{_OPENS_HOUR:02d}:00:00Z") for day in days]
    offsets = [number * len(days) * _DAY_SECONDS // count for number in range(count)]
    return [opens[offset // _DAY_SECONDS] + offset % _DAY_SECONDS for offset in offsets]
