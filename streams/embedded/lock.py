"""Owns the one lock of a home: who runs the ledger. Appending and reading need no lock.

The lock is the operating system's (flock): it ends with its process, however that ends. The file itself stays: deleting
it would let two processes lock two different files of one name.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import ConflictError

PID_BYTES_MAX = 20


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Hold the lock at ``path``; ConflictError with the holder's process id when another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def find_holder(path: Path) -> int | None:
    """Give the process that was the last to take the lock, if it is another one and still lives: it may hold it yet.

    Looking never stands in the way of a process that wants the lock, as trying it would.
    """
    try:
        holder = int(path.read_text(encoding="ascii"))
        os.kill(holder, 0)
    except PermissionError:
        return holder  # it lives, under another user
    except (OSError, ValueError, OverflowError):
        return None
    return None if holder == os.getpid() else holder


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, PID_BYTES_MAX, 0).decode("ascii", "replace") or "unknown"
        message = (
            f"进程 {holder} 正在使用此目录,请等它结束 / "
            f"process {holder} is at work in this home: end it, or wait until it is done"
        )
        raise ConflictError(message) from error
