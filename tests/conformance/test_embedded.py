"""The embedded engine passes the suite."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.commands import Command
from streams.embedded.journal import SqliteJournal, create_journal, open_journal
from tests.conformance.suite import EngineSuite, JournalSuite, every_step_commits
from tests.conformance.toy import GENESIS, document

__all__ = ["every_step_commits"]


class SqliteStorage:
    """One journal file; what it opened is closed at the end of the test."""

    def __init__(self, path: Path) -> None:
        """Make the journal."""
        create_journal(path, GENESIS)
        self.path = path
        self.opened: list[SqliteJournal] = []

    def open(self) -> SqliteJournal:
        """See Storage."""
        self.opened.append(open_journal(self.path))
        return self.opened[-1]


@pytest.fixture
def make_storage(tmp_path: Path) -> Iterator[Callable[[], SqliteStorage]]:
    """Give new storages."""
    made: list[SqliteStorage] = []

    def make() -> SqliteStorage:
        made.append(SqliteStorage(tmp_path / f"journal-{len(made)}.sqlite"))
        return made[-1]

    yield make
    for storage in made:
        for journal in storage.opened:
            journal.close()


@pytest.fixture
def storage(make_storage: Callable[[], SqliteStorage]) -> SqliteStorage:
    """Give one new storage."""
    return make_storage()


class TestSqliteJournal(JournalSuite):
    """SQLite keeps commands as the protocol says."""

    def test_only_a_header_makes_a_document_known(self, storage: SqliteStorage) -> None:
        journal = storage.open()
        header, part = document(1), Command("part", 7, b"{}", "ab" * 32, 0)
        journal.append([header, part])
        assert storage.open().holds_document(header.document)
        assert not journal.holds_document(part.document)
        assert not journal.holds_document("")


class TestEmbeddedEngine(EngineSuite):
    """SQLite keeps commits as the protocol says."""
