"""Owns how hypothesis runs: the same examples every time in CI, fresh ones at a desk. Never judges by the clock.

It also has the fixtures that give a real Kafka (tests/support/brokers.py).
"""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.support.brokers import StartCluster, make_prefix, provide_broker, start_cluster

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
for name in ("LC_ALL", "LC_MESSAGES", "LANG"):  # the language of whoever runs the tests is not theirs
    os.environ.pop(name, None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that kill the program: they take minutes, and the other worker does the rest meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("kill") is None)


@pytest.fixture(scope="session", name="broker")
def share_broker() -> Iterator[str]:
    """Give the bootstrap address of the one broker of this worker process. Tests keep apart by ``prefix``."""
    yield from provide_broker()


@pytest.fixture
def prefix() -> str:
    """Give a prefix for topics that no other test uses."""
    return make_prefix()


@pytest.fixture(scope="session", name="brokers")
def give_brokers() -> StartCluster:
    """Give what starts a cluster of a test's own: ``with brokers(Layout(brokers=3)) as cluster:``."""
    return start_cluster
