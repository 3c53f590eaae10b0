"""A province for tests of monitors: two counties on a real broker, and a monitor as a process of its own."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from consolidator.cli.main import main
from consolidator.transparency.keys import render_private_key
from schemas.commands import Command
from schemas.commits import Step
from schemas.envelope import parse_envelope
from schemas.records import Word, parse_command, render_steps
from streams.kafka.appending import send_all
from streams.kafka.client import Connection
from streams.kafka.shard import Shard
from streams.monitors.events import PARTITIONS as EVENT_PARTITIONS
from tests.support.crossing import HERE, THERE
from tests.support.world import make_signer

SETTINGS = """\
snapshots = "snapshots"
state = "state"
[kafka]
bootstrap = "{broker}"
prefix = "{prefix}"
replication = 1
min_insync = 1
[[county]]
code = "511112"
partition = 0
worker = "w1"
[[county]]
code = "511113"
partition = 1
worker = "w1"
"""
PARTITIONS = {HERE: 0, THERE: 1}
WAIT_SECONDS = 90.0
_TOLD: Sequence[Word] = ("anomalies", "commands")


@dataclass
class Province:
    """Two counties' topics, and the home of a monitor."""

    broker: str
    prefix: str
    root: Path
    sizes: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Make the topics and the monitor's home."""
        self.cluster.write_text(SETTINGS.format(broker=self.broker, prefix=self.prefix))
        assert main(["topics", "apply", "--cluster", str(self.cluster)]) == 0
        assert main(["monitor", "init", "--home", str(self.home), "--source", "monitor"]) == 0
        key = self.home / "keys" / "monitor.key"  # the one that counties' policies know in tests
        key.write_text(render_private_key(make_signer("monitor")))

    @property
    def cluster(self) -> Path:
        """The settings."""
        return self.root / "cluster.toml"

    @property
    def home(self) -> Path:
        """The monitor's home."""
        return self.root / "monitor"

    @property
    def connection(self) -> Connection:
        """How the broker is reached."""
        return Connection(self.broker, None, self.prefix)

    def shard(self, county: str) -> Shard:
        """Give a county's place."""
        return Shard(self.connection, county, PARTITIONS[county])

    def publish(self, county: str, steps: Sequence[Step], *, aborted: bool = False) -> None:
        """Let a county's worker commit steps in one transaction, or write them and die before it commits."""
        size = self.sizes.get(county, 0)
        asyncio.run(commit_steps(self.shard(county), steps, size, aborted=aborted))
        entries = sum(bundle.count for step in steps for bundle in step.bundles)
        self.sizes[county] = size + (0 if aborted else entries)

    def spoil(self, county: str, key: bytes, value: bytes) -> None:
        """Put something into a county's disclosures that is none."""

        async def put() -> None:
            producer = AIOKafkaProducer(bootstrap_servers=self.broker)
            await producer.start()
            topic = self.shard(county).topic("disclosures")
            await producer.send_and_wait(topic, value, key=key, partition=PARTITIONS[county])
            await producer.stop()

        asyncio.run(put())

    @contextmanager
    def monitor(self, *words: str) -> Iterator["subprocess.Popen[str]"]:
        """Run the monitor in a process of its own, killed at the end if it is still there."""
        command = [sys.executable, "-m", "consolidator.cli.main", "monitor", "run", "--home", str(self.home)]
        with (self.root / "monitor.err").open("a") as errors:
            process = subprocess.Popen(  # noqa: S603 -- this program
                [*command, "--cluster", str(self.cluster), "--json", *words],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            try:
                yield process
            finally:
                process.kill()
                process.communicate()

    def wait_commands(self, county: str, numbers: int) -> list[Command]:
        """Give what a county was told so far, as soon as that is so many different documents."""
        return asyncio.run(self._wait_commands(county, numbers))

    async def _wait_commands(self, county: str, numbers: int) -> list[Command]:
        consumer = AIOKafkaConsumer(
            bootstrap_servers=self.broker, enable_auto_commit=False, isolation_level="read_committed"
        )
        await consumer.start()
        place = TopicPartition(self.shard(county).topic("commands"), PARTITIONS[county])
        consumer.assign([place])
        consumer.seek(place, 0)
        found: list[Command] = []
        until = time.monotonic() + WAIT_SECONDS
        try:
            while len({each.document for each in found if each.kind == "part"}) < numbers:
                assert time.monotonic() < until, f"{county} was told {len(found)} commands in {WAIT_SECONDS} s"
                pages = await consumer.getmany(timeout_ms=200)
                found += [parse_command(row.value, row.headers) for rows in pages.values() for row in rows]
        finally:
            await consumer.stop()
        return found

    def count_events(self) -> int:
        """Count the records between the monitor's two halves."""

        async def count() -> int:
            consumer = AIOKafkaConsumer(bootstrap_servers=self.broker)
            await consumer.start()
            places = [TopicPartition(f"monitor-{self.prefix}-r17-1-events", each) for each in range(EVENT_PARTITIONS)]
            ends = await consumer.end_offsets(places)
            await consumer.stop()
            return sum(ends.values())

        return asyncio.run(count())

    def read_own_topics(self) -> list[list[bytes]]:
        """Give key, value and headers of every record that the monitor wrote."""
        return asyncio.run(self._read_own_topics())

    async def _read_own_topics(self) -> list[list[bytes]]:
        stem = f"monitor-{self.prefix}-r17"
        own = [f"{stem}-1-events", f"{stem}-1-rows-changelog", f"{stem}-findings"]
        names = [*own, *(self.shard(HERE).topic(word) for word in _TOLD)]
        consumer = AIOKafkaConsumer(*names, bootstrap_servers=self.broker, auto_offset_reset="earliest")
        await consumer.start()
        rows = []
        try:
            while page := await consumer.getmany(timeout_ms=2_000):
                rows += [row for found in page.values() for row in found]
        finally:
            await consumer.stop()
        assert {row.topic for row in rows} == set(names)
        return [[row.key or b"", row.value or b"", *(value for _, value in row.headers)] for row in rows]

    def read_anomalies(self, capture: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
        """Give what ``monitor watch`` shows."""
        capture.readouterr()
        assert main(["monitor", "watch", "--cluster", str(self.cluster), "--once", "--json"]) == 0
        return [json.loads(line) for line in capture.readouterr().out.splitlines()]


async def commit_steps(shard: Shard, steps: Sequence[Step], size: int, *, aborted: bool) -> None:
    """Write steps on top of a log of ``size`` entries in one transaction, and commit or abort it."""
    name = f"ledger.{shard.topic('commands')}.{shard.partition}"
    producer = AIOKafkaProducer(**shard.connection.options(), transactional_id=name)
    await producer.start()
    try:
        await producer.begin_transaction()
        await send_all(producer, shard, render_steps(shard.county, steps, size))
        await (producer.abort_transaction() if aborted else producer.commit_transaction())
    finally:
        await producer.stop()


def read_headers(commands: Sequence[Command]) -> list[dict[str, Any]]:
    """Give the headers among commands, each checked against its signature."""
    return [json.loads(parse_envelope(each.body).header) for each in commands if each.kind == "header"]
