"""Storage for the suite on a real broker: every storage is a partition of its own, of topics of its own."""

import asyncio
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from schemas.records import Word
from schemas.topics import list_own_config, topic_name
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.serving import wait_served
from streams.kafka.shard import Shard
from streams.kafka.states import States
from tests.conformance.toy import GENESIS
from tests.support.brokers import make_prefix

PARTITIONS = 64
BANK = "402"
WORDS: tuple[Word, ...] = ("commands", "entries", "disclosures", "commits", "checkpoints")


async def create_topics(connection: Connection, partitions: int, copies: int = 1) -> None:
    """Make the topics that a county's journal needs, and wait until they are served.

    How many copies must be in step is the brokers' setting.
    """
    banks = {"orders": BANK}
    topics = [
        NewTopic(
            topic_name(connection.prefix, word, banks.get(word, "")),
            partitions,
            copies,
            topic_configs=dict(list_own_config(load_topics().topics[word])),
        )
        for word in (*WORDS, "orders")
    ]
    client = AIOKafkaAdminClient(**connection.options())
    await client.start()
    try:
        await client.create_topics(topics)
    finally:
        await client.close()
    await wait_served(
        connection, [TopicPartition(topic.name, number) for topic in topics for number in range(partitions)]
    )


@dataclass(slots=True)
class Cluster:
    """Topics on a broker, and whose partitions were given away."""

    connection: Connection
    numbers: "count[int]" = field(default_factory=count)


def make_cluster(bootstrap: str, partitions: int = PARTITIONS, copies: int = 1) -> Cluster:
    """Make topics that nobody else uses."""
    connection = Connection(bootstrap, prefix=make_prefix())
    asyncio.run(create_topics(connection, partitions, copies))
    return Cluster(connection)


@dataclass(slots=True)
class KafkaStorage:
    """One partition, which begins with GENESIS; what it opened is closed at the end of the test."""

    shard: Shard
    folder: Path
    loop: Loop
    opened: list[KafkaJournal] = field(default_factory=list)

    def open(self) -> KafkaJournal:
        """See Storage."""
        self.opened.append(KafkaJournal(self.shard, self.loop, States(self.folder)))
        return self.opened[-1]

    def close(self) -> None:
        """Let go of everything."""
        for journal in self.opened:
            journal.close()


def make_kafka_storage(cluster: Cluster, loop: Loop, folder: Path) -> KafkaStorage:
    """Take the next partition."""
    shard = Shard(cluster.connection, "511112", next(cluster.numbers), (BANK,))
    storage = KafkaStorage(shard, folder / str(shard.partition), loop)
    storage.open().append([GENESIS])
    return storage
