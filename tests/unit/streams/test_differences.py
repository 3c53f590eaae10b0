"""What differs between topics and rights that are wanted and those that are found."""

import pytest

from schemas.rights import Right, list_territories
from schemas.topics import Cluster, list_topics
from streams.kafka.admin import want
from streams.kafka.definitions import load_topics
from streams.kafka.differences import Acl, Difference, Found, FoundTopic, Wanted, compare_rights, find_differences

TOPICS = load_topics()
CLUSTER = Cluster("c", 3, ("402",), principals={"worker": ("w1",), "monitor": ("m1",)})
WANTED = want(TOPICS, CLUSTER)
EXACT = {topic.name: FoundTopic(3, 3, topic.config) for topic in list_topics(TOPICS, CLUSTER)}
ACLS = tuple(Acl(right) for right in WANTED.rights)


def differ(topics: dict[str, FoundTopic], acls: tuple[Acl, ...] | None = ACLS) -> list[tuple[str, str, str]]:
    """Give kind, name and key of all that differs."""
    return [(each.kind, each.name, each.key) for each in find_differences(WANTED, Found(topics, acls))]


def with_config(key: str, value: str) -> dict[str, FoundTopic]:
    """Give what is wanted but for one setting of the entries."""
    entries = EXACT["c.entries.v1"]
    return EXACT | {"c.entries.v1": FoundTopic(3, 3, {**entries.config, key: value})}


def test_what_is_as_wanted_differs_in_nothing() -> None:
    assert differ(EXACT) == []


def test_without_an_authorizer_rights_are_not_compared() -> None:
    assert differ(EXACT, None) == []
    assert {kind for kind, *_ in differ(EXACT, ())} == {"missing_right"}


def test_what_brokers_add_to_settings_is_theirs() -> None:
    assert differ(with_config("segment.bytes", "5")) == []


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("retention.ms", "1000", "setting"),
        ("retention.bytes", "5", "setting"),
        ("max.message.bytes", "1000", "setting"),
        ("max.message.bytes", "99999999", "larger_setting"),
        ("min.insync.replicas", "1", "setting"),
        ("min.insync.replicas", "3", "larger_setting"),
        ("message.timestamp.type", "LogAppendTime", "setting"),
        ("unclean.leader.election.enable", "true", "setting"),
        ("cleanup.policy", "compact", "cleanup"),
        ("cleanup.policy", "compact,delete", "cleanup"),
    ],
)
def test_a_setting_only_grows_by_itself(key: str, value: str, kind: str) -> None:
    assert differ(with_config(key, value)) == [(kind, "c.entries.v1", key)]


def test_an_end_of_retention_that_was_lifted_is_not_put_back() -> None:
    anomalies = EXACT["c.anomalies.v1"]
    longer = FoundTopic(3, 3, {**anomalies.config, "retention.ms": "-1"})
    assert differ(EXACT | {"c.anomalies.v1": longer}) == [("larger_setting", "c.anomalies.v1", "retention.ms")]


def test_topics_of_others_are_theirs_and_unknown_ones_of_ours_are_told() -> None:
    strange = FoundTopic(1, 1, {})
    found = EXACT | {"c.orders.102.v1": strange, "cc.entries.v1": strange, "monitor-r17-changelog": strange}
    assert differ(found) == [("unknown_topic", "c.orders.102.v1", "")]


def test_only_what_takes_nothing_away_is_mended() -> None:
    kinds = ("missing_topic", "few_partitions", "setting", "missing_right")
    others = ("unknown_topic", "many_partitions", "replication", "larger_setting", "cleanup", "extra_right")
    assert all(Difference(kind, "t").is_mended for kind in kinds)  # type: ignore[arg-type] # literals in a loop
    assert not any(Difference(kind, "t").is_mended for kind in others)  # type: ignore[arg-type] # the same


def test_territories_are_what_begins_like_ours() -> None:
    assert list_territories(TOPICS, CLUSTER) == {
        "topic": ("c.", "monitor-"),
        "transactional_id": ("ledger.c.",),
        "group": ("monitor-", "bank-"),
    }


@pytest.mark.parametrize(
    ("right", "concerns"),
    [
        (Right("x", "read", "topic", "*"), True),
        (Right("x", "read", "topic", "c.entries.v1"), True),
        (Right("x", "read", "topic", "cc.entries.v1"), False),
        (Right("x", "read", "topic", "c", "prefixed"), True),
        (Right("x", "read", "topic", "c.orders.", "prefixed"), True),
        (Right("x", "read", "topic", "d", "prefixed"), False),
        (Right("x", "read", "group", "*"), True),
        (Right("x", "read", "group", "others"), False),
        (Right("x", "write", "transactional_id", "ledger.c.commands.v1.0"), True),
        (Right("x", "alter", "cluster", "kafka-cluster"), False),
    ],
)
def test_a_rule_is_shown_when_it_reaches_into_what_is_ours(right: Right, *, concerns: bool) -> None:
    wanted = Wanted("c", (), (), list_territories(TOPICS, CLUSTER))
    assert bool(list(compare_rights(wanted, (Acl(right),)))) == concerns
    assert bool(list(compare_rights(wanted, (Acl(right, permission="deny"),)))) == concerns
