"""Kills ``consolidator run --once`` again and again and says how each home ended. Run as a script, in its own process.

It forks, so that a case costs a fraction of a second; hence that process must stay single-threaded.
Usage: campaign.py journal HOME WORK · campaign.py everything HOME WORK · campaign.py moments HOME WORK KILLS SEED
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from consolidator.transparency.checkpoint import parse_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.notes import parse_untrusted_note
from consolidator.verify.following import check_tree
from consolidator.verify.sources import CHECKPOINT, read_from_folder
from tests.support.killing import WritePoints, finish, run_words, start


def describe(home: Path) -> dict[str, Any]:
    """Give what must be equal: the last commit's head, the published checkpoint, every order file with its digest.

    What is published is verified on the way, every file of it.
    """
    with sqlite3.connect(f"file:{home}/journal.sqlite?mode=ro", uri=True) as journal:
        record = json.loads(journal.execute("SELECT record FROM commits ORDER BY id DESC LIMIT 1").fetchone()[0])
    head = record["head"]
    files = {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for path in sorted((home / "outbox").rglob("*"))
        if path.is_file()
    }
    read = read_from_folder(home / "log")
    text, _ = parse_untrusted_note(read(CHECKPOINT))
    check_tree(read, TileEdge(), parse_checkpoint(text).head)
    told = {"size": head["size"], "root": head["root"], "ordinal": head["ordinal"]}
    return told | {"published": text, "outbox": files}


def try_points(home: Path, work: Path, watch: Callable[[WritePoints], None]) -> dict[str, Any]:
    """Kill before write 1, 2, 3, … of a start, again and again in one home, until a start ends by itself.

    What a kill undoes leaves the home as it was, so the next start is killed one write later; once something has
    lasted, the count begins anew. So every write is killed before, from every state that lasts, and no start is whole.
    """
    copy = _copy(home, work)
    point, points, lasting = 1, 0, _fingerprint(copy)
    while True:
        code = finish(start(run_words(copy), partial(watch, WritePoints(point))))
        if code != -signal.SIGKILL:
            return {"points": points, "endings": [describe(copy)], "last_code": code}
        points += 1
        now = _fingerprint(copy)
        point = point + 1 if now == lasting else 1
        lasting = now


def _fingerprint(home: Path) -> str:
    """Tell apart what lasts: commits, what the gate knows, and what lies in the outbox."""
    names = sorted(str(path.relative_to(home)) for path in (home / "outbox").rglob("*"))
    commits = _read_all(home / "journal.sqlite", "commits")
    sendings = _read_all(home / "gate.sqlite", "sendings")
    return sha256(repr((names, commits, sendings)).encode()).hexdigest()


def _read_all(path: Path, table: str) -> list[tuple[object, ...]]:
    """Read a table that may not be there yet."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchall():
            return []
        return database.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 -- our own two names


def try_moments(home: Path, work: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kill at random moments, several times in the same home, until so many kills have hit; then let it end."""
    chance = random.Random(seed)
    began = time.monotonic()
    finish(start(run_words(_copy(home, work))))
    whole = time.monotonic() - began
    endings, hits = [], 0
    while hits < kills:
        copy = _copy(home, work)
        for number in range(chance.randrange(1, 6)):
            child = start(run_words(copy))
            waited = chance.random() * whole
            time.sleep(waited)
            os.kill(child, signal.SIGKILL)
            is_hit = finish(child) == -signal.SIGKILL
            hits += is_hit
            if number == 0 and not is_hit:  # a whole run takes less by now: the machine had more to do before
                whole = waited
        finish(start(run_words(copy)))
        endings.append(describe(copy))
    return {"kills": hits, "endings": endings}


def _copy(home: Path, work: Path) -> Path:
    """Copy the home to a new place: a helper of a killed run may not have noticed yet that it is alone."""
    for old in work.glob("copy-*"):
        shutil.rmtree(old, ignore_errors=True)
    copy = Path(tempfile.mkdtemp(prefix="copy-", dir=work)) / "home"
    shutil.copytree(home, copy)
    return copy


if __name__ == "__main__":
    what, source, folder, *numbers = sys.argv[1:]
    if what == "moments":
        told = try_moments(Path(source), Path(folder), *map(int, numbers))
    else:
        watches = {"journal": WritePoints.watch_journal, "everything": WritePoints.watch_everything}
        told = try_points(Path(source), Path(folder), watches[what])
    sys.stdout.write(json.dumps(told))
