"""Owns the question which second it is. A cosignature states a time for ever, so a clock that jumps is not believed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from schemas.errors import DependencyError
from schemas.instants import render_instant

EARLIEST = 1_767_225_600  # 2026-01-01, before this program was: no clock that is right says less
BACK_SECONDS_MAX = 5  # how far verifiers let a cosignature be ahead of their own clock
JUMP_SECONDS_MAX = 60  # what time servers may mend at once while the program runs
AHEAD_SECONDS_MAX = 366 * 86_400  # a witness that said nothing for a year is looked at by a person first


def count_steady_seconds() -> int:
    """Count seconds that nobody sets; where the system can say so, also those it slept."""
    return int(time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)))


@dataclass(slots=True)
class Clock:
    """A clock (``now``, POSIX seconds) beside one that only counts (``steady``), since the program began."""

    now: Callable[[], int] = lambda: int(time.time())
    steady: Callable[[], int] = count_steady_seconds
    ahead: int = field(init=False)

    def __post_init__(self) -> None:
        """Remember how far the two are apart."""
        self.ahead = self.now() - self.steady()

    def read(self, last: int) -> int:
        """Give the second to state, never before ``last``, the one stated last.

        Raises DependencyError when the clock cannot be right.
        """
        now, stated = self.now(), render_instant(last)
        if now < max(EARLIEST, last - BACK_SECONDS_MAX):
            raise _refuse(now, f"早于最近一次会签 {stated}", f"before what was stated last, {stated}")
        if abs(now - self.steady() - self.ahead) > JUMP_SECONDS_MAX:
            raise _refuse(now, "运行中跳变,校时后重启", "and it jumped while this ran: set it and start again")
        if now > last + AHEAD_SECONDS_MAX:
            raise _refuse(now, f"比最近一次会签 {stated} 晚一年以上", f"over a year after {stated}, stated last")
        return max(now, last)


def _refuse(now: int, zh: str, en: str) -> DependencyError:
    said = render_instant(max(now, 0))
    return DependencyError(f"时钟不可信:现为 {said},{zh},不会签 / the clock cannot be right: it says {said}, {en}")
