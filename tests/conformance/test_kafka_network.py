"""The network between an owner and its broker cut, stalled, or late by a request: nothing is lost, nothing is twice."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidTxnState

from schemas.commits import CommitRecord
from schemas.errors import ConflictError, DependencyError
from streams.kafka import owning
from streams.kafka.appending import Appender, abandon
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.layout import Layout
from streams.kafka.loop import Loop
from tests.conformance.kafka import Cluster, make_cluster
from tests.conformance.suite import every_step_commits
from tests.conformance.toy import ToyMachine, document
from tests.support.brokers import start_behind_proxies
from tests.support.kafka_checks import check_county, list_accepted, read_partition
from tests.support.owners import County
from tests.support.proxy import END_TXN, INIT_PRODUCER_ID, PRODUCE, Proxy
from tests.support.records import create_topic, find_stable_end

__all__ = ["every_step_commits"]
WORK = [document(number, 3, 40) for number in range(4)]
SECONDS_MAX = 90


@pytest.fixture(scope="module", name="proxied")
def start_proxied() -> Iterator[tuple[LocalCluster, Proxy]]:
    """Give a broker, and a proxy that stands before it."""
    with start_behind_proxies(Layout()) as (cluster, (proxy,)):
        yield cluster, proxy


@pytest.fixture
def proxy(proxied: tuple[LocalCluster, Proxy]) -> Iterator[Proxy]:
    """Give the proxy, healed at the end."""
    yield proxied[1]
    proxied[1].heal()


@pytest.fixture
def far(proxied: tuple[LocalCluster, Proxy]) -> str:
    """Give the address that leads through the proxy."""
    return proxied[0].proxied_bootstrap


@pytest.fixture(scope="module")
def cluster(proxied: tuple[LocalCluster, Proxy]) -> Cluster:
    """Topics for this module."""
    return make_cluster(proxied[0].bootstrap, 16)


@pytest.fixture
def county(cluster: Cluster, tmp_path: Path) -> County:
    """Give a county that has work to do."""
    county = County(cluster.connection, next(cluster.numbers), tmp_path)
    county.begin(WORK)
    return county


@pytest.mark.usefixtures("every_step_commits")
@pytest.mark.parametrize("api_key", [PRODUCE, END_TXN])
def test_a_cut_while_a_commit_is_sent_ends_well_when_it_is_healed(
    county: County, proxy: Proxy, far: str, api_key: int
) -> None:
    with county.owner(far) as owner:
        held = proxy.hold(api_key)
        work = owner.start()
        held.await_request()
        proxy.cut()
        held.drop()
        proxy.heal()
        error = work.exception(SECONDS_MAX)
    assert error is None or isinstance(error, DependencyError)
    county.finish()


@pytest.mark.usefixtures("every_step_commits")
def test_a_commit_held_back_and_delivered_after_another_took_over_is_refused(
    county: County, proxy: Proxy, far: str
) -> None:
    with county.owner(far) as owner:
        held = proxy.hold(END_TXN)
        work = owner.start()
        held.await_request()
        before = county.finish()
        held.release()
        assert isinstance(work.exception(SECONDS_MAX), ConflictError)
    assert county.finish().commits() == before.commits()


@pytest.mark.usefixtures("every_step_commits")
def test_a_commit_without_an_answer_is_not_asked_for_again_and_its_owner_stops(
    county: County, proxy: Proxy, far: str
) -> None:
    """A second request would let the first, if it is late, end the next transaction in its middle."""
    with county.owner(far) as owner:
        held = proxy.hold(END_TXN)
        work = owner.start()
        held.await_request()
        owner.break_connections()
        assert isinstance(work.exception(SECONDS_MAX), DependencyError)
    with county.owner(far) as owner:
        first = proxy.hold(END_TXN)
        work = owner.start()
        first.await_request()
        held.release()
        first.release()
        assert work.exception(SECONDS_MAX) is None
    county.finish()


@pytest.mark.usefixtures("every_step_commits")
def test_a_commit_whose_answer_is_lost_counts_and_the_next_owner_goes_on_after_it(
    county: County, proxy: Proxy, far: str
) -> None:
    with county.owner(far) as owner:
        held = proxy.lose_answer(END_TXN)
        work = owner.start()
        held.await_request()
        held.release()
        assert isinstance(work.exception(SECONDS_MAX), DependencyError)
        stored = owner.journal.last_commit()
        with pytest.raises(ConflictError):
            owner.journal.commit((), CommitRecord(position=1, item=0, head=ToyMachine().head()))
    assert [commit.record for commit in check_county(county.shard).commits()] == [stored]
    county.finish()


@pytest.mark.usefixtures("every_step_commits")
def test_a_broker_takes_a_late_commit_for_the_end_of_the_next_transaction(
    county: County, proxy: Proxy, far: str
) -> None:
    """Why an owner asks for a commit once. Were this to fail, it could ask again."""

    async def commit_late() -> int:
        producer = AIOKafkaProducer(bootstrap_servers=far, transactional_id="late")
        await producer.start()
        held = proxy.hold(END_TXN)
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"first", partition=0)
        commit = asyncio.create_task(producer.commit_transaction())
        await asyncio.to_thread(held.await_request)
        await asyncio.gather(*(each.close() for each in list(producer.client._conns.values())))  # noqa: SLF001 -- ours only
        await commit  # asked for again
        await producer.begin_transaction()
        await producer.send_and_wait(topic, b"half of the second", partition=0)
        held.release()
        with pytest.raises(InvalidTxnState):
            await _send_until_refused(producer, topic)
        await abandon(producer)
        return await find_stable_end(county.connection.bootstrap, topic)

    topic = f"{county.connection.prefix}.late"
    asyncio.run(create_topic(county.connection.bootstrap, topic))
    assert asyncio.run(commit_late()) >= 4  # a record and a marker of each transaction: half of the second counts


async def _send_until_refused(producer: AIOKafkaProducer, topic: str) -> None:
    for _ in range(1000):
        await producer.send_and_wait(topic, b"the other half", partition=0)


def test_a_late_claim_shuts_out_the_owner_and_the_next_one_goes_on(county: County, proxy: Proxy, far: str) -> None:
    held = proxy.hold(INIT_PRODUCER_ID)
    with ThreadPoolExecutor(1) as thread, county.owner() as owner:
        late = thread.submit(_claim, county, far)
        held.await_request()
        held.release()
        late.result(SECONDS_MAX)
        with pytest.raises(ConflictError):
            owner.work()
    county.finish()


def _claim(county: County, bootstrap: str) -> None:
    with county.owner(bootstrap):
        """Own it, and do nothing with it."""


def test_a_broker_that_says_nothing_ends_an_owner_and_leaves_nothing_running(
    county: County, proxy: Proxy, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owning, "TRANSACTION_SECONDS_MAX", 1.0)
    with county.owner(far) as owner:
        held = proxy.hold(PRODUCE)
        work = owner.start()
        held.await_request()
        proxy.stall()
        held.release()
        assert isinstance(work.exception(SECONDS_MAX), DependencyError)
        owner.journal.close()
        assert owner.loop.run(_list_senders()) == []
    proxy.heal()
    county.finish()


async def _list_senders() -> "list[asyncio.Task[object]]":
    """Give the tasks of producers."""
    return [task for task in asyncio.all_tasks() if "Sender." in repr(task) or "Accumulator" in repr(task)]


def test_a_writer_that_failed_can_append_again(
    county: County, proxy: Proxy, far: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = replace(county.shard, connection=replace(county.connection, bootstrap=far))
    with Loop() as loop, closing(Appender(loop)) as appender:
        appender.append(shard, WORK[:1])
        proxy.stall()
        with monkeypatch.context() as patch:
            patch.setattr(loop, "run", lambda work: Loop.run(loop, work, 0.5))
            with pytest.raises(DependencyError):
                appender.append(shard, WORK[:1])
        proxy.heal()
        appender.append(shard, [document(9)])
    assert list_accepted(read_partition(county.shard), county.shard)[-1][1] == document(9)
    county.finish()
