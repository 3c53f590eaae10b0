"""Brokers that tests start are real ones, and lose nothing that was acknowledged."""

import asyncio

from streams.kafka.local.layout import Layout
from tests.support.brokers import StartCluster
from tests.support.records import create_topic, put_record, take_record


def test_a_record_goes_in_and_comes_out(broker: str, prefix: str) -> None:
    asyncio.run(create_topic(broker, prefix))
    asyncio.run(put_record(broker, prefix, b"one"))
    assert asyncio.run(take_record(broker, prefix)) == b"one"


def test_a_killed_broker_comes_back_with_what_it_had(brokers: StartCluster) -> None:
    with brokers(Layout()) as cluster:
        asyncio.run(create_topic(cluster.bootstrap, "kept"))
        asyncio.run(put_record(cluster.bootstrap, "kept", b"one"))
        cluster.kill(0)
        cluster.restart(0)
        assert asyncio.run(take_record(cluster.bootstrap, "kept")) == b"one"
