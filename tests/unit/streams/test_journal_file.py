"""The file of the embedded journal: made once, opened with care."""

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from schemas.commits import CommitRecord
from schemas.errors import ConfigurationError, ConflictError, DependencyError, InvariantError, VerificationError
from streams.embedded import schema
from streams.embedded.journal import SqliteJournal, create_journal, open_journal, open_journal_read_only
from streams.engine import Engine, check_growth
from streams.recovery import check_head, load
from streams.replay import check_replay
from tests.conformance.toy import GENESIS, ToyMachine, document


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with one applied document, closed."""
    path = tmp_path / "journal.sqlite"
    create_journal(path, GENESIS)
    with open_journal(path) as journal:
        journal.append([document(1, 2, 300)])
        engine = Engine(journal, ToyMachine)
        engine.recover()
        engine.run()
    return path


@pytest.fixture
def tables(path: Path) -> Iterator[sqlite3.Connection]:
    """The tables themselves, for doing harm."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_create_refuses_where_a_journal_stands(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(ConflictError, match="exists already"):
        create_journal(path, GENESIS)
    assert path.read_bytes() == before


def test_two_creations_at_once_leave_one_journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "exists", lambda _: False)  # both looked before either was there
    with pytest.raises(ConflictError, match="exists already"):
        create_journal(path, GENESIS)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_create_begins_with_a_genesis_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="genesis"):
        create_journal(tmp_path / "journal.sqlite", document(1))
    assert list(tmp_path.iterdir()) == []


def test_only_the_owner_may_read_a_journal(path: Path) -> None:
    with open_journal(path) as journal:
        journal.append([document(2)])
        files = sorted(path.parent.iterdir())
        assert [file.name for file in files] == ["journal.sqlite", "journal.sqlite-shm", "journal.sqlite-wal"]
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_opening_what_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="consolidator init"):
        open_journal(tmp_path / "journal.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_opening_another_schema_is_refused(path: Path, tables: sqlite3.Connection) -> None:
    tables.execute("PRAGMA user_version = 2")
    with pytest.raises(ConfigurationError, match="schema 2"):
        open_journal(path)


def test_opening_a_file_that_is_no_journal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(ConfigurationError, match="not a journal"):
        open_journal(path)


def test_an_old_sqlite_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 9))
    with pytest.raises(ConfigurationError, match="too old"):
        open_journal(path)


def test_a_view_can_read_but_never_write(path: Path) -> None:
    with open_journal_read_only(path) as journal:
        assert load(journal, ToyMachine).record == journal.last_commit()
        with pytest.raises(DependencyError):
            journal.append([document(2)])


def test_a_path_with_signs_of_a_web_address_is_only_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a?mode=memory&b#c %41.sqlite"
    create_journal(path, GENESIS)
    with open_journal(path) as journal:
        assert journal.next_position() == 2


def test_two_snapshots_are_kept_and_no_more(path: Path, tables: sqlite3.Connection) -> None:
    for number in range(2, 6):
        with open_journal(path) as journal:
            journal.append([document(number)])
            engine = Engine(journal, ToyMachine)
            engine.recover()
            engine.run()
            engine.close()
    assert [position for (position,) in tables.execute("SELECT position FROM snapshots")] == [6, 7]


def test_entries_without_a_commit_record_are_refused(path: Path, tables: sqlite3.Connection) -> None:
    tables.execute("DELETE FROM commits")
    with open_journal(path) as journal, pytest.raises(InvariantError, match="backup"):
        load(journal, ToyMachine)


def test_a_journal_without_any_command_says_what_to_do(path: Path, tables: sqlite3.Connection) -> None:
    for table in ("commands", "commits", "bundles"):
        tables.execute(f"DELETE FROM {table}")  # noqa: S608 -- three names
    with open_journal(path) as journal:
        engine = Engine(journal, ToyMachine)
        engine.recover()
        with pytest.raises(ConfigurationError, match="consolidator init"):
            engine.run()


