"""No payment without the witnesses: real witnesses, real homes, order files and their proofs."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from consolidator.bootstrap import Office, open_home
from consolidator.cli.main import main
from consolidator.gate.quorums import read_policy
from consolidator.transparency.quorum import open_with_quorum
from tests.integration.office import make_home, read_head, submit_world
from tests.integration.witnessed import Village, open_village
from tests.support.witnesses import LOG_VKEY
from tests.support.world import World


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    """Four witnesses, three of whom run."""
    with open_village(tmp_path / "witnesses", ["w1", "w2", "w3"]) as made:
        yield made


def make_county(folder: Path, village: Village) -> tuple[Office, World]:
    """Make a county whose genesis asks for three of four, with a batch that is released."""
    quorum = village.make_quorum()
    office = make_home(folder / "home", quorum)
    world = World(pinned={"key": LOG_VKEY, "quorum": quorum.model_dump()})
    world.set_up()
    world.send_batch("PAY", world.settle_people(3))
    world.release("PAY", [("402", 3, 30_000)])
    submit_world(office, folder / "documents", world)
    return office, world


def run(office: Office, *words: str) -> int:
    """Run once."""
    return main(["run", "--home", str(office.home.root), "--once", *words])


def list_orders(office: Office) -> list[str]:
    """List all that ever looks like an order file, staging included."""
    return sorted(str(path.relative_to(office.home.outbox)) for path in office.home.outbox.rglob("*.t*"))


SENT = ["402/bank-402_PAY_402_001.txt", "402/bank-402_PAY_402_001.txt.tlog-proof"]


def check(office: Office) -> int:
    """Run the bank's check with the policy that the county shows."""
    return main(["order", "check", str(office.home.outbox / SENT[0]), "--policy", str(office.home.policy)])


def test_three_of_four_let_it_through_with_a_proof_that_the_bank_accepts(tmp_path: Path, village: Village) -> None:
    office, _ = make_county(tmp_path, village)
    assert run(office) == 0
    assert list_orders(office) == SENT
    assert check(office) == 0
    published = (office.home.log / "checkpoint").read_bytes()
    cosigned = open_with_quorum(published, read_policy(office.home.policy))
    assert cosigned.checkpoint.size == read_head(office).size
    assert run(office, "--wait", "0") == 0


def test_with_two_of_four_nothing_is_written_and_the_log_grows_and_later_it_flows(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    village.stop("w3")
    office, world = make_county(tmp_path, village)
    assert run(office, "--wait", "3", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in told["orders_waiting"]] == ["G04"]
    assert read_head(office).size == len(world.entries())
    assert not (office.home.log / "checkpoint").exists()
    assert [path for path in office.home.outbox.rglob("*") if path.is_file()] == []
    village.start("w3")
    assert run(office) == 0
    assert list_orders(office) == SENT
    assert check(office) == 0


def test_editing_the_policy_file_opens_nothing(tmp_path: Path, village: Village) -> None:
    village.stop("w3")
    office, _ = make_county(tmp_path, village)
    right = office.home.policy.read_bytes()
    for words in ("quorum none", "group enough 1 w1 w2 w3 w4\nquorum enough"):
        lines = [line for line in right.decode().splitlines() if not line.startswith(("group", "quorum"))]
        office.home.policy.write_text("\n".join([*lines, words]) + "\n")
        assert run(office, "--wait", "2") == 0
        assert list_orders(office) == []
        assert office.home.policy.read_bytes() == right


def test_another_home_of_the_same_log_is_not_cosigned(tmp_path: Path, village: Village) -> None:
    office, _ = make_county(tmp_path, village)
    assert run(office) == 0
    fork = make_home(tmp_path / "fork", village.make_quorum())
    world = World(pinned={"key": LOG_VKEY, "quorum": village.make_quorum().model_dump()})
    world.set_up()
    world.send_batch("PAY", world.settle_people(4))
    world.release("PAY", [("402", 4, 40_000)])
    submit_world(open_home(fork.home.root), tmp_path / "other", world)
    assert run(fork, "--wait", "2") == 0
    assert list_orders(fork) == []
