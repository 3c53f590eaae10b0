"""Owns the embedded journal: one SQLite file, WAL, synchronous=FULL. Any process may append, one engine commits.

It stores bytes and never looks into them. A connection belongs to the thread that opened it.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError

from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Step, parse_commit_record, render_commit_record
from schemas.errors import ConfigurationError, ConflictError, InvariantError, invariant
from schemas.orders import OrderFile, OrderPart
from streams.embedded.schema import (
    POISON,
    RETIREMENTS,
    connect,
    connect_read_only,
    create_file,
    is_copy,
    scrub,
    sqlite_errors,
)
from streams.journal import Cut

PAGE_ROWS = 32  # rows read at once, then the read transaction ends: at most 32 parts of 4 MB in memory
SNAPSHOTS_KEPT = 2  # the newest, and one to fall back to
_INSERT_COMMAND = "INSERT INTO commands (kind, at, document, item, body) VALUES (?, ?, ?, ?, ?)"
_LAST_COMMIT = "SELECT id, record, sha256 FROM commits ORDER BY id DESC LIMIT 1"
_SNAPSHOTS = (
    "SELECT commits.record, commits.sha256, snapshots.state FROM snapshots JOIN commits USING (id) ORDER BY id DESC"
)

_RETAINED = "SELECT record, sha256, state FROM retirements WHERE state IS NOT NULL"
# What only retired commands held: themselves, private parts (each entry keeps an empty one), lists, older states.
_REMOVE = (
    "DELETE FROM commands WHERE position < :command",
    "UPDATE bundles SET disclosures = zeroblob(4 * count) WHERE first < :entry",
    "DELETE FROM order_parts WHERE file IN (SELECT file FROM order_files WHERE entry < :entry)",
    "DELETE FROM snapshots WHERE position < :replay",
)


@dataclass(frozen=True, slots=True)
class Retirement:
    """A retired year: what was removed (``report``, the caller's bytes), and whether all of it is gone everywhere."""

    year: int
    cut: Cut
    report: bytes
    finished: bool = False


class SqliteJournal:
    """A :class:`streams.journal.Journal` in one SQLite file. Use :func:`open_journal` and its neighbours to get one."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open connection."""
        self._connection = connection
        self._commit_id = 0  # the newest commit this object knows: a second engine's commit cannot slip in between

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; what was committed stays."""
        self._connection.close()

    def append(self, commands: Sequence[Command]) -> None:
        """See :class:`streams.journal.Journal`. ConflictError when the file is a copy of what stands elsewhere."""
        with self._transaction():
            if is_copy(self._connection):
                message = (
                    "本县的命令在 Kafka 上,请重新运行本命令;若刚改回 embedded,先运行 run --once / "
                    "this county's commands stand on Kafka: start the same command again; if its engine was set back "
                    "to embedded just now, run 'consolidator run --once' first"
                )
                raise ConflictError(message)
            self._connection.executemany(_INSERT_COMMAND, map(_command_row, commands))

    def holds_document(self, digest: str) -> bool:
        """See :class:`streams.journal.Journal`."""
        return bool(self._query("SELECT 1 FROM commands WHERE kind = 'header' AND document = ? LIMIT 1", digest))

    def next_position(self) -> int:
        """See :class:`streams.journal.Journal`."""
        newest: int = self._query("SELECT coalesce(max(position), 0) FROM commands")[0][0]
        return newest + 1

    def commands(self, position: int) -> Iterator[tuple[int, Command]]:
        """See :class:`streams.journal.Journal`."""
        return self._commands(position, self.next_position())

    def _commands(self, position: int, end: int) -> Iterator[tuple[int, Command]]:
        select = (
            "SELECT position, kind, at, body, document, item FROM commands"
            " WHERE position >= ? AND position < ? ORDER BY position LIMIT ?"
        )
        position = max(position, self.cut().command)
        while rows := self._query(select, position, end, PAGE_ROWS):
            for row in rows:
                invariant(row[0] == position, "a command is missing in the journal: restore a backup")
                position += 1
                if row[1] != POISON:
                    yield row[0], Command(*row[1:])

    def find_header(self, document: str) -> Command | None:
        """Give the first header command of a document, by its digest."""
        select = (
            "SELECT kind, at, body, document, item FROM commands"
            " WHERE document = ? AND kind = 'header' ORDER BY position LIMIT 1"
        )
        rows = self._query(select, document)
        return Command(*rows[0]) if rows else None

    def find_last(self, document: str) -> int:
        """Give the position of the last copy of a document's header, 0 when there is none."""
        select = "SELECT coalesce(max(position), 0) FROM commands WHERE document = ? AND kind = 'header'"
        found: int = self._query(select, document)[0][0]
        return found

    def find_since(self, at: int) -> int:
        """Give the position of the first command stamped at an instant or after; the next one's when there is none."""
        found: int | None = self._query("SELECT min(position) FROM commands WHERE at >= ?", at)[0][0]
        return self.next_position() if found is None else found

    def list_documents(self, before: int) -> list[str]:
        """Give the digests of the documents whose headers stand before a position, in order."""
        select = "SELECT document FROM commands WHERE kind = 'header' AND position < ? ORDER BY position"
        return [row[0] for row in self._query(select, before)]

    def claim(self) -> None:
        """See :class:`streams.journal.Journal`; the home's lock says who commits, so here is nothing to do."""

    def last_commit(self) -> CommitRecord | None:
        """See :class:`streams.journal.Journal`."""
        rows = self._query(_LAST_COMMIT)
        if not rows:
            return None
        self._commit_id, record, digest = rows[0]
        return _read_record(record, digest)

    def newest_snapshot(self) -> tuple[CommitRecord, bytes] | None:
        """See :class:`streams.journal.Journal`."""
        with sqlite_errors():
            for raw, digest, state in self._connection.execute(_SNAPSHOTS):
                with suppress(InvariantError):  # a damaged record or state: an older one, or replay, gives the same
                    record = _read_record(raw, digest)
                    invariant(record.snapshot == sha256(state).hexdigest(), "a snapshot is the one its record states")
                    return record, state
            with suppress(InvariantError):
                return self.retained()
        return None

    def cut(self) -> Cut:
        """See :class:`streams.journal.Journal`."""
        retired = self.retirements()
        return retired[-1].cut if retired else Cut()

    def retained(self) -> tuple[CommitRecord, bytes] | None:
        """See :class:`streams.journal.Journal`."""
        if not self.retirements():
            return None
        raw, digest, state = self._query(_RETAINED)[0]
        record = _read_record(raw, digest)
        invariant(record.snapshot == sha256(state).hexdigest(), "the retained state was changed: restore a backup")
        return record, state

    def retirements(self) -> list[Retirement]:
        """Give the retired years in order."""
        if not self._query("SELECT 1 FROM sqlite_master WHERE name = 'retirements'"):
            return []
        rows = self._query("SELECT year, command, entry, report, finished FROM retirements ORDER BY year")
        return [
            Retirement(year, Cut(command, entry), report, bool(done)) for year, command, entry, report, done in rows
        ]

    def retire(self, retirement: Retirement, record: CommitRecord, state: bytes) -> None:
        """Remove what stands before a cut and keep a state to replay from, all at once; on return it is on disk.

        Freed pages are zeroed, but what was deleted before may still stand in some: see :meth:`scrub`.
        """
        invariant(retirement.cut.command < self.next_position(), "a retirement leaves the newest command")
        raw = render_commit_record(record)
        places = {"command": retirement.cut.command, "entry": retirement.cut.entry, "replay": record.position}
        kept = (retirement.year, retirement.cut.command, retirement.cut.entry, retirement.report)
        with sqlite_errors():
            self._connection.execute("PRAGMA secure_delete = ON")
        with self._transaction():
            self._connection.execute(RETIREMENTS)
            self._connection.execute("UPDATE retirements SET state = NULL")
            self._connection.execute(
                "INSERT INTO retirements (year, command, entry, report, record, sha256, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*kept, raw, sha256(raw).hexdigest(), state),
            )
            for statement in _REMOVE:
                self._connection.execute(statement, places)

    def scrub(self) -> None:
        """Write the file anew, so that nothing of what was removed is left in free pages or in the WAL."""
        scrub(self._connection)

    def finish_retirement(self, year: int) -> None:
        """Note that nothing of a retired year is left anywhere."""
        with self._transaction():
            self._connection.execute("UPDATE retirements SET finished = 1 WHERE year = ?", (year,))

    def commit(self, steps: Sequence[Step], record: CommitRecord, snapshot: bytes | None = None) -> None:
        """See :class:`streams.journal.Journal`."""
        raw = render_commit_record(record)
        with self._transaction():
            self._insert_commit(raw)
            for step in steps:
                self._insert_step(step)
            if snapshot is not None:
                self._insert_snapshot(record, snapshot)
        self._commit_id += 1

    def _insert_commit(self, raw: bytes) -> None:
        newest = self._connection.execute("SELECT coalesce(max(id), 0) FROM commits").fetchone()[0]
        if newest != self._commit_id:
            message = "another process committed to this journal: end it, then start again"
            raise ConflictError(message)
        self._connection.execute("INSERT INTO commits VALUES (?, ?, ?)", (newest + 1, raw, sha256(raw).hexdigest()))

    def _insert_step(self, step: Step) -> None:
        insert = self._connection.executemany
        insert("INSERT INTO bundles VALUES (?, ?, ?, ?)", map(_bundle_row, step.bundles))
        insert("INSERT INTO order_parts VALUES (?, ?, ?)", ((p.file, p.index, p.body) for p in step.order_parts))
        insert("INSERT INTO order_files VALUES (?, ?, ?)", map(_order_file_row, step.order_files))

    def _insert_snapshot(self, record: CommitRecord, state: bytes) -> None:
        row = (self._commit_id + 1, record.position, record.snapshot, state)
        self._connection.execute("INSERT INTO snapshots VALUES (?, ?, ?, ?)", row)
        kept = "SELECT id FROM snapshots ORDER BY id DESC LIMIT ?"
        self._connection.execute(f"DELETE FROM snapshots WHERE id NOT IN ({kept})", (SNAPSHOTS_KEPT,))  # noqa: S608 -- both are constants above

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """See :class:`streams.journal.Journal`."""
        start = self._query("SELECT coalesce(max(first), 0) FROM bundles WHERE first <= ?", first)[0][0]
        while rows := self._query("SELECT * FROM bundles WHERE first >= ? ORDER BY first LIMIT ?", start, PAGE_ROWS):
            yield from (Bundle(*row) for row in rows)
            start = rows[-1][0] + 1

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """See :class:`streams.journal.Journal`."""
        for (record,) in self._query("SELECT record FROM order_files WHERE entry >= ? ORDER BY entry", first):
            yield _read_order_file(record)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """See :class:`streams.journal.Journal`."""
        item = 0
        select = "SELECT file, item, body FROM order_parts WHERE file = ? AND item >= ? ORDER BY item LIMIT ?"
        while rows := self._query(select, file, item, PAGE_ROWS):
            yield from (OrderPart(*row) for row in rows)
            item = rows[-1][1] + 1

    def _query(self, select: str, *values: object) -> list[Any]:
        with sqlite_errors():
            return self._connection.execute(select, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with sqlite_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # what went wrong first is what counts
                    self._connection.execute("ROLLBACK")
                raise


def create_journal(path: Path, genesis: Command) -> None:
    """Make a new journal whose first command is ``genesis``. Refuses with ConflictError where something stands.

    The file appears whole or not at all: it is made beside its place and linked into it.
    """
    if genesis.kind != "genesis":
        message = "the first command of a journal is its genesis"
        raise ConfigurationError(message)
    with drafting(path) as draft, SqliteJournal(connect(draft)) as journal:
        journal.append([genesis])


@contextmanager
def drafting(path: Path) -> Iterator[Path]:
    """Give an empty journal file beside its place, linked into it at the end. ConflictError if one is there."""
    if path.exists():
        message = f"{path} exists already: a county has one journal, for life"
        raise ConflictError(message)
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    try:
        create_file(draft)
        yield draft
        _link(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def open_journal(path: Path) -> SqliteJournal:
    """Open an existing journal to append to it or to run an engine on it. ConfigurationError if there is none."""
    return SqliteJournal(connect(path))


def open_journal_read_only(path: Path) -> SqliteJournal:
    """Open an existing journal for views."""
    return SqliteJournal(connect_read_only(path))


def _link(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)
    except FileExistsError as error:
        message = f"{path} exists already: a county has one journal, for life"
        raise ConflictError(message) from error
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read_record(raw: bytes, digest: str) -> CommitRecord:
    invariant(sha256(raw).hexdigest() == digest, "a commit record was changed on disk: restore a backup")
    return parse_commit_record(raw)


def _read_order_file(raw: bytes) -> OrderFile:
    try:
        return OrderFile.model_validate_json(raw)
    except ValidationError as error:
        message = "an order file's record was changed on disk: restore the journal from a backup"
        raise InvariantError(message) from error


def _command_row(command: Command) -> tuple[str, int, str, int, bytes]:
    return command.kind, command.at, command.document, command.index, command.body


def _bundle_row(bundle: Bundle) -> tuple[int, int, bytes, bytes]:
    return bundle.first, bundle.count, bundle.entries, bundle.disclosures


def _order_file_row(file: OrderFile) -> tuple[int, str, bytes]:
    return file.entry, file.file, render_canonical(file.model_dump())
