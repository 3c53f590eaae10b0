"""Owns the writing of public files: each there whole or not at all, and on disk before anything says that it is.

Nothing private may come here: what it writes can be read by everybody who gets at the folder.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.home.files import disk_errors, sync_folder

PUBLIC = 0o644
SYNCED_EACH_MAX = 16  # files; the disk is told of more than that in one go


@dataclass(slots=True)
class Drawer:
    """A folder of public files, and the paths below it that were written since they were last brought to the disk.

    Each file is written beside the others under a name of this process, then renamed to its place: two processes that
    write the same contents do not disturb each other.
    """

    folder: Path
    written: list[Path] = field(default_factory=list)

    def put(self, path: str, content: bytes) -> None:
        """Write a file; it is on disk after the next :meth:`sync`. Replaces what stood there."""
        place, draft = self.folder / path, self.folder / f".new-{os.getpid()}"
        with disk_errors():
            self.folder.mkdir(parents=True, exist_ok=True)
            _write(draft, content)
            try:
                draft.rename(place)
            except FileNotFoundError:
                place.parent.mkdir(parents=True, exist_ok=True)
                draft.rename(place)
        self.written.append(place)

    def sync(self) -> None:
        """Bring everything written to the disk, with its names."""
        written, self.written = self.written, []
        with disk_errors():
            if len(written) > SYNCED_EACH_MAX:
                os.sync()
                return
            for place in written:
                _sync_file(place)
            for folder in _list_folders(self.folder, written):
                sync_folder(folder)

    def clear_drafts(self) -> None:
        """Remove what processes left that were ended while they wrote."""
        with disk_errors():
            for draft in self.folder.glob(".new-*"):
                draft.unlink(missing_ok=True)


def _list_folders(top: Path, places: Iterable[Path]) -> list[Path]:
    """List the folders of places up to ``top``, each once, the innermost first."""
    folders = {folder for place in places for folder in place.parents if folder.is_relative_to(top)}
    return sorted(folders, key=lambda folder: len(folder.parts), reverse=True)


def _write(place: Path, content: bytes) -> None:
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PUBLIC)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _sync_file(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
