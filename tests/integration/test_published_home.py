"""What a home publishes: kept up with its commits, verified against its journal, exported, and watched."""

import json
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from consolidator.cli.main import main
from tests.integration.conftest import Told
from tests.support.logs import read_all
from tests.support.published import serve
from tests.unit.verify.spoiling import flip

Ask = Callable[..., Told]


def words(home: Path, *more: object) -> list[str]:
    """Give the words that verify a home's log."""
    return ["log", "verify", "--home", str(home), *map(str, more)]


def test_a_run_publishes_all_it_committed(home: Path, ask: Ask) -> None:
    status = ask("status", "--home", home)
    assert status["published_size"] == status["size"] > 0
    told = ask(*words(home))
    assert told["size"] == told["published"]["size"] == status["size"]
    assert told["published"]["root"] == status["root"]
    assert (home / "seen" / "checkpoint").read_text(encoding="utf-8") == status["checkpoint"]


def test_the_published_log_holds_nothing_but_what_the_specification_names(done: Path) -> None:
    assert all(name == "checkpoint" or name.startswith("tile/") for name in read_all(done / "log"))


def test_an_export_is_verified_without_the_home_and_brought_up_to_date(home: Path, tmp_path: Path, ask: Ask) -> None:
    target, policy = tmp_path / "www", home / "policy.txt"
    size = ask("log", "export", "--home", home, "--to", target)["size"]
    assert read_all(target) == {k: v for k, v in read_all(home / "log").items() if _is_current(k, size)}
    seen = tmp_path / "seen.checkpoint"
    assert ask("log", "verify", "--dir", target, "--policy", policy, "--seen", seen)["size"] == size
    assert ask("log", "export", "--home", home, "--to", target)["size"] == size
    with serve(target) as url:
        assert ask("log", "verify", "--url", url, "--policy", policy, "--seen", seen)["size"] == size
    shutil.rmtree(home)
    assert main(["log", "verify", "--dir", str(target), "--policy", str(policy)]) == 5  # the policy was the home's


def _is_current(path: str, size: int) -> bool:
    """Leave out partial files of earlier heads."""
    from consolidator.transparency.tiles import list_growth, render_tile_path  # noqa: PLC0415 -- one use

    return path == "checkpoint" or path in {render_tile_path(tile) for tile in list_growth(0, size)}


def test_an_export_onto_another_log_is_refused(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "checkpoint").write_text("another log", encoding="utf-8")
    assert main(["log", "export", "--home", str(home), "--to", str(tmp_path)]) == 3
    assert "do not delete it" in capsys.readouterr().err


def test_verifying_a_copy_needs_a_policy(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["log", "verify", "--dir", str(home / "log")]) == 2
    assert "--policy" in capsys.readouterr().err


def test_a_log_that_nobody_cosigns_has_no_age(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(home, "--max-age", 300)) == 3
    assert "nobody cosigns this log" in capsys.readouterr().err


def test_a_seen_file_of_something_else_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "seen" / "checkpoint").write_text("something else", encoding="utf-8")
    assert main(words(home)) == 5
    assert "name another file with --seen" in capsys.readouterr().err


def test_a_bit_in_the_journal_is_noticed_though_what_is_published_is_whole(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(home)) == 0
    with closing(sqlite3.connect(home / "journal.sqlite")) as journal, journal:
        [(entries,)] = journal.execute("SELECT entries FROM bundles WHERE first = 0").fetchall()
        journal.execute("UPDATE bundles SET entries = ? WHERE first = 0", (flip(20)(entries),))
    assert main(words(home)) == 3
    assert re.search("entry [01]: ", capsys.readouterr().err)


