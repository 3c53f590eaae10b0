"""Owns a county's place in a cluster: which partition of which topics."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition

from schemas.records import Word
from schemas.topics import topic_name
from streams.kafka.client import Connection

_COMMITTED: Sequence[Word] = ("entries", "disclosures", "checkpoints", "commits")
AHEAD_SECONDS = 300  # clocks differ; five minutes are more than those of looked-after machines do


@dataclass(frozen=True, slots=True)
class Shard:
    """A county's connection, its partition (for life), and the paying banks that have an orders topic.

    ``ahead_seconds``: a command may be stamped at most so long after the brokers took it in, as the ledger's time would
    follow it for good. None, for a trial county whose days are made up: no such bound.
    """

    connection: Connection
    county: str
    partition: int
    banks: Sequence[str] = ()
    ahead_seconds: int | None = AHEAD_SECONDS

    def topic(self, word: Word, bank: str = "") -> str:
        """Give a topic's full name."""
        return topic_name(self.connection.prefix, word, bank)

    def place(self, topic: str) -> TopicPartition:
        """Give the county's partition of a topic."""
        return TopicPartition(topic, self.partition)

    def list_committed(self) -> list[str]:
        """Give the full names of all topics that a commit may write to."""
        return [self.topic(word) for word in _COMMITTED] + [self.topic("orders", bank) for bank in self.banks]
