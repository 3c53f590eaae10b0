"""Puts records into a topic and takes them out again, as an ordinary client would.

Clients are stopped even when they could not start: aiokafka's leave tasks behind otherwise.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def create_topic(bootstrap: str, topic: str, copies: int = 1, context: SSLContext | None = None) -> None:
    """Make a topic of one partition."""
    admin = AIOKafkaAdminClient(**_list_options(bootstrap, context))
    try:
        await admin.start()
        await admin.create_topics([NewTopic(topic, 1, copies)])
    finally:
        await admin.close()


async def put_record(bootstrap: str, topic: str, value: bytes, context: SSLContext | None = None) -> None:
    """Put a record in and wait until all copies that count have it."""
    producer = AIOKafkaProducer(acks="all", **_list_options(bootstrap, context))
    try:
        await producer.start()
        await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def take_record(bootstrap: str, topic: str, context: SSLContext | None = None) -> bytes | None:
    """Take the first committed record out."""
    consumer = AIOKafkaConsumer(
        isolation_level="read_committed", enable_auto_commit=False, **_list_options(bootstrap, context)
    )
    try:
        await consumer.start()
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, 0)
        value: bytes | None = (await consumer.getone(partition)).value
    finally:
        await consumer.stop()
    return value


@asynccontextmanager
async def hold_transaction(bootstrap: str, topic: str, value: bytes) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer whose open transaction has put one record in."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=f"writer.{topic}")
    try:
        await producer.start()
        await producer.begin_transaction()
        await producer.send_and_wait(topic, value, partition=0)
        yield producer
    finally:
        await producer.stop()


async def find_stable_end(bootstrap: str, topic: str) -> int:
    """Give the offset up to which every transaction is decided: a committed reader sees nothing from there on."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False)
    try:
        await consumer.start()
        partition = TopicPartition(topic, 0)
        offset: int = (await consumer.end_offsets([partition]))[partition]
    finally:
        await consumer.stop()
    return offset


async def find_broker_ports(bootstrap: str) -> set[int]:
    """Give the ports at which the brokers tell a client to come."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        return {broker["port"] for broker in (await admin.describe_cluster())["brokers"]}
    finally:
        await admin.close()


def _list_options(bootstrap: str, context: SSLContext | None) -> dict[str, Any]:
    protocol = "PLAINTEXT" if context is None else "SSL"
    return {"bootstrap_servers": bootstrap, "security_protocol": protocol, "ssl_context": context}
