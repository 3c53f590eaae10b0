"""A home in which a failed line was paid again: whoever asks is told so, and the log is verified with it."""

import json
from pathlib import Path

import pytest

from consolidator.bootstrap import Office
from consolidator.cli.main import main
from schemas.identifiers import derive_order_id
from tests.integration.office import ask, make_home, run_once, submit_world
from tests.support.paid_again import correct, fail_lines
from tests.support.told import result, tell
from tests.support.world import World


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A county with two failed lines, one of which was corrected and paid."""
    folder = tmp_path_factory.mktemp("corrected")
    office = make_home(folder / "home")
    world = World()
    world.set_up()
    ids = fail_lines(world, 2)
    correct(world, "FIX-1", ids[:1], [1])
    world.release("FIX-1", [("402", 1, 10_000)])
    tell(world, result("credited", 1, order=derive_order_id("511112", "bank-402", "FIX-1", 1, 1)))
    submit_world(office, folder / "d", world)
    assert run_once(office) == 0
    return office


def test_the_status_counts_lines_that_were_corrected(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert "已更正重发 rebuilt" in ask(capsys, office, "status")
    lines = json.loads(ask(capsys, office, "status", "--json"))["lines"]
    assert {state: sums["count"] for state, sums in lines.items()} == {"credited": 1, "failed": 1, "rebuilt": 1}


def test_a_batch_shows_which_of_its_lines_were_corrected(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["batch", "show", "--home", str(office.home.root), "bank-402/B-1"]) == 0
    told = capsys.readouterr().out
    assert "发放失败 1 · 已更正重发 1" in told
    assert "402  已更正重发 rebuilt  1  100.00 元 yuan" in told


def test_both_lines_are_explained(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    assert "本明细更正 bank-402/B-1/1" in ask(capsys, office, "--lang", "zh", "explain", "bank-402/FIX-1/1")
    told = ask(capsys, office, "--lang", "en", "explain", "bank-402/B-1/1")
    assert "Line bank-402/FIX-1/1 (credited) corrects it" in told


def test_the_order_says_which_round_it_is(office: Office) -> None:
    [order] = [path for path in office.home.outbox.rglob("*FIX-1*.txt") if path.is_file()]
    assert b"511112/bank-402/FIX-1/1/1" in Path(order).read_bytes()


def test_the_log_is_verified_and_replayed_in_every_way(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    totals = json.loads(ask(capsys, office, "log", "verify", "--json"))["totals"]
    assert totals["rebuilt"] == [1, 10_000]
    ask(capsys, office, "log", "verify", "--disclosed")
    ask(capsys, office, "log", "replay")
