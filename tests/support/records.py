"""Puts records into a topic and takes them out again, as an ordinary client would."""

from ssl import SSLContext
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic


async def create_topic(bootstrap: str, topic: str, copies: int = 1, context: SSLContext | None = None) -> None:
    """Make a topic of one partition."""
    admin = AIOKafkaAdminClient(**_list_options(bootstrap, context))
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, copies)])
    finally:
        await admin.close()


async def put_record(bootstrap: str, topic: str, value: bytes, context: SSLContext | None = None) -> None:
    """Put a record in and wait until all copies that count have it."""
    producer = AIOKafkaProducer(acks="all", **_list_options(bootstrap, context))
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def take_record(bootstrap: str, topic: str, context: SSLContext | None = None) -> bytes | None:
    """Take the first record out."""
    consumer = AIOKafkaConsumer(enable_auto_commit=False, **_list_options(bootstrap, context))
    await consumer.start()
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek(partition, 0)
        value: bytes | None = (await consumer.getone(partition)).value
    finally:
        await consumer.stop()
    return value


def _list_options(bootstrap: str, context: SSLContext | None) -> dict[str, Any]:
    protocol = "PLAINTEXT" if context is None else "SSL"
    return {"bootstrap_servers": bootstrap, "security_protocol": protocol, "ssl_context": context}
