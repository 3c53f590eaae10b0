"""Records of the commands topic that are no commands: kept, told of with their bytes, passed over; all else goes on."""

import asyncio
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.record.default_records import _DefaultRecordBatchBuilderPy

from schemas.commands import Command
from schemas.records import Headers, render_command
from streams.engine import Engine
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.states import States
from tests.conformance.kafka import Cluster, make_cluster
from tests.conformance.toy import GENESIS, ToyMachine, document
from tests.support.kafka_checks import read_partition
from tests.support.owners import County

MEGABYTE = 1_048_576
GOOD = render_command("511112", document(50))
KEY = b"511112"


@pytest.fixture(scope="module")
def cluster(broker: str) -> Cluster:
    """Topics for this module."""
    return make_cluster(broker, 64)


@pytest.fixture
def county(cluster: Cluster, tmp_path: Path) -> County:
    """Give a county that is founded."""
    county = County(cluster.connection, next(cluster.numbers), tmp_path)
    county.begin([document(1)])
    return county


def _make_producer(county: County, **options: object) -> AIOKafkaProducer:
    size = 20 * MEGABYTE
    return AIOKafkaProducer(**county.connection.options(), max_request_size=size, max_batch_size=size, **options)


async def _put(county: County, value: bytes | None, headers: Headers, key: bytes = KEY) -> None:
    async with _make_producer(county) as producer:
        topic = county.shard.topic("commands")
        await producer.send_and_wait(topic, value, key=key, partition=county.partition, headers=list(headers))


async def _put_and_abort(county: County, values: Sequence[bytes]) -> None:
    """Write records in a transaction that is then aborted."""
    async with _make_producer(county, transactional_id=f"stranger.{county.partition}") as producer:
        for value in values:
            await producer.begin_transaction()
            await producer.send_and_wait(
                county.shard.topic("commands"), value, key=KEY, partition=county.partition, headers=list(GOOD.headers)
            )
            await producer.abort_transaction()


async def _put_and_commit(county: County, value: bytes) -> None:
    """Write a record in a transaction."""
    async with (
        _make_producer(county, transactional_id=f"stranger.{county.partition}") as producer,
        producer.transaction(),
    ):
        await producer.send_and_wait(county.shard.topic("commands"), value, key=KEY, partition=county.partition)


def _change(name: str, value: bytes | None) -> Headers:
    return [(each, value if each == name else old) for each, old in GOOD.headers]  # type: ignore[misc]  # brokers keep None


class _Strange(str):
    """A header's name that goes out as bytes that are no UTF-8."""

    __slots__ = ()

    def encode(self, *_: object) -> bytes:
        return b"\xff\xfe"


async def _put_strange(county: County, commands: Sequence[Command]) -> None:
    """Write commands in one batch, the second with a header that no client of Java or Python can write."""
    builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, -1, MEGABYTE)
    for offset, command in enumerate(commands):
        record = render_command("511112", command)
        headers = [*record.headers, (_Strange("x") if offset == 1 else "x", b"")]
        builder.append(offset, timestamp=0, key=KEY, value=record.value, headers=headers)
    async with _make_producer(county) as producer:
        batch = producer.create_batch()
        batch.append(timestamp=None, key=KEY, value=b"one that makes room for the others")
        batch._builder = builder  # noqa: SLF001 -- what it builds itself is in order
        await (await producer.send_batch(batch, county.shard.topic("commands"), partition=county.partition))


def test_a_header_whose_name_is_no_text_ends_nothing(county: County) -> None:
    """Left to itself, aiokafka cannot read such a record, nor what was fetched with it, at any start."""
    asyncio.run(_put_strange(county, [document(2), document(3), document(4)]))
    asyncio.run(_put_strange(county, [GENESIS, GENESIS]))
    found = county.finish()
    assert found.commits()[-1].record.head.now == document(4).at
    assert [each.position for each in county.poison] == [6, 7]


