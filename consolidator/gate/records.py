"""Owns ``gate.sqlite``: intent, staged, sent, for each order file; which quorum is in force and what proves it.

Every change is on disk when its call returns.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Literal, Self

from consolidator.facts.state import QuorumTerm
from schemas.errors import ConfigurationError, InvariantError
from streams.embedded.schema import scrub, sqlite_errors

State = Literal["intent", "staged", "sent"]
How = Literal["quorum", "recovery"]
_VERSION = 2
_OLDER = (0, 1)  # 0: an empty file; 1: from before there were witnesses, its table is the same
_BUSY_MILLISECONDS = 10_000
_TABLES = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS sendings (
    file TEXT PRIMARY KEY,
    bank TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intent', 'staged', 'sent')),
    sha256 TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS terms (
    entry INTEGER PRIMARY KEY,
    how TEXT NOT NULL CHECK (how IN ('quorum', 'recovery')),
    at INTEGER NOT NULL,
    checkpoint BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS quorums (entry INTEGER PRIMARY KEY, quorum TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS cosigned (id INTEGER PRIMARY KEY CHECK (id = 1), checkpoint BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS witnesses (
    name TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    at INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS recoveries (
    root TEXT NOT NULL,
    size INTEGER NOT NULL,
    checkpoint BLOB NOT NULL,
    line BLOB NOT NULL,
    PRIMARY KEY (root, size)
) STRICT;
PRAGMA user_version = {_VERSION};
COMMIT;
"""


_UNDELIVERED = """
SELECT file, bank, name, sha256 FROM sendings
WHERE state = 'sent' AND file NOT IN (SELECT file FROM deliveries) ORDER BY rowid
"""
_DELIVERIES = """
BEGIN IMMEDIATE;
CREATE TABLE deliveries (file TEXT PRIMARY KEY) STRICT;
INSERT INTO deliveries SELECT file FROM sendings WHERE state = 'sent';
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class SentRecord:
    """An order file that was sent: id, paying bank, name, and the SHA-256 of its bytes in hex."""

    file: str
    bank: str
    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class TermRecord:
    """A quorum that came into force: the entry that set it, how, when (POSIX seconds), and the evidence."""

    entry: int
    how: How
    at: int
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class WitnessRecord:
    """Where a witness, by its key name, stands: the size it cosigned last, when (POSIX seconds), what failed since."""

    name: str
    size: int
    at: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecoveryRecord:
    """A root officer's cosignature line under a signed checkpoint; ``root`` is his key in hex."""

    root: str
    size: int
    checkpoint: bytes
    line: bytes


