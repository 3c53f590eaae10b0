"""Kills one command before every single write and repeats it. Run as a script, in its own process: it forks.

Usage: killing.py HOME WORK WORD…  ``HOME`` is copied for each kill; ``WORK`` in the words stands for the copy. A home
that does not exist yet is left out. Prints one JSON object: how many points there were, and how each repeat ended.
"""

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from consolidator.cli import init as _init  # noqa: F401 -- loaded before the fork, so that a child need not
from consolidator.cli import submit as _submit  # noqa: F401 -- the same
from consolidator.cli.main import main

_WRITING = ("os.rename", "os.remove", "os.mkdir", "os.link", "os.rmdir")
_READING = ("SELECT", "PRAGMA")


class WritePoints:
    """Counts everything that reaches the disk, and ends the process just before write number ``fatal``."""

    def __init__(self, fatal: int) -> None:
        """Do nothing yet."""
        self._count = 0
        self._fatal = fatal

    def install(self) -> None:
        """Listen to files, renames, syncs and SQL statements from now on."""
        connect, fsync = sqlite3.connect, os.fsync

        def traced(path: str, **settings: Any) -> sqlite3.Connection:  # noqa: ANN401 -- as connect has them
            connection: sqlite3.Connection = connect(path, **settings)
            connection.set_trace_callback(lambda text: None if text.startswith(_READING) else self._pass())
            return connection

        def synced(descriptor: int) -> None:
            self._pass()
            fsync(descriptor)

        sqlite3.connect, os.fsync = traced, synced  # type: ignore[assignment]  # this process only
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if event in _WRITING or (event == "open" and args[2] & (os.O_WRONLY | os.O_RDWR)):
            self._pass()

    def _pass(self) -> None:
        self._count += 1
        if self._count == self._fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def run(words: Sequence[str], prepare: Callable[[], None] = lambda: None) -> int:
    """Run a command in a child; gives its exit code, negative for the signal that ended it."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 70
        try:
            devnull = os.open(os.devnull, os.O_RDWR)
            os.dup2(devnull, 1)
            os.dup2(devnull, 2)
            prepare()
            code = main(words)
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def describe(home: Path) -> dict[str, Any]:
    """Give what must be equal after a repeat: the journal's commands and every other file with its digest."""
    with sqlite3.connect(home / "journal.sqlite") as journal:
        rows = journal.execute("SELECT kind, at, document, item, body FROM commands ORDER BY position").fetchall()
    files = {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith("journal.sqlite") and path.parent.name != "keys"
    }
    return {"commands": sha256(repr(rows).encode()).hexdigest(), "count": len(rows), "files": files}


def kill_everywhere(home: Path, work: Path, words: Sequence[str]) -> dict[str, Any]:
    """Kill before write 1, 2, 3, … and repeat each time, until a run has no more writes to kill before."""
    codes = set[int]()
    endings = list[dict[str, Any]]()
    copy = work / "copy" / "home"
    called = [word.replace("WORK", str(copy)) for word in words]
    for point in count(1):
        shutil.rmtree(copy.parent, ignore_errors=True)
        copy.parent.mkdir(parents=True)
        if home.exists():
            shutil.copytree(home, copy)
        if run(called, WritePoints(point).install) != -signal.SIGKILL:
            return {"points": point - 1, "codes": sorted(codes), "endings": endings}
        codes.add(run(called))
        endings.append(describe(copy) | {"beside": sorted(path.name for path in copy.parent.iterdir())})
    raise AssertionError


if __name__ == "__main__":
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])))  # noqa: T201 -- its result
