"""The proxy that fault tests stand on does to a real broker's clients what it says."""

import asyncio
from collections.abc import Iterator

import pytest

from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.layout import Layout
from streams.kafka.local.probe import ask_brokers
from tests.support.brokers import start_behind_proxies
from tests.support.proxy import END_TXN, Proxy
from tests.support.records import (
    create_topic,
    find_broker_ports,
    find_stable_end,
    hold_transaction,
    put_record,
    take_record,
)


@pytest.fixture(scope="module", name="proxied")
def start_proxied() -> Iterator[tuple[LocalCluster, Proxy]]:
    with start_behind_proxies(Layout()) as (cluster, (proxy,)):
        yield cluster, proxy


def test_clients_of_the_proxy_are_told_to_come_through_it_and_others_are_not(
    proxied: tuple[LocalCluster, Proxy],
) -> None:
    cluster, proxy = proxied
    assert asyncio.run(find_broker_ports(cluster.proxied_bootstrap)) == {proxy.port}
    assert asyncio.run(find_broker_ports(cluster.bootstrap)) == {cluster.ports.plain[0]}


def test_a_record_goes_through_unchanged(proxied: tuple[LocalCluster, Proxy], prefix: str) -> None:
    cluster, _ = proxied
    value = bytes(range(256)) * 2000
    asyncio.run(create_topic(cluster.proxied_bootstrap, prefix))
    asyncio.run(put_record(cluster.proxied_bootstrap, prefix, value))
    assert asyncio.run(take_record(cluster.bootstrap, prefix)) == value


def test_after_a_cut_nobody_gets_through_until_it_is_healed(proxied: tuple[LocalCluster, Proxy]) -> None:
    _, proxy = proxied
    proxy.cut()
    with pytest.raises(ConnectionError):
        ask_brokers(proxy.port)
    proxy.heal()
    assert ask_brokers(proxy.port) == {1}


def test_while_stalled_nothing_is_answered(proxied: tuple[LocalCluster, Proxy]) -> None:
    _, proxy = proxied
    proxy.stall()
    with pytest.raises(TimeoutError):
        ask_brokers(proxy.port)
    proxy.heal()
    assert ask_brokers(proxy.port) == {1}


def test_a_cut_breaks_the_connections_that_are_open(proxied: tuple[LocalCluster, Proxy], prefix: str) -> None:
    cluster, proxy = proxied

    async def lose_the_commit() -> None:
        async with hold_transaction(cluster.proxied_bootstrap, prefix, b"one") as writer:
            held = proxy.hold(END_TXN)
            commit = asyncio.create_task(writer.commit_transaction())
            await asyncio.to_thread(held.await_request)
            proxy.cut()
            held.release()
            assert await find_stable_end(cluster.bootstrap, prefix) == 0
            proxy.heal()
            await commit

    asyncio.run(create_topic(cluster.bootstrap, prefix))
    asyncio.run(lose_the_commit())
    assert asyncio.run(take_record(cluster.bootstrap, prefix)) == b"one"


def test_a_held_commit_is_not_done_until_it_is_released(proxied: tuple[LocalCluster, Proxy], prefix: str) -> None:
    cluster, proxy = proxied

    async def commit_late() -> None:
        async with hold_transaction(cluster.proxied_bootstrap, prefix, b"one") as writer:
            held = proxy.hold(END_TXN)
            commit = asyncio.create_task(writer.commit_transaction())
            await asyncio.to_thread(held.await_request)
            assert await find_stable_end(cluster.bootstrap, prefix) == 0
            held.release()
            await commit

    asyncio.run(create_topic(cluster.bootstrap, prefix))
    asyncio.run(commit_late())
    assert asyncio.run(take_record(cluster.bootstrap, prefix)) == b"one"


def test_a_held_commit_arrives_even_after_its_client_has_gone(proxied: tuple[LocalCluster, Proxy], prefix: str) -> None:
    cluster, proxy = proxied

    async def leave_before_the_commit() -> None:
        held = proxy.hold(END_TXN)
        async with hold_transaction(cluster.proxied_bootstrap, prefix, b"one") as writer:
            commit = asyncio.create_task(writer.commit_transaction())
            await asyncio.to_thread(held.await_request)
            await writer.client.close()
            commit.cancel()
        assert await find_stable_end(cluster.bootstrap, prefix) == 0
        held.release()

    asyncio.run(create_topic(cluster.bootstrap, prefix))
    asyncio.run(leave_before_the_commit())
    assert asyncio.run(take_record(cluster.bootstrap, prefix)) == b"one"


def test_a_dropped_commit_is_sent_again_by_its_client(proxied: tuple[LocalCluster, Proxy], prefix: str) -> None:
    cluster, proxy = proxied

    async def commit_twice() -> None:
        async with hold_transaction(cluster.proxied_bootstrap, prefix, b"one") as writer:
            dropped, kept = proxy.hold(END_TXN), proxy.hold(END_TXN)
            commit = asyncio.create_task(writer.commit_transaction())
            await asyncio.to_thread(dropped.await_request)
            dropped.drop()
            await asyncio.to_thread(kept.await_request)
            kept.release()
            await commit

    asyncio.run(create_topic(cluster.bootstrap, prefix))
    asyncio.run(commit_twice())
    assert asyncio.run(take_record(cluster.bootstrap, prefix)) == b"one"
