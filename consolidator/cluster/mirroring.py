"""Owns ``publish``: a county's log as static files, from public topics only, for whoever will not ask its office.

Entries and heads come from the worker, what was let out from the office; both must be of one tree.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from consolidator.cluster.settings import make_connection, read_cluster
from consolidator.home.files import hold_folder
from consolidator.publishing.mirroring import Mirror
from consolidator.transparency.keys import Verifier
from schemas.commits import Bundle
from schemas.errors import ConfigurationError
from schemas.records import Word, find_number
from streams.kafka.loop import Loop
from streams.kafka.reading import Reader, Row, find_last, find_offset, next_page, open_reader, reading
from streams.kafka.rights import check_readable
from streams.kafka.shard import Shard

READS: Sequence[Word] = ("entries", "checkpoints", "cosignatures")


@dataclass(frozen=True, slots=True)
class EntriesTopic:
    """A :class:`streams.journal.BundleSource`: what is public of a county's log, without disclosures."""

    shard: Shard
    loop: Loop

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the committed bundles in order, from the one that holds entry ``first``."""
        topic, run = self.shard.topic("entries"), self.loop.run
        reader = run(open_reader(self.shard.connection, topic, self.shard.partition))
        try:
            pages = reader.range(run(_find_bundle(reader, first)), reader.end)
            while rows := run(next_page(pages)):
                yield from map(_parse, rows)
        finally:
            run(reader.close())


@dataclass(slots=True)
class TopicMirror:
    """A mirror and where its heads come from."""

    shard: Shard
    loop: Loop
    mirror: Mirror

    def turn(self) -> bool:
        """Publish what is new; says whether anything was. VerificationError, and it stops, when heads disagree."""
        let_out = self.loop.run(self._read_newest("cosignatures"))  # first: the worker is never behind the office
        signed = self.loop.run(self._read_newest("checkpoints"))
        if signed is not None:
            self.mirror.grow(signed)
        return let_out is not None and self.mirror.publish(let_out)

    async def _read_newest(self, word: Word) -> bytes | None:
        async with reading(self.shard.connection, self.shard.topic(word), self.shard.partition) as reader:
            row = await find_last(reader)
        return None if row is None else row.value


@contextmanager
def open_mirror(file: Path, county: str, folder: Path, log_key: Verifier) -> Iterator[TopicMirror]:
    """Open a folder that a county's log is published to; nobody else may write there meanwhile.

    ConfigurationError when cluster.toml does not have the county, or the brokers do not let us read what is public.
    """
    shard = _find_shard(file, county)
    with Loop() as loop, hold_folder(folder):
        loop.run(check_readable(shard.connection, [shard.topic(word) for word in READS]))
        mirror = Mirror(folder, EntriesTopic(shard, loop), log_key)
        mirror.start()
        yield TopicMirror(shard, loop, mirror)


def _find_shard(file: Path, county: str) -> Shard:
    settings = read_cluster(file)
    place = next((place for place in settings.county if place.code == county), None)
    if place is None:
        message = f"cluster.toml 中没有县区 {county} / cluster.toml has no county {county}: see --county"
        raise ConfigurationError(message)
    return Shard(make_connection(settings, file.parent), place.code, place.partition)


async def _find_bundle(reader: Reader, first: int) -> int:
    """Give the offset of the bundle that holds an entry: the last one that does not begin behind it."""
    return await find_offset(reader, first + 1, _find_end)


def _find_end(row: Row) -> int:
    return find_number(row.headers, "first") + find_number(row.headers, "count")


def _parse(row: Row) -> Bundle:
    first, count = find_number(row.headers, "first"), find_number(row.headers, "count")
    return Bundle(first, count, row.value or b"", b"")
