"""The network between an owner and its broker cut, stalled, or late by a request: nothing is lost, nothing is twice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from schemas.errors import ConflictError, DependencyError
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.layout import Layout
from tests.conformance.kafka import Cluster, make_cluster
from tests.conformance.suite import every_step_commits
from tests.conformance.toy import document
from tests.support.brokers import start_behind_proxies
from tests.support.owners import County
from tests.support.proxy import END_TXN, PRODUCE, Proxy

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
