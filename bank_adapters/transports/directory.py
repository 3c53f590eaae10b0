"""Owns a directory inbox: which files are complete, and how they leave it. Each move is one atomic rename."""

import os
from hashlib import sha256
from pathlib import Path

SIGNED = ".jsonl"
COVER = ".cover.csv"
_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload", COVER)


def derive_cover_path(path: Path) -> Path:
    """Give the place of a file's cover sheet."""
    return path.with_name(path.name + COVER)


def list_ready(inbox: Path) -> list[Path]:
    """Give the complete files by name: a signed document, or a file whose cover sheet is beside it.

    Senders write under another name (hidden, ``.tmp``, ``.part``) and rename, or put the cover sheet last.
    """
    if not inbox.is_dir():
        return []
    return [path for path in sorted(inbox.iterdir()) if _is_ready(path)]


def _is_ready(path: Path) -> bool:
    if not path.is_file() or path.name.startswith(".") or path.name.endswith(_UNFINISHED):
        return False
    return path.name.endswith(SIGNED) or derive_cover_path(path).is_file()


def remove(path: Path) -> None:
    """Take a file and its cover sheet out of the inbox, after their bytes were kept elsewhere: file first.

    A crash in between leaves a cover sheet alone, which is not ready and harms nobody.
    """
    path.unlink(missing_ok=True)
    derive_cover_path(path).unlink(missing_ok=True)
    _sync(path.parent)


def put(folder: Path, name: str, content: bytes) -> Path:
    """Put a file into a folder whole or not at all, under the same name and bytes if it comes twice."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / name
    draft = folder / f".{sha256(name.encode()).hexdigest()[:16]}.tmp"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(target)
    _sync(folder)
    return target


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
