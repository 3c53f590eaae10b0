"""Adapters and banks on brokers that ask for certificates: what they may, and a refusal within seconds."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consolidator.cli.main import main
from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import ClusterSettings, Kafka, Place, Principals
from schemas.errors import ConfigurationError
from schemas.records import Delivery, render_delivery
from streams.kafka.appending import Appender
from streams.kafka.client import Connection, Tls
from streams.kafka.grouping import GroupReader
from streams.kafka.local.layout import ADMIN, Certificates, Layout
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from tests.integration.office import list_documents, write_documents
from tests.support.brokers import StartCluster
from tests.support.certificates import Authority
from tests.support.clusters import make_busy_world
from tests.support.delivered import write_policy

CODE = "511112"
TOPIC = "consolidator.deliveries.402.v1"
DELIVERY = Delivery("bank-402_PAY_402_001", "bank-402_PAY_402_001.txt", b"H|1", b"proof")


class Secured:
    """A cluster with topics and rights applied; each principal has a cluster.toml of its own."""

    def __init__(self, bootstrap: str, authority: Authority, folder: Path) -> None:
        """Apply."""
        self.bootstrap = bootstrap
        self.authority = authority
        self.folder = folder
        assert main(["topics", "apply", "--cluster", str(self.file(ADMIN))]) == 0

    def tls(self, principal: str) -> Tls:
        """Give somebody's certificate."""
        return self.authority.issue(principal)

    def connect(self, principal: str) -> Connection:
        """Give somebody's connection."""
        return Connection(self.bootstrap, self.tls(principal))

    def file(self, principal: str) -> Path:
        """Write somebody's settings."""
        tls = self.tls(principal)
        kafka = Kafka(
            bootstrap=self.bootstrap, replication=1, min_insync=1, ca=str(tls.ca), cert=str(tls.cert), key=str(tls.key)
        )
        settings = ClusterSettings(
            banks=["102", "402"],
            snapshots="snapshots",
            state="state",
            kafka=kafka,
            county=[Place(code=CODE, partition=0, worker="w1")],
            principals=Principals(
                worker=["w1"], office=["office"], adapter=["adapter"], bank={"102": ["bank-102"], "402": ["bank-402"]}
            ),
        )
        path = self.folder / f"{principal}.toml"
        path.write_text(render_cluster(settings), encoding="utf-8")
        return path


@pytest.fixture(scope="module")
def secured(brokers: StartCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Start brokers that ask for certificates."""
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    shown = authority.issue("broker")
    with brokers(Layout(certificates=Certificates(shown.ca, shown.cert, shown.key))) as cluster:
        yield Secured(cluster.secure_bootstrap, authority, tmp_path_factory.mktemp("settings"))


def submit(secured: Secured, principal: str, folder: Path) -> int:
    """Submit a document; gives the exit code."""
    [path, *_] = write_documents(folder / "documents", list_documents(make_busy_world(CODE, 1)))
    place = ["--cluster", str(secured.file(principal)), "--county", CODE, "--spool", str(folder / "spool")]
    return main(["submit", *place, str(path)])


def test_an_adapter_submits_and_others_are_told_what_is_missing(
    secured: Secured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert submit(secured, "adapter", tmp_path / "adapter") == 0
    capsys.readouterr()
    assert submit(secured, "bank-402", tmp_path / "bank") == 5
    assert "consolidator.commands.v1 does not exist, or is none of ours to know" in capsys.readouterr().err
    assert not (tmp_path / "bank" / "spool").exists()


def test_a_bank_receives_what_the_office_delivers_and_nothing_of_another_bank(secured: Secured) -> None:
    with Loop() as loop:
        office = Appender(loop)
        office.send(Shard(secured.connect("office"), CODE, 0), [render_delivery(CODE, DELIVERY)])
        office.close()
        own = GroupReader(loop, secured.connect("bank-402"), TOPIC, "bank-402-consolidator")
        own.open()
        row = own.fetch(20_000)
        assert row is not None
        assert own.commit(row)
        assert own.is_done()
        own.close()
        for topic, group in (
            (TOPIC, "bank-102-consolidator"),
            (TOPIC.replace("402", "102"), "bank-402-consolidator"),
        ):
            with pytest.raises(ConfigurationError):
                GroupReader(loop, secured.connect("bank-402"), topic, group).open()


def test_a_bank_with_another_banks_certificate_is_told_at_once(
    secured: Secured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--cluster", str(secured.file("bank-102")), "--bank", "402", "--to", str(tmp_path / "to")]
    assert main(["bank", "receive", *place, "--policy", str(write_policy(tmp_path)), "--once"]) == 5
    assert f"topic {TOPIC} does not exist, or is none of ours to know" in capsys.readouterr().err
