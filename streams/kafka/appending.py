"""Owns the writing of records: commands at the end of a county's partition, and what producers have in common.

Commands are not in a transaction: one that its writer abandons would hold up the county until it times out. So a
document may stand there half when its writer dies; whoever appends it again completes it, as the ledger takes every
part once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IllegalOperation, UnknownTopicOrPartitionError

from schemas.commands import Command
from schemas.records import Record, render_command
from streams.kafka.client import Connection
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard

RECORD_BYTES_MAX = 20_971_520  # max.message.bytes of the topics
BATCH_BYTES = 1_048_576
ABANDON_SECONDS = 5.0
WINDOW = 64  # commands under way at once: at most 64 parts of 4 MB in memory


@dataclass(slots=True)
class Appender:
    """Appends commands of any county of a cluster."""

    loop: Loop
    record_bytes_max: int = RECORD_BYTES_MAX
    _producer: AIOKafkaProducer | None = field(default=None, init=False)

    def append(self, shard: Shard, commands: Sequence[Command]) -> int:
        """Append commands in order; on return all are kept. After an error some may be: append all of them again.

        Gives the brokers' time in seconds; 0 for no command.
        """
        return self.send(shard, [render_command(shard.county, command) for command in commands])

    def send(self, shard: Shard, records: Sequence[Record]) -> int:
        """Send records of any topic to the county's partition, in order; the rest as for commands."""
        stamp = 0
        for start in range(0, len(records), WINDOW):
            stamp = self.loop.run(self._append(shard, records[start : start + WINDOW]))
        return stamp

    def close(self) -> None:
        """End the producer."""
        self.loop.run(self._drop())

    async def _append(self, shard: Shard, records: Sequence[Record]) -> int:
        if self._producer is None:
            self._producer = await open_producer(
                shard.connection, enable_idempotence=True, max_request_size=self.record_bytes_max
            )
        try:
            return await send_all(self._producer, shard, records)
        except BaseException:  # it may be of no use any more: the next append has another
            await self._drop()
            raise

    async def _drop(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await abandon(producer)


async def open_producer(connection: Connection, **options: object) -> AIOKafkaProducer:
    """Start a producer whose records count when all brokers that must have them do."""
    settings = {"acks": "all", "max_request_size": RECORD_BYTES_MAX, "max_batch_size": BATCH_BYTES} | options
    producer = AIOKafkaProducer(**connection.options(), **settings)
    try:
        await producer.start()
    except BaseException:
        with suppress(Exception, asyncio.CancelledError):  # what went wrong first is what counts
            await abandon(producer)
        raise
    return producer


async def abandon(producer: AIOKafkaProducer) -> None:
    """End a producer at once: what it sent was waited for, or is given up.

    Its own ``stop`` waits without end for what it has not sent yet, and sends on, while a broker is away.
    """
    producer._closed = True  # noqa: SLF001 -- as stop does: nobody is to be warned of it
    sending = [task for task in asyncio.all_tasks() if _find_self(task) is producer._sender]  # noqa: SLF001 -- no other way
    for task in sending:
        task.cancel()
    if sending:
        await asyncio.wait(sending, timeout=ABANDON_SECONDS)
    await producer.client.close()


def _find_self(task: "asyncio.Task[Any]") -> object:
    """Give the object whose method a task runs."""
    frame = getattr(task.get_coro(), "cr_frame", None)
    return frame and frame.f_locals.get("self")


async def send_all(producer: AIOKafkaProducer, shard: Shard, records: Sequence[Record]) -> int:
    """Send records to the county's partition of their topics, and wait until all are kept.

    Gives the last one's stamp in seconds, which is the brokers' where a topic's stamps are theirs; 0 for no record.
    """
    key, sent = shard.county.encode(), []
    try:
        for record in records:
            topic = shard.topic(record.word, record.bank)
            headers = list(record.headers)
            if shard.partition not in await producer.partitions_for(topic):
                raise UnknownTopicOrPartitionError
            sent.append(await producer.send(topic, record.value, key=key, partition=shard.partition, headers=headers))
    except IllegalOperation:  # a transaction that went wrong takes no more records: what was sent knows why
        await asyncio.gather(*sent)
        raise
    kept = await asyncio.gather(*sent)
    return kept[-1].timestamp // 1000 if kept else 0
