"""Owns reading one partition of a topic, committed records only. A reader is assigned once and never again.

Transaction markers take offsets too: a reader that has seen all records of a range may stand before its last marker, so
a range ends by position, looked at after each fetch, and never by the offset of a record.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from streams.kafka.client import Connection

Row: TypeAlias = ConsumerRecord
FETCH_BYTES = 8_388_608  # some parts or bundles at once; a record above it is still given, alone
POLL_MILLISECONDS = 200
METADATA_MILLISECONDS = 300_000
GALLOP = (64, 1_024, 16_384, 262_144)  # how far back from the end the newest record is looked for


@dataclass(frozen=True, slots=True)
class Reader:
    """A consumer on one partition; :func:`open_reader` makes one."""

    consumer: AIOKafkaConsumer
    place: TopicPartition

    async def begin(self) -> int:
        """Give the first offset that is still there."""
        found = await self.consumer.beginning_offsets([self.place])
        return int(found[self.place])

    async def end(self) -> int:
        """Give the offset behind the last committed record; what an open transaction holds back is behind it too."""
        found = await self.consumer.end_offsets([self.place])
        return int(found[self.place])

    async def fetch(self, milliseconds: int) -> Sequence[Row]:
        """Give the next records, or none when none came in time."""
        found: Mapping[TopicPartition, Sequence[Row]] = await self.consumer.getmany(timeout_ms=milliseconds)
        return found.get(self.place, ())

    async def range(self, start: int, end: int) -> AsyncIterator[Sequence[Row]]:
        """Give all records from offset ``start`` to before ``end``, which is one that :meth:`end` gave."""
        if start >= end:
            return
        self.consumer.seek(self.place, start)
        while True:
            rows = await self.fetch(POLL_MILLISECONDS)
            inside = [row for row in rows if row.offset < end]
            if inside:
                yield inside
            if len(inside) < len(rows) or await self.consumer.position(self.place) >= end:
                return

    async def first(self, start: int, end: int) -> Row | None:
        """Give the first record at or after an offset, before another; None when there is none."""
        async for rows in self.range(start, end):
            return rows[0]
        return None

    async def close(self) -> None:
        """Stop the consumer."""
        with suppress(asyncio.CancelledError):  # aiokafka's own tasks, cancelled on the way
            await self.consumer.stop()


async def open_reader(connection: Connection, topic: str, partition: int) -> Reader:
    """Open a reader on a partition, at its beginning."""
    consumer = AIOKafkaConsumer(
        **connection.options(),
        isolation_level="read_committed",
        auto_offset_reset="none",
        enable_auto_commit=False,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=FETCH_BYTES,
        metadata_max_age_ms=METADATA_MILLISECONDS,
    )
    await consumer.start()
    place = TopicPartition(topic, partition)
    consumer.assign([place])
    reader = Reader(consumer, place)
    try:
        consumer.seek(place, await reader.begin())
    except BaseException:
        await reader.close()
        raise
    return reader


@asynccontextmanager
async def reading(connection: Connection, topic: str, partition: int) -> AsyncIterator[Reader]:
    """Open a reader for as long as it is needed."""
    reader = await open_reader(connection, topic, partition)
    try:
        yield reader
    finally:
        await reader.close()


async def find_last(reader: Reader) -> Row | None:
    """Give the newest committed record, galloping back from the end: what lies before it may be markers only."""
    begin, end = await reader.begin(), await reader.end()
    for back in (*GALLOP, end):
        start = max(begin, end - back)
        last = None
        async for rows in reader.range(start, end):
            last = rows[-1]
        if last is not None or start == begin:
            return last
    return None


async def find_offset(reader: Reader, number: int, number_of: Callable[[Row], int]) -> int:
    """Give the offset of the first record whose number is at least ``number``; the end when there is none.

    Records are in order of their numbers; halving looks at one record a step.
    """
    low, high = await reader.begin(), await reader.end()
    end = high
    while low < high:
        middle = (low + high) // 2
        row = await reader.first(middle, end)
        if row is not None and number_of(row) < number:
            low = row.offset + 1
        else:
            high = middle
    return low
