"""Reading a partition that holds more than records: markers, aborted records, and a beginning that was deleted."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from schemas.commands import Command
from schemas.errors import ConfigurationError, InvariantError
from schemas.records import Word, find_number
from streams.kafka import client
from streams.kafka.appending import abandon
from streams.kafka.owning import open_owner
from streams.kafka.reading import find_last, find_offset, reading
from streams.kafka.shard import Shard
from tests.conformance.kafka import Cluster, make_cluster
from tests.conformance.toy import document
from tests.support.kafka_checks import check_county, check_uncommitted
from tests.support.owners import County

WORK = [document(number) for number in range(6)]


@pytest.fixture(scope="module")
def cluster(broker: str) -> Cluster:
    """Topics for this module."""
    return make_cluster(broker, 32)


@pytest.fixture
def county(cluster: Cluster, tmp_path: Path) -> County:
    """Give a county."""
    return County(cluster.connection, next(cluster.numbers), tmp_path)


async def _abort(county: County, word: Word, count: int) -> None:
    """Put so many records in, and take all of them back."""
    name = f"stranger.{county.partition}"
    async with AIOKafkaProducer(**county.connection.options(), transactional_id=name) as producer:
        await producer.begin_transaction()
        topic = county.shard.topic(word)
        own: dict[str, Any] = {"key": b"511112", "partition": county.partition, "headers": [("barrier", b"")]}
        await asyncio.gather(*[await producer.send(topic, b"x", **own) for _ in range(count)])
        await producer.abort_transaction()


async def _delete_before(county: County, word: Word, offset: int) -> None:
    admin = AIOKafkaAdminClient(**county.connection.options())
    await admin.start()
    try:
        place = TopicPartition(county.shard.topic(word), county.partition)
        await admin.delete_records({place: RecordsToDelete(before_offset=offset)})
    finally:
        await admin.close()


@pytest.mark.parametrize("count", [63, 64, 65, 1_023, 1_024, 1_100, 17_000])
def test_the_newest_commit_is_found_behind_any_number_of_aborted_records(county: County, count: int) -> None:
    county.begin(WORK)
    before = county.finish().commits()
    asyncio.run(_abort(county, "commits", count))
    with county.owner() as owner:
        assert owner.engine.last_commit == before[-1].record
        owner.work()
    assert check_county(county.shard).commits() == before


def test_a_topic_of_aborted_records_only_holds_no_commit(county: County) -> None:
    county.begin(WORK)
    asyncio.run(_abort(county, "commits", 100))
    county.finish()


async def _look(county: County, word: Word) -> tuple[int | None, list[int]]:
    """Give the offset of the newest record, and where each document's time stands, as a reader finds them."""
    topic = county.shard.topic(word)
    async with reading(county.connection, topic, county.partition) as reader:
        last = await find_last(reader)
        found = [await find_offset(reader, number, lambda row: find_number(row.headers, "at")) for number in range(107)]
    return last and last.offset, found


def test_a_number_is_found_by_halving_also_among_holes_and_after_a_deleted_beginning(county: County) -> None:
    county.begin(WORK[:3])  # offsets 0 to 3 with the times 1, 100, 101, 102
    asyncio.run(_abort(county, "commands", 20))  # offsets 4 to 24
    county.append(WORK[3:])  # offsets 25 to 27 with the times 103, 104, 105
    last, found = asyncio.run(_look(county, "commands"))
    assert (last, found[:2], found[100:]) == (27, [0, 0], [1, 2, 3, 4, 26, 27, 28])
    asyncio.run(_delete_before(county, "commands", 2))
    last, found = asyncio.run(_look(county, "commands"))
    assert (last, found[:2], found[100:]) == (27, [2, 2], [2, 2, 3, 4, 26, 27, 28])
    asyncio.run(_delete_before(county, "commands", 10))  # it begins with a hole
    last, found = asyncio.run(_look(county, "commands"))
    assert (last, found[103:]) == (27, [10, 26, 27, 28])
    asyncio.run(_delete_before(county, "commands", 28))
    assert asyncio.run(_look(county, "commands")) == (None, [28] * 107)


def test_a_start_needs_only_the_commands_after_its_snapshot(county: County) -> None:
    county.begin(WORK[:3])
    county.finish()
    asyncio.run(_delete_before(county, "commands", 4))
    county.append(WORK[3:])
    with county.owner() as owner:
        owner.work()
        assert [position for position, _ in owner.journal.commands(5)] == [5, 6, 7]
    assert check_county(county.shard).commits()[-1].record.position == 8


def test_commands_that_are_needed_and_gone_are_a_clear_error(county: County, tmp_path: Path) -> None:
    county.begin(WORK)
    county.finish()
    asyncio.run(_delete_before(county, "commands", 3))
    county.folder = tmp_path / "elsewhere"  # the snapshots are lost, too
    with pytest.raises(InvariantError, match="gone from a topic"), county.owner():
        """It does not start."""


def test_an_abandoned_transaction_holds_readers_up_until_somebody_claims_the_county(county: County) -> None:
    county.begin(WORK)
    asyncio.run(_leave_open(county.shard))
    assert asyncio.run(_find_ends(county)) == (0, 2)
    with county.owner():
        assert asyncio.run(_find_ends(county)) == (3, 3)
    assert check_uncommitted(county.shard, county.finish()) == 2


async def _find_ends(county: County) -> tuple[int, int]:
    """Give the offsets up to which the entries topic is decided, and up to which it is written."""
    place, options = TopicPartition(county.shard.topic("entries"), county.partition), county.connection.options()
    async with (
        AIOKafkaConsumer(**options, isolation_level="read_committed") as decided,
        AIOKafkaConsumer(**options) as written,
    ):
        return (await decided.end_offsets([place]))[place], (await written.end_offsets([place]))[place]


async def _leave_open(shard: Shard) -> None:
    producer = await open_owner(shard)
    await producer.begin_transaction()
    for _ in range(2):
        await producer.send_and_wait(shard.topic("entries"), b"never", partition=shard.partition)
    await abandon(producer)


@pytest.mark.parametrize("where", ["topic", "partition"])
def test_a_topic_or_partition_that_is_not_there_is_said_to_be_missing(
    county: County, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "REQUEST_MILLISECONDS", 1_000)  # nothing waits for longer than a request may take
    if where == "topic":
        county.connection = replace(county.connection, prefix="nowhere")
    else:
        county.partition = 999
    with pytest.raises(ConfigurationError, match="topics apply"):
        county.append(WORK)
    with pytest.raises(ConfigurationError, match="topics apply"):
        county.work_on(1)


def test_a_command_larger_than_its_topic_takes_is_not_sent(county: County) -> None:
    with pytest.raises(InvariantError, match="larger"):
        county.append([Command("header", 1, bytes(21 << 20), "ab" * 32)])
    county.begin(WORK)
    county.finish()