class GateRecords:
    """What was meant to be sent, and what was."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open connection; see :func:`open_records`."""
        self._connection = connection

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._connection.close()

    def find(self, file: str) -> tuple[State, str] | None:
        """Give state and file name of an order file, or None if nothing was meant yet."""
        with sqlite_errors():
            row: tuple[State, str] | None = self._connection.execute(
                "SELECT state, name FROM sendings WHERE file = ?", (file,)
            ).fetchone()
        return row

    def intend(self, file: str, bank: str, name: str) -> None:
        """Record that a file is about to be written; a repeat replaces what was not sent."""
        self._write(
            "INSERT INTO sendings (file, bank, name, state) VALUES (?, ?, ?, 'intent')"
            " ON CONFLICT (file) DO UPDATE SET name = excluded.name, state = 'intent' WHERE state <> 'sent'",
            (file, bank, name),
        )

    def stage(self, file: str, digest: str) -> None:
        """Record that the file is written beside its place; from here on its absence there means that it was sent."""
        self._write(
            "UPDATE sendings SET state = 'staged', sha256 = ? WHERE file = ? AND state = 'intent'", (digest, file)
        )

    def close(self, file: str) -> None:
        """Record the outcome: sent."""
        self._write("UPDATE sendings SET state = 'sent' WHERE file = ? AND state = 'staged'", (file,))

    def forget_digests(self, files: Iterable[str]) -> None:
        """Forget the digests of files that were sent: of a list of few lines they could be guessed from.

        File and name stay, so that nothing is ever sent twice. On return no byte of the digests is left.
        """
        with sqlite_errors():
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("BEGIN IMMEDIATE")
            update = "UPDATE sendings SET sha256 = '' WHERE file = ? AND state = 'sent'"
            self._connection.executemany(update, ((file,) for file in files))
            self._connection.execute("COMMIT")
        scrub(self._connection)

    def count_sent(self) -> int:
        """Count the files that were sent."""
        with sqlite_errors():
            count: int = self._connection.execute("SELECT count(*) FROM sendings WHERE state = 'sent'").fetchone()[0]
        return count

    def begin_deliveries(self) -> None:
        """From the first call on, what is sent is to be delivered, too. What was sent before was fetched otherwise."""
        if not self._has_deliveries():
            with sqlite_errors():
                self._connection.executescript(_DELIVERIES)

    def end_deliveries(self) -> None:
        """Deliver nothing any more; a later beginning is a new one."""
        if self._has_deliveries():
            with sqlite_errors():
                self._connection.execute("DROP TABLE deliveries")

    def list_undelivered(self) -> list[SentRecord]:
        """List the files that were sent and not delivered yet, in the order in which they were sent."""
        return [SentRecord(*row) for row in self._read(_UNDELIVERED)]

    def note_delivered(self, file: str) -> None:
        """Record that a file was delivered."""
        self._write("INSERT INTO deliveries VALUES (?)", (file,))

    def list_quorums(self) -> list[QuorumTerm]:
        """List the quorums the ledger had set when it last ran, for those who look without replaying."""
        return [QuorumTerm(*row) for row in self._read("SELECT entry, quorum FROM quorums ORDER BY entry")]

    def mirror_quorums(self, terms: Sequence[QuorumTerm]) -> None:
        """Write down the ledger's quorums. What was written before is no source of anything."""
        if self.list_quorums() != list(terms):
            with sqlite_errors():
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("DELETE FROM quorums")
                rows = [(term.entry, term.quorum) for term in terms]
                self._connection.executemany("INSERT INTO quorums VALUES (?, ?)", rows)
                self._connection.execute("COMMIT")

    def list_terms(self) -> list[TermRecord]:
        """List the quorums that came into force after the first, in order."""
        return [TermRecord(*row) for row in self._read("SELECT entry, how, at, checkpoint FROM terms ORDER BY entry")]

    def add_term(self, term: TermRecord) -> None:
        """Record that a quorum is in force from now on. What the one before let through is nothing to it."""
        with sqlite_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("INSERT INTO terms VALUES (?, ?, ?, ?)", astuple(term))
            self._connection.execute("DELETE FROM cosigned")
            self._connection.execute("COMMIT")

    def find_cosigned(self) -> bytes | None:
        """Give the newest checkpoint that has the quorum in force."""
        rows = self._read("SELECT checkpoint FROM cosigned")
        return rows[0][0] if rows else None

    def keep_cosigned(self, checkpoint: bytes) -> None:
        """Keep the newest checkpoint that has the quorum in force."""
        self._write("INSERT OR REPLACE INTO cosigned VALUES (1, ?)", (checkpoint,))

    def list_witnesses(self) -> list[WitnessRecord]:
        """List where the witnesses stand, by name."""
        return [WitnessRecord(*row) for row in self._read("SELECT * FROM witnesses ORDER BY name")]

    def keep_witnesses(self, witnesses: Sequence[WitnessRecord]) -> None:
        """Keep where witnesses stand."""
        with sqlite_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            rows = map(astuple, witnesses)
            self._connection.executemany("INSERT OR REPLACE INTO witnesses VALUES (?, ?, ?, ?)", rows)
            self._connection.execute("COMMIT")

    def list_recoveries(self) -> list[RecoveryRecord]:
        """List what root officers cosigned, the newest checkpoint first."""
        return [RecoveryRecord(*row) for row in self._read("SELECT * FROM recoveries ORDER BY size DESC, root")]

    def add_recovery(self, recovery: RecoveryRecord) -> None:
        """Keep a root officer's cosignature; a repeat replaces it."""
        self._write("INSERT OR REPLACE INTO recoveries VALUES (?, ?, ?, ?)", astuple(recovery))

    def _has_deliveries(self) -> bool:
        return bool(self._read("SELECT 1 FROM sqlite_master WHERE name = 'deliveries'"))

    def _read(self, select: str) -> list[Any]:
        with sqlite_errors():
            return self._connection.execute(select).fetchall()

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with sqlite_errors():
            changed = self._connection.execute(statement, values).rowcount
        if changed != 1:
            message = "gate.sqlite is not in the state it was left in: restore it from a backup"
            raise InvariantError(message)


def open_records(path: Path) -> GateRecords:
    """Open the records, making them when there are none. ConfigurationError when another version made them."""
    with sqlite_errors():
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version in _OLDER:
            connection.executescript(_TABLES)
    if version not in (*_OLDER, _VERSION):
        message = (
            f"闸口记录来自其他版本({version}),用当时的版本打开 / "
            f"gate.sqlite has version {version}: use the release that made it"
        )
        raise ConfigurationError(message)
    return GateRecords(connection)


def count_sent(path: Path) -> int:
    """Count the files that were sent, without making the records."""
    with _read_only(path) as (version, records):
        return records.count_sent() if records is not None and version else 0


@contextmanager
def read_records(path: Path) -> Iterator[GateRecords | None]:
    """Open the records for looking only; None when there are none yet, or from before there were witnesses."""
    with _read_only(path) as (version, records):
        yield records if version == _VERSION else None


@contextmanager
def _read_only(path: Path) -> Iterator[tuple[int, GateRecords | None]]:
    if not path.exists():
        yield 0, None
        return
    with sqlite_errors():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    with GateRecords(connection) as records:
        yield version, records
