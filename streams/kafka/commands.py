"""Owns the reading of a county's commands: in order, with what is no command passed over and told of once.

An offset is a command's position less one. Offsets that hold no record of ours (markers of somebody's transaction) are
passed over too; that none is lost is what the brokers promise, and what replay checks by the root.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.commands import Command
from schemas.errors import InputError
from schemas.records import NOT_A_COMMAND, parse_command
from streams.kafka.loop import Loop
from streams.kafka.reading import (
    FOLLOW_MILLISECONDS,
    POLL_MILLISECONDS,
    STALL_SECONDS,
    Reader,
    Row,
    ask_end,
    open_asker,
    open_reader,
    stop,
)
from streams.kafka.shard import Shard


@dataclass(frozen=True, slots=True)
class Poison:
    """A record of the commands topic that is no command: position, bytes, what is wrong with it, the brokers' stamp."""

    position: int
    raw: bytes
    error: InputError
    at: int


@dataclass(slots=True)
class CommandReader:
    """Reads ahead by one fetch. What it holds are the commands at the offsets from ``_from`` to before ``_next``."""

    shard: Shard
    loop: Loop
    on_poison: Callable[[Poison], None]
    _reader: Reader | None = field(default=None, init=False)
    _asking: AIOKafkaConsumer | None = field(default=None, init=False)
    _from: int = field(default=0, init=False)
    _next: int = field(default=-1, init=False)
    _held: Sequence[tuple[int, Command]] = field(default=(), init=False)
    _told: int = field(default=-1, init=False)  # the last offset that was told of

    def end(self) -> int:
        """Give the offset that the next command will take."""
        return self.loop.run(self._end())

    def read(self, offset: int, end: int) -> Iterator[tuple[int, Command]]:
        """Give the commands from one offset to before another, with their offsets."""
        heard_at = monotonic()
        while offset < end:
            held = self.loop.run(self._load(offset, POLL_MILLISECONDS))
            for place, command in held:
                if place >= end:
                    return
                yield place, command
            behind = held[-1][0] + 1 if held else self._next
            if behind > offset:
                offset, heard_at = behind, monotonic()
            elif monotonic() - heard_at > STALL_SECONDS:
                self.loop.run(self._explain_stall())

    def wait(self, offset: int, seconds: float) -> bool:
        """Wait for a command at an offset or behind it, at most so long; says whether there is one."""
        return bool(self.loop.run(self._load(offset, round(seconds * 1000))))

    def close(self) -> None:
        """Let go of the client."""
        reader, self._reader = self._reader, None
        asking, self._asking = self._asking, None
        if reader is not None:
            self.loop.run(reader.close())
        if asking is not None:
            self.loop.run(stop(asking))

    async def _open(self) -> Reader:
        if self._reader is None:
            topic = self.shard.topic("commands")
            self._reader = await open_reader(self.shard.connection, topic, self.shard.partition, FOLLOW_MILLISECONDS)
        return self._reader

    async def _end(self) -> int:
        if self._asking is None:
            self._asking = await open_asker(self.shard.connection)
        return await ask_end(self._asking, TopicPartition(self.shard.topic("commands"), self.shard.partition))

    async def _explain_stall(self) -> None:
        await (await self._open()).explain_stall()

    async def _load(self, offset: int, milliseconds: int) -> Sequence[tuple[int, Command]]:
        """Hold commands from an offset on, fetching more when there are none."""
        reader = await self._open()
        if not self._from <= offset <= self._next:
            reader.consumer.seek(reader.place, offset)
            self._from, self._next, self._held = offset, offset, ()
        gone = [place for place, _ in self._held if place < offset]
        if gone:
            self._from, self._held = gone[-1] + 1, self._held[len(gone) :]
        if not self._held:
            self._held = list(self._parse_all(await reader.fetch(milliseconds)))
            self._next = await reader.consumer.position(reader.place)
        return self._held

    def _parse_all(self, rows: Sequence[Row]) -> Iterator[tuple[int, Command]]:
        for row in rows:
            try:
                yield row.offset, parse_row(row, self.shard)
            except InputError as error:
                if row.offset > self._told:
                    self._told = row.offset
                    self.on_poison(Poison(row.offset + 1, row.value or b"", error, row.timestamp // 1000))


def parse_row(row: Row, shard: Shard) -> Command:
    """Read a record. InputError ``I30`` when it is no command, or one stamped too far ahead of the brokers' clock.

    Nor is a second genesis a command: of two homes made for one county at once, one comes first; nor what bears another
    county's key.
    """
    if row.key != shard.county.encode():
        raise InputError(NOT_A_COMMAND, "its key is not this county's code")
    command = parse_command(row.value, row.headers)
    if command.kind == "genesis" and row.offset > 0:
        raise InputError(NOT_A_COMMAND, "a county has one genesis, its first command")
    if shard.ahead_seconds is not None and command.at > row.timestamp // 1000 + shard.ahead_seconds:
        raise InputError(NOT_A_COMMAND, "its stamp lies ahead of the brokers' clock")
    return command
