"""Owns what a run of a monitor needs to know, and what its topics are called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from schemas.anomalies import Anomaly
from schemas.commands import Command
from schemas.records import Word
from schemas.topics import topic_name
from streams.kafka.client import Connection
from streams.kafka.shard import Shard
from streams.monitors.monitor import Monitor

TABLE = "rows"
Begin = Literal["new", "start"]
Render = Callable[[Anomaly, int], Sequence[Command]]


@dataclass(frozen=True, slots=True)
class Plan:
    """A run: where, of which monitor, about which counties (code → partition).

    ``folder`` holds the table and what was set aside. ``generation`` counts rebuilds: each has topics and a table of
    its own. ``teller`` names the key that signs, in a few characters. ``render`` makes the commands that tell a
    county of its n-th anomaly, always the same bytes. ``begin``: tell what is new, or again from the start, for a
    county that had not known the key. ``replication`` and ``min_insync`` are of the monitor's own topics.
    """

    connection: Connection
    monitor: Monitor
    counties: Mapping[str, int]
    folder: Path
    teller: str
    render: Render
    generation: int = 1
    begin: Begin = "new"
    replication: int = 1
    min_insync: int = 1

    @property
    def partitions(self) -> int:
        """How many partitions the counties' topics have."""
        return max(self.counties.values()) + 1

    @property
    def app(self) -> str:
        """The name of the run: its consumer group, and the beginning of its topics' names."""
        return f"{self._stem}-{self.generation}"

    @property
    def events(self) -> str:
        """The topic between the two halves."""
        return f"{self.app}-events"

    @property
    def changelog(self) -> str:
        """The topic that keeps the table. Faust names it."""
        return f"{self.app}-{TABLE}-changelog"

    @property
    def findings(self) -> str:
        """The topic of all that was ever found, by the county that is to be told; no rebuild begins it anew."""
        return f"{self._stem}-findings"

    @property
    def told(self) -> str:
        """The consumer group whose offsets say how far the counties were told."""
        return f"{self._stem}-told-{self.teller}"

    @property
    def _stem(self) -> str:
        return f"monitor-{self.connection.prefix}-{self.monitor.name}"

    def topic(self, word: Word) -> str:
        """Give the full name of a topic of the cluster."""
        return topic_name(self.connection.prefix, word)

    def shard(self, county: str) -> Shard:
        """Give a county's place."""
        return Shard(self.connection, county, self.counties[county])
