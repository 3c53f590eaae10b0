"""Owns the opening of what a home on a cluster works with. Loaded only there: Kafka's client takes 0.2 s to load."""

from collections.abc import Iterator
from contextlib import contextmanager

from consolidator.cluster.copied import CopiedJournal
from consolidator.cluster.feeding import ClusterFeed
from consolidator.cluster.joining import check_office, find_seat
from consolidator.home.paths import Home
from consolidator.settings import Settings
from streams.embedded.copying import CopyJournal
from streams.kafka.loop import Loop


@contextmanager
def open_copied(home: Home, settings: Settings) -> Iterator[CopiedJournal]:
    """Open the journal that documents are appended to: the county's partition, read through the copy."""
    seat = find_seat(home.root, settings)
    with Loop() as loop, CopiedJournal(home.journal, seat.shard, loop) as copied:
        yield copied


@contextmanager
def open_cluster_feed(home: Home, settings: Settings, journal: CopyJournal) -> Iterator[ClusterFeed]:
    """Open what feeds a run on a copy. ConfigurationError where the brokers do not let an office do its work."""
    seat = find_seat(home.root, settings)
    with Loop() as loop, CopiedJournal(home.journal, seat.shard, loop) as copied:
        check_office(seat.shard, loop)
        feed = ClusterFeed(home, seat, loop, journal, copied)
        try:
            yield feed
        finally:
            feed.close()
