"""Kills one command before every single write and repeats it. Run as a script, in its own process: it forks.

Usage: killing.py HOME WORK WORD…  ``HOME`` is copied for each kill; ``WORK`` in the words stands for the copy. A home
that does not exist yet is left out. Prints one JSON object: how many points there were, and how each repeat ended.
"""

import json
import shutil
import signal
import sqlite3
import sys
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any

from consolidator.cli import init as _init  # noqa: F401 -- loaded before the fork, so that a child need not
from consolidator.cli import submit as _submit  # noqa: F401 -- the same
from tests.support.killing import WritePoints, finish, start


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
        if finish(start(called, WritePoints(point).watch_everything)) != -signal.SIGKILL:
            return {"points": point - 1, "codes": sorted(codes), "endings": endings}
        codes.add(finish(start(called)))
        endings.append(describe(copy) | {"beside": sorted(path.name for path in copy.parent.iterdir())})
    raise AssertionError


if __name__ == "__main__":
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])))  # noqa: T201 -- its result
