"""Owns a county's snapshots in a folder that all workers share: one file a state, named by its position and digest.

A file is whole and on disk before the commit that names it. Only older ones are ever removed: an owner that slept while
others took over would otherwise remove theirs.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from schemas.errors import DependencyError

_NAME = re.compile(r"\.?([0-9]{15})-[0-9a-f]{64}\..+")  # a draft begins with a dot


@dataclass(frozen=True, slots=True)
class States:
    """The folder of one county's states. A position is the one of the next command."""

    folder: Path

    def keep(self, position: int, state: bytes) -> None:
        """Write a state. DependencyError when the disk does not take it."""
        path = self._path(position, sha256(state).hexdigest())
        with _disk_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{path.stem}.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
            _sync(self.folder)

    def find(self, position: int, digest: str) -> bytes | None:
        """Give a state; None when it is not there or is not that state."""
        try:
            state = self._path(position, digest).read_bytes()
        except OSError:
            return None
        return state if sha256(state).hexdigest() == digest else None

    def forget_before(self, position: int) -> None:
        """Remove what is older: no commit names it any more, or ever did."""
        with _disk_errors(self.folder):
            for path in self.folder.iterdir():
                name = _NAME.fullmatch(path.name)
                if name is not None and int(name[1]) < position:
                    path.unlink(missing_ok=True)

    def _path(self, position: int, digest: str) -> Path:
        return self.folder / f"{position:015}-{digest}.state"


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = (
            f"快照目录 {folder} 无法写入({error.strerror}),请腾出空间或检查权限 / "
            f"the folder of snapshots {folder} cannot be written ({error.strerror}): free space or mend its rights"
        )
        raise DependencyError(message) from error
