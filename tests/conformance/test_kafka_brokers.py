"""Brokers killed under an owner: it goes on or stops with a clear error, and the next one finishes what is to do."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from schemas.errors import DependencyError
from streams.kafka import owning
from tests.conformance.kafka import make_cluster
from tests.conformance.suite import every_step_commits
from tests.conformance.toy import document
from tests.support.brokers import THREE_TO_KILL, TO_KILL, StartCluster
from tests.support.owners import County

__all__ = ["every_step_commits"]
WORK = [document(number, 3, 40) for number in range(8)]
ATTEMPTS = 10


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a commit up sooner than an owner would: nothing here depends on when."""
    monkeypatch.setattr(owning, "TRANSACTION_SECONDS_MAX", 4.0)


def _after(commits: int, act: Callable[[], None]) -> Callable[[object], None]:
    """Do something once, when so many commits are stored, while the next is under way."""
    left = count(commits - 1, -1)
    return lambda _: act() if next(left) == 0 else None


@pytest.mark.kill
@pytest.mark.usefixtures("every_step_commits")
def test_a_broker_killed_and_started_again_under_an_owner_loses_and_doubles_nothing(
    brokers: StartCluster, tmp_path: Path
) -> None:
    with brokers(TO_KILL) as cluster:
        county = County(make_cluster(cluster.bootstrap, 1).connection, 0, tmp_path)
        county.begin(WORK)
        with county.owner(on_commit=_after(5, lambda: cluster.kill(0))) as owner, pytest.raises(DependencyError):
            owner.work()
        with pytest.raises(DependencyError):
            county.work_on(1)
        cluster.restart(0)
        with county.owner(on_commit=_after(5, lambda: _restart_at_once(cluster.kill, cluster.restart))) as owner:
            error = owner.start().exception()
        assert error is None or isinstance(error, DependencyError)
        county.finish()


def _restart_at_once(kill: Callable[[int], None], restart: Callable[[int], None]) -> None:
    kill(0)
    restart(0)


@pytest.mark.kill
@pytest.mark.usefixtures("every_step_commits")
def test_of_three_brokers_one_may_be_lost_for_good_and_with_two_lost_the_error_is_clear(
    brokers: StartCluster, tmp_path: Path
) -> None:
    with brokers(THREE_TO_KILL) as cluster:
        county = County(make_cluster(cluster.bootstrap, 1, copies=3).connection, 0, tmp_path)
        county.begin(WORK)
        with county.owner(on_commit=_after(5, lambda: cluster.kill(0))) as owner:
            error = owner.start().exception()
        assert error is None or isinstance(error, DependencyError)
        county.work_on(ATTEMPTS)
        county.finish()
        county.append([document(number, 3, 40) for number in range(20, 28)])
        with county.owner(on_commit=_after(5, lambda: cluster.kill(1))) as owner, pytest.raises(DependencyError):
            owner.work()
        cluster.restart(1)
        county.work_on(ATTEMPTS)
        county.finish()


@pytest.mark.soak
def test_a_start_with_two_of_three_brokers_lost_ends_with_a_clear_error(brokers: StartCluster, tmp_path: Path) -> None:
    with brokers(THREE_TO_KILL) as cluster:
        county = County(make_cluster(cluster.bootstrap, 1, copies=3).connection, 0, tmp_path)
        county.begin(WORK)
        cluster.kill(0)
        cluster.kill(1)
        with pytest.raises(DependencyError):
            county.work_on(1)
        cluster.restart(0)
        county.work_on(ATTEMPTS)
        county.finish()
