"""A home on a cluster whose office is killed, whose disk is full, whose files come in while it watches."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from threading import Event

import pytest

from consolidator.bootstrap import open_home
from consolidator.home.reports import RunReport
from consolidator.home.running import Watch, run_watching
from schemas.instants import HOUR_SECONDS
from tests.integration.kafka.county import list_files, run, submit, working
from tests.integration.office import read_head

KILLS = 8
DOCUMENTS = 107  # of the sample
ROUNDS = 200
SEED = 7
ROOT = Path(__file__).parents[3]
BOUNDED = """\
import sys
from tests.support.faults import bound_file_size
from consolidator.cli.main import main
bound_file_size(4096, int(sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""


def see_outbox(home: Path) -> dict[str, tuple[int, int]]:
    """Give the order files that were sent, and what tells a second sending from the first."""
    found = {path: path.stat() for path in (home / "outbox").glob("[0-9]*/*") if path.is_file()}
    return {path.name: (stat.st_ino, stat.st_mtime_ns) for path, stat in found.items()}


def end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Kill a process after a while, if it has not ended by then."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.mark.kill
def test_an_office_killed_at_any_moment_loses_nothing_and_sends_nothing_twice(
    home: Path, sample: Path, alone: Path
) -> None:
    words = [sys.executable, "-m", "consolidator", "run", "--home", str(home), "--once"]
    chance, sent = Random(SEED), dict[str, tuple[int, int]]()
    with working(home):
        submit(home, sample)
        for _ in range(KILLS):
            process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 -- our own
            end(process, chance.uniform(0.8, 4))
            now = see_outbox(home)
            assert sent.items() <= now.items()
            sent = now
        run(home)
    assert sent.items() <= see_outbox(home).items()
    assert read_head(open_home(home)) == read_head(open_home(alone))
    assert list_files(home, "outbox", "log", "returns") == list_files(alone, "outbox", "log", "returns")


def test_a_full_disk_is_told_and_the_office_goes_on_when_there_is_room(home: Path, sample: Path, alone: Path) -> None:
    with working(home):
        submit(home, sample)
        for blocks in (60, 150, 300):
            words = [sys.executable, "-c", BOUNDED, str(blocks), "run", "--home", str(home), "--once"]
            done = subprocess.run(words, cwd=ROOT, check=False, capture_output=True, text=True)  # noqa: S603 -- our own
            assert done.returncode == 6, done.stderr
            assert "free" in done.stderr
        run(home)
    assert read_head(open_home(home)) == read_head(open_home(alone))
    assert list_files(home, "outbox", "log") == list_files(alone, "outbox", "log")


class Until(Event):
    """Ends a watching run once something is so; it always becomes so, or the program is broken."""

    def __init__(self, is_so: Callable[[], bool]) -> None:
        """Ask this after each round."""
        super().__init__()
        self.is_so = is_so
        self.rounds = ROUNDS

    def wait(self, timeout: float | None = None) -> bool:
        """Say whether it is so; else wait."""
        self.rounds -= 1
        return self.is_so() or not self.rounds or super().wait(timeout)


def leave_last_out(sample: Path, folder: Path) -> Path:
    """Copy a sample whose last document is not in its list; gives that document."""
    shutil.copytree(sample, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    last = manifest["items"].pop()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder / str(last["file"])


def test_a_watching_office_takes_its_inbox_to_the_cluster_and_ticks(
    home: Path, sample: Path, alone: Path, tmp_path: Path
) -> None:
    last = leave_last_out(sample, tmp_path / "all-but-one")
    (home / "inbox" / "bureau").mkdir()
    shutil.copy(last, home / "inbox" / "bureau")
    submit(home, tmp_path / "all-but-one")
    told, begun = list[RunReport](), read_head(open_home(alone)).now

    def has_decided() -> bool:
        return sum(report.documents for report in told) == DOCUMENTS

    def now() -> int:
        return begun + HOUR_SECONDS if has_decided() else begun

    def has_ticked() -> bool:
        return has_decided() and read_head(open_home(home)).now == begun + HOUR_SECONDS

    with working(home):
        run_watching(open_home(home), Watch(now, Until(has_ticked), _ignore, told.append))
    assert has_ticked()
    assert not list((home / "inbox" / "bureau").iterdir())
    assert list_files(home, "outbox").keys() == list_files(alone, "outbox").keys()


def _ignore(_: Sequence[object]) -> None:
    """Take no notice."""
