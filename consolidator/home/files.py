"""Owns the writing of files that are there whole or not at all. Everything it writes is readable by its owner only."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.errors import DependencyError

PRIVATE = 0o600  # a home holds personal data and keys
NAME_BYTES_MAX = 120  # with a digest before it and a suffix after it, below the 255 of common file systems
_ODD = re.compile(r"[^A-Za-z0-9._\u4e00-\u9fff-]+")
_LONG_DIGITS = re.compile(r"[0-9]{15,}")


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn the operating system's errors into ours, without a file name that could hold personal data."""
    try:
        yield
    except OSError as error:
        message = (
            f"磁盘不可用({error.strerror}),请腾出空间或检查权限 / "
            f"the disk does not answer ({error.strerror}): free space or check permissions, then repeat"
        )
        raise DependencyError(message) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file through a neighbour and a rename; on return it is on disk. Replaces what stood there.

    The neighbour has a fixed name, so what a crash leaves is overwritten by the repeat: one process at a time per file.
    """
    with disk_errors():
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.tmp")
        write_synced(draft, content)
        draft.replace(path)
        sync_folder(path.parent)


@contextmanager
def hold_folder(folder: Path) -> Iterator[Path]:
    """Hold a folder, making it if needed; waits for its turn. The lock ends with its process, however that ends."""
    with disk_errors():
        make_folder(folder)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(descriptor)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file in place and bring it to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def move(path: Path, target: Path) -> None:
    """Rename a file within one disk; on return both folders are on disk."""
    make_folder(target.parent)
    path.replace(target)
    sync_folder(target.parent)
    if path.parent != target.parent:
        sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder and what is missing above it, for the owner only."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Bring a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def derive_safe_name(name: str) -> str:
    """Make a file name that is safe anywhere and holds no ID or account number.

    >>> derive_safe_name("../PAY 511199194912310021.txt")
    '.._PAY_x.txt'
    """
    safe = _LONG_DIGITS.sub("x", _ODD.sub("_", name)).encode()
    return safe[-NAME_BYTES_MAX:].decode(errors="ignore") or "x"
