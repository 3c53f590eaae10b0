"""``topics apply`` and ``topics check`` on a real broker that lets everybody do everything."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from aiokafka import TopicPartition
from aiokafka.protocol.offset import OffsetRequest

from consolidator.cli.main import main
from schemas.errors import ConfigurationError, DependencyError
from schemas.topics import Cluster, topic_name
from streams.kafka.admin import Comparison, apply_topics, check_topics, read_configs, want
from streams.kafka.asking import ask, ask_controller, asking, describe_topics
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.requests import SetTopicConfig
from streams.kafka.rights import check_group, check_readable, check_transactional, check_writable, wait_known
from streams.kafka.serving import wait_served

EARLIEST = -2  # as ListOffsets calls a partition's first offset
TOPICS = 9  # seven of a cluster, and two of the one bank
SETTINGS = """\
banks = ["402"]
snapshots = "snapshots"
state = "state"
[kafka]
bootstrap = "{broker}"
prefix = "{prefix}"
replication = 1
min_insync = 1
[[county]]
code = "511112"
partition = 0
worker = "w1"
"""


def cluster(prefix: str) -> Cluster:
    """A small cluster on one broker."""
    return Cluster(prefix, 2, ("402",), replication=1, min_insync=1)


def check(broker: str, wanted: Cluster) -> Comparison:
    """Compare."""
    return asyncio.run(check_topics(Connection(broker), want(load_topics(), wanted)))


def apply(broker: str, wanted: Cluster) -> Comparison:
    """Mend."""
    return asyncio.run(apply_topics(Connection(broker), want(load_topics(), wanted)))


def kinds(found: Comparison) -> list[tuple[str, str, str]]:
    """Give kind, topic's word and key of what differs."""
    return [(each.kind, each.name.split(".")[1], each.key) for each in found.differences]


def set_config(broker: str, topic: str, settings: Sequence[tuple[str, str]]) -> None:
    """Change a topic's settings behind everybody's back."""

    async def go() -> None:
        async with asking(Connection(broker), 20) as client:
            answer = await ask_controller(client, SetTopicConfig(topic, settings))
            assert [code for code, *_ in answer.resources] == [0]
            while not set(settings) <= set((await read_configs(client, [topic]))[topic].items()):  # noqa: ASYNC110 -- a broker hears of it a moment later
                await asyncio.sleep(0.02)

    asyncio.run(go())


def ask_first_offsets(broker: str, topic: str, partitions: Iterable[int]) -> Sequence[int]:
    """Ask once for partitions' first offsets; gives the codes of the answers."""

    async def go() -> Sequence[int]:
        async with asking(Connection(broker), 20) as client:
            asked = [(topic, [(number, EARLIEST) for number in partitions])]
            (answered,) = (await ask(client, OffsetRequest(-1, 0, asked))).topics
            return [code for _, code, *_ in answered[1]]

    return asyncio.run(go())


def count(broker: str, topic: str) -> int:
    """Give a topic's number of partitions."""

    async def go() -> int:
        async with asking(Connection(broker), 20) as client:
            return (await describe_topics(client, [topic]))[topic].partitions

    return asyncio.run(go())


def test_what_is_missing_is_made_once(broker: str, prefix: str) -> None:
    wanted = cluster(prefix)
    before = check(broker, wanted)
    assert {each.kind for each in before.differences} == {"missing_topic"}
    assert len(before.differences) == TOPICS
    first = apply(broker, wanted)
    assert (len(first.mended), first.differences, first.authorizer) == (TOPICS, (), False)
    assert check(broker, wanted).differences == ()
    second = apply(broker, wanted)
    assert (second.mended, second.differences) == ((), ())


def test_what_was_made_is_served_when_apply_has_ended(broker: str, prefix: str) -> None:
    wanted = replace(cluster(prefix), partitions=60)  # more than a broker makes in an instant
    apply(broker, wanted)
    codes = ask_first_offsets(broker, topic_name(prefix, "commits"), range(60))
    assert codes == [0] * 60


