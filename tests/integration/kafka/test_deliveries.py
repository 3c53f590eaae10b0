"""From a department's own machine to the bank's, over a real broker: submitted, decided twice, cosigned, delivered."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from consolidator.bootstrap import Office, open_home
from consolidator.cli.main import main
from consolidator.cluster.founding import found_home
from consolidator.cluster.spooling import Spool, open_spool
from consolidator.home.creating import Founding
from consolidator.intake.submitting import Submission, submit_all
from schemas.quorum import QuorumValue
from tests.integration.kafka.county import make_cluster_file, working
from tests.integration.office import list_documents, write_documents
from tests.integration.paying import SENT, list_orders, run
from tests.integration.witnessed import Village, open_village
from tests.support.delivered import list_held, list_refused
from tests.support.witnesses import LOG_VKEY
from tests.support.world import COUNTY, EPOCHS, ORIGIN, START, World, key_of, make_signer

NOBODY = QuorumValue(type="none")


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    """Four witnesses, three of whom run."""
    with open_village(tmp_path / "witnesses", ["w1", "w2", "w3"]) as made:
        yield made


@pytest.fixture
def cluster(tmp_path: Path, broker: str, prefix: str) -> Path:
    """The settings of a cluster with topics of its own."""
    return make_cluster_file(tmp_path, broker, prefix)


def make_county(folder: Path, cluster: Path, quorum: QuorumValue) -> tuple[Office, World]:
    """Make a county on a cluster, and have documents come from elsewhere by which a batch is released."""
    roots = [key_of("root-1"), key_of("root-2")]
    home = found_home(folder / "home", Founding(COUNTY, START, make_signer(ORIGIN), EPOCHS, roots, {}, quorum), cluster)
    pinned = {} if quorum == NOBODY else {"key": LOG_VKEY, "quorum": quorum.model_dump()}
    world = World(pinned=pinned)
    world.set_up()
    world.send_batch("PAY", world.settle_people(3))
    world.release("PAY", [("402", 3, 30_000)])
    submit(folder, cluster, world)
    return open_home(home.root), world


def submit(folder: Path, cluster: Path, world: World) -> None:
    """Submit all that a World applied from a machine that has a spool only."""
    stamps = {command.document: command.at for command in world.commands if command.document}
    paths = write_documents(folder / f"documents-{len(stamps)}", list_documents(world))
    submissions = [Submission(path, "", at) for path, at in zip(paths, stamps.values(), strict=True)]
    with open_spool(Spool(cluster, COUNTY, folder / "spool"), ()) as desk:
        submit_all(desk, submissions)


def receive(cluster: Path, to: Path, policy: Path, capsys: pytest.CaptureFixture[str]) -> Sequence[str]:
    """Receive what waits; gives the outcomes."""
    words = ["bank", "receive", "--cluster", str(cluster), "--bank", "402", "--to", str(to), "--once", "--json"]
    capsys.readouterr()
    assert main([*words, "--policy", str(policy)]) in (0, 3)
    return [each["outcome"] for each in json.loads(capsys.readouterr().out)["files"]]


def test_what_the_gate_lets_out_is_in_the_banks_hands_byte_for_byte(
    tmp_path: Path, cluster: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    office, world = make_county(tmp_path, cluster, village.make_quorum())
    to = tmp_path / "inbox"
    with working(office.home.root):
        assert run(office) == 0
        assert list_orders(office) == SENT
        assert receive(cluster, to, office.home.policy, capsys) == ["received"]
        assert list_held(to) == {Path(name).name: (office.home.outbox / name).read_bytes() for name in SENT}
        world.send_batch("PAY-2", world.settle_people(2), fields={"period": "2027"})
        world.release("PAY-2", [("402", 2, 20_000)])
        submit(tmp_path, cluster, world)
        assert run(office) == 0
        assert receive(cluster, to, office.home.policy, capsys) == ["received"]
        assert run(office) == 0
        assert receive(cluster, to, office.home.policy, capsys) == []
    assert len(list_held(to)) == 4


def test_without_witnesses_a_bank_takes_nothing(
    tmp_path: Path, cluster: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office, _ = make_county(tmp_path, cluster, NOBODY)
    with working(office.home.root):
        assert run(office) == 0
    assert list_orders(office) == SENT[:1]
    to = tmp_path / "inbox"
    assert receive(cluster, to, office.home.policy, capsys) == ["refused"]
    assert list_held(to) == {}
    assert len(list_refused(to)) == 1


def test_an_order_file_that_cannot_be_delivered_is_told(
    tmp_path: Path, cluster: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    office, _ = make_county(tmp_path, cluster, NOBODY)
    monkeypatch.setattr("consolidator.gate.delivering.DELIVERY_BYTES_MAX", 0)
    with working(office.home.root):
        capsys.readouterr()
        assert run(office, "--json") == 0
        told = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in told["orders_undelivered"]] == ["G07"]