def test_published_files_rolled_back_are_brought_up_again_by_the_next_start(
    sample: Path, tmp_path: Path, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert main(["init", "--home", str(home), "--county", "511112", "--sample", str(sample)]) == 0
    assert main(["run", "--home", str(home), "--once"]) == 0
    shutil.copytree(home / "log", tmp_path / "old")
    assert main(["submit", "--home", str(home), str(sample)]) == 0
    assert main(["run", "--home", str(home), "--once"]) == 4
    newest = ask(*words(home))
    shutil.rmtree(home / "log")
    shutil.copytree(tmp_path / "old", home / "log")
    assert main(words(home)) == 3  # rolled back against what was seen
    assert "rolled back" in capsys.readouterr().err
    assert main(["run", "--home", str(home), "--once"]) == 0
    assert ask(*words(home)) == newest


def test_published_files_ahead_of_the_journal_stop_the_start(
    home: Path, sample: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A journal was restored from an old backup: going on would fork the log."""
    young = tmp_path / "young"
    assert main(["init", "--home", str(young), "--county", "511112", "--sample", str(sample)]) == 0
    assert main(["run", "--home", str(young), "--once"]) == 0
    for name in ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"):
        (home / name).unlink(missing_ok=True)
        if (young / name).exists():
            shutil.copy(young / name, home / name)
    before = read_all(home / "log")
    capsys.readouterr()
    assert main(["run", "--home", str(home), "--once"]) == 3
    assert "restore the newest journal" in capsys.readouterr().err
    assert main(words(home)) == 3
    assert read_all(home / "log") == before


def test_a_published_log_of_another_county_stops_the_start(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkpoint = home / "log" / "checkpoint"
    checkpoint.write_bytes(checkpoint.read_bytes().replace(b"511112", b"511113"))
    assert main(["run", "--home", str(home), "--once"]) == 3
    assert "the published checkpoint is of no use" in capsys.readouterr().err
    assert main(words(home)) == 3


def test_a_published_log_that_was_deleted_is_made_again(home: Path, ask: Ask) -> None:
    before = {k: v for k, v in read_all(home / "log").items() if _is_current(k, ask("status", "--home", home)["size"])}
    shutil.rmtree(home / "log")
    assert main(words(home)) == 3
    assert main(["run", "--home", str(home), "--once"]) == 0
    assert read_all(home / "log") == before
    assert main(words(home)) == 0


def test_a_damaged_file_in_the_midst_is_found_by_verify_and_mended_when_tiles_are_made_again(home: Path) -> None:
    place = home / "log" / "tile" / "entries" / "000"
    place.write_bytes(place.read_bytes()[:-1] + b"\0")
    assert main(words(home)) == 3
    shutil.rmtree(home / "log" / "tile")
    assert main(["run", "--home", str(home), "--once"]) == 0
    assert main(words(home)) == 0


def test_two_publishers_at_once_are_excluded_by_the_homes_lock(home: Path) -> None:
    hold = "import sys; from pathlib import Path; from streams.embedded.lock import hold_lock\n"
    hold += "with hold_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(home / "ledger.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:  # noqa: S603 -- our own words
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        before = read_all(home / "log")
        assert main(["run", "--home", str(home), "--once"]) == 7
        assert read_all(home / "log") == before
        other.communicate()
    assert main(["run", "--home", str(home), "--once"]) == 0


def test_a_watch_tells_doubts_as_lines_of_json_and_ends_by_a_signal(home: Path) -> None:
    command = [sys.executable, "-m", "consolidator", "log", "watch", "--home", str(home), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as watch:  # noqa: S603 -- our own words
        assert watch.stdout is not None
        told = [json.loads(watch.stdout.readline())]
        while told[-1]["event"] != "head":
            told.append(json.loads(watch.stdout.readline()))
        watch.send_signal(signal.SIGINT)
        rest, complaints = watch.communicate(timeout=60)
    assert (watch.returncode, rest) == (0, "")
    assert "Traceback" not in complaints
    assert told[-1]["entries"] == told[-1]["size"]
    assert {each["level"] for each in told[:-1]} == {"red", "orange"}
    assert {each["code"] for each in told[:-1]} >= {"R05", "R18"}


def test_a_watch_ends_with_exit_code_3_when_something_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words(home)) == 0
    (home / "log" / "tile" / "0" / "000").unlink()
    capsys.readouterr()
    assert main(["log", "watch", "--home", str(home)]) == 3
    assert "the log has no tile/0/000" in capsys.readouterr().err
