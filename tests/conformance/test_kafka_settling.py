"""Commits whose markers the brokers lost: the next owner ends them as they ended elsewhere, or stops and says why."""

import asyncio
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.errors import DependencyError, InvariantError
from streams.kafka import commands, newest, reading
from streams.kafka.appending import abandon, open_producer
from streams.kafka.owning import decide, derive_transactional_id
from streams.kafka.reading import next_page
from streams.kafka.reading import reading as open_reading
from tests.conformance.kafka import BANK, Cluster, make_cluster
from tests.conformance.toy import document
from tests.support.brokers import StartCluster
from tests.support.owners import County
from tests.support.undecided import UNVERIFIED, leave_undecided, losing_markers

WORDS = ("entries", "disclosures", f"orders.{BANK}", "checkpoints", "commits")
LOST = [frozenset(WORDS), *(frozenset({word}) for word in WORDS), *(frozenset(WORDS) - {word} for word in WORDS)]
LOST_OF_IDLE = [frozenset({"checkpoints", "commits"}), frozenset({"checkpoints"}), frozenset({"commits"})]
Ended = Literal["commit", "abort"]
both_ends = pytest.mark.parametrize("ended", ["commit", "abort"])


@pytest.fixture(scope="module", name="cluster")
def start_unverified(brokers: StartCluster) -> Iterator[Cluster]:
    """Give a broker that takes a transaction's records where its coordinator was told of none."""
    with brokers(UNVERIFIED) as cluster:
        yield make_cluster(cluster.bootstrap)