def test_brokers_that_do_not_serve_what_was_made_are_a_dependency(
    broker: str, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.kafka.serving.SERVED_SECONDS", 0)
    monkeypatch.setattr("streams.kafka.client.REQUEST_MILLISECONDS", 500)
    with pytest.raises(DependencyError, match="do not serve"):
        asyncio.run(wait_served(Connection(broker), [TopicPartition(f"{prefix}.nothing", 0)]))


def test_a_new_county_adds_a_partition_to_every_topic(broker: str, prefix: str) -> None:
    apply(broker, cluster(prefix))
    more = replace(cluster(prefix), partitions=3)
    assert {each.kind for each in check(broker, more).differences} == {"few_partitions"}
    assert apply(broker, more).differences == ()
    assert count(broker, topic_name(prefix, "orders", "402")) == 3


def test_partitions_are_never_taken_away(broker: str, prefix: str) -> None:
    apply(broker, cluster(prefix))
    found = apply(broker, replace(cluster(prefix), partitions=1))
    assert found.mended == ()
    assert {each.kind for each in found.differences} == {"many_partitions"}
    assert count(broker, topic_name(prefix, "commits")) == 2


def test_a_setting_is_mended_and_those_of_others_stay(broker: str, prefix: str) -> None:
    apply(broker, cluster(prefix))
    entries = topic_name(prefix, "entries")
    set_config(broker, entries, [("retention.ms", "1000"), ("segment.ms", "77777")])
    assert kinds(check(broker, cluster(prefix))) == [("setting", "entries", "retention.ms")]
    assert apply(broker, cluster(prefix)).differences == ()

    async def read() -> str:
        async with asking(Connection(broker), 20) as client:
            return (await read_configs(client, [entries]))[entries]["segment.ms"]

    assert asyncio.run(read()) == "77777"


@pytest.mark.parametrize(
    ("difference", "value"),
    [
        (("larger_setting", "commits", "max.message.bytes"), "30000000"),
        (("larger_setting", "anomalies", "retention.ms"), "-1"),
        (("cleanup", "entries", "cleanup.policy"), "compact"),
    ],
)
def test_what_could_lose_records_is_told_and_left(
    broker: str, prefix: str, difference: tuple[str, str, str], value: str
) -> None:
    apply(broker, cluster(prefix))
    _, word, key = difference
    set_config(broker, topic_name(prefix, word), [(key, value)])
    found = apply(broker, cluster(prefix))
    assert (kinds(found), found.mended) == ([difference], ())


def test_the_orders_of_a_bank_that_left_the_settings_are_told_and_kept(broker: str, prefix: str) -> None:
    apply(broker, replace(cluster(prefix), banks=("102", "402")))
    found = apply(broker, cluster(prefix))
    assert [(each.kind, each.name) for each in found.differences] == [
        ("unknown_topic", topic_name(prefix, word, "102")) for word in ("deliveries", "orders")
    ]
    assert count(broker, topic_name(prefix, "orders", "102")) == 2


def test_another_number_of_replicas_is_told(broker: str, prefix: str) -> None:
    apply(broker, cluster(prefix))
    found = check(broker, replace(cluster(prefix), replication=3))
    assert {each.kind for each in found.differences} == {"replication"}


def test_fewer_brokers_than_replicas_is_the_settings_fault(broker: str, prefix: str) -> None:
    with pytest.raises(ConfigurationError, match="lower 'replication'"):
        apply(broker, replace(cluster(prefix), replication=3, min_insync=2))


def test_who_may_do_everything_is_told_so(broker: str, prefix: str) -> None:
    apply(broker, cluster(prefix))
    connection = Connection(broker)
    topics = [topic_name(prefix, "commands"), topic_name(prefix, "orders", "402")]
    asyncio.run(check_readable(connection, topics))
    asyncio.run(check_writable(connection, topics))
    asyncio.run(check_transactional(connection, f"ledger.{prefix}.commands.v1.0"))
    asyncio.run(check_group(connection, "monitor-r17"))


def test_a_topic_that_is_not_there_is_named(broker: str, prefix: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"{prefix}\.entries\.v1 does not exist"):
        asyncio.run(check_readable(Connection(broker), [topic_name(prefix, "entries")]))


def test_brokers_that_are_away_are_a_dependency(unused_port: int) -> None:
    with pytest.raises(DependencyError):
        asyncio.run(check_readable(Connection(f"127.0.0.1:{unused_port}"), ["t"]))


@pytest.fixture
def unused_port() -> int:
    """A port where nobody listens: the discard service's, which needs a privileged process."""
    return 9


# ---------------------------------------------------------------- the command line


def test_the_command_line_goes_from_missing_to_made(
    broker: str, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text(SETTINGS.format(broker=broker, prefix=prefix), encoding="utf-8")
    assert main(["topics", "check", "--cluster", str(file), "--json"]) == 3
    assert [each["kind"] for each in json.loads(capsys.readouterr().out)["differences"]] == ["missing_topic"] * TOPICS
    assert main(["topics", "apply", "--cluster", str(file)]) == 0
    told = capsys.readouterr()
    assert told.out.count("没有主题 / no topic") == TOPICS
    assert "no authorizer" in told.err
    assert main(["topics", "check", "--cluster", str(file), "--lang", "en"]) == 0
    assert capsys.readouterr().out == "topics and rights are as they should be\n"


def test_who_made_topics_waits_until_brokers_know_them(broker: str, prefix: str) -> None:
    async def make_late() -> None:
        waiting = asyncio.create_task(wait_known(Connection(broker), [name]))
        done, _ = await asyncio.wait({waiting}, timeout=0.5)
        assert not done
        await apply_topics(Connection(broker), want(load_topics(), cluster(prefix)))
        await waiting
        await check_writable(Connection(broker), [name])

    name = topic_name(prefix, "anomalies")
    asyncio.run(make_late())


def test_the_command_line_says_what_a_person_must_do(
    broker: str, prefix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cluster.toml"
    file.write_text(SETTINGS.format(broker=broker, prefix=prefix), encoding="utf-8")
    apply(broker, cluster(prefix))
    assert main(["topics", "apply", "--cluster", str(file), "--lang", "en"]) == 3
    told = capsys.readouterr().out.splitlines()[0]
    assert told == (
        f"differs  too many partitions: {prefix}.commands.v1 2 → 1 → "
        "partitions cannot be taken away: put back the rows that the table lacks"
    )
