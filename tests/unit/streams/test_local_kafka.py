"""What a local Kafka is told to be, where its jars come from, and what people are told when something is missing."""

import json
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from schemas.errors import ConfigurationError, ConflictError, DependencyError
from streams.kafka.local.jars import JARS_VARIABLE, find_jars, find_java, read_version
from streams.kafka.local.launching import BROKER_VARIABLE, open_broker
from streams.kafka.local.layout import Certificates, Layout, Ports, list_properties
from streams.kafka.local.ports import LOOPBACK, choose_ports
from streams.kafka.local.remembering import remember
from streams.kafka.local.running import Java
from tests.support.brokers import SHARED, TO_KILL

PORTS = Ports((1, 2, 3), (11, 12, 13), (21, 22, 23), (31, 32, 33))
FOLDER = Path("kafka")
CERTIFICATES = Certificates(Path("ca.pem"), Path("broker.pem"), Path("broker.key"), "boss")
Program = Callable[[str, str], Path]


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Give what puts a script into the only folder where programs are looked for."""
    programs = tmp_path / "bin"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv(JARS_VARIABLE, str(tmp_path / "cache" / "jars"))

    def write(name: str, script: str) -> Path:
        path = programs / name
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o700)
        return path

    return write


def test_of_three_brokers_two_must_have_a_record() -> None:
    told = list_properties(Layout(brokers=3), PORTS, 1, FOLDER)
    assert told["node.id"] == "2"
    assert told["controller.quorum.voters"] == "1@127.0.0.1:11,2@127.0.0.1:12,3@127.0.0.1:13"
    assert (told["default.replication.factor"], told["min.insync.replicas"]) == ("3", "2")
    assert (told["transaction.state.log.replication.factor"], told["transaction.state.log.min.isr"]) == ("3", "2")
    assert told["offsets.topic.replication.factor"] == "3"


def test_a_single_broker_is_enough_for_itself() -> None:
    told = list_properties(Layout(), PORTS, 0, FOLDER)
    assert (told["default.replication.factor"], told["min.insync.replicas"]) == ("1", "1")
    assert (told["transaction.state.log.num.partitions"], told["offsets.topic.num.partitions"]) == ("1", "1")
    assert told["auto.create.topics.enable"] == "false"


def test_a_plain_broker_listens_on_loopback_and_asks_for_no_certificate() -> None:
    told = list_properties(Layout(), PORTS, 0, FOLDER)
    assert told["listeners"] == "CONTROLLER://127.0.0.1:11,PLAINTEXT://127.0.0.1:1"
    assert told["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1"
    assert not [name for name in told if name.startswith("ssl.") or "authorizer" in name]


def test_a_broker_with_certificates_denies_by_default_and_knows_principals_by_common_name() -> None:
    told = list_properties(Layout(certificates=CERTIFICATES), PORTS, 0, FOLDER)
    assert told["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1,SECURE://127.0.0.1:21"
    assert told["listener.security.protocol.map"] == "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SSL"
    assert told["ssl.client.auth"] == "required"
    assert told["authorizer.class.name"].endswith(".StandardAuthorizer")
    assert told["allow.everyone.if.no.acl.found"] == "false"
    assert told["super.users"] == "User:boss;User:ANONYMOUS"
    assert told["ssl.principal.mapping.rules"].startswith("RULE:^CN=")


def test_a_broker_behind_a_proxy_sends_clients_of_that_listener_to_the_proxy() -> None:
    told = list_properties(Layout(proxies=(901,)), PORTS, 0, FOLDER)
    assert told["listeners"].endswith(",PROXIED://127.0.0.1:31")
    assert told["advertised.listeners"] == "PLAINTEXT://127.0.0.1:1,PROXIED://127.0.0.1:901"


@pytest.mark.parametrize(
    ("layout", "session", "beat"), [(Layout(), "9000", "1500"), (SHARED, "60000", "2000"), (TO_KILL, "3000", "500")]
)
def test_a_broker_tells_that_it_lives_well_before_it_counts_as_lost(layout: Layout, session: str, beat: str) -> None:
    told = list_properties(layout, PORTS, 0, FOLDER)
    assert (told["broker.session.timeout.ms"], told["broker.heartbeat.interval.ms"]) == (session, beat)


def test_given_properties_are_added_or_stand_for_ours() -> None:
    given = {"message.max.bytes": "5", "num.io.threads": "1"}
    told = list_properties(Layout(properties=given), PORTS, 0, FOLDER)
    assert told.items() >= given.items()


def test_java_is_told_its_options_before_the_program() -> None:
    words = Java(Path("java"), Path("jars")).list_words(("-Xmx1g",), "kafka.Kafka", "server.properties")
    assert words[:2] == ["java", "-Xmx1g"]
    assert words[-4:] == ["-cp", "jars/*", "kafka.Kafka", "server.properties"]


def test_ports_are_free_different_and_below_those_of_outgoing_connections() -> None:
    ports = choose_ports(50)
    assert len(set(ports)) == 50
    assert max(ports) < 32_768
    for port in ports:
        with socket.create_server((LOOPBACK, port)):
            pass


def test_a_folder_remembers_its_cluster(tmp_path: Path) -> None:
    first = remember(tmp_path / "kafka", 3)
    assert remember(tmp_path / "kafka", 3) == first
    assert len(first.cluster_id) == 22
    with pytest.raises(ConflictError, match="3 brokers"):
        remember(tmp_path / "kafka", 1)


@pytest.mark.parametrize("told", ["", "[]", "{}", json.dumps({"cluster_id": "x", "ports": {"plain": [1]}})])
def test_a_spoiled_memory_is_told(tmp_path: Path, told: str) -> None:
    (tmp_path / "cluster.json").write_text(told, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="choose another folder"):
        remember(tmp_path, 1)


def test_without_java_people_are_told_what_to_install(program: Program) -> None:
    with pytest.raises(ConfigurationError, match="Java 17 or newer: install it"):
        find_java()
    program("java", "echo 'openjdk version \"11.0.2\"' >&2")
    with pytest.raises(ConfigurationError, match="Java 17 or newer: install it"):
        find_java()


def test_the_java_of_java_home_comes_first(program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_path = program("java", "echo 'openjdk version \"21.0.2\"' >&2")
    assert find_java() == in_path
    in_home = tmp_path / "jdk" / "bin" / "java"
    in_home.parent.mkdir(parents=True)
    in_path.rename(in_home)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "jdk"))
    assert find_java() == in_home


def test_without_jars_and_maven_people_are_told_what_to_install(program: Program) -> None:
    assert callable(program)
    with pytest.raises(ConfigurationError, match=f"install Maven, or name a folder that has them in {JARS_VARIABLE}"):
        find_jars()


def test_what_maven_complains_of_is_told_and_nothing_is_left(program: Program, tmp_path: Path) -> None:
    program("mvn", "echo '[ERROR] no such host'; echo '[ERROR] more'; exit 1")
    with pytest.raises(DependencyError, match=r"\[ERROR\] no such host$"):
        find_jars()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [".resolving"]


def write_maven(program: Program, tmp_path: Path) -> None:
    """Put a Maven in place that brings one jar and counts its runs."""
    jar = f"kafka_2.13-{read_version()}.jar"
    script = f"""
