"""No payment without the witnesses: real witnesses, real homes, order files and their proofs."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pytest

from consolidator.bootstrap import open_home
from consolidator.cli.main import main
from consolidator.demo.folder import serve_folder
from consolidator.home.creating import NOBODY
from consolidator.home.status import read_policy
from consolidator.keys import write_signer
from consolidator.transparency.keys import render_vkey
from consolidator.transparency.quorum import open_with_quorum
from tests.integration.office import make_home, read_head, save_key, submit_world
from tests.integration.paying import SENT, check_order, go_on, list_orders, make_county, run
from tests.integration.witnessed import Village, open_village
from tests.support.witnesses import LOG_VKEY
from tests.support.world import ORIGIN, World, make_signer


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    """Four witnesses, three of whom run."""
    with open_village(tmp_path / "witnesses", ["w1", "w2", "w3"]) as made:
        yield made


def test_three_of_four_let_it_through_with_a_proof_that_the_bank_accepts(tmp_path: Path, village: Village) -> None:
    office, _ = make_county(tmp_path, village.make_quorum())
    assert run(office) == 0
    assert list_orders(office) == SENT
    assert check_order(office) == 0
    published = (office.home.log / "checkpoint").read_bytes()
    cosigned = open_with_quorum(published, read_policy(office.home.policy))
    assert cosigned.checkpoint.size == read_head(office).size
    assert main(["log", "verify", "--home", str(office.home.root)]) == 0
    for name in ("w1", "w2", "w3"):
        village.stop(name)
    shutil.rmtree(office.home.log)
    assert run(office, "--wait", "0") == 0
    assert (office.home.log / "checkpoint").read_bytes() == published  # derived, and made again from what was kept


def test_with_two_of_four_nothing_is_written_and_the_log_grows_and_later_it_flows(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    village.stop("w3")
    office, world = make_county(tmp_path, village.make_quorum())
    assert run(office, "--wait", "3", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [each["code"] for each in told["orders_waiting"]] == ["G04"]
    assert read_head(office).size == len(world.entries())
    assert not (office.home.log / "checkpoint").exists()
    assert [path for path in office.home.outbox.rglob("*") if path.is_file()] == []
    village.start("w3")
    assert run(office) == 0
    assert list_orders(office) == SENT
    assert check_order(office) == 0


def test_editing_the_policy_file_opens_nothing(tmp_path: Path, village: Village) -> None:
    village.stop("w3")
    office, _ = make_county(tmp_path, village.make_quorum())
    right = office.home.policy.read_bytes()
    for words in ("quorum none", "group enough 1 w1 w2 w3 w4\nquorum enough"):
        lines = [line for line in right.decode().splitlines() if not line.startswith(("group", "quorum"))]
        office.home.policy.write_text("\n".join([*lines, words]) + "\n")
        assert run(office, "--wait", "2") == 0
        assert list_orders(office) == []
        assert office.home.policy.read_bytes() == right


def test_another_home_of_the_same_log_is_not_cosigned(tmp_path: Path, village: Village) -> None:
    office, _ = make_county(tmp_path, village.make_quorum())
    assert run(office) == 0
    fork = make_home(tmp_path / "fork", village.make_quorum())
    world = World(pinned={"key": LOG_VKEY, "quorum": village.make_quorum().model_dump()})
    world.set_up()
    world.send_batch("PAY", world.settle_people(4))
    world.release("PAY", [("402", 4, 40_000)])
    submit_world(open_home(fork.home.root), tmp_path / "other", world)
    assert run(fork, "--wait", "2") == 0
    assert list_orders(fork) == []


def read_told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """Run a command with --json; gives what it told."""
    capsys.readouterr()
    assert main([*map(str, words), "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_a_change_of_the_quorum_counts_once_the_old_one_has_seen_it(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    office, world = make_county(tmp_path, village.make_quorum())
    assert run(office) == 0
    for name in ("w5", "w6"):
        village.start(name)
    new = village.make_quorum(("w1", "w5", "w6"), 3)
    for name in ("w2", "w3"):
        village.stop(name)
    go_on(office, tmp_path, world, "LATER", new)
    assert run(office, "--wait", "3") == 0
    assert list_orders(office) == SENT
    status = read_told(capsys, "status", "--home", office.home.root)
    assert (len(status["quorum"]["waiting"]), status["quorum"]["changes"]) == (1, [])
    assert [each["for"] for each in status["waits"]] == [["w2", "w3", "w4"]]
    assert {each["name"] for each in status["witnesses"] if not each["in_force"]} == {"w5", "w6"}
    for name in ("w2", "w3"):
        village.start(name)
    assert run(office) == 0
    assert len(list_orders(office)) == 4
    status = read_told(capsys, "status", "--home", office.home.root)
    assert [change["how"] for change in status["quorum"]["changes"]] == ["quorum"]
    assert [each["name"] for each in status["witnesses"]] == ["w1", "w5", "w6"]
    assert [witness.name for witness in read_policy(office.home.policy).witnesses] == ["w1", "w5", "w6"]
    assert status["waits"] == []


def test_nobody_watches_only_after_the_old_quorum_agreed(tmp_path: Path, village: Village) -> None:
    office, world = make_county(tmp_path, village.make_quorum())
    village.stop("w3")
    go_on(office, tmp_path, world, quorum=NOBODY)
    assert run(office, "--wait", "2") == 0
    assert list_orders(office) == []
    assert b"enough" in office.home.policy.read_bytes()
    village.start("w3")
    assert run(office) == 0
    assert list_orders(office) == SENT[:1]
    assert "仅供演示" in office.home.policy.read_text()


def test_a_county_that_begins_without_witnesses_gets_them_by_policy(tmp_path: Path, village: Village) -> None:
    office = make_home(tmp_path / "home")
    world = World(pinned={"key": LOG_VKEY})
    world.set_up()
    go_on(office, tmp_path, world, "BEFORE")
    assert run(office) == 0
    assert list_orders(office) == ["402/bank-402_BEFORE_402_001.txt"]
    go_on(office, tmp_path, world, "AFTER", village.make_quorum())
    assert run(office) == 0
    assert len(list_orders(office)) == 3
    assert b"enough" in office.home.policy.read_bytes()


def test_two_of_four_stores_are_lost_and_root_officers_name_new_witnesses(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    village.start("w4")
    office, world = make_county(tmp_path, village.make_quorum())
    keys = [save_key(tmp_path, f"root-{number}") for number in (1, 2)]
    cosign = ["log", "cosign", "--home", office.home.root, "--key"]
    assert run(office) == 0
    assert main([*map(str, cosign), str(keys[0])]) == 5  # no change waits
    for name in ("w3", "w4"):
        village.stop(name)
        shutil.rmtree(village.folder / name)
    go_on(office, tmp_path, world, "LATER")
    assert run(office, "--wait", "2") == 0
    assert list_orders(office) == SENT
    assert read_head(office).size == len(world.entries())
    for name in ("w5", "w6"):
        village.start(name)
    go_on(office, tmp_path, world, quorum=village.make_quorum(("w1", "w2", "w5", "w6")))
    assert run(office, "--wait", "2") == 0
    assert list_orders(office) == SENT
    assert read_told(capsys, *cosign, keys[0])["roots"] == 2
    assert run(office, "--wait", "2") == 0
    assert list_orders(office) == SENT  # one root officer is not all of them
    assert main([*map(str, cosign), str(save_key(tmp_path, "clerk"))]) == 5
    assert len(read_told(capsys, *cosign, keys[1])["cosigned"]) == 2
    assert run(office) == 0
    assert len(list_orders(office)) == 4
    status = read_told(capsys, "status", "--home", office.home.root)
    (change,) = status["quorum"]["changes"]
    assert change["how"] == "recovery"
    assert change["checkpoint"].count("root-") == 2
    assert main(["status", "--home", str(office.home.root)]) == 0
    assert "由全体根管理员会签生效" in capsys.readouterr().out


def test_two_of_the_witnesses_follow_the_entries_before_they_cosign(tmp_path: Path) -> None:
    (tmp_path / "home" / "log").mkdir(parents=True)
    with serve_folder(tmp_path / "home" / "log") as url, open_village(tmp_path / "witnesses", [], ()) as village:
        for name in ("w1", "w2", "w3", "w4"):
            village.make(name, url if name in {"w1", "w2"} else "")
        for name in ("w1", "w2", "w3"):
            village.start(name)
        shutil.rmtree(tmp_path / "home")
        office, _ = make_county(tmp_path, village.make_quorum())
        assert run(office) == 0
        assert list_orders(office) == SENT
        assert check_order(office) == 0


def test_a_county_that_keeps_running_pays_when_the_third_witness_comes(tmp_path: Path, village: Village) -> None:
    village.stop("w3")
    office, _ = make_county(tmp_path, village.make_quorum())
    words = [sys.executable, "-m", "consolidator", "run", "--home", str(office.home.root), "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:  # noqa: S603 -- our own
        assert running.stdout is not None
        first = read_object(running.stdout)
        assert [each["code"] for each in first["orders_waiting"]] == ["G04"]
        assert list_orders(office) == []
        village.start("w3")
        while not read_object(running.stdout)["orders_sent"]:  # a tick may be told of in between
            continue
        running.terminate()
        assert running.wait() == 0
    assert list_orders(office) == SENT
    assert check_order(office) == 0


def read_object(lines: IO[str]) -> dict[str, Any]:
    """Read the next JSON object of a program's output."""
    text = ""
    for line in lines:
        text += line
        with suppress(ValueError):
            found: dict[str, Any] = json.loads(text)
            return found
    raise AssertionError(text)


