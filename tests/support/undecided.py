"""Leaves transactions undecided, as brokers do that went down between a commit's answer and its markers.

The records go to partitions that the coordinator was not told of: whatever it decides, those partitions do not hear of
it. Brokers allow that with ``UNVERIFIED`` only.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from aiokafka import AIOKafkaProducer, TopicPartition

from streams.kafka.local.layout import Layout
from tests.support.owners import Owner

UNVERIFIED = Layout(properties={"transaction.partition.verification.enable": "false"})


@contextmanager
def losing_markers(owner: Owner, topics: Collection[str], ended: Literal["commit", "abort"]) -> Iterator[None]:
    """Have an owner's commit end so, and no marker of it come to some topics. Not to an owner it looks committed."""
    producer = owner.journal._producer  # noqa: SLF001 -- no other way to come between
    assert producer is not None
    with hiding(producer, topics):
        if ended == "abort":
            producer.commit_transaction = producer.abort_transaction
        yield
    vars(producer).pop("commit_transaction", None)


@contextmanager
def hiding(producer: AIOKafkaProducer, topics: Collection[str]) -> Iterator[None]:
    """Have a producer's coordinator not know that its transactions write to some topics."""
    manager = producer._txn_manager  # noqa: SLF001 -- the same
    add = manager.maybe_add_partition_to_txn

    def add_known(place: TopicPartition) -> None:
        if place.topic not in topics:
            add(place)

    manager.maybe_add_partition_to_txn = add_known
    yield
    del manager.maybe_add_partition_to_txn


async def leave_undecided(
    bootstrap: str, name: str, place: TopicPartition, headers: Mapping[str, bytes]
) -> AIOKafkaProducer:
    """Leave a record in a partition that only the producer with this transactional id can decide; gives that one."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=name)
    await producer.start()
    await producer.begin_transaction()
    with hiding(producer, [place.topic]):
        await producer.send_and_wait(place.topic, b"-", partition=place.partition, headers=list(headers.items()))
    return producer
