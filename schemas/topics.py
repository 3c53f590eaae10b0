"""Owns the shape of ``topics.yaml`` and what follows from it for a cluster: the topics, their names and settings.

Reads no file: the text is handed in (``streams/kafka/definitions.py`` reads the one that comes with the program).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import ConfigurationError

Role = Literal["worker", "office", "adapter", "witness", "monitor", "bank", "auditor"]
Text = Annotated[str, Field(min_length=1, max_length=300)]
VERSION = "v1"  # of every topic: another one is another topic
DAY_MS = 86_400_000
EVER = "-1"
_Days = Annotated[int, Field(ge=1, le=36_500)]


class _Described(BaseModel):
    """What a person reads about something, in Chinese and English."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    zh: Text
    en: Text


class RoleRules(_Described):
    """A role, and what it may use beside topics: prefixes of transactional ids, consumer groups, topics of its own.

    ``{prefix}`` stands for the cluster's prefix, ``{bank}`` for the principal's bank.
    """

    transactional: str = ""
    groups: str = ""
    topics: str = ""


class Message(_Described):
    """One kind of record: its content type, its headers beside CloudEvents', the schemas of its value (patterns)."""

    empty: bool = False
    content_type: Literal["application/json", "application/octet-stream", "text/plain"]
    headers: dict[str, str]
    schemas: list[str] = []


class TopicRules(_Described):
    """What ``topics.yaml`` says of one topic word; the file's head explains each key."""

    owner: Role
    restricted: bool
    one_per: Literal["cluster", "bank"]
    kept: Literal["ever", "epoch"] | _Days
    cleanup: Literal["delete"]
    max_message_bytes: Annotated[int, Field(ge=1024, le=100 << 20)]
    timestamp: Literal["CreateTime", "LogAppendTime"]
    replication: Annotated[int, Field(ge=1, le=9)]
    min_insync: Annotated[int, Field(ge=1, le=9)]
    read: list[Role]
    write: Annotated[list[Role], Field(min_length=1)]
    messages: Annotated[dict[str, Message], Field(min_length=1)]


class Topics(BaseModel):
    """All of ``topics.yaml``."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    roles: dict[Role, RoleRules]
    topics: dict[str, TopicRules]


@dataclass(frozen=True, slots=True)
class Cluster:
    """What differs from cluster to cluster.

    ``partitions`` is the highest partition of a county, retired ones included, plus one; ``banks`` are paying banks'
    3-digit codes. ``replication`` and ``min_insync`` of 0 mean: as ``topics.yaml`` says. ``principals`` are names of
    client certificates (CN) by role, ``bank_principals`` those of the role ``bank`` by bank.
    """

    prefix: str
    partitions: int
    banks: tuple[str, ...] = ()
    replication: int = 0
    min_insync: int = 0
    principals: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    bank_principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as a cluster must have it; ``config`` is in Kafka's own words."""

    name: str
    word: str
    bank: str
    partitions: int
    replication: int
    config: Mapping[str, str]


def parse_topics(text: str) -> Topics:
    """Read ``topics.yaml``. ConfigurationError names the key that is wrong."""
    try:
        return Topics.model_validate(yaml.safe_load(text))
    except yaml.YAMLError as error:
        message = "主题定义不是有效的 YAML / topics.yaml is not YAML"
        raise ConfigurationError(message) from error
    except ValidationError as error:
        where = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
        message = f"主题定义有误 / topics.yaml: key '{where}' is unknown, missing or wrong"
        raise ConfigurationError(message) from error


def topic_name(prefix: str, word: str, bank: str = "") -> str:
    """Name a topic.

    >>> topic_name("consolidator", "entries"), topic_name("consolidator", "orders", "402")
    ('consolidator.entries.v1', 'consolidator.orders.402.v1')
    """
    return ".".join(part for part in (prefix, word, bank, VERSION) if part)


def list_topics(topics: Topics, cluster: Cluster) -> tuple[Topic, ...]:
    """Give every topic that a cluster must have, in the file's order."""
    return tuple(_list_topics(topics, cluster))


def _list_topics(topics: Topics, cluster: Cluster) -> Iterator[Topic]:
    for word, rules in topics.topics.items():
        for bank in list_banks(rules, cluster):
            yield Topic(
                name=topic_name(cluster.prefix, word, bank),
                word=word,
                bank=bank,
                partitions=cluster.partitions,
                replication=cluster.replication or rules.replication,
                config=render_config(rules, cluster.min_insync or rules.min_insync),
            )


def list_banks(rules: TopicRules, cluster: Cluster) -> tuple[str, ...]:
    """Give the banks that a word has topics for; one empty word where the cluster has a single topic."""
    return tuple(sorted(cluster.banks)) if rules.one_per == "bank" else ("",)


def render_config(rules: TopicRules, min_insync: int) -> Mapping[str, str]:
    """Give a topic's settings in Kafka's words, also those that are a broker's default as long as nobody changes it."""
    return {**list_own_config(rules), "min.insync.replicas": str(min_insync)}


def list_own_config(rules: TopicRules) -> Mapping[str, str]:
    """Give what of a topic's settings is the same in every cluster."""
    return {
        "cleanup.policy": rules.cleanup,
        "retention.ms": str(rules.kept * DAY_MS) if isinstance(rules.kept, int) else EVER,
        "retention.bytes": EVER,
        "max.message.bytes": str(rules.max_message_bytes),
        "message.timestamp.type": rules.timestamp,
        "unclean.leader.election.enable": "false",
        "compression.type": "uncompressed",  # whatever a writer used: not every reader knows every codec
    }
