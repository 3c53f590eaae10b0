"""Who may do what on brokers that ask for certificates: deny by default, each role its work, refusals at once."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import ClusterAuthorizationFailedError, TopicAuthorizationFailedError
from aiokafka.protocol.admin import CreateTopicsRequest
from aiokafka.protocol.fetch import FetchRequest

from schemas.errors import ConfigurationError
from schemas.rights import Holder, Right, list_holders, list_rights
from schemas.topics import Cluster, list_topics, topic_name
from streams.kafka.acls import add_acl
from streams.kafka.admin import apply_topics, check_topics, want
from streams.kafka.asking import ask, ask_controller, asking
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.differences import Acl
from streams.kafka.local.layout import ADMIN, Certificates, Layout
from streams.kafka.rights import check_group, check_readable, check_transactional, check_writable
from tests.support.brokers import StartCluster
from tests.support.certificates import Authority

TOPICS = load_topics()
CLUSTER = Cluster(
    "consolidator",
    1,
    ("102", "402"),
    1,
    1,
    {
        "worker": ("w1",),
        "office": ("office-511112",),
        "adapter": ("intake",),
        "witness": ("audit-witness",),
        "monitor": ("r17",),
        "auditor": ("auditor",),
    },
    {"102": ("bank-102",), "402": ("bank-402",)},
)
WANTED = want(TOPICS, CLUSTER)
STRANGER = "stranger"
TRANSACTIONS = "ledger.consolidator.commands.v1.0"
ORDERS, DELIVERIES = (topic_name("consolidator", word, "402") for word in ("orders", "deliveries"))
COMMANDS, ENTRIES = topic_name("consolidator", "commands"), topic_name("consolidator", "entries")


@dataclass(frozen=True)
class Secured:
    """A cluster with topics and rights applied."""

    bootstrap: str
    authority: Authority

    def connect(self, principal: str) -> Connection:
        """Give the connection of somebody."""
        return Connection(self.bootstrap, self.authority.issue(principal))


@pytest.fixture(scope="module")
def secured(brokers: StartCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Start a cluster and apply."""
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    shown = authority.issue("broker")
    with brokers(Layout(certificates=Certificates(shown.ca, shown.cert, shown.key))) as cluster:
        given = Secured(cluster.secure_bootstrap, authority)
        found = asyncio.run(apply_topics(given.connect(ADMIN), WANTED))
        assert (found.differences, found.authorizer) == ((), True)
        yield given


async def reads(connection: Connection, topic: str) -> bool:
    """Try to fetch."""
    async with asking(connection, 20) as client:
        answer = await ask(client, FetchRequest(0, 0, 1, 0, [(topic, [(0, 0, 1)])]))
        code: int = answer.topics[0][1][0][1]
        assert code in (0, TopicAuthorizationFailedError.errno)
        return code == 0


async def writes(connection: Connection, topic: str) -> bool:
    """Try to send, as every writer of ours does: idempotent, all replicas."""
    producer = AIOKafkaProducer(acks="all", enable_idempotence=True, **connection.options())
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"x", partition=0)
    except (TopicAuthorizationFailedError, ClusterAuthorizationFailedError):  # the latter: no right to write anywhere
        return False
    finally:
        await producer.stop()
    return True


async def act(connection: Connection, topic: str) -> set[str]:
    """Give what somebody can do with a topic."""
    tried = {"read": await reads(connection, topic), "write": await writes(connection, topic)}
    return {name for name, done in tried.items() if done}


@pytest.mark.parametrize(
    "holder", [*list_holders(CLUSTER), Holder(STRANGER, "auditor")], ids=lambda each: each.principal
)
def test_everybody_can_do_what_topics_yaml_says_and_nothing_else(secured: Secured, holder: Holder) -> None:
    rights = list_rights(TOPICS, CLUSTER)
    names = [topic.name for topic in list_topics(TOPICS, CLUSTER)]
    allowed = {
        name: {each.operation for each in rights if (each.principal, each.name) == (holder.principal, name)}
        for name in names
    }

    async def go() -> dict[str, set[str]]:
        return {name: await act(secured.connect(holder.principal), name) for name in names}

    assert asyncio.run(go()) == allowed


