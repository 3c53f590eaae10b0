"""Owns ``returns/.state``: how far the log was read, and what stands in the lists. Derived: deleted, it is made again.

Everything of one update is committed at once, after the lists themselves are on disk.
"""

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

_VERSION = 4
_TABLES = """
BEGIN IMMEDIATE;
CREATE TABLE progress (size INTEGER NOT NULL, position INTEGER NOT NULL, last TEXT NOT NULL) STRICT;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    count INTEGER NOT NULL,
    fen INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    position INTEGER NOT NULL DEFAULT 0,
    file TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX accepted_documents ON documents (source, document) WHERE accepted;
CREATE TABLE lines (
    document INTEGER NOT NULL,
    line INTEGER NOT NULL,
    state TEXT NOT NULL,
    bank TEXT NOT NULL,
    findings TEXT NOT NULL,
    facts TEXT NOT NULL,
    told TEXT NOT NULL,
    known INTEGER NOT NULL DEFAULT 0,
    row INTEGER,
    name TEXT NOT NULL DEFAULT '',
    identity TEXT NOT NULL DEFAULT '',
    payee TEXT NOT NULL DEFAULT '',
    amount_fen INTEGER,
    order_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (document, line)
) STRICT, WITHOUT ROWID;
CREATE TABLE folders (source TEXT PRIMARY KEY, listing TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE senders (
    document INTEGER PRIMARY KEY,
    source TEXT NOT NULL,
    programme TEXT NOT NULL,
    township TEXT NOT NULL
) STRICT;
CREATE INDEX senders_programme ON senders (programme, township);
CREATE TABLE missing (
    programme TEXT NOT NULL,
    period TEXT NOT NULL,
    township TEXT NOT NULL,
    due_on TEXT NOT NULL,
    source TEXT NOT NULL,
    finding TEXT NOT NULL,
    PRIMARY KEY (programme, period, township)
) STRICT, WITHOUT ROWID;
CREATE TABLE reminders (source TEXT PRIMARY KEY, listing TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE corrections (
    document INTEGER NOT NULL,
    line INTEGER NOT NULL,
    source_document INTEGER NOT NULL,
    source_line INTEGER NOT NULL,
    PRIMARY KEY (document, line)
) STRICT, WITHOUT ROWID;
INSERT INTO progress VALUES (0, 1, '');
PRAGMA user_version = 4;
COMMIT;
"""
# Among what is told of a line that was not paid: the one that corrects it, and how that one stands.
SUCCESSOR, SUCCESSOR_STATE = "successor", "successor_state"
_DOCUMENT = "id, digest, source, document, kind, count, fen, position, file"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the log was read: entries covered, position of the next command, SHA-256 of the last entry covered."""

    size: int
    position: int
    last: str


@dataclass(frozen=True, slots=True)
class KnownDocument:
    """A document of a kind that is answered; ``count`` and ``fen`` as its sender states them.

    ``position`` is its header's in the journal, 0 before it was looked up.
    """

    id: int
    digest: str
    source: str
    document: str
    kind: str
    count: int
    fen: int
    position: int
    file: str


@dataclass(frozen=True, slots=True)
class Missing:
    """An announced batch that did not come in time; ``source`` announced it."""

    programme: str
    period: str
    township: str
    due_on: str
    source: str
    finding: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line stands: state, paying bank, findings that are not blue (``CODE:level``), facts by code, masked.

    ``told`` is what its bank said of a line that it did not pay: ``why``, ``reason``, ``on``, ``serial``; and of one
    that another line corrects ``successor`` and ``successor_state``.
    """

    state: str
    bank: str = ""
    findings: Sequence[str] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """What the document says on a line: row of the original file, beneficiary, payee if another, amount.

    ``order`` is the order that a bank's result is about.
    """

    row: int | None = None
    name: str = ""
    identity: str = ""
    payee: str = ""
    amount_fen: int | None = None
    order: str = ""


