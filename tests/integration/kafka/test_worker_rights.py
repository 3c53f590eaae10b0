"""A worker on brokers that ask who it is: it has the rights of its role and needs no other; without them it says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import Principals, make_connection
from consolidator.home.files import write_whole
from streams.kafka.appending import Appender
from streams.kafka.client import Connection
from streams.kafka.local.layout import ADMIN, Certificates, Layout
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from tests.support.brokers import StartCluster
from tests.support.certificates import Authority
from tests.support.clusters import TestCluster, make_busy_world

CODE = "511112"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Who signs everybody's certificate."""
    return Authority(tmp_path / "certs")


@pytest.fixture
def cluster(brokers: StartCluster, authority: Authority, tmp_path: Path) -> Iterator[TestCluster]:
    """A county of w1, on brokers that deny what no rule allows."""
    server = authority.issue("broker")
    with brokers(Layout(certificates=Certificates(server.ca, server.cert, server.key))) as kafka:
        cluster = TestCluster(tmp_path, kafka.secure_bootstrap)
        cluster.add(CODE)
        connect_as(cluster, authority, ADMIN)
        assert main(["topics", "apply", "--cluster", str(cluster.file)]) == 0
        yield cluster


def connect_as(cluster: TestCluster, authority: Authority, principal: str) -> Connection:
    """Have the settings file name somebody's certificate."""
    tls = authority.issue(principal)
    before = cluster.settings
    kafka = before.kafka.model_copy(update={"ca": str(tls.ca), "cert": str(tls.cert), "key": str(tls.key)})
    roles = Principals(worker=["w1"], adapter=["intake"])
    settings = before.model_copy(update={"kafka": kafka, "principals": roles})
    write_whole(cluster.file, render_cluster(settings).encode())
    return make_connection(settings, cluster.root)


def append(cluster: TestCluster, authority: Authority) -> int:
    """Append a county's work with an adapter's certificate; gives how long its log will be."""
    world = make_busy_world(CODE, 100)
    shard = Shard(connect_as(cluster, authority, "intake"), CODE, 0, cluster.banks, None)
    with Loop() as loop:
        appender = Appender(loop)
        appender.append(shard, world.commands)
        appender.close()
    return world.county.head().size


def test_a_worker_needs_the_rights_of_its_role_and_no_other(
    cluster: TestCluster, authority: Authority, capsys: pytest.CaptureFixture[str]
) -> None:
    size = append(cluster, authority)
    words = ["worker", "run", "--cluster", str(cluster.file), "--name", "w1", "--once"]
    connect_as(cluster, authority, "stranger")
    capsys.readouterr()
    assert main(words) == 5
    assert "commands.v1 does not exist, or is none of ours to know" in capsys.readouterr().err
    connect_as(cluster, authority, "w1")
    assert main(words) == 0
    assert cluster.counties("w1")[CODE]["size"] == size
