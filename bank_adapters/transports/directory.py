"""Owns a directory inbox: which files are complete, and how they leave it. Each move is one atomic rename."""

import os
from collections.abc import Callable
from pathlib import Path

SIGNED = ".jsonl"
COVER = ".cover.csv"
_UNFINISHED = (".tmp", ".part", ".filepart", ".crdownload", COVER)


def derive_cover_path(path: Path) -> Path:
    """Give the place of a file's cover sheet."""
    return path.with_name(path.name + COVER)


def list_ready(inbox: Path, is_alone: Callable[[str], bool]) -> list[Path]:
    """Give the complete files by name: a signed document, or a file whose cover sheet is beside it.

    ``is_alone`` says by its name whether a file needs no cover sheet. A link is never followed: whoever may write here
    could name any file of the home. Senders write under another name (hidden, ``.tmp``, ``.part``) and rename, or put
    the cover sheet last.
    """
    if not inbox.is_dir():
        return []
    return [path for path in sorted(inbox.iterdir()) if _is_ready(path, is_alone)]


def _is_ready(path: Path, is_alone: Callable[[str], bool]) -> bool:
    if path.is_symlink() or not path.is_file() or path.name.startswith(".") or path.name.endswith(_UNFINISHED):
        return False
    return path.name.endswith(SIGNED) or is_alone(path.name) or derive_cover_path(path).is_file()


def remove(path: Path) -> None:
    """Take a file and its cover sheet out of the inbox, after their bytes were kept elsewhere: cover first.

    A cover left alone would serve the next file of the same name, and give it a wrong programme or period; a file left
    alone is not ready and only waits.
    """
    derive_cover_path(path).unlink(missing_ok=True)
    _sync(path.parent)
    path.unlink(missing_ok=True)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
