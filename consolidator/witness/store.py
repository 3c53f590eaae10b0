"""Owns ``witness.sqlite``: for each log the head cosigned last. What a call stored is on disk when it returns.

A store is made once, with the key; opening never makes one: a witness that lost its store is retired.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
from consolidator.witness import evidence
from consolidator.witness.mark import Mark, tell_retired
from schemas.errors import ConfigurationError, invariant
from streams.embedded.schema import sqlite_errors

_VERSION = 1
_BUSY_MILLISECONDS = 10_000
_WHAT = "witness.sqlite"
_LOST = ("见证记录 witness.sqlite 缺失或为空", "witness.sqlite is missing or empty")
_EMPTY = ("见证记录 witness.sqlite 没有内容", "witness.sqlite holds nothing")
_TABLES = f"""
CREATE TABLE witness (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    store TEXT NOT NULL,
    changes INTEGER NOT NULL,
    seconds INTEGER NOT NULL,
    retired TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE heads (
    origin TEXT PRIMARY KEY,
    size INTEGER NOT NULL DEFAULT 0,
    root BLOB NOT NULL,
    signed BLOB NOT NULL DEFAULT x'',
    first_seconds INTEGER NOT NULL DEFAULT 0,
    last_seconds INTEGER NOT NULL DEFAULT 0
) STRICT;
{evidence.TABLES}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The head cosigned last for a log: the checkpoint as the log signed it; when it was first and last cosigned."""

    head: TreeHead
    signed: bytes
    first_seconds: int
    last_seconds: int


class Store:
    """A witness's memory. One process writes it, in one thread; see :func:`open_store`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take over an open connection."""
        self._connection = connection
        self.evidence = evidence.Evidence(connection)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def mark(self) -> Mark:
        """Give the store's identity and its number of changes."""
        return Mark(*self._one("SELECT store, changes FROM witness"))

    def last_seconds(self) -> int:
        """Give the last second that was stated to anybody, or that of ``init``."""
        seconds: int = self._one("SELECT seconds FROM witness")[0]
        return seconds

    def retired(self) -> str:
        """Say why this witness is retired; empty while it is not."""
        reason: str = self._one("SELECT retired FROM witness")[0]
        return reason

    def origins(self) -> list[str]:
        """List the logs that were created here."""
        with sqlite_errors(_WHAT):
            return [origin for (origin,) in self._connection.execute("SELECT origin FROM heads ORDER BY origin")]

    def find(self, origin: str) -> Seen | None:
        """Give the head cosigned last for a log; None when there was none yet."""
        row = self._one("SELECT size, root, signed, first_seconds, last_seconds FROM heads WHERE origin = ?", origin)
        size, root, signed, first, last = row
        return Seen(TreeHead(size, root), signed, first, last) if signed else None

    def add_log(self, origin: str) -> None:
        """Create a log of which nothing was seen; one that is there stays as it is."""
        added = "INSERT INTO heads (origin, root) VALUES (?, ?) ON CONFLICT DO NOTHING"
        with self.changing():
            self._connection.execute(added, (origin, EMPTY_ROOT))

    def put(self, origin: str, before: TreeHead, seen: Seen) -> None:
        """Record a head in the place of the one before, and the second that is about to be stated.

        Within :meth:`changing`. Raises InvariantError when another head than ``before`` is recorded.
        """
        head, seconds = seen.head, (seen.first_seconds, seen.last_seconds)
        self._write(
            "UPDATE heads SET size = ?, root = ?, signed = ?, first_seconds = ?, last_seconds = ?"
            " WHERE origin = ? AND size = ? AND root = ?",
            (head.size, head.root, seen.signed, *seconds, origin, before.size, before.root),
        )
        self._write("UPDATE witness SET seconds = max(seconds, ?)", (seen.last_seconds,))

    def retire(self, reason: str) -> None:
        """Record for ever that this witness must not cosign any more."""
        with self.changing():
            self._write("UPDATE witness SET retired = ?", (reason,))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Do what is inside as one change, all of it or nothing; on return it is on disk."""
        with sqlite_errors(_WHAT):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._write("UPDATE witness SET changes = changes + 1", ())
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        changed = self._connection.execute(statement, values).rowcount
        invariant(changed == 1, "a row of the witness's store is not where it was")

    def _one(self, statement: str, *values: object) -> tuple[Any, ...]:
        with sqlite_errors(_WHAT):
            row: tuple[Any, ...] | None = self._connection.execute(statement, values).fetchone()
        if row is None:
            raise tell_retired(*_EMPTY)
        return row


def create_store(path: Path, origins: Iterable[str], seconds: int) -> Mark:
    """Make a store that has seen nothing of these logs; gives its mark."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection = _connect(path, "rw")
    with sqlite_errors(_WHAT):
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {_TABLES} PRAGMA user_version = {_VERSION}; COMMIT;")
        row = (1, secrets.token_hex(16), 0, seconds)
        connection.execute("INSERT INTO witness (one, store, changes, seconds) VALUES (?, ?, ?, ?)", row)
    store = Store(connection)
    for origin in origins:
        store.add_log(origin)
    mark = store.mark()
    store.close()
    return mark


def open_store(path: Path) -> Store:
    """Open the store to write; ConfigurationError when it is missing, empty, or of another version."""
    connection = _open(path, "rw")
    with sqlite_errors(_WHAT):
        connection.execute("PRAGMA synchronous = FULL")
    return Store(connection)


def open_store_read_only(path: Path) -> Store:
    """Open the store for looking at it; errors as of :func:`open_store`."""
    return Store(_open(path, "ro"))


def _open(path: Path, mode: str) -> sqlite3.Connection:
    if not path.is_file() or path.stat().st_size == 0:
        raise tell_retired(*_LOST)
    connection = _connect(path, mode)
    with sqlite_errors(_WHAT):
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == 0:
        raise tell_retired(*_EMPTY)
    if version != _VERSION:
        message = (
            f"见证记录来自其他版本({version}),用当时的版本打开 / "
            f"witness.sqlite has version {version}: use the release that made it"
        )
        raise ConfigurationError(message)
    return connection


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    with sqlite_errors(_WHAT):
        # Opened by one thread and used by the one that decides, never by two at a time.
        address = f"{path.absolute().as_uri()}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        connection.execute(f"PRAGMA busy_timeout = {_BUSY_MILLISECONDS}")
    return connection
