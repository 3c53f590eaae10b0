"""Owns the question whether we may do what we are about to do, asked before the first real call.

A consumer without the right to read neither raises nor returns, so every process asks here when it starts. Nothing is
written, and no transaction of another process is disturbed.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from time import monotonic

from aiokafka.errors import (
    GroupAuthorizationFailedError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailed,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.protocol.coordination import FindCoordinatorRequest

from schemas.errors import ConfigurationError
from streams.kafka.asking import OK, Described, ask, asking, check_code, describe_topics
from streams.kafka.client import Connection
from streams.kafka.shard import Shard

CHECK_SECONDS = 10.0  # a refusal comes at once; this is for brokers that are away
TOLD_SECONDS = 8.0  # brokers that are well hear of a new topic within milliseconds, under load within a second
_LOOK_AGAIN_SECONDS = 0.1
_READ, _WRITE = 3, 4  # places of the bits, as Kafka numbers its operations
_GROUP, _TRANSACTION = 0, 1
_WORDS: Mapping[int, tuple[str, str]] = {_READ: ("读", "read"), _WRITE: ("写", "write")}
_UNKNOWN = (UnknownTopicOrPartitionError, TopicAuthorizationFailedError)
_MEND_ZH = "请在 cluster.toml 中核对主体与角色,再由管理员运行 consolidator topics apply"
_MEND = "see who has which role in cluster.toml, then have an administrator run 'consolidator topics apply'"


async def check_readable(connection: Connection, topics: Sequence[str]) -> None:
    """Return if every topic exists and may be read; else raise ConfigurationError that names each that may not."""
    await _check_topics(connection, topics, _READ)


async def check_writable(connection: Connection, topics: Sequence[str]) -> None:
    """Return if every topic exists and may be written; else raise ConfigurationError that names each that may not."""
    await _check_topics(connection, topics, _WRITE)


async def wait_known(connection: Connection, topics: Sequence[str]) -> None:
    """Return when a broker that is asked knows topics that were just made, or after some seconds.

    The controller answers first, and brokers hear of it one after another.
    """
    async with asking(connection, CHECK_SECONDS) as client:
        late = monotonic() + TOLD_SECONDS
        while monotonic() < late:
            found = (await describe_topics(client, list(topics))).values()
            if not any(for_code(each.error) is UnknownTopicOrPartitionError for each in found):
                return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def check_partition(shard: Shard, topics: Sequence[str]) -> None:
    """Return if every topic, which we may know of, has the county's partition. ConfigurationError if not."""
    async with asking(shard.connection, CHECK_SECONDS) as client:
        found = await describe_topics(client, sorted(set(topics)))
    for topic, described in found.items():
        if described.partitions <= shard.partition:
            message = (
                f"主题 {topic} 没有分区 {shard.partition}(县区 {shard.county}),请运行 topics apply / "
                f"topic {topic} has no partition {shard.partition} for county {shard.county}: "
                "run 'consolidator topics apply'"
            )
            raise ConfigurationError(message)


async def check_transactional(connection: Connection, transactional_id: str) -> None:
    """Return if transactions under this id may be made; fences nobody. ConfigurationError if not."""
    await _check_coordinated(connection, transactional_id, _TRANSACTION)


async def check_group(connection: Connection, group: str) -> None:
    """Return if one may join this consumer group. ConfigurationError if not."""
    await _check_coordinated(connection, group, _GROUP)


async def _check_topics(connection: Connection, topics: Sequence[str], operation: int) -> None:
    async with asking(connection, CHECK_SECONDS) as client:
        found = await describe_topics(client, list(topics))
        _refuse([refusal for topic in topics for refusal in _judge(topic, found[topic], operation)])


def _judge(topic: str, found: Described, operation: int) -> Iterator[tuple[str, str]]:
    if found.error != OK and for_code(found.error) in _UNKNOWN:
        yield f"主题 {topic} 不存在或无权访问", f"topic {topic} does not exist, or is none of ours to know"
        return
    check_code(found.error, topic)
    if not found.operations >> operation & 1:
        zh, en = _WORDS[operation]
        yield f"无权{zh}主题 {topic}", f"no right to {en} topic {topic}"


def _refuse(refusals: Sequence[tuple[str, str]]) -> None:
    if refusals:
        zh, en = zip(*refusals, strict=True)
        message = f"{';'.join(zh)}。{_MEND_ZH} / {'; '.join(en)}: {_MEND}"
        raise ConfigurationError(message)


async def _check_coordinated(connection: Connection, name: str, kind: int) -> None:
    async with asking(connection, CHECK_SECONDS) as client:
        answer = await ask(client, FindCoordinatorRequest(name, kind))
    error = for_code(answer.error_code)
    if error is TransactionalIdAuthorizationFailed:
        _refuse([(f"无权使用事务标识 {name}", f"no right to transactions under {name}")])
    if error is GroupAuthorizationFailedError:
        _refuse([(f"无权加入消费组 {name}", f"no right to join the consumer group {name}")])
