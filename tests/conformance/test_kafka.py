"""The Kafka engine passes the suite, on a real broker."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.kafka.loop import Loop
from tests.conformance.kafka import Cluster, KafkaStorage, make_cluster, make_kafka_storage
from tests.conformance.suite import EngineSuite, JournalSuite, every_step_commits

__all__ = ["every_step_commits"]


@pytest.fixture(scope="module")
def cluster(broker: str) -> Cluster:
    """Topics for this module."""
    return make_cluster(broker, 96)


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    """The thread of all clients."""
    with Loop() as loop:
        yield loop


@pytest.fixture
def make_storage(cluster: Cluster, loop: Loop, tmp_path: Path) -> Iterator[Callable[[], KafkaStorage]]:
    """Give new storages."""
    made: list[KafkaStorage] = []

    def make() -> KafkaStorage:
        made.append(make_kafka_storage(cluster, loop, tmp_path))
        return made[-1]

    try:
        yield make
    finally:
        for storage in made:
            storage.close()


@pytest.fixture
def storage(make_storage: Callable[[], KafkaStorage]) -> KafkaStorage:
    """Give one new storage."""
    return make_storage()


class TestKafkaJournal(JournalSuite):
    """A partition keeps commands as the protocol says."""


class TestKafkaEngine(EngineSuite):
    """Topics keep commits as the protocol says."""
