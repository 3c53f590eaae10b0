"""Kafka's own console programs: what they read of ours is gapless and not contradicted, what they write is read."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError, DependencyError
from schemas.records import Record, render_steps
from streams.engine import Engine
from streams.kafka.appending import open_producer, send_all
from streams.kafka.commands import Poison
from streams.kafka.journal import KafkaJournal
from streams.kafka.local.jars import find_java, read_version, resolve_jars
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from streams.kafka.states import States
from tests.conformance.kafka import KafkaStorage, make_cluster, make_kafka_storage
from tests.conformance.suite import WORK, content, start
from tests.conformance.toy import ToyMachine
from tests.support.brokers import do_without

CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer"
PRODUCER = "org.apache.kafka.tools.ConsoleProducer"
POM = Path(__file__).parent / "kafka_tools" / "pom.xml"
READ_SECONDS_MAX = 60


@pytest.fixture(scope="module")
def tools() -> Path:
    """The folder of the console consumer's jars."""
    folder = Path.home() / ".cache" / "consolidator" / "kafka-tools" / read_version()
    try:
        find_java()
        resolve_jars(POM, folder, f"kafka-tools-{read_version()}.jar")
    except (ConfigurationError, DependencyError) as error:
        do_without(str(error))
    return folder


@pytest.fixture
def loop() -> Iterator[Loop]:
    """The thread of all clients."""
    with Loop() as loop:
        yield loop


@pytest.fixture
def storage(broker: str, loop: Loop, tmp_path: Path) -> Iterator[KafkaStorage]:
    """A county's partition."""
    storage = make_kafka_storage(make_cluster(broker, 1), loop, tmp_path)
    yield storage
    storage.close()


async def _abandon(shard: Shard, records: Sequence[Record]) -> None:
    """Write records in the county's name, in a transaction that nobody ends: what an owner that dies leaves."""
    name = f"ledger.{shard.topic('commands')}.{shard.partition}"
    producer = await open_producer(shard.connection, transactional_id=name)
    await producer.begin_transaction()
    await send_all(producer, shard, records)
    await producer.stop()


def _read(tools: Path, shard: Shard, isolation: str) -> list[tuple[int, int]]:
    """Give first and count of all bundles of entries that the console consumer prints."""
    words = [
        *(str(find_java()), "-cp", f"{tools}/*", CONSUMER),
        *("--bootstrap-server", shard.connection.bootstrap, "--topic", shard.topic("entries")),
        *("--partition", str(shard.partition), "--from-beginning", "--isolation-level", isolation),
        *("--formatter-property", "print.headers=true", "--formatter-property", "print.value=false"),
        *("--timeout-ms", "5000"),
    ]
    done = subprocess.run(  # noqa: S603 -- Java from PATH, our own words
        words, capture_output=True, text=True, check=False, timeout=READ_SECONDS_MAX
    )
    lines = [dict(each.split(":", 1) for each in line.split(",")) for line in done.stdout.splitlines() if line]
    return [(int(line["first"]), int(line["count"])) for line in lines]


def _find_size(engine: Engine[ToyMachine]) -> int:
    record = engine.last_commit
    assert record is not None
    return record.head.size


def test_the_console_consumer_reads_gapless_entries_beside_an_abandoned_transaction(
    storage: KafkaStorage, loop: Loop, tools: Path
) -> None:
    journal = storage.open()
    journal.append(WORK[:2])
    engine = start(journal)
    engine.run()
    steps = list(engine.machine.apply(WORK[4]))  # what comes next, as WORK[2] is a repeat and WORK[3] does nothing
    loop.run(_abandon(storage.shard, render_steps("511112", steps, _find_size(engine))))
    heir = storage.open()
    heir.append(WORK[2:])
    start(heir).run()
    bundles = [(bundle.first, bundle.count) for bundle in content(heir)[0]]
    assert len(bundles) > 3
    assert _read(tools, storage.shard, "read_committed") == bundles
    uncommitted = _read(tools, storage.shard, "read_uncommitted")
    assert len(uncommitted) > len(bundles)
    assert set(uncommitted) == set(bundles)


@pytest.mark.parametrize("codec", ["lz4", "zstd"])
def test_what_a_writer_compressed_is_read_whatever_the_codec(storage: KafkaStorage, tools: Path, codec: str) -> None:
    """Left as it was written, a record would end every reader that has not the codec's library."""
    shard = storage.shard
    words = [
        *(str(find_java()), "-cp", f"{tools}/*", PRODUCER, "--bootstrap-server", shard.connection.bootstrap),
        *("--topic", shard.topic("commands"), "--compression-codec", codec),
    ]
    subprocess.run(words, input=b"a\n" * 99, capture_output=True, check=True, timeout=READ_SECONDS_MAX)  # noqa: S603 -- as above
    storage.open().append(WORK)
    told = list[Poison]()
    storage.opened.append(KafkaJournal(shard, storage.loop, States(storage.folder), told.append))
    assert [command for _, command in storage.opened[-1].commands(2)] == WORK
    assert [each.raw for each in told] == [b"a"] * 99
