"""Owns reading one partition of a topic, committed records only. A reader is assigned once and never again.

Transaction markers take offsets too: a reader that has seen all records of a range may stand before its last marker, so
a range ends by position, looked at after each fetch, and never by the offset of a record.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Literal, TypeAlias

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError
from aiokafka.structs import ConsumerRecord

from schemas.errors import DependencyError
from streams.kafka.client import Connection
from streams.kafka.tolerating import tolerate

tolerate()
Row: TypeAlias = ConsumerRecord
Isolation: TypeAlias = Literal["read_committed", "read_uncommitted"]
FETCH_BYTES = 8_388_608  # some parts or bundles at once; a record above it is still given, alone
POLL_MILLISECONDS = 200
STALL_SECONDS = 30.0  # a broker that is alive gives what it said it has within this
ASK_MILLISECONDS = 20  # how long a broker lets a fetch wait that finds nothing: a reader that looks back is not held up
FOLLOW_MILLISECONDS = 500  # the same for a reader that follows
METADATA_MILLISECONDS = 300_000
GALLOP = (64, 1_024, 16_384, 262_144)  # how far back from the end the newest record is looked for


@dataclass(frozen=True, slots=True)
class Reader:
    """A consumer on one partition, and where its records stood when it was opened: ``begin`` to before ``end``.

    :func:`open_reader` makes one.
    """

    consumer: AIOKafkaConsumer
    place: TopicPartition
    begin: int
    end: int

    async def fetch(self, milliseconds: int) -> Sequence[Row]:
        """Give the next records, or none when none came in time."""
        found: Mapping[TopicPartition, Sequence[Row]] = await self.consumer.getmany(timeout_ms=milliseconds)
        return found.get(self.place, ())

    async def range(self, start: int, end: int) -> AsyncIterator[Sequence[Row]]:
        """Give the committed records from offset ``start`` to before ``end``, waiting until all there are decided.

        DependencyError when nothing comes for long.
        """
        if start >= end:
            return
        self.consumer.seek(self.place, start)
        position, heard_at = start, monotonic()
        while position < end:
            rows = await self.fetch(POLL_MILLISECONDS)
            inside = [row for row in rows if row.offset < end]
            if inside:
                yield inside
            if len(inside) < len(rows):
                return
            before, position = position, await self.consumer.position(self.place)
            if rows or position > before:
                heard_at = monotonic()
            elif monotonic() - heard_at > STALL_SECONDS:
                await self.explain_stall()

    async def first(self, start: int, end: int) -> Row | None:
        """Give the first record at or after an offset, before another; None when there is none."""
        async for rows in self.range(start, end):
            return rows[0]
        return None

    async def explain_stall(self) -> None:
        """Raise the DependencyError that says why no record comes, although there are some."""
        stable = (await self.consumer.end_offsets([self.place]))[self.place]
        raise (
            make_undecided(self.place, stable)
            if stable <= await self.consumer.position(self.place)
            else DependencyError(
                f"代理没有给出主题 {self.place.topic} 的记录,请检查代理与读取权限 / "
                f"the brokers do not give records of {self.place.topic} that they hold: see whether they are well, and "
                "whether this principal may read there"
            )
        )

    async def close(self) -> None:
        """Stop the consumer."""
        await stop(self.consumer)


def make_undecided(place: TopicPartition, offset: int) -> DependencyError:
    """Make the error that says that nobody decides the transaction whose records begin at an offset."""
    where = f"{place.topic}, {place.partition}, {offset}"
    return DependencyError(
        f"代理上有一个未了结的事务({where}),其后的记录都读不到:若属本县,记账进程启动时自动了结;若不是,请由管理员用 "
        "kafka-transactions.sh find-hanging 与 abort 处理 / "
        f"the brokers hold an undecided transaction (topic, partition, offset: {where}), and nobody can read what is "
        "behind it: the start of the county's worker decides it if it is the county's; if it is somebody else's, an "
        "administrator ends it with 'kafka-transactions.sh find-hanging' and 'abort'"
    )


async def stop(consumer: AIOKafkaConsumer) -> None:
    """Stop a consumer, and close its connections also when one of its own tasks was cancelled on the way."""
    try:
        with suppress(asyncio.CancelledError):
            await consumer.stop()
    finally:
        await consumer._client.close()  # noqa: SLF001 -- which stop then leaves open


async def open_consumer(
    connection: Connection, wait_milliseconds: int = ASK_MILLISECONDS, isolation: Isolation = "read_committed"
) -> AIOKafkaConsumer:
    """Start a consumer of nothing yet. A fetch of it that finds nothing is answered after ``wait_milliseconds``."""
    consumer = AIOKafkaConsumer(
        **connection.options(),
        isolation_level=isolation,
        auto_offset_reset="none",
        enable_auto_commit=False,
        fetch_max_bytes=FETCH_BYTES,
        max_partition_fetch_bytes=FETCH_BYTES,
        fetch_max_wait_ms=wait_milliseconds,
        retry_backoff_ms=ASK_MILLISECONDS,  # the first question about a topic comes before its metadata: asked twice
        metadata_max_age_ms=METADATA_MILLISECONDS,
    )
    try:
        await consumer.start()
    except BaseException:
        await stop(consumer)
        raise
    return consumer


@asynccontextmanager
async def consuming(connection: Connection, isolation: Isolation) -> AsyncIterator[AIOKafkaConsumer]:
    """Start a consumer of nothing yet for as long as it is needed."""
    consumer = await open_consumer(connection, isolation=isolation)
    try:
        yield consumer
    finally:
        await stop(consumer)


async def open_asker(connection: Connection) -> AIOKafkaConsumer:
    """Start a consumer that only asks for offsets: a broker answers in order, and a fetch may wait.

    It is told of records that are not decided yet, too. Who reads up to there waits until they are, so that he sees
    what was committed before he asked: a commit is answered before its markers are written.
    """
    return await open_consumer(connection, isolation="read_uncommitted")


async def ask_end(asker: AIOKafkaConsumer, place: TopicPartition) -> int:
    """Give the offset behind a partition's last record."""
    return (await ask_ends(asker, [place]))[place]


