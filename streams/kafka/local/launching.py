"""Owns which Kafka is used where any will do: the one the environment names, else one offered, else a local one."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from streams.kafka.local.cluster import LocalCluster

BROKER_VARIABLE = "CONSOLIDATOR_KAFKA"
Offer = Callable[[], AbstractContextManager[str] | None]


def offer_nothing() -> None:
    """Offer no other Kafka."""


@contextmanager
def open_broker(offer: Offer = offer_nothing) -> Iterator[str]:
    """Give the bootstrap address of a Kafka, started if need be and then ended with the ``with``.

    CONSOLIDATOR_KAFKA names one that runs. ``offer`` may start another kind, or give None. The last choice is a single
    broker on this machine: ConfigurationError or DependencyError when there is no Java or there are no jars for it.
    """
    given = os.environ.get(BROKER_VARIABLE)
    offered = nullcontext(given) if given else offer()
    if offered is not None:
        with offered as bootstrap:
            yield bootstrap
        return
    with LocalCluster() as cluster:
        yield cluster.bootstrap
