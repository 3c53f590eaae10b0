"""Owns the tables of the embedded journal and how its file is opened. It never reads or writes a row."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import ConfigurationError, ConflictError, DependencyError, InvariantError

SCHEMA_VERSION = 1
COPY_ID = 1_262_568_259  # application_id ("KAFC") of a file that holds copies: its commands stand in order elsewhere
POISON = "poison"  # kind of a row of such a file: what stands at this position elsewhere is no command
SQLITE_OLDEST = (3, 37, 0)  # the first that knows STRICT tables
BUSY_MILLISECONDS = 60_000  # one append of the biggest document, with room
SCRUB_MILLISECONDS = 5_000  # views read for moments; who reads longer has to be ended first
WAL_BYTES_KEPT = 67_108_864  # a snapshot makes the WAL grow; it is cut back to this
PAGE_BYTES = 16_384  # rows are blobs of 50 to 300 kB, so bigger pages mean fewer of them
CHECKPOINT_PAGES = 256  # 4 MB: the commit that fills the WAL waits until so much is copied into the file

TABLES = """
CREATE TABLE commands (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL,
    item INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX commands_header ON commands (document) WHERE kind = 'header';
CREATE TABLE commits (id INTEGER PRIMARY KEY, record BLOB NOT NULL, sha256 TEXT NOT NULL) STRICT;
CREATE TABLE bundles (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL CHECK (count > 0),
    entries BLOB NOT NULL,
    disclosures BLOB NOT NULL
) STRICT;
CREATE TABLE order_files (entry INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, record BLOB NOT NULL) STRICT;
CREATE TABLE order_parts (file TEXT NOT NULL, item INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (file, item)) STRICT;
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY REFERENCES commits (id),
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state BLOB NOT NULL
) STRICT;
"""
RETIREMENTS = """
CREATE TABLE IF NOT EXISTS retirements (
    year INTEGER PRIMARY KEY,
    command INTEGER NOT NULL,
    entry INTEGER NOT NULL,
    report BLOB NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0,
    record BLOB NOT NULL,
    sha256 TEXT NOT NULL,
    state BLOB
) STRICT
"""  # made by the first retirement: until then a journal has none


@contextmanager
def sqlite_errors(what: str = "journal.sqlite") -> Iterator[None]:
    """Turn SQLite's errors into ours: what may pass by itself or by making room, and what never will."""
    try:
        yield
    except sqlite3.OperationalError as error:
        message = (
            f"{what} 没有响应({error}),请腾出磁盘空间或结束占用它的程序 / "
            f"{what} does not answer ({error}): free disk space or end what holds it, then start again"
        )
        raise DependencyError(message) from error
    except sqlite3.Error as error:
        message = (
            f"{what} 已损坏({error}),请从备份恢复 / {what} is damaged or misused ({error}): restore it from a backup"
        )
        raise InvariantError(message) from error


def create_file(path: Path) -> None:
    """Make an empty journal file with its tables, readable by its owner only (it holds personal data)."""
    _check_library()
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with sqlite_errors():
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
        connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Open a journal for reading and writing: every commit is on disk when it returns."""
    connection = _connect(path, "rw")
    with sqlite_errors():
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {WAL_BYTES_KEPT}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a journal for views: writing through this connection fails."""
    return _connect(path, "ro")


def is_copy(connection: sqlite3.Connection) -> bool:
    """Say whether a file holds copies; inside a transaction this stays so until its end."""
    return bool(connection.execute("PRAGMA application_id").fetchone()[0] == COPY_ID)


def scrub(connection: sqlite3.Connection) -> None:
    """Write a file anew without what was deleted from it, and empty its WAL: no byte of that is left in either.

    ConflictError while another process reads the file: the WAL cannot be emptied then.
    """
    with sqlite_errors():
        connection.execute(f"PRAGMA busy_timeout = {SCRUB_MILLISECONDS}")
        connection.execute("VACUUM")
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if busy:
        message = (
            "另一进程正在读取,旧数据还不能抹净,等它结束后再运行同一命令 / another process is reading, so that old "
            "bytes cannot be wiped yet: wait until it is done, then repeat the same command"
        )
        raise ConflictError(message)


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    _check_library()
    if not path.is_file():
        message = (
            f"没有台账 {path},请从备份恢复;新建主目录用 init / "
            f"no journal at {path}: restore it from a backup, or make a new home with 'consolidator init'"
        )
        raise ConfigurationError(message)
    with sqlite_errors():
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    _check_version(connection, path)
    return connection


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError as error:
        message = f"台账 {path} 没有响应({error}) / the journal at {path} does not answer ({error})"
        raise DependencyError(message) from error
    except sqlite3.DatabaseError as error:
        message = f"{path} 不是台账或已损坏,请从备份恢复 / {path} is not a journal: restore it from a backup"
        raise ConfigurationError(message) from error
    if version != SCHEMA_VERSION:
        message = (
            f"台账结构版本 {version},本程序为 {SCHEMA_VERSION},请用建立它的版本 / "
            f"the journal at {path} has schema {version}, not {SCHEMA_VERSION}: use the release that made it"
        )
        raise ConfigurationError(message)


def _check_library() -> None:
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        message = (
            f"SQLite {sqlite3.sqlite_version} 过旧,需要 3.37 以上 / "
            f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed"
        )
        raise ConfigurationError(message)