echo run >> '{tmp_path}/runs'
for word; do case "$word" in -DoutputDirectory=*) folder="${{word#*=}}";; esac; done
{_which("mkdir")} -p "$folder"; : > "$folder/{jar}"
"""
    program("mvn", script)


def _which(name: str) -> str:
    return next(str(place / name) for place in (Path("/bin"), Path("/usr/bin")) if (place / name).exists())


def test_two_that_need_the_jars_at_once_get_them_once(program: Program, tmp_path: Path) -> None:
    write_maven(program, tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = {future.result() for future in [pool.submit(find_jars) for _ in range(4)]}
    assert found == {tmp_path / "cache" / "jars"}
    assert (tmp_path / "runs").read_text(encoding="utf-8") == "run\n"


def test_jars_that_are_there_need_no_maven(program: Program, tmp_path: Path) -> None:
    write_maven(program, tmp_path)
    folder = find_jars()
    (tmp_path / "bin" / "mvn").unlink()
    assert find_jars() == folder


def test_a_folder_that_holds_something_else_is_not_touched(program: Program, tmp_path: Path) -> None:
    write_maven(program, tmp_path)
    (tmp_path / "cache" / "jars").mkdir(parents=True)
    (tmp_path / "cache" / "jars" / "mine").touch()
    with pytest.raises(ConfigurationError, match="holds something else"):
        find_jars()
    assert [path.name for path in (tmp_path / "cache" / "jars").iterdir()] == ["mine"]


def test_the_kafka_that_the_environment_names_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(BROKER_VARIABLE, "kafka-1:9092")
    with open_broker(lambda: nullcontext("offered:9092")) as bootstrap:
        assert bootstrap == "kafka-1:9092"


def test_one_that_is_offered_comes_before_one_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(BROKER_VARIABLE, raising=False)
    with open_broker(lambda: nullcontext("offered:9092")) as bootstrap:
        assert bootstrap == "offered:9092"


def test_without_any_the_missing_java_is_told(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    assert callable(program)
    monkeypatch.delenv(BROKER_VARIABLE, raising=False)
    with pytest.raises(ConfigurationError, match="Java 17"), open_broker():
        pass
