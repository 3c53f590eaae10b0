"""Real Kafka for tests: one broker a worker process, started when a test first asks for it, and clusters of one's own.

Without Java or the broker's jars the tests say what is missing and are skipped; with CI=true that is a failure.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from schemas.errors import ConfigurationError, DependencyError
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.jars import find_jars, find_java
from streams.kafka.local.launching import BROKER_VARIABLE, open_broker
from streams.kafka.local.layout import Layout
from tests.support.containers import offer_container
from tests.support.proxy import Proxy

SHARED = Layout(session_milliseconds=60_000)  # nobody kills it, and many tests stand on it
TO_KILL = Layout(session_milliseconds=3_000)  # a broker that a test kills comes back soon
THREE_TO_KILL = Layout(brokers=3, session_milliseconds=3_000)


class StartCluster(Protocol):
    """What starts a cluster of a test's own; without a folder its data go with it."""

    def __call__(self, layout: Layout, folder: Path | None = None) -> AbstractContextManager[LocalCluster]:
        """Start it."""


def do_without(reason: str) -> None:
    """Skip, or fail where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true the tests on Kafka must run")
    pytest.skip(reason)


def need_brokers() -> None:
    """Do without when no broker can be started here. What goes wrong after this is a failure."""
    try:
        find_java()
        find_jars()
    except (ConfigurationError, DependencyError) as error:
        do_without(str(error))


def provide_broker() -> Iterator[str]:
    """Give the bootstrap address of a broker that tests share: each keeps to topics of its own names."""
    offered = None if os.environ.get(BROKER_VARIABLE) else offer_container()
    if offered is None and not os.environ.get(BROKER_VARIABLE):
        need_brokers()
    with open_broker(lambda: offered, SHARED) as bootstrap:
        yield bootstrap


@contextmanager
def start_cluster(layout: Layout, folder: Path | None = None) -> Iterator[LocalCluster]:
    """Start brokers for one test alone, which may kill them."""
    need_brokers()
    with LocalCluster(layout, folder) as cluster:
        yield cluster


@contextmanager
def start_behind_proxies(layout: Layout) -> Iterator[tuple[LocalCluster, list[Proxy]]]:
    """Start brokers with a proxy before each: clients of ``proxied_bootstrap`` come through, others go past them."""
    with ExitStack() as stack:
        proxies = [stack.enter_context(Proxy()) for _ in range(layout.brokers)]
        ports = tuple(proxy.port for proxy in proxies)
        cluster = stack.enter_context(start_cluster(replace(layout, proxies=ports)))
        for proxy, port in zip(proxies, cluster.ports.proxied, strict=True):
            proxy.aim(port)
        yield cluster, proxies


def make_prefix() -> str:
    """Make a prefix of topics that no other test has, so that tests can share a broker."""
    return f"t{uuid4().hex[:12]}"
