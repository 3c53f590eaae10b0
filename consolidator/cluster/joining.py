"""Owns how a home finds its place in a cluster: ``cluster.toml``, its row there, its partition, the brokers."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from consolidator.cluster.settings import ClusterSettings, Place, make_connection, read_cluster
from consolidator.settings import Settings, is_trial
from schemas.commands import Command
from schemas.errors import ConfigurationError
from schemas.records import Word
from streams.kafka.commands import CommandReader
from streams.kafka.loop import Loop
from streams.kafka.rights import check_readable, check_writable
from streams.kafka.shard import AHEAD_SECONDS, Shard

OFFICE_READS: Sequence[Word] = ("commands", "commits", "cosignatures")
OFFICE_WRITES: Sequence[Word] = ("commands", "cosignatures")


@dataclass(frozen=True, slots=True)
class Seat:
    """A county's place in a cluster: the settings and their file, its row, its partition."""

    file: Path
    settings: ClusterSettings
    place: Place
    shard: Shard


def find_seat(root: Path, settings: Settings) -> Seat:
    """Find the place of a home whose engine is Kafka. ConfigurationError when cluster.toml does not have it."""
    if settings.cluster is None:
        message = "engine 不是 kafka / consolidator.toml: this county's engine is not kafka"
        raise ConfigurationError(message)
    return take_seat((root / settings.cluster).resolve(), settings)


def take_seat(file: Path, settings: Settings) -> Seat:
    """Find a county's place in a cluster's settings; ConfigurationError when it has none, or is retired."""
    cluster = read_cluster(file)
    place = find_place(cluster, settings.county)
    return Seat(file, cluster, place, make_shard(cluster, file.parent, place, settings))


def make_shard(cluster: ClusterSettings, folder: Path, place: Place, settings: Settings) -> Shard:
    """Give a county's place on the brokers; paths are taken from ``folder``. A trial county's days are made up."""
    ahead_seconds = None if is_trial(settings) else AHEAD_SECONDS
    return Shard(make_connection(cluster, folder), place.code, place.partition, tuple(cluster.banks), ahead_seconds)


def find_place(cluster: ClusterSettings, county: str) -> Place:
    """Find a county's row; ConfigurationError when it has none, or is retired."""
    place = next((place for place in cluster.county if place.code == county), None)
    if place is None:
        message = (
            f"cluster.toml 中没有县区 {county},请按下一个分区号添加并运行 topics apply / cluster.toml has no county "
            f"{county}: add it with the next partition, then run 'consolidator topics apply'"
        )
        raise ConfigurationError(message)
    if place.retired:
        message = f"县区 {county} 在 cluster.toml 中已停用 / county {county} is retired in cluster.toml"
        raise ConfigurationError(message)
    return place


def check_office(shard: Shard, loop: Loop) -> None:
    """Return if an office may do what it does, else ConfigurationError: a reader without rights waits for ever."""
    loop.run(check_readable(shard.connection, [shard.topic(word) for word in OFFICE_READS]))
    written = [shard.topic(word) for word in OFFICE_WRITES] + [shard.topic("deliveries", bank) for bank in shard.banks]
    loop.run(check_writable(shard.connection, written))


@contextmanager
def open_commands(shard: Shard, loop: Loop) -> Iterator[CommandReader]:
    """Open the county's commands for reading; what is no command is passed over in silence."""
    reader = CommandReader(shard, loop, lambda _: None)
    try:
        yield reader
    finally:
        reader.close()


def read_first(reader: CommandReader) -> Command | None:
    """Give the first command of a partition; None when there is none."""
    return next((command for _, command in reader.read(0, reader.end())), None)
