"""A monitor on brokers that ask for certificates: the rights of its role are enough, and it says when they are not."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from consolidator.cli.main import main
from schemas.topics import Cluster, Role
from streams.kafka.admin import apply_topics, want
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.local.layout import ADMIN, Certificates, Layout
from streams.kafka.shard import Shard
from tests.support.brokers import StartCluster
from tests.support.certificates import Authority
from tests.support.crossing import HERE, THERE, make_county
from tests.support.province import PARTITIONS, SETTINGS, WAIT_SECONDS, commit_steps
from tests.support.world import make_id

PRINCIPALS: Mapping[Role, tuple[str, ...]] = {"worker": ("w1",), "monitor": ("r17",), "auditor": ("auditor",)}


class Secured:
    """A cluster with topics and rights, and settings files of those who use it."""

    def __init__(self, bootstrap: str, authority: Authority, root: Path) -> None:
        """Apply topics and rights."""
        self.bootstrap, self.authority, self.root = bootstrap, authority, root
        cluster = Cluster("consolidator", 2, (), 1, 1, PRINCIPALS)
        asyncio.run(apply_topics(self.connect(ADMIN), want(load_topics(), cluster)))

    def connect(self, principal: str) -> Connection:
        """Give the connection of somebody."""
        return Connection(self.bootstrap, self.authority.issue(principal))

    def settle(self, principal: str) -> Path:
        """Write the cluster's settings with somebody's certificate."""
        tls = self.authority.issue(principal)
        path = self.authority.folder / f"{principal}.toml"
        files = f'ca = "{tls.ca.name}"\ncert = "{tls.cert.name}"\nkey = "{tls.key.name}"\n[[county]]'
        text = SETTINGS.format(broker=self.bootstrap, prefix="consolidator")
        path.write_text(text.replace("[[county]]", files, 1))
        return path


@pytest.fixture(scope="module")
def secured(brokers: StartCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    """Start a cluster that asks for certificates."""
    authority = Authority(tmp_path_factory.mktemp("certificates"))
    shown = authority.issue("broker")
    with brokers(Layout(certificates=Certificates(shown.ca, shown.cert, shown.key))) as cluster:
        yield Secured(cluster.secure_bootstrap, authority, tmp_path_factory.mktemp("home"))


def watch(secured: Secured, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Give the counties that were told, as an auditor sees it."""
    capsys.readouterr()
    assert main(["monitor", "watch", "--cluster", str(secured.settle("auditor")), "--once", "--json"]) == 0
    return sorted(json.loads(line)["county"] for line in capsys.readouterr().out.splitlines())


def test_with_the_rights_of_its_role_it_tells_both_counties(
    secured: Secured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for county in (HERE, THERE):
        world = make_county(2)
        world.send_batch("B-1", [make_id(0)])
        shard = Shard(secured.connect("w1"), county, PARTITIONS[county])
        asyncio.run(commit_steps(shard, world.steps, 0, aborted=False))
    words = ["--home", str(tmp_path / "monitor")]
    assert main(["monitor", "init", *words]) == 0
    command = [sys.executable, "-m", "consolidator.cli.main", "monitor", "run", *words]
    process = subprocess.Popen([*command, "--cluster", str(secured.settle("r17"))])  # noqa: S603 -- this program
    try:
        until = time.monotonic() + WAIT_SECONDS
        while watch(secured, capsys) != [HERE, THERE]:
            assert process.poll() is None
            assert time.monotonic() < until
    finally:
        process.kill()
        process.wait()


def test_without_rights_it_says_so_at_once(
    secured: Secured, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(tmp_path / "monitor")]
    assert main(["monitor", "init", *words]) == 0
    assert main(["monitor", "run", *words, "--cluster", str(secured.settle("auditor"))]) == 5
    assert "consolidator.disclosures.v1" in capsys.readouterr().err
    assert main(["monitor", "watch", "--cluster", str(secured.settle("w1")), "--once"]) == 5
    assert "consolidator.anomalies.v1" in capsys.readouterr().err
