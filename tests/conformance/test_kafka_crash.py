"""A county's owner on Kafka killed, paused or doubled at any point: the next one goes on, nothing is lost or doubled.

There are no rebalance storms to survive here: a ledger uses no consumer group. Whose a county is says the settings, and
who owns it is whoever claimed it last, which is what these tests are about.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conformance.kafka import Cluster, make_cluster

ROOT = Path(__file__).parents[2]
STEPS_MAX = 2_000  # more than one run's commits take


@pytest.fixture(scope="module")
def cluster(broker: str) -> Cluster:
    """Topics for this module."""
    return make_cluster(broker, 16)


def _hit(cluster: Cluster, folder: Path, fault: str, *bounds: int) -> int:
    """Run a fault on a partition of its own, in a process that may fork; gives how often it hit."""
    place = [cluster.connection.bootstrap, cluster.connection.prefix, str(next(cluster.numbers)), str(folder)]
    command = [sys.executable, "-m", "tests.conformance.kafka_at", fault, *place, *map(str, bounds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own words
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.kill
@pytest.mark.parametrize("first", [1, 11])
def test_an_owner_killed_at_a_step_of_a_commit_loses_and_doubles_nothing(
    cluster: Cluster, tmp_path: Path, first: int
) -> None:
    assert _hit(cluster, tmp_path, "steps", first, STEPS_MAX, 20) > 6


@pytest.mark.soak
def test_an_owner_killed_at_every_step_of_a_commit_loses_and_doubles_nothing(cluster: Cluster, tmp_path: Path) -> None:
    assert _hit(cluster, tmp_path, "steps", 1, STEPS_MAX, 1) > 130


@pytest.mark.kill
def test_an_owner_killed_at_random_moments_loses_and_doubles_nothing(cluster: Cluster, tmp_path: Path) -> None:
    assert _hit(cluster, tmp_path, "random", 6, 20, 1) > 0


@pytest.mark.soak
def test_an_owner_killed_at_a_hundred_random_moments_loses_and_doubles_nothing(
    cluster: Cluster, tmp_path: Path
) -> None:
    assert _hit(cluster, tmp_path, "random", 7, 100, 1) > 0


@pytest.mark.kill
def test_owners_that_wake_after_others_took_over_are_shut_out(cluster: Cluster, tmp_path: Path) -> None:
    assert _hit(cluster, tmp_path, "pause", 1, 200, 40) >= 6


@pytest.mark.kill
def test_two_owners_at_once_give_what_one_would(cluster: Cluster, tmp_path: Path) -> None:
    assert _hit(cluster, tmp_path, "pair", 0, 3, 1) == 3


@pytest.mark.kill
def test_a_real_county_whose_owners_are_killed_pays_everybody_once(cluster: Cluster, tmp_path: Path) -> None:
    assert _hit(cluster, tmp_path, "county", 8, 10, 1) == 10
