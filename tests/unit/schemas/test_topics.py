"""What ``topics.yaml`` says, what follows from it for a cluster, and which texts are refused."""

from typing import get_args

import pytest

from schemas.errors import ConfigurationError
from schemas.records import DELIVERY_BYTES_MAX
from schemas.rights import Right, list_rights
from schemas.topics import Cluster, Role, list_topics, parse_topics, topic_name
from streams.kafka.definitions import load_topics

TOPICS = load_topics()
CLUSTER = Cluster("consolidator", 4, ("402", "102"))
PUBLIC = ("entries", "checkpoints", "cosignatures", "anomalies")


def reads(role: Role) -> set[str]:
    """Give the words a role may read."""
    return {word for word, rules in TOPICS.topics.items() if role in rules.read}


def writes(role: Role) -> set[str]:
    """Give the words a role may write."""
    return {word for word, rules in TOPICS.topics.items() if role in rules.write}


def test_names_carry_prefix_word_bank_and_version() -> None:
    names = [topic.name for topic in list_topics(TOPICS, CLUSTER)]
    assert names == [
        "consolidator.commands.v1",
        "consolidator.entries.v1",
        "consolidator.disclosures.v1",
        "consolidator.orders.102.v1",
        "consolidator.orders.402.v1",
        "consolidator.deliveries.102.v1",
        "consolidator.deliveries.402.v1",
        "consolidator.commits.v1",
        "consolidator.checkpoints.v1",
        "consolidator.cosignatures.v1",
        "consolidator.anomalies.v1",
    ]
    assert topic_name("t7", "orders", "402") == "t7.orders.402.v1"


def test_every_topic_has_a_partition_for_each_county_and_is_held_three_times() -> None:
    topics = list_topics(TOPICS, CLUSTER)
    assert {(topic.partitions, topic.replication, topic.config["min.insync.replicas"]) for topic in topics} == {
        (4, 3, "2")
    }


def test_a_clusters_own_durability_goes_before_what_the_file_says() -> None:
    small = Cluster("consolidator", 1, replication=1, min_insync=1)
    found = {(topic.replication, topic.config["min.insync.replicas"]) for topic in list_topics(TOPICS, small)}
    assert found == {(1, "1")}


def test_nothing_near_the_ledger_is_compacted_or_ends_by_itself() -> None:
    configs = {topic.word: topic.config for topic in list_topics(TOPICS, CLUSTER)}
    assert {config["cleanup.policy"] for config in configs.values()} == {"delete"}
    assert {config["retention.bytes"] for config in configs.values()} == {"-1"}
    ending = {word: config["retention.ms"] for word, config in configs.items() if config["retention.ms"] != "-1"}
    assert ending == dict.fromkeys(("deliveries", "anomalies"), str(400 * 24 * 3600 * 1000))


def test_commands_carry_the_brokers_stamp_and_others_their_writers() -> None:
    stamps = {topic.word: topic.config["message.timestamp.type"] for topic in list_topics(TOPICS, CLUSTER)}
    assert [word for word, stamp in stamps.items() if stamp == "LogAppendTime"] == ["commands"]


def test_restricted_topics_are_those_that_hold_more_than_the_public_log() -> None:
    assert tuple(word for word, rules in TOPICS.topics.items() if not rules.restricted) == PUBLIC


def test_each_role_reads_and_writes_what_its_work_needs() -> None:
    assert {role: reads(role) for role in get_args(Role)} == {
        "worker": {
            "commands",
            "entries",
            "disclosures",
            "orders",
            "commits",
            "checkpoints",
        },  # what it writes it must settle
        "office": set(TOPICS.topics) - {"deliveries"},
        "adapter": set(),
        "witness": {"entries", "checkpoints", "cosignatures"},
        "monitor": {"disclosures"},
        "bank": {"deliveries", "entries", "checkpoints", "cosignatures"},
        "auditor": set(PUBLIC),
    }
    assert {role: writes(role) for role in get_args(Role)} == {
        "worker": {"entries", "disclosures", "orders", "commits", "checkpoints"},
        "office": {"commands", "deliveries", "cosignatures"},
        "adapter": {"commands"},
        "witness": set(),
        "monitor": {"commands", "anomalies"},
        "bank": set(),
        "auditor": set(),
    }


def test_owners_write_their_topics() -> None:
    assert [word for word, rules in TOPICS.topics.items() if rules.owner not in rules.write] == []


def test_a_deliverys_record_is_as_large_as_its_topic_takes() -> None:
    assert TOPICS.topics["deliveries"].max_message_bytes == DELIVERY_BYTES_MAX


def test_a_bank_reads_what_the_gate_let_out_to_it_and_no_orders_before_that() -> None:
    cluster = Cluster("c", 1, ("102", "402"), bank_principals={"402": ("bank-402",)})
    rights = list_rights(TOPICS, cluster)
    names = [right.name for right in rights if right.principal == "bank-402"]
    assert [name for name in names if ".orders." in name or ".deliveries." in name] == ["c.deliveries.402.v1"]
    assert Right("bank-402", "read", "group", "bank-402-", "prefixed") in rights
    assert {right.operation for right in rights} == {"read"}


def test_a_worker_reads_and_writes_the_orders_of_every_bank_and_writes_its_own_transactions() -> None:
    cluster = Cluster("c", 1, ("102", "402"), principals={"worker": ("w1", "w2")})
    rights = list_rights(TOPICS, cluster)
    orders = [(right.principal, right.operation, right.name) for right in rights if ".orders." in right.name]
    assert orders == [
        (worker, operation, topic)
        for worker in ("w1", "w2")
        for operation in ("read", "write")
        for topic in ("c.orders.102.v1", "c.orders.402.v1")
    ]
    assert [right for right in rights if right.pattern == "prefixed" and right.principal == "w1"] == [
        Right("w1", "write", "transactional_id", "ledger.c.", "prefixed")
    ]


def test_a_monitor_has_groups_and_topics_of_its_own() -> None:
    rights = list_rights(TOPICS, Cluster("c", 1, principals={"monitor": ("m",)}))
    assert [(right.operation, right.resource, right.name) for right in rights if right.pattern == "prefixed"] == [
        ("create", "topic", "monitor-"),
        ("describe_configs", "topic", "monitor-"),
        ("read", "group", "monitor-"),
        ("read", "topic", "monitor-"),
        ("write", "topic", "monitor-"),
    ]


def test_a_principal_with_two_roles_has_the_rights_of_both() -> None:
    cluster = Cluster("c", 1, ("402",), principals={"adapter": ("x",)}, bank_principals={"402": ("x",)})
    found = {(right.operation, right.name) for right in list_rights(TOPICS, cluster)}
    assert {("write", "c.commands.v1"), ("read", "c.deliveries.402.v1")} < found


def test_nobody_has_a_right_without_being_named() -> None:
    assert list_rights(TOPICS, CLUSTER) == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("topics: [", "not YAML"),
        ("roles: {}\ntopics: {}\nmore: 1\n", "'more'"),
        ("roles: {}\n", "'topics'"),
        ("roles: {king: {zh: 王, en: king}}\ntopics: {}\n", "'roles.king.[key]'"),
        ("roles: {}\ntopics: {entries: {zh: 条目}}\n", "'topics.entries.en'"),
    ],
)
def test_a_wrong_text_is_refused_with_the_key_named(text: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint.replace("[", r"\[")):
        parse_topics(text)
