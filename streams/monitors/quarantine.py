"""Owns what a monitor could not read: the bytes are kept, a person is told, and the others go on.

A file's name says topic, partition and offset. What is in it may tell of people: the folder is for its owner only.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from schemas.errors import InvariantError

SET_ASIDE_MAX = 1_000  # in one run: more are no accident of single records, and something must be mended first


@dataclass(frozen=True, slots=True)
class Aside:
    """A record that was set aside: its place, and what went wrong, without anything of its content."""

    topic: str
    partition: int
    offset: int
    reason: str


@dataclass(slots=True)
class Quarantine:
    """Keeps records that could not be read, each once, also when it comes again after a restart."""

    folder: Path
    on_aside: Callable[[Aside], None]
    _count: int = field(default=0, init=False)

    def keep(self, aside: Aside, raw: bytes) -> None:
        """Keep a record's bytes. InvariantError when there are so many that it must be the program or the topic."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / f"{aside.topic}-{aside.partition}-{aside.offset}.bin"
        if not path.exists():
            scratch = path.with_suffix(".tmp")
            with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(raw)
            scratch.replace(path)
        self.on_aside(aside)
        self._count += 1
        if self._count > SET_ASIDE_MAX:
            message = (
                "监测隔离的记录过多,已停止 / a monitor set too many records aside, and stops: see its quarantine folder"
            )
            raise InvariantError(message)
