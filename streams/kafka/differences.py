"""Owns what differs between the topics and rights a cluster must have and those it has. Changes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from schemas.rights import Right
from schemas.topics import EVER, Topic

# What `apply` mends: nothing of it takes anything away.
MENDED = ("missing_topic", "few_partitions", "setting", "missing_right")
Kind = Literal[
    "missing_topic",
    "few_partitions",
    "setting",
    "missing_right",
    "unknown_topic",
    "many_partitions",
    "replication",
    "larger_setting",
    "cleanup",
    "extra_right",
]
CLEANUP = "cleanup.policy"
# Settings that only grow: less of them could lose records that are there, or make losing them easier.
_GROWING = ("retention.ms", "retention.bytes", "max.message.bytes", "min.insync.replicas")
EVERYBODY, EVERYWHERE, ALLOW = "*", "*", "allow"


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic as the brokers tell of it; ``replication`` is its worst partition's."""

    partitions: int
    replication: int
    config: Mapping[str, str]


@dataclass(frozen=True, slots=True, order=True)
class Acl:
    """A rule that the brokers have: a right, from where, and whether it allows or denies."""

    right: Right
    host: str = EVERYWHERE
    permission: str = ALLOW


@dataclass(frozen=True, slots=True)
class Found:
    """What a cluster has: topics by name, and rules; None where the brokers let everybody do everything."""

    topics: Mapping[str, FoundTopic]
    acls: tuple[Acl, ...] | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cluster must have.

    All its topics' names begin with ``prefix``; ``territories`` are beginnings of names that are ours, by kind of
    resource: what others may do there is shown.
    """

    prefix: str
    topics: tuple[Topic, ...]
    rights: tuple[Right, ...]
    territories: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: of which topic or resource, in what, as text what is wanted and what is found."""

    kind: Kind
    name: str
    key: str = ""
    wanted: str = ""
    found: str = ""
    acl: Acl | None = None

    @property
    def is_mended(self) -> bool:
        """Say whether ``apply`` mends it; a person mends the others."""
        return self.kind in MENDED


def find_differences(wanted: Wanted, found: Found) -> tuple[Difference, ...]:
    """Give everything that differs: topics in the order of what is wanted, then rights."""
    return (
        *(each for topic in wanted.topics for each in compare_topic(topic, found.topics.get(topic.name))),
        *_find_unknown(wanted, found),
        *(() if found.acls is None else compare_rights(wanted, found.acls)),
    )


def compare_topic(topic: Topic, found: FoundTopic | None) -> Iterator[Difference]:
    """Give what differs in one topic.

    >>> topic = Topic("t", "entries", "", 4, 1, {"retention.ms": "-1"})
    >>> [(each.kind, each.key) for each in compare_topic(topic, FoundTopic(2, 1, {"retention.ms": "5"}))]
    [('few_partitions', ''), ('setting', 'retention.ms')]
    """
    if found is None:
        yield Difference("missing_topic", topic.name, wanted=str(topic.partitions))
        return
    if found.partitions != topic.partitions:
        kind: Kind = "few_partitions" if found.partitions < topic.partitions else "many_partitions"
        yield Difference(kind, topic.name, wanted=str(topic.partitions), found=str(found.partitions))
    if found.replication != topic.replication:
        yield Difference("replication", topic.name, wanted=str(topic.replication), found=str(found.replication))
    for key, value in topic.config.items():
        if found.config.get(key) != value:
            yield _describe_setting(topic.name, key, value, found.config.get(key, ""))


def _describe_setting(name: str, key: str, wanted: str, found: str) -> Difference:
    if key == CLEANUP:
        return Difference("cleanup", name, key, wanted, found)
    shrinks = key in _GROWING and found != "" and _measure(found) > _measure(wanted)
    return Difference("larger_setting" if shrinks else "setting", name, key, wanted, found)


def _measure(value: str) -> tuple[bool, int]:
    """Put ``-1``, which is no bound, above every number."""
    return value == EVER, int(value)


def _find_unknown(wanted: Wanted, found: Found) -> Iterator[Difference]:
    known = {topic.name for topic in wanted.topics}
    for name in sorted(found.topics):
        if name not in known and name.startswith(f"{wanted.prefix}."):
            yield Difference("unknown_topic", name)


def compare_rights(wanted: Wanted, acls: tuple[Acl, ...]) -> Iterator[Difference]:
    """Give the rights that are missing, and every rule about what is ours that should not be."""
    needed = {Acl(right) for right in wanted.rights}
    for acl in sorted(needed - set(acls)):
        yield Difference("missing_right", acl.right.name, acl=acl)
    for acl in sorted(set(acls) - needed):
        if _concerns(acl.right, wanted.territories.get(acl.right.resource, ())):
            yield Difference("extra_right", acl.right.name, acl=acl)


def _concerns(right: Right, territories: tuple[str, ...]) -> bool:
    """Say whether a rule reaches into what is ours: by name, by a wider or narrower prefix, or as a wildcard."""
    if right.pattern == "prefixed":
        return any(right.name.startswith(each) or each.startswith(right.name) for each in territories)
    return right.name == EVERYBODY or right.name.startswith(territories)