def test_applying_again_does_nothing(secured: Secured) -> None:
    found = asyncio.run(apply_topics(secured.connect(ADMIN), WANTED))
    assert (found.mended, found.differences) == ((), ())


def test_only_an_administrator_applies(secured: Secured) -> None:
    with pytest.raises(ConfigurationError, match="ClusterAuthorizationFailed"):
        asyncio.run(apply_topics(secured.connect("w1"), WANTED))


def test_a_new_worker_is_a_missing_right_until_applied(secured: Secured) -> None:
    principals = {**CLUSTER.principals, "worker": ("w1", "w2")}
    more = want(TOPICS, replace(CLUSTER, principals=principals))
    found = asyncio.run(check_topics(secured.connect(ADMIN), more))
    assert {(each.kind, each.acl.right.principal) for each in found.differences if each.acl} == {
        ("missing_right", "w2")
    }
    assert asyncio.run(apply_topics(secured.connect(ADMIN), more)).differences == ()
    left = asyncio.run(apply_topics(secured.connect(ADMIN), WANTED))
    assert {(each.kind, each.acl.right.principal) for each in left.differences if each.acl} == {("extra_right", "w2")}


@pytest.mark.parametrize(
    "acl",
    [
        Acl(Right("*", "read", "topic", "*")),
        Acl(Right("somebody", "all", "topic", "consolidator.", "prefixed")),
        Acl(Right("somebody", "write", "transactional_id", "ledger", "prefixed")),
        Acl(Right("w9", "write", "topic", ENTRIES), permission="deny"),
        Acl(Right("w1", "write", "topic", ENTRIES), host="127.0.0.9"),
        Acl(Right("somebody", "read", "group", "bank-402-inbox")),
    ],
    ids=lambda acl: f"{acl.permission} {acl.right.principal} {acl.right.name}",
)
def test_a_right_that_reaches_into_what_is_ours_is_shown(shared: Secured, acl: Acl) -> None:
    async def go() -> set[Acl | None]:
        connection = shared.connect(ADMIN)
        async with asking(connection, 20) as client:
            await add_acl(client, Acl(Right("elsewhere", "read", "topic", "others.v1")))
            await add_acl(client, acl)
        while True:
            found = {
                each.acl for each in (await check_topics(connection, WANTED)).differences if each.kind == "extra_right"
            }
            if acl in found:
                return found

    found = asyncio.run(go())
    assert Acl(Right("elsewhere", "read", "topic", "others.v1")) not in found