def test_init_pins_a_quorum_and_refuses_one_that_cannot_be_trusted(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "log.key"
    write_signer(key, make_signer(ORIGIN))
    words = ["init", "--county", "511112", "--log-key", str(key)]
    for name in ("root-1", "root-2"):
        words += ["--root-key", render_vkey(make_signer(name).verifier)]
    quorum = tmp_path / "quorum.json"
    quorum.write_text(village.make_quorum(threshold=2).model_dump_json())
    assert main([*words, "--home", str(tmp_path / "county"), "--quorum", str(quorum)]) == 4
    assert "2k - n" in capsys.readouterr().err
    assert not (tmp_path / "county").exists()
    quorum.write_text(village.make_quorum().model_dump_json())
    assert main([*words, "--home", str(tmp_path / "county"), "--quorum", str(quorum)]) == 0
    assert "仅供演示" not in capsys.readouterr().err
    assert read_policy(tmp_path / "county" / "policy.txt").quorum == "enough"
    assert main(["run", "--home", str(tmp_path / "county"), "--once"]) == 0
    assert (tmp_path / "county" / "log" / "checkpoint").exists()
    assert main([*words, "--home", str(tmp_path / "other"), "--origin", "other.example/x"]) == 5


def test_a_journal_older_than_what_was_cosigned_is_refused(
    tmp_path: Path, village: Village, capsys: pytest.CaptureFixture[str]
) -> None:
    office, world = make_county(tmp_path, village.make_quorum())
    assert run(office) == 0
    shutil.copy(office.home.journal, tmp_path / "backup.sqlite")
    go_on(office, tmp_path, world, "LATER")
    assert run(office) == 0
    for place in office.home.root.glob("journal.sqlite*"):
        place.unlink()
    shutil.copy(tmp_path / "backup.sqlite", office.home.journal)
    assert run(office, "--wait", "0") == 3
    shutil.rmtree(office.home.log)  # even then: the gate remembers
    assert run(office, "--wait", "0") == 3
    assert "old backup" in capsys.readouterr().err
