"""Owns ``gate.sqlite``: intent, staged, sent, for each order file. Every change is on disk when its call returns."""

import os
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal, Self

from schemas.errors import ConfigurationError, InvariantError
from streams.embedded.schema import scrub, sqlite_errors

State = Literal["intent", "staged", "sent"]
_VERSION = 1
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
PRAGMA user_version = {_VERSION};
COMMIT;
"""


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

    def _write(self, statement: str, values: tuple[str, ...]) -> None:
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
        if version == 0:
            connection.executescript(_TABLES)
    if version not in (0, _VERSION):
        message = (
            f"闸口记录来自其他版本({version}),用当时的版本打开 / "
            f"gate.sqlite has version {version}: use the release that made it"
        )
        raise ConfigurationError(message)
    return GateRecords(connection)


def count_sent(path: Path) -> int:
    """Count the files that were sent, without making the records."""
    if not path.exists():
        return 0
    with sqlite_errors():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:  # made, but not used yet
            connection.close()
            return 0
    with GateRecords(connection) as records:
        return records.count_sent()
