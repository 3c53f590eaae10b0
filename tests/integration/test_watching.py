"""The program that keeps running: inbox, signals, lock."""

import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest

from consolidator.bootstrap import Office
from streams.embedded.journal import open_journal_read_only
from tests.integration.office import (
    make_home,
    run_once,
    submit_world,
    write_pay_file,
)
from tests.support.world import World

DEADLINE_SECONDS = 60


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so; it always becomes so, or the program is broken."""
    end = monotonic() + DEADLINE_SECONDS
    while not condition():
        assert monotonic() < end, "this did not happen"
        sleep(0.02)


def start(office: Office) -> subprocess.Popen[bytes]:
    """Start the program on a home, to keep running."""
    words = [sys.executable, "-m", "consolidator", "run", "--home", str(office.home.root)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 -- our own


def count_snapshots(office: Office) -> int:
    """Count the snapshots in the journal."""
    with sqlite3.connect(office.home.journal) as journal:
        count: int = journal.execute("SELECT count(*) FROM snapshots").fetchone()[0]
    return count


def read_size(office: Office) -> int:
    """Give the log's size, 0 before the first commit."""
    with open_journal_read_only(office.home.journal) as journal:
        record = journal.last_commit()
        return 0 if record is None else record.head.size


@pytest.mark.kill
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_running_county_takes_files_from_its_inbox_and_ends_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    ids = world.settle_people(3)
    process = start(office)
    try:
        wait_for(lambda: read_size(office) >= 1)
        submit_world(office, tmp_path / "d", world)
        wait_for(lambda: read_size(office) == world.county.head().size)
        path = write_pay_file(tmp_path, ids)
        for each in (path.with_name(f"{path.name}.cover.csv"), path):
            shutil.copy(each, office.home.inbox / "bank-402")
        (office.home.inbox / "bank-402" / "bad.jsonl").write_bytes(b"junk")
        wait_for(lambda: not list((office.home.inbox / "bank-402").iterdir()))
        wait_for(lambda: read_size(office) > world.county.head().size)
        assert run_once(office) == 7
        process.send_signal(end)
        assert process.wait(DEADLINE_SECONDS) == 0
    finally:
        process.kill()
        process.communicate()
    assert count_snapshots(office) >= 1
    assert [path.name for path in office.home.refused.glob("*/*.jsonl")]
    assert run_once(office) == 0
