"""Owns the making of topics and rights: what is there, what differs, and the mending of it. Takes nothing away.

aiokafka's admin client has no call for rights and none that changes single settings, so the requests are sent through
its plain client.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import InvalidReplicationFactorError, TopicAlreadyExistsError, for_code
from aiokafka.protocol.admin import CreatePartitionsRequest, CreateTopicsRequest, DescribeConfigsRequest

from schemas.errors import ConfigurationError
from schemas.rights import list_rights, list_territories
from schemas.topics import Cluster, Topic, Topics, list_topics
from streams.kafka.acls import add_acl, read_acls
from streams.kafka.asking import ask, ask_controller, asking, check_code, describe_topics
from streams.kafka.client import REQUEST_MILLISECONDS, Connection
from streams.kafka.differences import MENDED, Difference, Found, FoundTopic, Wanted, find_differences
from streams.kafka.requests import TOPIC_RESOURCE, SetTopicConfig
from streams.kafka.serving import wait_served

ADMIN_SECONDS = 120.0
_TOLD_SECONDS = 15.0  # until every broker has heard of what was made
_LOOK_AGAIN_SECONDS = 0.1
_MADE = ("missing_topic", "few_partitions")


def want(topics: Topics, cluster: Cluster) -> Wanted:
    """Give what a cluster must have."""
    return Wanted(
        cluster.prefix, list_topics(topics, cluster), list_rights(topics, cluster), list_territories(topics, cluster)
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was mended, what differs now, and whether the brokers ask who may do what (``authorizer``)."""

    mended: tuple[Difference, ...]
    differences: tuple[Difference, ...]
    authorizer: bool


async def check_topics(connection: Connection, wanted: Wanted) -> Comparison:
    """Give everything in which the brokers' topics and rights are not what is wanted. Changes nothing."""
    async with asking(connection, ADMIN_SECONDS) as client:
        return _compare((), wanted, await find(client, wanted))


async def apply_topics(connection: Connection, wanted: Wanted) -> Comparison:
    """Mend what can be mended without taking anything away; done again it does nothing. What it made is then served.

    ConfigurationError without the right to do it.
    """
    async with asking(connection, ADMIN_SECONDS) as client:
        differences = find_differences(wanted, await find(client, wanted))
        mended = tuple(each for each in differences if each.is_mended)
        await _mend(client, wanted, mended)
        comparison = _compare(mended, wanted, await _wait_told(client, wanted))
    if new := _list_new(wanted, mended):
        await wait_served(connection, new)
    return comparison


def _compare(mended: tuple[Difference, ...], wanted: Wanted, found: Found) -> Comparison:
    return Comparison(mended, find_differences(wanted, found), found.acls is not None)


async def find(client: AIOKafkaClient, wanted: Wanted) -> Found:
    """Give what a cluster has."""
    acls = await read_acls(client)
    described = await describe_topics(client, None)
    known = [topic.name for topic in wanted.topics if topic.name in described]
    configs = await read_configs(client, known)
    return Found(
        {
            name: FoundTopic(each.partitions, each.replication, configs.get(name, {}))
            for name, each in described.items()
        },
        acls,
    )


async def read_configs(client: AIOKafkaClient, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Give every setting of topics in force, also those that are a broker's default."""
    if not names:
        return {}
    found: dict[str, Mapping[str, str]] = {}
    answer = await ask(client, DescribeConfigsRequest([(TOPIC_RESOURCE, name, None) for name in names]))
    for code, message, _, name, entries in answer.resources:
        check_code(code, message)
        found[name] = {entry[0]: entry[1] for entry in entries}
    return found


async def _mend(client: AIOKafkaClient, wanted: Wanted, differences: Sequence[Difference]) -> None:
    topics = {topic.name: topic for topic in wanted.topics}
    by_kind = {kind: [each for each in differences if each.kind == kind] for kind in MENDED}
    await _create_topics(client, [topics[each.name] for each in by_kind["missing_topic"]])
    await _add_partitions(client, [topics[each.name] for each in by_kind["few_partitions"]])
    for each in by_kind["setting"]:
        await _set(client, each)
    for each in by_kind["missing_right"]:
        if each.acl is not None:
            await add_acl(client, each.acl)


def _list_new(wanted: Wanted, mended: Sequence[Difference]) -> Sequence[TopicPartition]:
    """Give the partitions of the topics that were made or have more of them now."""
    names = {each.name for each in mended if each.kind in _MADE}
    return [
        TopicPartition(topic.name, number)
        for topic in wanted.topics
        if topic.name in names
        for number in range(topic.partitions)
    ]


async def _create_topics(client: AIOKafkaClient, topics: Sequence[Topic]) -> None:
    if not topics:
        return
    rows = [_render_topic(topic) for topic in topics]
    answer = await ask_controller(client, CreateTopicsRequest(rows, REQUEST_MILLISECONDS, validate_only=False))
    for name, code, reason, *_ in answer.topic_errors:
        if for_code(code) is InvalidReplicationFactorError:
            message = (
                f"代理数少于副本数({name}),请在 cluster.toml 中核对 replication / fewer brokers than replicas for "
                f"{name}: start more brokers, or lower 'replication' in cluster.toml"
            )
            raise ConfigurationError(message)
        if for_code(code) is not TopicAlreadyExistsError:  # somebody else applies at this moment
            check_code(code, reason)


def _render_topic(topic: Topic) -> tuple[object, ...]:
    anywhere: list[object] = []  # the brokers choose where replicas stand
    return topic.name, topic.partitions, topic.replication, anywhere, list(topic.config.items())


async def _add_partitions(client: AIOKafkaClient, topics: Sequence[Topic]) -> None:
    if topics:
        rows = [(topic.name, (topic.partitions, None)) for topic in topics]
        answer = await ask_controller(client, CreatePartitionsRequest(rows, REQUEST_MILLISECONDS, validate_only=False))
        for _, code, reason in answer.topic_errors:
            check_code(code, reason)


async def _set(client: AIOKafkaClient, difference: Difference) -> None:
    answer = await ask_controller(client, SetTopicConfig(difference.name, [(difference.key, difference.wanted)]))
    for code, reason, *_ in answer.resources:
        check_code(code, reason)


async def _wait_told(client: AIOKafkaClient, wanted: Wanted) -> Found:
    """Look again until nothing is left that was mended: brokers hear of it one after another."""
    loop = asyncio.get_running_loop()
    late = loop.time() + _TOLD_SECONDS
    while True:
        found = await find(client, wanted)
        if loop.time() > late or not any(each.is_mended for each in find_differences(wanted, found)):
            return found
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
