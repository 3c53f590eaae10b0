"""What a Docker engine would be told to start for the tests."""

import socket
from pathlib import Path

import pytest

from tests.support.containers import answers, offer_container, plan_container


def test_a_container_is_the_official_image_told_where_its_clients_come_from() -> None:
    plan = plan_container(20_001)
    assert plan.image.startswith("apache/kafka:")
    assert plan.variables["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://127.0.0.1:20001"
    assert plan.variables["KAFKA_LISTENERS"] == "PLAINTEXT://:9092,CONTROLLER://:9093"
    assert plan.variables["KAFKA_CONTROLLER_QUORUM_VOTERS"] == "1@localhost:9093"
    assert plan.variables["KAFKA_PROCESS_ROLES"] == "broker,controller"


def test_transactions_work_on_its_single_broker() -> None:
    variables = plan_container(20_001).variables
    assert variables["KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"] == "1"
    assert variables["KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"] == "1"
    assert variables["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"] == "1"


def test_an_engine_answers_where_its_socket_does(tmp_path: Path) -> None:
    path = tmp_path / "engine.sock"
    assert not answers(f"unix://{path}")
    with socket.socket(socket.AF_UNIX) as engine:
        engine.bind(str(path))
        engine.listen()
        assert answers(f"unix://{path}")
    assert answers("tcp://engine.example:2376")


def test_without_an_engine_none_is_offered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/engine.sock")
    assert offer_container() is None
