"""Owns which Kafka is used where any will do: the one the environment names, else one offered, else a local one."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.layout import Layout

BROKER_VARIABLE = "CONSOLIDATOR_KAFKA"
Offer = Callable[[], AbstractContextManager[str] | None]


def offer_nothing() -> None:
    """Offer no other Kafka."""


@contextmanager
def open_broker(offer: Offer = offer_nothing, layout: Layout | None = None) -> Iterator[str]:
    """Give the bootstrap address of a Kafka, started if need be and then ended with the ``with``.

    CONSOLIDATOR_KAFKA names one that runs. ``offer`` may start another kind, or give None. The last choice is brokers
    on this machine, one if no layout says more: ConfigurationError or DependencyError when Java or jars are missing.
    """
    given = os.environ.get(BROKER_VARIABLE)
    offered = nullcontext(given) if given else offer()
    if offered is not None:
        with offered as bootstrap:
            yield bootstrap
        return
    with LocalCluster(layout) as cluster:
        yield cluster.bootstrap
