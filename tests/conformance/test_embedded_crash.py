"""The embedded engine under kills, torn and flipped bytes, full disks and company."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from schemas.errors import ConsolidatorError, DependencyError, InvariantError
from streams import engine as engine_module
from streams.embedded.journal import create_journal, open_journal
from streams.engine import Engine
from streams.recovery import load
from streams.replay import check_replay
from tests.conformance.suite import WORK, Content, content, finish, start
from tests.conformance.toy import GENESIS, ToyMachine

ROOT = Path(__file__).parents[2]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A folder with WORK pending in one journal and done in another."""
    folder = tmp_path / "template"
    folder.mkdir()
    for name in ("journal.sqlite", "undisturbed.sqlite"):
        create_journal(folder / name, GENESIS)
        with open_journal(folder / name) as journal:
            journal.append(WORK)
    with open_journal(folder / "undisturbed.sqlite") as journal:
        start(journal).run()
    return folder


@pytest.fixture
def undisturbed(template: Path) -> Content:
    """What the journal must hold in the end."""
    with open_journal(template / "undisturbed.sqlite") as journal:
        return content(journal)


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commit after each step, keep a snapshot after each run."""
    monkeypatch.setattr(engine_module, "COMMIT_LINES_MAX", engine_module.SLICE_LINES_MAX)
    monkeypatch.setattr(engine_module, "SNAPSHOT_COMMANDS", 1)


def _hit(work: str, fault: str, template: Path) -> int:
    folder = template.with_name("copies")
    command = [sys.executable, "-m", "tests.conformance.kill_at", work, fault, str(template), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 -- our own
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.kill
@pytest.mark.parametrize(("work", "at_least"), [("run", 80), ("append", 6), ("create", 15)])
def test_a_process_killed_before_any_statement_leaves_a_journal_that_goes_on(
    template: Path, work: str, at_least: int
) -> None:
    if work == "create":
        shutil.rmtree(template)
        template.mkdir()
    assert _hit(work, "kill", template) >= at_least


@pytest.mark.kill
def test_a_process_killed_again_and_again_gets_to_the_end(template: Path) -> None:
    assert _hit("run", "chain", template) >= 3


@pytest.mark.kill
@pytest.mark.parametrize(("work", "at_least"), [("run", 10), ("append", 1)])
def test_a_disk_that_is_full_at_any_point_gives_a_clear_error_and_the_work_goes_on_later(
    template: Path, work: str, at_least: int
) -> None:
    assert _hit(work, "full", template) >= at_least


def test_a_full_journal_says_so_and_goes_on_when_there_is_room(template: Path, undisturbed: Content) -> None:
    connection = sqlite3.connect(template / "journal.sqlite")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.close()
    with open_journal(template / "journal.sqlite") as journal:
        journal._connection.execute(f"PRAGMA max_page_count = {pages}")  # noqa: SLF001 -- the way to fill it
        with pytest.raises(DependencyError, match="free disk space"):
            journal.append([GENESIS] * 2000)
        assert journal.next_position() == len(WORK) + 2
        engine = start(journal)
        with pytest.raises(DependencyError, match="free disk space"):
            engine.run()
    with open_journal(template / "journal.sqlite") as journal:
        assert finish(journal)[0] == undisturbed


@pytest.fixture
def torn(template: Path) -> tuple[bytes, bytes]:
    """Database and write-ahead log as a power failure finds them: commands in the first, all commits in the second."""
    path = template / "journal.sqlite"
    with open_journal(path) as journal:
        engine = start(journal)
        engine.run()
        engine.close()
        return path.read_bytes(), path.with_name("journal.sqlite-wal").read_bytes()


def _write(folder: Path, database: bytes, wal: bytes) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / "journal.sqlite-wal").write_bytes(wal)
    (folder / "journal.sqlite").write_bytes(database)
    return folder / "journal.sqlite"


@pytest.mark.usefixtures("eager")
def test_a_write_ahead_log_cut_anywhere_goes_on_from_the_last_whole_commit(
    torn: tuple[bytes, bytes], tmp_path: Path, undisturbed: Content
) -> None:
    database, wal = torn
    sizes = set()
    for cut in range(0, len(wal) + 4096, 4096):
        with open_journal(_write(tmp_path / "cut", database, wal[: cut - cut // 4096 % 2])) as journal:
            record = load(journal, ToyMachine).record
            sizes.add(record.head.size if record else 0)
            assert finish(journal)[0] == undisturbed
    assert len(sizes) > 8  # the cuts fell into many different commits


@pytest.mark.usefixtures("eager")
def test_a_byte_changed_in_the_write_ahead_log_ends_it_there(
    torn: tuple[bytes, bytes], tmp_path: Path, undisturbed: Content
) -> None:
    database, wal = torn
    for place in range(40, len(wal), 6151):
        changed = wal[:place] + bytes([wal[place] ^ 0x10]) + wal[place + 1 :]
        with open_journal(_write(tmp_path / "changed", database, changed)) as journal:
            assert finish(journal)[0] == undisturbed


@pytest.fixture
def done(template: Path) -> Path:
    """A journal whose work is done with two snapshots, closed."""
    path = template / "journal.sqlite"
    with open_journal(path) as journal:
        for command in WORK[:2]:
            journal.append([command])
            engine = Engine(journal, ToyMachine)
            engine.recover()
            engine.run()
            engine.close()
    return path


def _flip(blob: bytes, place: int) -> bytes:
    return blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]


def test_a_changed_snapshot_gives_way_to_an_older_one_and_then_to_replay(done: Path) -> None:
    with open_journal(done) as journal, closing(sqlite3.connect(done, isolation_level=None)) as tables:
        whole = load(journal, ToyMachine)
        assert whole.machine.applied == 0
        snapshots = tables.execute("SELECT id, state FROM snapshots ORDER BY id DESC").fetchall()
        for harmed, (number, state) in enumerate(snapshots, start=1):
            tables.execute("UPDATE snapshots SET state = ? WHERE id = ?", (_flip(state, len(state) // 2), number))
            standing = load(journal, ToyMachine)
            assert standing.machine.head() == whole.machine.head()
            assert standing.machine.applied == (1 if harmed == 1 else len(WORK) + 3)


def test_a_changed_commit_record_of_a_snapshot_only_loses_the_snapshot(done: Path) -> None:
    with open_journal(done) as journal, closing(sqlite3.connect(done, isolation_level=None)) as tables:
        journal.append(WORK[:1])
        head = finish(journal)[1]
        number, record = tables.execute(
            "SELECT id, record FROM snapshots JOIN commits USING (id) ORDER BY id DESC"
        ).fetchone()
        tables.execute("UPDATE commits SET record = ? WHERE id = ?", (_flip(record, 20), number))
        standing = load(journal, ToyMachine)
        assert standing.record == head
        assert standing.machine.applied == 2


def test_a_bit_changed_anywhere_in_the_last_commit_record_is_a_clear_error(done: Path) -> None:
    with open_journal(done) as journal, closing(sqlite3.connect(done, isolation_level=None)) as tables:
        number, record = tables.execute("SELECT id, record FROM commits ORDER BY id DESC").fetchone()
        for place in range(len(record)):
            tables.execute("UPDATE commits SET record = ? WHERE id = ?", (_flip(record, place), number))
            with pytest.raises(InvariantError, match="restore a backup"):
                load(journal, ToyMachine)


@pytest.mark.soak
def test_a_byte_changed_anywhere_in_the_file_is_harmless_or_noticed(done: Path, tmp_path: Path) -> None:
    database = done.read_bytes()
    with open_journal(done) as journal:
        expected = content(journal)
    noticed = 0
    for place in range(100, len(database), 97):
        path = _write(tmp_path / "flipped", _flip(database, place), b"")
        try:
            with open_journal(path) as journal:
                check_replay(journal, ToyMachine)
                assert content(journal) == expected
        except ConsolidatorError:
            noticed += 1
    assert noticed > 0
