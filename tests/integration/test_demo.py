"""The demo with its witnesses: processes of their own, a quorum, proofs that a bank takes, and nothing left running."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from consolidator.cli.main import main
from consolidator.demo import DemoResult, run_demo
from consolidator.demo import witnesses as demo_witnesses
from consolidator.home.paths import Home
from consolidator.witness.home import open_witness
from consolidator.witness.status import read_witness_status
from schemas.errors import DependencyError

LINES, SEED = 500, 7
NAMES = ["w1", "w2", "w3", "w4"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "demo-home"


@pytest.fixture(scope="module")
def result(home: Path) -> DemoResult:
    return run_demo(home, LINES, SEED, witnesses="four")


@pytest.fixture
def quorum(result: DemoResult) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(result.figures["quorum"]))
    return told


def check_gone(witnesses: Path) -> None:
    """Every witness's lock is free: nobody works in these homes."""
    for name in NAMES:
        with open_witness(witnesses / name):
            pass


def test_three_of_four_cosigned_the_whole_log_and_two_of_them_follow(
    result: DemoResult, quorum: dict[str, Any]
) -> None:
    assert (quorum["threshold"], quorum["is_met"]) == (3, True)
    final = [each["witness"] for each in quorum["cosigned"] if each["size"] == result.figures["size"]]
    assert len(final) == len(set(final)) >= 3
    assert all(each["size"] <= result.figures["size"] for each in quorum["cosigned"])
    assert len({each["size"] for each in quorum["cosigned"]}) >= 2  # when orders went out, and with what banks answered
    assert all(each["follows"] == (each["witness"] in {"w1", "w2"}) for each in quorum["cosigned"])


def test_every_order_file_waited_and_has_a_proof_that_the_bank_accepts(home: Path, quorum: dict[str, Any]) -> None:
    files = {str(path.relative_to(home / "outbox")) for path in (home / "outbox").rglob("*") if path.is_file()}
    assert files == {each[part] for each in quorum["orders"] for part in ("file", "proof")}
    assert files
    for each in quorum["orders"]:
        assert main(["order", "check", str(home / "outbox" / each["file"]), "--policy", str(home / "policy.txt")]) == 0


def test_no_witness_runs_afterwards_and_each_kept_what_it_cosigned(result: DemoResult, home: Path) -> None:
    check_gone(home / "witnesses")
    sizes = [read_witness_status(home / "witnesses" / name)["logs"][0]["size"] for name in NAMES]
    assert sizes.count(result.figures["size"]) >= 3


def test_the_same_seed_gives_the_same_root_and_another_policy_than_without_witnesses(
    result: DemoResult, home: Path, tmp_path: Path
) -> None:
    again = run_demo(tmp_path / "other", LINES, SEED, witnesses="four")
    assert (again.figures["root"], again.figures["size"]) == (result.figures["root"], result.figures["size"])
    assert (tmp_path / "other" / "policy.txt").read_bytes() == (home / "policy.txt").read_bytes()
    assert run_demo(tmp_path / "none", LINES, SEED).figures["root"] != result.figures["root"]


def test_the_page_shows_the_quorum_and_does_not_say_that_nobody_watches(result: DemoResult, home: Path) -> None:
    page = (home / "demo.html").read_text(encoding="utf-8")
    assert all(each["file"] in page for each in result.figures["quorum"]["orders"])
    assert "达到要求 quorum" in page
    assert "无见证" not in page


def test_the_log_verifies_with_the_witnesses_policy(result: DemoResult, home: Path) -> None:
    assert result.figures["size"]
    assert main(["log", "verify", "--home", str(home)]) == 0


def test_doctor_knows_the_policy_file_of_the_witnesses_and_sees_when_it_is_edited(
    result: DemoResult, home: Path
) -> None:
    assert result.figures["size"]
    assert main(["doctor", "--home", str(home)]) == 0
    policy = home / "policy.txt"
    right = policy.read_text(encoding="utf-8")
    policy.write_text(right.replace("three-of-four 3 ", "three-of-four 2 "), encoding="utf-8")
    try:
        assert main(["doctor", "--home", str(home)]) == 5
    finally:
        policy.write_text(right, encoding="utf-8")


class _StoppedError(Exception):
    """What a test raises while witnesses run."""


@pytest.fixture
def running(home: Path, result: DemoResult, tmp_path: Path) -> Iterator[tuple[Home, str]]:
    """Give a place for witnesses, and the log's key."""
    (tmp_path / "log").mkdir()
    assert home.exists()
    yield Home(tmp_path), str(result.figures["vkey"])
    check_gone(tmp_path / "witnesses")


@pytest.mark.parametrize("error", [_StoppedError, KeyboardInterrupt])
def test_an_error_or_ctrl_c_while_they_run_ends_all_four(running: tuple[Home, str], error: type[BaseException]) -> None:
    home, vkey = running
    with pytest.raises(error), demo_witnesses.run_witnesses(home, SEED, vkey) as addresses:
        _stop(addresses, error)


def _stop(addresses: Mapping[str, str], error: type[BaseException]) -> None:
    assert sorted(addresses) == NAMES
    assert all(url.startswith("http://127.0.0.1:") for url in addresses.values())
    raise error


def test_sigterm_ends_the_demo_with_its_witnesses(tmp_path: Path) -> None:
    home = tmp_path / "home"
    words = [sys.executable, "-m", "consolidator", "demo", "--home", str(home), "--lines", str(LINES)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as demo:  # noqa: S603 -- our own
        while not (home / "witnesses" / "w4" / "witness.lock").exists():
            assert demo.poll() is None
            time.sleep(0.01)
        demo.terminate()
        demo.wait()
    assert demo.returncode == 1
    check_gone(home / "witnesses")


def test_a_witness_that_does_not_start_is_named_and_the_others_end(
    running: tuple[Home, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, vkey = running
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(DependencyError, match=r"w1.*--witnesses none"), demo_witnesses.run_witnesses(home, SEED, vkey):
        pass
