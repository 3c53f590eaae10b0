"""Real Kafka for tests: one broker a worker process, started when a test first asks for it, and clusters of one's own.

Without Java or the broker's jars the tests say what is missing and are skipped; with CI=true that is a failure.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import uuid4

import pytest

from schemas.errors import ConfigurationError, DependencyError
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.jars import find_jars, find_java
from streams.kafka.local.launching import BROKER_VARIABLE, open_broker
from streams.kafka.local.layout import Layout

StartCluster = Callable[[Layout], AbstractContextManager[LocalCluster]]


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
    if not os.environ.get(BROKER_VARIABLE):
        need_brokers()
    with open_broker() as bootstrap:
        yield bootstrap


@contextmanager
def start_cluster(layout: Layout) -> Iterator[LocalCluster]:
    """Start brokers for one test alone, which may kill them."""
    need_brokers()
    with LocalCluster(layout) as cluster:
        yield cluster


def make_prefix() -> str:
    """Make a prefix of topics that no other test has, so that tests can share a broker."""
    return f"t{uuid4().hex[:12]}"
