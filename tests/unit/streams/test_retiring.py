"""A journal that lost its beginning: recovery, replay and bytes, at every place where it may be cut."""

import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from schemas.commits import CommitRecord
from schemas.errors import ConflictError, InvariantError, VerificationError
from streams.embedded.journal import Retirement, SqliteJournal, create_journal, open_journal
from streams.engine import Engine
from streams.journal import Cut
from streams.recovery import load
from streams.replay import begin, check_replay, recompute
from tests.conformance.suite import WORK, content
from tests.conformance.toy import GENESIS, ToyMachine

COMMANDS = len(WORK) + 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal whose work is done."""
    create_journal(tmp_path / "journal.sqlite", GENESIS)
    with open_journal(tmp_path / "journal.sqlite") as journal:
        journal.append(WORK)
        engine = Engine(journal, ToyMachine)
        engine.recover()
        engine.run()
        engine.close()
    return tmp_path / "journal.sqlite"


def make_kept(journal: SqliteJournal, position: int) -> tuple[Cut, CommitRecord, bytes]:
    """Make the state before the command at a position, by replay."""
    last = journal.last_commit()
    assert last is not None
    machine = ToyMachine()
    place = next(at for at in recompute(journal, machine, last, Cut(), lambda _: None) if at.command == position)
    state = machine.snapshot()
    digest = sha256(state).hexdigest()
    return place, CommitRecord(position=position, item=0, head=machine.head(), snapshot=digest), state


def retire(journal: SqliteJournal, position: int, year: int = 2001) -> Cut:
    """Retire all that stands before a position."""
    cut, record, state = make_kept(journal, position)
    journal.retire(Retirement(year, cut, b"what"), record, state)
    return cut


def forget_snapshots(path: Path) -> None:
    """Leave a journal nothing to start from but what a retirement kept."""
    with closing(sqlite3.connect(path, isolation_level=None)) as tables:
        tables.execute("DELETE FROM snapshots")


@pytest.mark.parametrize("position", range(2, COMMANDS + 1))
def test_what_is_left_recovers_and_replays_to_the_same_end(path: Path, position: int) -> None:
    with open_journal(path) as journal:
        record, before = journal.last_commit(), content(journal)
        assert record is not None
        cut = retire(journal, position)
        assert journal.cut() == cut
        assert next(journal.commands(1), (position,))[0] == position
        assert (journal.last_commit(), journal.next_position()) == (record, COMMANDS + 1)
        forget_snapshots(path)
        standing = load(journal, ToyMachine)
        assert (standing.record, standing.machine.head().root) == (record, record.head.root)
        replayed = check_replay(journal, ToyMachine)
        assert (replayed.first, replayed.entries) == (position, record.head.size - cut.entry)
        bundles, files, parts = content(journal)
        assert [bundle.entries for bundle in bundles] == [bundle.entries for bundle in before[0]]
        assert all(bundle.disclosures == bytes(4 * bundle.count) for bundle in bundles if bundle.first < cut.entry)
        assert files == before[1]
        assert parts == [part for part in before[2] if any(f.file == part.file and f.entry >= cut.entry for f in files)]


def test_the_newest_command_stays(path: Path) -> None:
    with open_journal(path) as journal:
        with pytest.raises(InvariantError, match="newest command"):
            retire(journal, COMMANDS + 1)
        assert journal.cut() == Cut()


def test_no_byte_of_what_was_removed_is_left(path: Path) -> None:
    gone, left = b"p:1/0/0", b"p:3/0/0"  # private parts of the first document and of the last
    with open_journal(path) as journal:
        journal.scrub()
        assert gone in path.read_bytes()
        retire(journal, 3)
        journal.scrub()
        assert path.with_name("journal.sqlite-wal").stat().st_size == 0
        raw = path.read_bytes()
    assert gone not in raw
    assert left in raw


def test_a_later_retirement_takes_the_state_of_the_one_before(path: Path) -> None:
    with open_journal(path) as journal:
        retire(journal, 3)
        journal.finish_retirement(2001)
        cut, record, state = make_later(journal, 5)
        journal.retire(Retirement(2002, cut, b"more"), record, state)
        assert [(each.year, each.report, each.finished) for each in journal.retirements()] == [
            (2001, b"what", True),
            (2002, b"more", False),
        ]
        assert journal.retained() == (record, state)
        assert check_replay(journal, ToyMachine).first == 5
    with closing(sqlite3.connect(path)) as tables:
        assert tables.execute("SELECT count(*) FROM retirements WHERE state IS NOT NULL").fetchone() == (1,)


def make_later(journal: SqliteJournal, position: int) -> tuple[Cut, CommitRecord, bytes]:
    """Make the state before a position from the one that was kept."""
    last, machine = journal.last_commit(), ToyMachine()
    assert last is not None
    start = begin(journal, machine)
    place = next(at for at in recompute(journal, machine, last, start, lambda _: None) if at.command == position)
    state = machine.snapshot()
    digest = sha256(state).hexdigest()
    return place, CommitRecord(position=position, item=0, head=machine.head(), snapshot=digest), state


def test_a_retained_state_that_was_changed_is_a_clear_error(path: Path) -> None:
    with open_journal(path) as journal:
        retire(journal, 3)
        forget_snapshots(path)
        with closing(sqlite3.connect(path, isolation_level=None)) as tables:
            tables.execute("UPDATE retirements SET state = zeroblob(9)")
        with pytest.raises(InvariantError, match="retained state was changed"):
            check_replay(journal, ToyMachine)
        with pytest.raises(InvariantError, match="restore a backup"):
            load(journal, ToyMachine)


def test_replay_from_the_retained_state_finds_what_was_changed_after_it(path: Path) -> None:
    with open_journal(path) as journal:
        retire(journal, 3)
        with closing(sqlite3.connect(path, isolation_level=None)) as tables:
            tables.execute("UPDATE bundles SET disclosures = zeroblob(4 * count)")
        with pytest.raises(VerificationError, match="disclosure of entry"):
            check_replay(journal, ToyMachine)


def test_a_file_that_somebody_reads_is_not_called_clean(path: Path) -> None:
    with open_journal(path) as journal, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM commands").fetchone()
        retire(journal, 3)
        with pytest.raises(ConflictError, match="another process is reading"):
            journal.scrub()
