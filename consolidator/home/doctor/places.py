"""Owns the doctor's look at the machine and the home's folders: versions, permissions, disk, lock."""

import fcntl
import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from consolidator.home.doctor.findings import Finding, error, fine, note
from consolidator.home.paths import FOLDERS, Home
from streams.embedded.lock import PID_BYTES_MAX
from streams.embedded.schema import SQLITE_OLDEST

FREE_BYTES_LOW = 1 << 30  # a day of a big county
FREE_BYTES_MIN = 100 << 20  # below this a commit with its snapshot may not fit
_OTHERS = 0o077  # permission bits of everybody but the owner


def check_versions(_home: Home) -> Iterator[Finding]:
    """Tell the versions of Python and SQLite; SQLite may be too old."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    if sqlite3.sqlite_version_info < SQLITE_OLDEST:
        oldest = ".".join(map(str, SQLITE_OLDEST))
        yield error("versions", f"{versions},过旧", f"{versions}, too old", f"SQLite >= {oldest}", "dependency")
    else:
        yield fine("versions", versions, versions)


def check_folders(home: Home) -> Iterator[Finding]:
    """Look at the home and its folders: they are there, ours to write, and nobody else's to read."""
    odd = [found for name in ("", "keys", *FOLDERS) for found in _check_folder(home.root / name)]
    yield from odd
    if not odd:
        yield fine("folders", "文件夹齐全,仅本人可读写", "all folders are there, for their owner only")


def _check_folder(path: Path) -> Iterator[Finding]:
    if not path.is_dir():
        yield error("folders", f"缺文件夹 {path}", f"no folder {path}", f"mkdir -m 700 {path}")
    elif stat.S_IMODE(path.stat().st_mode) & _OTHERS:
        yield note("folders", f"他人可读 {path}", f"others can read {path}", f"chmod 700 {path}")
    elif not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        yield error("folders", f"不可写 {path}", f"{path} cannot be written", f"chmod 700 {path}")


def check_disk(home: Home) -> Iterator[Finding]:
    """Compare the free space with what commits need."""
    free = shutil.disk_usage(home.root).free
    zh, en = f"磁盘剩余 {free >> 20} MiB", f"{free >> 20} MiB of disk are free"
    step = f"df -h {home.root}"
    if free < FREE_BYTES_MIN:
        yield error("disk", zh, en, step, "dependency")
    elif free < FREE_BYTES_LOW:
        yield note("disk", zh, en, step)
    else:
        yield fine("disk", zh, en)


def check_lock(home: Home) -> Iterator[Finding]:
    """Say whether somebody runs the ledger. A shared lock is tried for a moment; one that is held is left alone."""
    try:
        descriptor = os.open(home.lock, os.O_RDONLY)
    except FileNotFoundError:
        yield _nobody()
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield _nobody()
    except BlockingIOError:
        holder = os.pread(descriptor, PID_BYTES_MAX, 0).decode("ascii", "replace") or "?"
        yield fine("lock", f"进程 {holder} 正在运行", f"process {holder} runs this ledger")
    finally:
        os.close(descriptor)


def _nobody() -> Finding:
    return fine("lock", "没有进程在运行", "nobody runs this ledger now")