POISON: Sequence[tuple[str, bytes | None, Headers, bytes]] = [
    ("no headers", b"anything", (), KEY),
    ("an unknown kind", b"x", _change("kind", b"\xff\x00"), KEY),
    ("headers of a stranger", b"x", [("\u8d26", b"\xff" * 1000), ("kind", b"")], KEY),
    ("a number that is none", b"x", _change("at", "\u0661".encode()), KEY),
    ("a number beyond all bounds", b"x", _change("at", b"9" * 400), KEY),
    ("a document that is none", b"x", _change("document", b"AB" * 32), KEY),
    ("a number without a value", b"x", _change("at", None), KEY),
    ("a header twice", b"x", [*GOOD.headers, ("kind", b"tick")], KEY),
    ("no value", None, GOOD.headers, KEY),
    ("another county's key", GOOD.value, GOOD.headers, b"511113"),
    ("an empty key", GOOD.value, GOOD.headers, b""),
]


@pytest.mark.parametrize(("what", "value", "headers", "key"), POISON, ids=[each[0] for each in POISON])
def test_a_record_that_is_no_command_is_told_of_kept_and_passed_over(
    county: County, what: str, value: bytes | None, headers: Headers, key: bytes
) -> None:
    assert what
    asyncio.run(_put(county, value, headers, key))
    county.append([document(2)])
    found = county.finish()
    assert [(each.position, each.raw, each.error.code) for each in county.poison] == [(3, value or b"", "I30")]
    assert found.commits()[-1].record.position == 5
    assert found.topics["commands"][2].value == (value or b"")


def test_a_record_as_big_as_a_topic_takes_is_told_of_and_passed_over(county: County) -> None:
    value = bytes(20 * MEGABYTE - 1000)
    asyncio.run(_put(county, value, ()))
    county.append([document(2)])
    county.finish()
    assert [each.raw for each in county.poison] == [value]


def test_poison_at_the_very_end_does_not_hold_up_a_run(county: County) -> None:
    asyncio.run(_put(county, b"x", ()))
    county.finish()
    county.append([document(2)])
    county.finish()
    assert [each.position for each in county.poison] == [3, 3]  # told of again at each start


def test_records_of_aborted_transactions_are_no_commands_and_leave_holes(county: County) -> None:
    asyncio.run(_put_and_abort(county, [GOOD.value] * 3))
    county.finish()
    county.append([document(2)])
    found = county.finish()
    assert county.poison == []
    assert [seen.offset for seen in found.topics["commands"]] == [0, 1, 8]


def test_a_hole_at_the_end_is_passed_without_waiting_for_what_never_comes(county: County) -> None:
    """The last offset of the topic is a marker: nobody will ever see a record there."""
    asyncio.run(_put_and_abort(county, [GOOD.value] * 80))
    with county.owner() as owner:
        owner.work()
        assert [position for position, _ in owner.journal.commands(1)] == [1, 2]
        assert [position for position, _ in owner.journal.commands(100)] == []
        assert owner.journal.next_position() == 163


def test_a_record_in_somebody_elses_transaction_is_judged_as_any_other(county: County) -> None:
    asyncio.run(_put_and_commit(county, b"x"))
    county.append([document(2)])
    county.finish()
    assert [each.raw for each in county.poison] == [b"x"]


@pytest.fixture
def stamping(cluster: Cluster, tmp_path: Path) -> County:
    """Give a county whose commands may not be stamped far ahead of the brokers' clock."""
    county = County(cluster.connection, next(cluster.numbers), tmp_path, ahead_seconds=300)
    county.begin([])
    return county


def test_a_stamp_far_ahead_of_the_brokers_clock_is_refused_and_time_stands_where_it_was(stamping: County) -> None:
    now = read_partition(stamping.shard).topics["commands"][0].timestamp // 1000
    ahead, near = document(now + 3600), document(now + 60)  # a document of the toy is stamped with its number
    stamping.append([ahead, near])
    found = stamping.finish()
    assert [each.position for each in stamping.poison] == [2]
    assert found.commits()[-1].record.head.now == near.at


def test_each_poison_is_told_of_once_by_one_journal(county: County) -> None:
    asyncio.run(_put(county, b"x", ()))
    county.append([document(2)])
    with (
        Loop() as loop,
        closing(KafkaJournal(county.shard, loop, States(county.folder), county.poison.append)) as journal,
    ):
        for _ in range(2):
            engine = Engine(journal, ToyMachine)
            engine.recover()
            assert [command for _, command in journal.commands(1)] == [GENESIS, document(1), document(2)]
        engine.run()
    assert len(county.poison) == 1