@pytest.mark.parametrize("position", [1, 2])
def test_a_command_that_is_gone_is_noticed_at_the_start(path: Path, tables: sqlite3.Connection, position: int) -> None:
    tables.execute("DELETE FROM commands WHERE position = ?", (position,))
    with open_journal(path) as journal, pytest.raises(InvariantError, match="backup"):
        load(journal, ToyMachine)


def test_a_command_that_is_gone_among_those_to_come_is_noticed_too(path: Path, tables: sqlite3.Connection) -> None:
    with open_journal(path) as journal:
        journal.append([document(2), document(3)])
        tables.execute("DELETE FROM commands WHERE position = 3")
        engine = Engine(journal, ToyMachine)
        with pytest.raises(InvariantError, match="missing"):
            engine.recover()


def test_an_engine_recovers_once_and_not_never(path: Path) -> None:
    with open_journal(path) as journal:
        engine = Engine(journal, ToyMachine)
        engine.close()
        with pytest.raises(InvariantError, match="not recovered"):
            engine.run()
        engine.recover()
        with pytest.raises(InvariantError, match="once"):
            engine.recover()


def test_growth_with_a_gap_or_a_wrong_end_is_never_committed() -> None:
    machine = ToyMachine()
    steps = list(machine.apply(document(1, 2, 8)))
    check_growth(steps, 0, machine.head())
    with pytest.raises(InvariantError, match="follow"):
        check_growth(steps[1:], 0, machine.head())
    with pytest.raises(InvariantError, match="exactly"):
        check_growth(steps[:1], 0, machine.head())


@pytest.mark.parametrize("field", ["ordinal", "size", "root", "now", "totals"])
def test_a_head_that_differs_in_anything_but_the_note_is_refused(path: Path, field: str) -> None:
    with open_journal(path) as journal:
        record = journal.last_commit()
    assert isinstance(record, CommitRecord)
    check_head(record.head, record.head.model_copy(update={"checkpoint": "signed by a later key"}))
    with pytest.raises(InvariantError, match=field):
        check_head(record.head, record.head.model_copy(update={field: None}))


def test_sqlite_errors_are_sorted_into_what_passes_and_what_never_will() -> None:
    with pytest.raises(DependencyError), schema.sqlite_errors():
        raise sqlite3.OperationalError
    with pytest.raises(InvariantError), schema.sqlite_errors():
        raise sqlite3.DatabaseError


def test_a_closed_journal_cannot_be_used(path: Path) -> None:
    journal = SqliteJournal(schema.connect(path))
    journal.close()
    with pytest.raises(InvariantError):
        journal.next_position()


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("UPDATE order_parts SET body = x'00'", "order file of entry 0"),
        ("UPDATE order_files SET record = replace(record, '402', '403') WHERE entry > 0", "order file of entry"),
        ("UPDATE bundles SET disclosures = zeroblob(4) WHERE first = 1", "disclosure of entry 1"),
        ("UPDATE bundles SET count = 1 WHERE first = 1", "bundle at entry 1"),
        ("DELETE FROM bundles WHERE first = 1", "entry 1|bundle"),
        ("DELETE FROM bundles WHERE first > 1", "does not hold it"),
        ("UPDATE bundles SET entries = substr(entries, 1, 40) WHERE first = 1", "entry [0-9]+: replay differs"),
    ],
)
def test_replay_names_what_was_changed(path: Path, tables: sqlite3.Connection, harm: str, words: str) -> None:
    tables.execute(
        harm.replace("replace(record", "CAST(replace(CAST(record AS TEXT)").replace("'403')", "'403') AS BLOB)")
    )
    with open_journal(path) as journal, pytest.raises(VerificationError, match=words):
        check_replay(journal, ToyMachine)


def test_an_order_file_that_cannot_be_read_says_so(path: Path, tables: sqlite3.Connection) -> None:
    tables.execute("UPDATE order_files SET record = x'7b'")
    with open_journal(path) as journal, pytest.raises(InvariantError, match="backup"):
        list(journal.order_files())
