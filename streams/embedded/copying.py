"""Owns the journal file of a county whose commands stand in order elsewhere: a copy of them, at the same positions.

Nobody appends to such a file, not even a process that was started before it became one. What is no command there is
kept here, too, as a row that is passed over when commands are read, so that positions stay the same.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from schemas.commands import Command
from schemas.errors import ConflictError
from streams.embedded.journal import SqliteJournal, drafting
from streams.embedded.schema import COPY_ID, POISON, connect, is_copy, sqlite_errors

Row: TypeAlias = tuple[int, Command | bytes]  # a position, and what stands there: bytes are no command
_INSERT = "INSERT INTO commands (position, kind, at, document, item, body) VALUES (?, ?, ?, ?, ?, ?)"
_ROWS = "SELECT position, kind, at, body, document, item FROM commands WHERE position >= ? ORDER BY position LIMIT 32"
_PARTS = "SELECT kind, document, item FROM commands WHERE position > ? ORDER BY position"


class CopyJournal(SqliteJournal):
    """An engine runs on it like on any journal, and commits to it."""

    @property
    def is_copy(self) -> bool:
        """Say whether this file is marked as a copy."""
        with sqlite_errors():
            return is_copy(self._connection)

    def keep(self, rows: Sequence[Row]) -> None:
        """Keep what stands elsewhere, all or nothing; the rows follow on what is kept already."""
        with self._transaction():
            self._connection.executemany(_INSERT, (_render(position, what) for position, what in rows))

    def rows(self, position: int) -> Iterator[Row]:
        """Give everything from a position on, also what is no command."""
        while rows := self._query(_ROWS, position):
            for place, kind, at, body, document, item in rows:
                yield place, body if kind == POISON else Command(kind, at, body, document, item)
            position = rows[-1][0] + 1

    def holds_parts(self, document: str, count: int) -> bool:
        """Say whether so many parts of a document stand behind its first header."""
        header = self._query("SELECT min(position) FROM commands WHERE kind = 'header' AND document = ?", document)
        missing = set(range(count))
        with sqlite_errors():
            for kind, owner, item in self._connection.execute(_PARTS, (header[0][0] or 0,)):
                if not missing:
                    break
                if kind == "part" and owner == document:
                    missing.discard(item)
        return not missing

    def hand_over(self, position: int) -> None:
        """Make this file a copy; ``position`` is the next one. ConflictError if anything was appended meanwhile."""
        with self._transaction():
            if self.next_position() != position:
                message = (
                    "其间又有报送,请重新运行本命令 / something was submitted meanwhile: start the same command again"
                )
                raise ConflictError(message)
            self._connection.execute(f"PRAGMA application_id = {COPY_ID}")

    def take_back(self) -> None:
        """Let the file be appended to again: its county's commands stand here from now on."""
        with self._transaction():
            self._connection.execute("PRAGMA application_id = 0")


def create_copy(path: Path, genesis: Command | None = None) -> None:
    """Make a file of copies, with the county's first command or empty. ConflictError where something stands."""
    with drafting(path) as draft, CopyJournal(connect(draft)) as journal:
        if genesis is not None:
            journal.keep([(1, genesis)])
        journal.hand_over(journal.next_position())


def open_copy(path: Path) -> CopyJournal:
    """Open a journal file, whatever it is by now. ConfigurationError if there is none."""
    return CopyJournal(connect(path))


def _render(position: int, what: Command | bytes) -> tuple[object, ...]:
    if isinstance(what, bytes):
        return position, POISON, 0, "", 0, what
    return position, what.kind, what.at, what.document, what.index, what.body