@pytest.fixture(scope="module")
def shared(brokers: StartCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Start a cluster whose rules may be spoilt; topics are not needed."""
    authority = Authority(tmp_path_factory.mktemp("spoilt"))
    shown = authority.issue("broker")
    with brokers(Layout(certificates=Certificates(shown.ca, shown.cert, shown.key))) as cluster:
        yield Secured(cluster.secure_bootstrap, authority)


# ---------------------------------------------------------------- transactions, groups, topics of one's own


def test_a_worker_may_make_transactions_under_its_ledgers_ids_only(secured: Secured) -> None:
    worker = secured.connect("w1")
    asyncio.run(check_transactional(worker, TRANSACTIONS))
    with pytest.raises(ConfigurationError, match=r"no right to transactions under ledger\.other"):
        asyncio.run(check_transactional(worker, "ledger.other.commands.v1.0"))


def test_asking_about_transactions_fences_nobody(secured: Secured) -> None:
    async def go() -> None:
        worker = secured.connect("w1")
        producer = AIOKafkaProducer(transactional_id=TRANSACTIONS, **worker.options())
        await producer.start()
        try:
            await producer.begin_transaction()
            await producer.send_and_wait(ENTRIES, b"x", partition=0)
            await check_transactional(worker, TRANSACTIONS)
            await producer.commit_transaction()
        finally:
            await producer.stop()

    asyncio.run(go())


@pytest.mark.parametrize("principal", ["office-511112", "intake", "r17", "bank-402", STRANGER])
def test_nobody_else_makes_transactions_of_a_ledger(secured: Secured, principal: str) -> None:
    with pytest.raises(ConfigurationError, match="no right to transactions"):
        asyncio.run(check_transactional(secured.connect(principal), TRANSACTIONS))


@pytest.mark.parametrize(
    ("principal", "group", "topic"),
    [("r17", "monitor-r17", topic_name("consolidator", "disclosures")), ("bank-402", "bank-402-inbox", DELIVERIES)],
)
def test_monitors_and_banks_have_consumer_groups(secured: Secured, principal: str, group: str, topic: str) -> None:
    async def go() -> int:
        writer = "office-511112" if topic == DELIVERIES else "w1"
        assert await writes(secured.connect(writer), topic)  # the tests before may have run elsewhere
        options = secured.connect(principal).options()
        consumer = AIOKafkaConsumer(topic, group_id=group, auto_offset_reset="earliest", **options)
        await consumer.start()
        try:
            record = await consumer.getone()
            await consumer.commit()
            return int(record.partition)
        finally:
            await consumer.stop()

    asyncio.run(check_group(secured.connect(principal), group))
    assert asyncio.run(go()) == 0


@pytest.mark.parametrize(
    ("principal", "group"), [("r17", "bank-402-inbox"), ("bank-402", "bank-102-inbox"), ("w1", "monitor-r17")]
)
def test_nobody_joins_the_groups_of_others(secured: Secured, principal: str, group: str) -> None:
    with pytest.raises(ConfigurationError, match=f"no right to join the consumer group {group}"):
        asyncio.run(check_group(secured.connect(principal), group))


async def create(connection: Connection, topic: str) -> int:
    """Try to make a topic; give the error's code."""
    async with asking(connection, 20) as client:
        request = CreateTopicsRequest([(topic, 1, 1, [], [])], 5000, validate_only=False)
        code: int = (await ask_controller(client, request)).topic_errors[0][1]
        return code


def test_a_monitor_makes_topics_of_its_own_and_nobody_else_any(secured: Secured) -> None:
    refused = TopicAuthorizationFailedError.errno
    assert asyncio.run(create(secured.connect("r17"), "monitor-r17-table-changelog")) == 0
    assert asyncio.run(act(secured.connect("r17"), "monitor-r17-table-changelog")) == {"read", "write"}
    assert asyncio.run(create(secured.connect("r17"), "consolidator.more.v1")) == refused
    assert asyncio.run(create(secured.connect("w1"), "monitor-w1")) == refused


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("principal", "topics", "complaint"),
    [
        ("intake", [COMMANDS], rf"no right to read topic {COMMANDS}: "),
        ("office-511112", [ENTRIES, DELIVERIES], rf"no right to read topic {DELIVERIES}: "),
        ("bank-102", [ORDERS], rf"topic {ORDERS} does not exist, or is none of ours to know"),
        ("w1", ["consolidator.none.v1"], r"topic consolidator\.none\.v1 does not exist, or is none of ours to know"),
        (STRANGER, [COMMANDS, ENTRIES], rf"topic {COMMANDS} does not exist, .*; topic {ENTRIES} does not exist"),
    ],
)
def test_who_may_not_read_is_told_which_topic(
    secured: Secured, principal: str, topics: list[str], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as refused:
        asyncio.run(check_readable(secured.connect(principal), topics))
    assert "consolidator topics apply" in str(refused.value)
    assert principal not in str(refused.value)


def test_who_may_not_write_is_told_which_topic(secured: Secured) -> None:
    asyncio.run(check_writable(secured.connect("w1"), [ENTRIES, ORDERS]))
    with pytest.raises(ConfigurationError, match=rf"no right to write topic {ENTRIES}"):
        asyncio.run(check_writable(secured.connect("auditor"), [ENTRIES]))


@pytest.mark.parametrize("wrong", ["other authority", "we do not trust"])
def test_a_certificate_of_another_authority_is_named_as_the_reason(
    secured: Secured, tmp_path_factory: pytest.TempPathFactory, wrong: str
) -> None:
    other = Authority(tmp_path_factory.mktemp("other"), "somebody else")
    theirs, ours = other.issue("w1"), secured.authority.issue("w1")
    tls = replace(theirs, ca=ours.ca) if wrong == "other authority" else replace(ours, ca=theirs.ca)
    with pytest.raises(ConfigurationError, match="certificates do not fit"):
        asyncio.run(check_readable(Connection(secured.bootstrap, tls), [ENTRIES]))
