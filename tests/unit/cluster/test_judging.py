"""What an error of one county means for it, and how long the worker waits."""

import pytest

from consolidator.cluster.judging import Verdict, choose_pause, judge
from schemas.errors import ConfigurationError, ConflictError, DependencyError, InvariantError


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (DependencyError("the brokers do not answer"), Verdict.AGAIN),
        (ConflictError("another process"), Verdict.LOST),
        (InvariantError("the tree holds exactly the committed entries"), Verdict.STOP),
        (ConfigurationError("no key"), Verdict.STOP),
        (KeyError("whatever"), Verdict.STOP),
        (TimeoutError(), Verdict.STOP),
    ],
)
def test_only_what_passes_by_itself_is_tried_again(error: Exception, verdict: Verdict) -> None:
    assert judge(error) is verdict


def test_pauses_grow_to_half_a_minute_and_no_further() -> None:
    assert [choose_pause(failures) for failures in range(1, 8)] == [1, 2, 5, 10, 30, 30, 30]