StoredWords = tuple[str, str, str, str, str]  # a line's standing as text: thousands of lines have the same


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a document (0: the document itself) as the list shows it; ``words`` is how it stands, as stored."""

    line: int
    words: StoredWords
    person: Person


class Store:
    """The open file; see :func:`open_store`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open connection, in a transaction."""
        self._connection = connection

    def progress(self) -> Progress:
        """Say how far the log was read."""
        return Progress(*self._connection.execute("SELECT size, position, last FROM progress").fetchone())

    def commit(self, progress: Progress) -> None:
        """Keep everything that was written, and how far it goes."""
        values = (progress.size, progress.position, progress.last)
        self._connection.execute("UPDATE progress SET size = ?, position = ?, last = ?", values)
        self._connection.execute("COMMIT")
        self._connection.execute("BEGIN IMMEDIATE")

    def enter(self, document: KnownDocument, *, accepted: bool) -> int:
        """Enter a document, or note that it is accepted now; gives its number here."""
        values = (
            document.digest,
            document.source,
            document.document,
            document.kind,
            document.count,
            document.fen,
            int(accepted),
        )
        self._connection.execute(
            "INSERT INTO documents (digest, source, document, kind, count, fen, accepted) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (digest) DO UPDATE SET accepted = max(accepted, excluded.accepted)",
            values,
        )
        found: int = self._connection.execute(
            "SELECT id FROM documents WHERE digest = ?", (document.digest,)
        ).fetchone()[0]
        return found

    def find_accepted(self, source: str, document: str) -> int | None:
        """Give the number of the accepted document of this name."""
        select = "SELECT id FROM documents WHERE source = ? AND document = ? AND accepted"
        row: tuple[int] | None = self._connection.execute(select, (source, document)).fetchone()
        return None if row is None else row[0]

    def document(self, number: int) -> KnownDocument:
        """Give a document by its number here."""
        row = self._connection.execute(f"SELECT {_DOCUMENT} FROM documents WHERE id = ?", (number,)).fetchone()  # noqa: S608 -- a constant above
        return KnownDocument(*row)

    def list_unplaced(self) -> Mapping[str, int]:
        """Give digest and number of the documents whose place in the journal is not known yet."""
        return dict(self._connection.execute("SELECT digest, id FROM documents WHERE position = 0"))

    def place(self, number: int, position: int, file: str) -> None:
        """Keep where a document stands in the journal, and the name of the file it was made from."""
        self._connection.execute("UPDATE documents SET position = ?, file = ? WHERE id = ?", (position, file, number))

    def find_line(self, document: int, line: int) -> Standing | None:
        """Give how a line stands here, or None when nothing was ever said about it."""
        select = "SELECT state, bank, findings, facts, told FROM lines WHERE document = ? AND line = ?"
        row = self._connection.execute(select, (document, line)).fetchone()
        return None if row is None else parse_standing(row)

    def is_listed(self, source: str, document: str, line: int) -> bool:
        """Say whether anything was ever said about a line of the accepted document of this name."""
        select = (
            "SELECT 1 FROM documents JOIN lines ON lines.document = documents.id"
            " WHERE documents.source = ? AND documents.document = ? AND documents.accepted AND lines.line = ?"
        )
        return self._connection.execute(select, (source, document, line)).fetchone() is not None

    def put_line(self, document: int, line: int, standing: Standing) -> None:
        """Keep how a line stands now."""
        findings = " ".join(standing.findings)
        facts, told = (json.dumps(each, ensure_ascii=False) for each in (standing.facts, standing.told))
        self._connection.execute(
            "INSERT INTO lines (document, line, state, bank, findings, facts, told) VALUES (?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (document, line) DO UPDATE SET state = excluded.state, bank = excluded.bank,"
            " findings = excluded.findings, facts = excluded.facts, told = excluded.told",
            (document, line, standing.state, standing.bank, findings, facts, told),
        )

    def put_correction(self, document: int, line: int, source: tuple[int, int]) -> None:
        """Keep that a line corrects another, given by document and line."""
        insert = "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?, ?)"
        self._connection.execute(insert, (document, line, *source))

    def find_corrected(self, document: int, line: int) -> tuple[int, int] | None:
        """Give document and line of what a line corrects."""
        select = "SELECT source_document, source_line FROM corrections WHERE document = ? AND line = ?"
        found: tuple[int, int] | None = self._connection.execute(select, (document, line)).fetchone()
        return found

    def order_lines(self, document: int, bank: str) -> bool:
        """Note that what was ready at a bank is ordered; says whether a line here was among it."""
        update = "UPDATE lines SET state = 'ordered' WHERE document = ? AND bank = ? AND state = 'ready'"
        return self._connection.execute(update, (document, bank)).rowcount > 0

    def list_unknown(self, document: int) -> list[int]:
        """Give the lines of which it is not known yet whose they are, in order."""
        select = "SELECT line FROM lines WHERE document = ? AND line > 0 AND NOT known ORDER BY line"
        return [row[0] for row in self._connection.execute(select, (document,))]

    def know_lines(self, document: int, persons: Sequence[tuple[int, Person]]) -> None:
        """Keep whose the lines are."""
        self._connection.executemany(
            "UPDATE lines SET known = 1, row = ?, name = ?, identity = ?, payee = ?, amount_fen = ?,"
            " order_id = ? WHERE document = ? AND line = ?",
            [(p.row, p.name, p.identity, p.payee, p.amount_fen, p.order, document, line) for line, p in persons],
        )

    def lines(self, document: int) -> Iterator[StoredLine]:
        """Give all lines of a document that anything was ever said about, in order."""
        select = (
            "SELECT line, state, bank, findings, facts, told, row, name, identity, payee, amount_fen, order_id"
            " FROM lines WHERE document = ? ORDER BY line"
        )
        for row in self._connection.execute(select, (document,)):
            yield StoredLine(row[0], row[1:6], Person(*row[6:]))

    def count_lines(self, document: int) -> int:
        """Count them."""
        count: int = self._connection.execute("SELECT count(*) FROM lines WHERE document = ?", (document,)).fetchone()[
            0
        ]
        return count

    def list_answered(self) -> Iterator[KnownDocument]:
        """Give the documents that have a list."""
        select = f"SELECT {_DOCUMENT} FROM documents WHERE EXISTS (SELECT 1 FROM lines WHERE lines.document = id)"  # noqa: S608 -- a constant above
        return (KnownDocument(*row) for row in self._connection.execute(select))

    def put_sender(self, document: int, source: str, programme: str, township: str) -> None:
        """Keep who sent a batch of a programme, and for which township."""
        self._connection.execute(
            "INSERT OR REPLACE INTO senders VALUES (?, ?, ?, ?)", (document, source, programme, township)
        )

    def find_township(self, document: int) -> str:
        """Give the township of a batch."""
        select = "SELECT township FROM senders WHERE document = ?"
        return str(self._connection.execute(select, (document,)).fetchone()[0])

    def list_senders(self, programme: str, township: str) -> list[str]:
        """Give who sent batches of a programme for a township; if nobody did, who ever sent one of the programme."""
        select = "SELECT DISTINCT source FROM senders WHERE programme = ?{} ORDER BY source"
        own = self._connection.execute(select.format(" AND township = ?"), (programme, township)).fetchall()
        return [row[0] for row in own or self._connection.execute(select.format(""), (programme,))]

    def put_missing(self, missing: Missing) -> None:
        """Keep an announced batch that did not come in time."""
        self._connection.execute("INSERT OR REPLACE INTO missing VALUES (?, ?, ?, ?, ?, ?)", astuple(missing))

    def forget_missing(self, programme: str, period: str, township: str, due_on: str = "") -> None:
        """Take it out: it came, or was announced anew for another day, ``due_on``."""
        delete = "DELETE FROM missing WHERE programme = ? AND period = ? AND township = ? AND due_on <> ?"
        self._connection.execute(delete, (programme, period, township, due_on))

    def list_missing(self) -> Iterator[Missing]:
        """Give all of them, the longest overdue first."""
        select = "SELECT * FROM missing ORDER BY due_on, programme, period, township"
        return (Missing(*row) for row in self._connection.execute(select).fetchall())

    def list_reminded(self) -> list[str]:
        """Give the sources that ever had a list of what is overdue."""
        return [row[0] for row in self._connection.execute("SELECT source FROM reminders")]

    def find_reminder(self, source: str) -> str | None:
        """Give what a source's list of what is overdue was made from last."""
        row = self._connection.execute("SELECT listing FROM reminders WHERE source = ?", (source,)).fetchone()
        return None if row is None else str(row[0])

    def put_reminder(self, source: str, listing: str) -> None:
        """Keep it."""
        self._connection.execute("INSERT OR REPLACE INTO reminders VALUES (?, ?)", (source, listing))

    def find_listing(self, source: str) -> str:
        """Give what was last seen in a source's folder of refused files."""
        row = self._connection.execute("SELECT listing FROM folders WHERE source = ?", (source,)).fetchone()
        return "" if row is None else str(row[0])

    def put_listing(self, source: str, listing: str) -> None:
        """Keep it."""
        self._connection.execute("INSERT OR REPLACE INTO folders VALUES (?, ?)", (source, listing))


def parse_standing(words: StoredWords) -> Standing:
    """Read how a line stands."""
    state, bank, findings, facts, told = words
    return Standing(state, bank, findings.split(), json.loads(facts), json.loads(told))


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Open the file, making it when there is none; what is not committed is forgotten at the end.

    ``sqlite3.DatabaseError`` when it is damaged or another version's: :func:`forget` it and start over.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(_TABLES)
        elif version != _VERSION:
            message = "another version"
            raise sqlite3.DatabaseError(message)
        connection.execute("BEGIN IMMEDIATE")
        yield Store(connection)
    finally:
        connection.close()


def forget(path: Path) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for each in (path, path.with_name(f"{path.name}-journal")):
        each.unlink(missing_ok=True)
