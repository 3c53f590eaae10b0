"""Owns the Kafka journal of one county: commands in its partition of one topic, commits as transactions over others.

There is no second place where progress is kept: the commits topic's newest record says where the county stands.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from aiokafka import AIOKafkaProducer

from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Step
from schemas.errors import ConfigurationError, ConflictError, ConsolidatorError
from schemas.orders import OrderFile, OrderPart
from schemas.records import (
    Commit,
    Record,
    Word,
    number_records,
    parse_bundle,
    parse_commit,
    parse_order,
    render_checkpoint,
    render_commit,
    render_steps,
)
from streams.journal import Cut
from streams.kafka.appending import Appender, abandon
from streams.kafka.commands import CommandReader, Poison
from streams.kafka.loop import Loop
from streams.kafka.owning import open_owner, transact
from streams.kafka.reading import Row, find_last, next_page, open_reader, reading
from streams.kafka.settling import check_agreement, settle
from streams.kafka.shard import Shard
from streams.kafka.states import States

SNAPSHOTS_KEPT = 2  # the newest, and one to fall back to


def _ignore(_: object) -> None:
    """Take no notice."""


@dataclass(slots=True)
class KafkaJournal:
    """A :class:`streams.journal.Journal` in a cluster. A command's position is its offset, from 1.

    A record that is no command takes a position and is passed over; ``on_poison`` is told of it, again at each start.
    """

    shard: Shard
    loop: Loop
    states: States
    on_poison: Callable[[Poison], None] = _ignore
    _commands: CommandReader = field(init=False)
    _appender: Appender = field(init=False)
    _producer: AIOKafkaProducer | None = field(default=None, init=False)
    _last: Commit | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        """Connect to nothing yet."""
        self._commands = CommandReader(self.shard, self.loop, self.on_poison)
        self._appender = Appender(self.loop)

    def close(self) -> None:
        """Let go of all clients; whoever claims the county next owns it."""
        for end in (self._commands.close, self._appender.close, self._drop_producer):
            with suppress(ConsolidatorError):  # they are given up in any case
                end()

    def append(self, commands: Sequence[Command]) -> None:
        """See :class:`streams.journal.Journal`; kept and in order, but a writer that dies may leave the first few."""
        self._appender.append(self.shard, commands)

    def next_position(self) -> int:
        """See :class:`streams.journal.Journal`."""
        return self._commands.end() + 1

    def commands(self, position: int) -> Iterator[tuple[int, Command]]:
        """See :class:`streams.journal.Journal`."""
        found = self._commands.read(position - 1, self._commands.end())
        return ((offset + 1, command) for offset, command in found)

    def wait(self, position: int, seconds: float) -> bool:
        """Wait for a command at a position or behind it, at most so long; says whether there is one."""
        return self._commands.wait(position - 1, seconds)

    def claim(self) -> None:
        """See :class:`streams.journal.Journal`: whoever committed before is shut out, what it left open is decided."""
        self._drop_producer()
        self._producer = self.loop.run(open_owner(self.shard))
        with self._dropping():
            newest = self.loop.run(settle(self._producer, self.shard))
            row = newest.get(self.shard.topic("commits"))
            self._last = None if row is None else parse_commit(row.value or b"")
            check_agreement(self.shard, newest, self._last)

    def last_commit(self) -> CommitRecord | None:
        """See :class:`streams.journal.Journal`."""
        last = self._read_last()
        return None if last is None else last.record

    def newest_snapshot(self) -> tuple[CommitRecord, bytes] | None:
        """See :class:`streams.journal.Journal`; a state that is lost or damaged gives way to an older one."""
        last = self._read_last()
        for record in () if last is None else last.snapshots:
            state = self.states.find(record.position, record.snapshot or "")
            if state is not None:
                return record, state
        return None

    def cut(self) -> Cut:
        """See :class:`streams.journal.Journal`; a cluster's topics keep everything."""
        return Cut()

    def retained(self) -> tuple[CommitRecord, bytes] | None:
        """See :class:`streams.journal.Journal`."""
        return None

    def commit(self, steps: Sequence[Step], record: CommitRecord, snapshot: bytes | None = None) -> Callable[[], None]:
        """See :class:`streams.journal.Journal`: one transaction over all topics; a state is on disk before it."""
        if self._producer is None:
            message = "this journal was not claimed: only one process commits to a county"
            raise ConflictError(message)
        before = self._last
        kept = () if before is None else before.snapshots
        if snapshot is not None:
            self.states.keep(record.position, snapshot)
            kept = (record, *kept)[:SNAPSHOTS_KEPT]
        county, head = self.shard.county, record.head
        number, size = (1, 0) if before is None else (before.number + 1, before.record.head.size)
        records = render_steps(county, steps, size)
        commit = Commit(
            number=number,
            record=record,
            bundles=sum(len(step.bundles) for step in steps),
            orders=self._count_orders(records),
            snapshots=kept,
        )
        note = render_checkpoint(county, "checkpoints", head.size, head.checkpoint.encode())
        self._last = commit
        numbered = [*number_records([*records, note], number), render_commit(county, commit)]
        wait = self.loop.start(transact(self._producer, self.shard, numbered))
        return partial(self._settle, wait, () if snapshot is None else kept)

    def _settle(self, wait: Callable[[], None], kept: Sequence[CommitRecord]) -> None:
        """Wait until a commit is stored; then remove the states before those that it names, if it names a new one."""
        with self._dropping():
            wait()
        if kept:
            self.states.forget_before(kept[-1].position)

    @contextmanager
    def _dropping(self) -> Iterator[None]:
        """Own the county no more after an error: what this object remembers of it may be wrong."""
        try:
            yield
        except BaseException:
            with suppress(ConsolidatorError):  # what went wrong first is what counts
                self._drop_producer()
            raise

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """See :class:`streams.journal.Journal`. Reads the topic through."""
        for row in self._read("disclosures"):
            bundle = parse_bundle(row.value or b"", row.headers)
            if bundle.first + bundle.count > first:
                yield bundle

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """See :class:`streams.journal.Journal`. Reads all banks' topics through."""
        files = [order for order in self._read_orders() if isinstance(order, OrderFile) and order.entry >= first]
        yield from sorted(files, key=lambda file: file.entry)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """See :class:`streams.journal.Journal`. Reads all banks' topics through."""
        for order in self._read_orders():
            if isinstance(order, OrderPart) and order.file == file:
                yield order

    def _drop_producer(self) -> None:
        """Own the county no more; a transaction that is open stays open until somebody claims the county."""
        producer, self._producer = self._producer, None
        if producer is not None:
            self.loop.run(abandon(producer))

    def _read_last(self) -> Commit | None:
        """Give the newest commit; nobody else adds to it while this object owns the county."""
        return self._last if self._producer is not None else self.loop.run(self._find_last())

    async def _find_last(self) -> Commit | None:
        async with reading(self.shard.connection, self.shard.topic("commits"), self.shard.partition) as reader:
            row = await find_last(reader)
        return None if row is None else parse_commit(row.value or b"")

    def _count_orders(self, records: Sequence[Record]) -> dict[str, int]:
        counts = Counter(record.bank for record in records if record.word == "orders")
        missing = sorted(set(counts) - set(self.shard.banks))
        if missing:
            message = (
                f"银行 {missing[0]} 没有代发主题,请加入 cluster.toml 并运行 topics apply / "
                f"bank {missing[0]} has no orders topic: add it to cluster.toml and run 'consolidator topics apply'"
            )
            raise ConfigurationError(message)
        return dict(counts)

    def _read_orders(self) -> Iterator[OrderPart | OrderFile]:
        for bank in self.shard.banks:
            for row in self._read("orders", bank):
                yield parse_order(row.value or b"", row.headers)

    def _read(self, word: Word, bank: str = "") -> Iterator[Row]:
        """Give the committed records of a topic, up to its end as of the call."""
        run = self.loop.run
        reader = run(open_reader(self.shard.connection, self.shard.topic(word, bank), self.shard.partition))
        try:
            pages = reader.range(reader.begin, reader.end)
            while rows := run(next_page(pages)):
                yield from rows
        finally:
            run(reader.close())