@pytest.fixture
def county(cluster: Cluster, tmp_path: Path) -> County:
    """Give a county that has committed something."""
    county = County(cluster.connection, next(cluster.numbers), tmp_path)
    county.begin([document(number) for number in range(2)])
    county.work_on(1)
    return county


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Call what is undecided hanging sooner than an owner would: nothing here decides it by itself."""
    monkeypatch.setattr(newest, "DECIDED_SECONDS", 0.3)


def name_topics(county: County, words: frozenset[str]) -> list[str]:
    return [f"{county.connection.prefix}.{word}.v1" for word in words]


def count_commits(county: County) -> int:
    """Say how many commits count when a new owner has just started."""
    with county.owner() as owner:
        last = owner.journal._last  # noqa: SLF001 -- its number is in no protocol
        return 0 if last is None else last.number


def lose(county: County, words: frozenset[str], ended: Ended) -> None:
    """Let an owner commit a document once, and the markers of some topics be lost."""
    county.append([document(7, 3, 40)])
    with county.owner() as owner, losing_markers(owner, name_topics(county, words), ended):
        owner.engine.run()


@both_ends
@pytest.mark.parametrize("words", LOST, ids=lambda words: "+".join(sorted(words)))
@pytest.mark.usefixtures("impatient")
def test_what_hangs_ends_as_it_ended_elsewhere(county: County, words: frozenset[str], ended: Ended) -> None:
    before = count_commits(county)
    lose(county, words, ended)
    counts = ended == "commit" and words != frozenset(WORDS)
    assert count_commits(county) == before + counts
    county.append([document(8, 3, 40)])
    county.finish()


@both_ends
@pytest.mark.parametrize("words", LOST_OF_IDLE, ids=lambda words: "+".join(sorted(words)))
@pytest.mark.usefixtures("impatient")
def test_a_commit_that_adds_no_entry_ends_as_it_ended_elsewhere(
    county: County, words: frozenset[str], ended: Ended
) -> None:
    county.append([document(1)])  # seen before
    before = count_commits(county)
    with county.owner() as owner, losing_markers(owner, name_topics(county, words), ended):
        owner.engine.run()
    counts = ended == "commit" and len(words) == 1
    assert count_commits(county) == before + counts
    county.finish()


@pytest.mark.usefixtures("impatient")
def test_of_several_losses_one_after_another_each_is_settled(county: County) -> None:
    for words in LOST[:4]:
        lose(county, words, "commit")
        county.append([document(9)])
    county.finish()


def test_where_nothing_hangs_an_owner_does_not_wait(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest, "DECIDED_SECONDS", 1e9)
    assert count_commits(county)
    county.finish()


@pytest.mark.usefixtures("impatient")
def test_an_owner_that_lost_its_connection_does_not_decide_what_hangs_by_its_next_commit(county: County) -> None:
    before = count_commits(county)
    county.append([document(7, 3, 40)])
    with county.owner() as owner:
        with losing_markers(owner, name_topics(county, frozenset({"entries"})), "commit"):
            owner.engine.run()
        owner.break_connections()
        county.append([document(8, 3, 40)])
        with pytest.raises(DependencyError, match="CommitUndecidedError"):
            owner.engine.run()
    assert count_commits(county) == before + 1
    county.finish()


def test_an_owner_that_lost_its_connection_goes_on_where_nothing_hangs(county: County) -> None:
    with county.owner() as owner:
        for number in (7, 8):
            county.append([document(number, 3, 40)])
            owner.break_connections()
            owner.engine.run()
    county.finish()


@pytest.mark.parametrize("ahead", [None, -1, 0, 1, 2])
@pytest.mark.usefixtures("impatient")
def test_what_somebody_else_left_undecided_stops_the_start_and_is_named(county: County, ahead: int | None) -> None:
    county.append([document(7)])
    headers = {} if ahead is None else {"number": b"%d" % (count_commits(county) + ahead)}
    place = county.shard.place(county.shard.topic("entries"))
    _check_stop(county, f"stranger.{county.partition}", place, headers)


@pytest.mark.parametrize("ahead", [None, -1, 0, 2])
@pytest.mark.usefixtures("impatient")
def test_what_is_no_part_of_the_newest_commit_stops_the_start_although_it_is_the_countys(
    county: County, ahead: int | None
) -> None:
    headers = {} if ahead is None else {"number": b"%d" % (count_commits(county) + ahead)}
    place = county.shard.place(county.shard.topic("entries"))
    _check_stop(county, derive_transactional_id(county.shard), place, headers)


def _check_stop(county: County, name: str, place: TopicPartition, headers: Mapping[str, bytes]) -> None:
    """Leave a record undecided; no owner starts before somebody has ended it."""
    asyncio.run(_leave(county.connection.bootstrap, name, place, headers))
    with pytest.raises(DependencyError, match=rf"undecided.*{place.topic}, {place.partition}, \d+.*kafka-transactions"):
        count_commits(county)
    asyncio.run(_end(county, name, place))
    county.finish()


async def _leave(bootstrap: str, name: str, place: TopicPartition, headers: Mapping[str, bytes]) -> None:
    await abandon(await leave_undecided(bootstrap, name, place, headers))


async def _end(county: County, name: str, place: TopicPartition) -> None:
    """End it as an administrator would."""
    producer = await open_producer(county.connection, transactional_id=name)
    await decide(producer, [place], "abort")
    await abandon(producer)


def test_topics_that_do_not_end_where_the_last_commit_does_stop_the_start(county: County) -> None:
    last = count_commits(county)
    topic = county.shard.topic("checkpoints")
    asyncio.run(_put(county, topic, {"size": b"1000000", "number": b"%d" % last}))
    with pytest.raises(InvariantError, match=r"checkpoints\.v1 ends where the last commit does"):
        count_commits(county)
    asyncio.run(_put(county, topic, {"size": b"1000000", "number": b"%d" % (last + 1)}))
    with pytest.raises(InvariantError, match=r"checkpoints\.v1 holds nothing of a commit that is not in"):
        count_commits(county)


async def _put(county: County, topic: str, headers: Mapping[str, bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=county.connection.bootstrap) as producer:
        await producer.send_and_wait(topic, b"-", partition=county.partition, headers=list(headers.items()))


def test_a_reader_before_an_undecided_transaction_says_so(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    async def read() -> None:
        async with open_reading(county.connection, topic, county.partition) as reader:
            pages = reader.range(reader.begin, reader.end)
            while await next_page(pages):
                """Go on to where nothing comes."""

    monkeypatch.setattr(reading, "STALL_SECONDS", 0.3)
    monkeypatch.setattr(commands, "STALL_SECONDS", 0.3)
    topic = county.shard.topic("commands")
    place = county.shard.place(topic)
    asyncio.run(_leave(county.connection.bootstrap, f"adapter.{county.partition}", place, {}))
    with pytest.raises(DependencyError, match="undecided transaction"):
        asyncio.run(read())
    with pytest.raises(DependencyError, match="undecided transaction"):
        county.work_on(1)