async def ask_ends(asker: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
    """Give the offsets behind partitions' last records: of the last decided ones, if the asker reads committed ones."""
    return await _ask(asker, asker.end_offsets(places), places)


async def ask_begins(asker: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
    """Give the offsets of partitions' first records."""
    return await _ask(asker, asker.beginning_offsets(places), places)


async def _ask(
    asker: AIOKafkaConsumer, question: Awaitable[Mapping[TopicPartition, int]], places: Sequence[TopicPartition]
) -> Mapping[TopicPartition, int]:
    """Ask for offsets. What is not there gets no answer: the brokers say so only when asked for all topics."""
    try:
        return await question
    except KafkaTimeoutError:
        await asker.topics()
        if any(place.partition not in (asker.partitions_for_topic(place.topic) or ()) for place in places):
            raise UnknownTopicOrPartitionError from None
        raise


async def open_reader(
    connection: Connection, topic: str, partition: int, wait_milliseconds: int = ASK_MILLISECONDS
) -> Reader:
    """Open a reader on a partition, at its beginning."""
    place = TopicPartition(topic, partition)
    asker = await open_asker(connection)
    try:
        begin = (await ask_begins(asker, [place]))[place]
        end = await ask_end(asker, place)
        consumer = await open_consumer(connection, wait_milliseconds)
    finally:
        await stop(asker)
    consumer.assign([place])
    consumer.seek(place, begin)
    return Reader(consumer, place, begin, end)


@asynccontextmanager
async def reading(connection: Connection, topic: str, partition: int) -> AsyncIterator[Reader]:
    """Open a reader for as long as it is needed."""
    reader = await open_reader(connection, topic, partition)
    try:
        yield reader
    finally:
        await reader.close()


async def next_page(pages: AsyncIterator[Sequence[Row]]) -> Sequence[Row]:
    """Give the next page of a range, or nothing at its end."""
    async for rows in pages:
        return rows
    return ()


async def find_last(reader: Reader) -> Row | None:
    """Give the newest committed record, galloping back from the end: what lies before it may be markers only."""
    for back in (*GALLOP, reader.end):
        start = max(reader.begin, reader.end - back)
        last = None
        async for rows in reader.range(start, reader.end):
            last = rows[-1]
        if last is not None or start == reader.begin:
            return last
    return None


async def find_offset(reader: Reader, number: int, number_of: Callable[[Row], int]) -> int:
    """Give an offset from which on the first record is the first whose number is at least ``number``, or the end.

    Records are in order of their numbers; halving looks at one record a step.
    """
    low, high = reader.begin, reader.end
    while low < high:
        middle = (low + high) // 2
        row = await reader.first(middle, reader.end)
        if row is not None and number_of(row) < number:
            low = row.offset + 1
        else:
            high = middle
    return low
