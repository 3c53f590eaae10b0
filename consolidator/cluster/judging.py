"""Owns what a worker does when a county's thread meets an error, and how long it waits before it tries again. Pure."""

from enum import Enum

from schemas.errors import ConflictError, DependencyError

PAUSES_SECONDS = (1, 2, 5, 10, 30)  # a broker that is restarted is back within seconds; one that is gone is not pressed


class Verdict(Enum):
    """What becomes of the county."""

    AGAIN = "again"  # everything in memory is dropped and the ordinary start follows, after a pause
    LOST = "lost"  # another process runs it
    STOP = "stop"  # it stands still until a person has looked; the other counties go on


def judge(error: Exception) -> Verdict:
    """Say what an error means for its county.

    >>> judge(DependencyError("the brokers do not answer")), judge(ArithmeticError())
    (<Verdict.AGAIN: 'again'>, <Verdict.STOP: 'stop'>)
    """
    if isinstance(error, DependencyError):
        return Verdict.AGAIN
    return Verdict.LOST if isinstance(error, ConflictError) else Verdict.STOP


def choose_pause(failures: int) -> int:
    """Give the seconds to wait after so many failures in a row (from 1) without a commit between them.

    >>> [choose_pause(failures) for failures in (1, 2, 5, 50)]
    [1, 2, 30, 30]
    """
    return PAUSES_SECONDS[min(failures, len(PAUSES_SECONDS)) - 1]
