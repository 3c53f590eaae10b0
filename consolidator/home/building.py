"""Owns the making of a folder that is there whole or not at all, whenever its maker is killed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from consolidator.home.files import disk_errors, make_folder, sync_folder
from schemas.errors import ConflictError


@contextmanager
def build_folder(root: Path) -> Iterator[Path]:
    """Give a folder to fill: beside its place, then renamed, so that a killed maker leaves none or a whole one.

    Raises ConflictError when something stands there already, or another process builds in this place.
    """
    _check_free(root)
    with disk_errors(), _hold_draft(root) as draft:
        yield draft
        _check_free(root)
        draft.rename(root)  # onto an empty folder or nothing; anything else fails
        sync_folder(root.absolute().parent)


def _check_free(root: Path) -> None:
    if root.is_symlink() or (root.exists() and (not root.is_dir() or any(root.iterdir()))):
        message = f"目录 {root} 已存在且不为空,不会覆盖 / {root} exists and is not empty: choose another --home"
        raise ConflictError(message)


@contextmanager
def _hold_draft(root: Path) -> Iterator[Path]:
    """Give an empty folder beside the home's place; what a killed maker left there goes."""
    place = root.absolute()
    make_folder(place.parent)
    draft = place.with_name(f".{place.name}.new")
    draft.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(draft, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(descriptor)
        for left in draft.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        yield draft
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        message = "另一个 init 正在进行 / another init is at work in this place: wait until it is done"
        raise ConflictError(message) from error
