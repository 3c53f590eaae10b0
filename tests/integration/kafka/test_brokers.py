"""Brokers that tests start are real ones: they keep what was acknowledged, and end with whoever started them."""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from schemas.errors import ConflictError, DependencyError
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.jars import JARS_VARIABLE
from streams.kafka.local.layout import Layout
from streams.kafka.local.probe import ask_brokers
from tests.support.brokers import THREE_TO_KILL, TO_KILL, StartCluster, do_without, need_brokers
from tests.support.records import create_topic, put_record, take_record


def test_a_record_goes_in_and_comes_out(broker: str, prefix: str) -> None:
    asyncio.run(create_topic(broker, prefix))
    asyncio.run(put_record(broker, prefix, b"one"))
    assert asyncio.run(take_record(broker, prefix)) == b"one"


def test_a_killed_broker_comes_back_with_what_it_had(brokers: StartCluster) -> None:
    with brokers(TO_KILL) as cluster:
        asyncio.run(create_topic(cluster.bootstrap, "kept"))
        asyncio.run(put_record(cluster.bootstrap, "kept", b"one"))
        cluster.kill(0)
        with pytest.raises(ConnectionError):
            ask_brokers(cluster.ports.plain[0])
        asyncio.run(asyncio.to_thread(cluster.restart, 0))  # a broker outlives the thread that asked for it
        assert asyncio.run(take_record(cluster.bootstrap, "kept")) == b"one"


def test_a_paused_broker_answers_nobody_until_it_is_resumed(brokers: StartCluster) -> None:
    with brokers(Layout()) as cluster:
        cluster.pause(0)
        with pytest.raises(TimeoutError):
            ask_brokers(cluster.ports.plain[0])
        cluster.resume(0)
        asyncio.run(create_topic(cluster.bootstrap, "again"))


def test_of_three_brokers_any_may_be_lost(brokers: StartCluster) -> None:
    with brokers(THREE_TO_KILL) as cluster:
        asyncio.run(create_topic(cluster.bootstrap, "kept", copies=3))
        asyncio.run(put_record(cluster.bootstrap, "kept", b"one"))
        cluster.kill(0)
        asyncio.run(put_record(cluster.bootstrap, "kept", b"two"))
        assert asyncio.run(take_record(cluster.bootstrap, "kept")) == b"one"
        cluster.restart(0)
        cluster.kill(1)
        assert asyncio.run(take_record(cluster.bootstrap, "kept")) == b"one"


def test_maven_brings_the_jars_that_a_broker_runs_with(
    tmp_path: Path, brokers: StartCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("mvn") is None:
        do_without("Maven is not installed")
    monkeypatch.setenv(JARS_VARIABLE, str(tmp_path / "jars"))
    with brokers(Layout()) as cluster:
        assert ask_brokers(cluster.ports.plain[0]) == {1}


def test_a_broker_that_cannot_start_says_why(brokers: StartCluster) -> None:
    with (
        pytest.raises(DependencyError, match=r"num\.io\.threads"),
        brokers(Layout(properties={"num.io.threads": "none"})),
    ):
        pass


def test_a_folder_keeps_records_and_addresses(tmp_path: Path, brokers: StartCluster) -> None:
    with brokers(Layout(), tmp_path / "kafka") as cluster:
        asyncio.run(create_topic(cluster.bootstrap, "kept"))
        asyncio.run(put_record(cluster.bootstrap, "kept", b"one"))
        bootstrap = cluster.bootstrap
    with brokers(Layout(), tmp_path / "kafka"):
        assert asyncio.run(take_record(bootstrap, "kept")) == b"one"
    with pytest.raises(ConflictError, match="1 brokers"):
        LocalCluster(Layout(brokers=3), tmp_path / "kafka")


@contextmanager
def run_dev(*words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run ``broker dev`` as a process of its own; gives it and the address it prints first."""
    need_brokers()
    command = [sys.executable, "-m", "consolidator", "broker", "dev", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 -- our own
        assert process.stdout
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_brokers_run_by_hand_until_they_are_told_to_end(prefix: str) -> None:
    with run_dev("--json") as (process, told):
        bootstrap = json.loads(told)["bootstrap"]
        asyncio.run(create_topic(bootstrap, prefix))
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
    with pytest.raises(ConnectionError):
        ask_brokers(int(bootstrap.split(":")[1]))


def test_brokers_die_with_a_process_that_is_killed(tmp_path: Path) -> None:
    with run_dev("--dir", str(tmp_path / "kafka")) as (process, bootstrap):
        host, port = bootstrap.split(":")
        with socket.create_connection((host, int(port))) as connection:
            process.kill()
            assert read_to_the_end(connection) == b""


def read_to_the_end(connection: socket.socket) -> bytes:
    """Wait until the other side is gone."""
    with suppress(ConnectionResetError):
        return connection.recv(1)
    return b""
