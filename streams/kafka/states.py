"""Owns a county's snapshots in a folder that all workers share: one file a state, named by its digest.

A file is whole and on disk before the commit that names it; what no commit names is removed by the next that does.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from schemas.errors import DependencyError

_SUFFIX = ".state"


@dataclass(frozen=True, slots=True)
class States:
    """The folder of one county's states."""

    folder: Path

    def keep(self, state: bytes) -> str:
        """Write a state; gives its digest. DependencyError when the disk does not take it."""
        digest = sha256(state).hexdigest()
        with _disk_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self.folder / f".{digest}.{os.getpid()}"
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(state)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(self._path(digest))
            _sync(self.folder)
        return digest

    def find(self, digest: str) -> bytes | None:
        """Give the state of a digest; None when it is not there or is not that state."""
        try:
            state = self._path(digest).read_bytes()
        except OSError:
            return None
        return state if sha256(state).hexdigest() == digest else None

    def forget_all_but(self, digests: Collection[str]) -> None:
        """Remove the states that no commit names any more."""
        with _disk_errors(self.folder):
            for path in self.folder.iterdir():
                if path.name.removesuffix(_SUFFIX) not in digests and not path.name.startswith("."):
                    path.unlink(missing_ok=True)

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}{_SUFFIX}"


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
