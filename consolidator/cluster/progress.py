"""Owns where a home on a cluster stands: what it has copied, what the worker has committed, what was appended."""

from dataclasses import asdict, dataclass

from consolidator.cluster.joining import Seat, check_office, find_seat, open_commands, read_first
from consolidator.home.paths import Home
from consolidator.settings import Settings
from schemas.commands import Command
from schemas.errors import ConsolidatorError
from streams.embedded.journal import open_journal_read_only
from streams.kafka.following import read_newest
from streams.kafka.loop import Loop


@dataclass(frozen=True, slots=True)
class Standing:
    """Numbers of commands: in the copy, committed by the worker, in the partition. ``first`` is the partition's."""

    copied: int
    committed: int
    commands: int
    first: Command | None


def read_standing(home: Home, seat: Seat) -> Standing:
    """Ask the brokers. ConfigurationError when they do not let an office ask, DependencyError when none answers."""
    with open_journal_read_only(home.journal) as journal:
        copied = journal.next_position() - 1
    with Loop() as loop, open_commands(seat.shard, loop) as reader:
        check_office(seat.shard, loop)
        newest = loop.run(read_newest(seat.shard))
        committed = 0 if newest is None else newest.position - 1
        return Standing(copied, committed, reader.end(), read_first(reader))


def describe_standing(home: Home, settings: Settings) -> dict[str, object]:
    """Give it as JSON shows it; ``error`` says why nothing is known of the brokers, and a view goes on without."""
    try:
        seat = find_seat(home.root, settings)
    except ConsolidatorError as error:
        return {"error": str(error)}
    about = {"file": str(seat.file), "partition": seat.shard.partition, "worker": seat.place.worker, "error": ""}
    try:
        standing = read_standing(home, seat)
    except ConsolidatorError as error:
        return {**about, "error": str(error)}
    numbers = {name: value for name, value in asdict(standing).items() if name != "first"}
    behind = {"behind": standing.committed - standing.copied, "pending": standing.commands - standing.committed}
    return {**about, **numbers, **behind}
