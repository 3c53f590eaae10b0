"""Owners of a county for fault tests: started in threads of their own, so that a test can break what they stand on."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from schemas.commands import Command
from schemas.errors import DependencyError
from streams.engine import Engine
from streams.kafka.client import Connection
from streams.kafka.commands import Poison
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from streams.kafka.states import States
from streams.machine import Machine
from tests.conformance.kafka import BANK
from tests.conformance.toy import GENESIS, ToyMachine
from tests.support.kafka_checks import Partition, check_everything


def _ignore(_: object) -> None:
    """Take no notice."""


@dataclass(slots=True)
class County:
    """A county on a partition of its own. ``connection`` goes straight to the brokers."""

    connection: Connection
    partition: int
    folder: Path
    make_machine: Callable[[], Machine] = ToyMachine
    poison: list[Poison] = field(default_factory=list)
    ahead_seconds: int | None = None

    @property
    def shard(self) -> Shard:
        """Its place."""
        return Shard(self.connection, "511112", self.partition, (BANK,), self.ahead_seconds)

    @contextmanager
    def owner(self, bootstrap: str = "", on_commit: Callable[[object], None] = _ignore) -> Iterator["Owner"]:
        """Give an owner that has claimed the county and recovered, over another address if one is given."""
        connection = replace(self.connection, bootstrap=bootstrap or self.connection.bootstrap)
        shard = replace(self.shard, connection=connection)
        states = States(self.folder / str(self.partition))
        with Loop() as loop, closing(KafkaJournal(shard, loop, states, self.poison.append)) as journal:
            engine = Engine(journal, self.make_machine, on_commit)
            engine.recover()
            with ThreadPoolExecutor(1) as thread:
                yield Owner(loop, journal, engine, thread)

    def append(self, commands: Sequence[Command]) -> None:
        """Append commands."""
        with Loop() as loop, closing(KafkaJournal(self.shard, loop, States(self.folder))) as journal:
            journal.append(commands)

    def begin(self, commands: Sequence[Command]) -> None:
        """Append GENESIS and commands."""
        self.append([GENESIS, *commands])

    def work_on(self, times: int) -> None:
        """Let one owner after another work until one comes to the end; DependencyError when so many did not."""
        for left in range(times - 1, -1, -1):
            try:
                with self.owner() as owner:
                    owner.work()
            except DependencyError:
                if not left:
                    raise
            else:
                return

    def finish(self) -> Partition:
        """Let a new owner finish, and judge."""
        with self.owner() as owner:
            owner.work()
        return check_everything(self.shard, self.make_machine, self.folder)


@dataclass(slots=True)
class Owner:
    """One that runs a county."""

    loop: Loop
    journal: KafkaJournal
    engine: Engine[Machine]
    thread: ThreadPoolExecutor

    def work(self) -> None:
        """Apply what is pending and end in good order."""
        self.engine.run()
        self.engine.close()

    def start(self) -> "Future[None]":
        """Begin to work."""
        return self.thread.submit(self.work)

    def break_connections(self) -> None:
        """Lose the producer's connections on this side only: what was sent may still arrive."""
        producer = self.journal._producer  # noqa: SLF001 -- no other way to break one side
        assert producer is not None

        async def close() -> None:
            for connection in list(producer.client._conns.values()):  # noqa: SLF001 -- the same
                connection.close()

        self.loop.run(close())
