"""Owns a county's place in a cluster: which partition of which topics."""

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.records import Word
from schemas.topics import topic_name
from streams.kafka.client import Connection

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
