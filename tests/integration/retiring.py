"""Kills ``epoch retire`` before every single write and looks at what is left. Run as a script, alone: it forks.

Usage: retiring.py HOME WORK  ``HOME`` is copied for each kill. Prints one JSON object for each kill: whether the county
still runs and its log verifies with the same root, then what a repeat of the command comes to.
"""

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from consolidator.bootstrap import open_home
from consolidator.cli import epoch as _epoch  # noqa: F401 -- loaded before the fork, so that a child need not
from consolidator.cli import log as _log  # noqa: F401 -- the same
from consolidator.cli import run as _run  # noqa: F401 -- the same
from consolidator.keys import read_epoch_keys
from streams.embedded.journal import open_journal_read_only
from tests.integration.ages import SECRETS, YEAR, find_secrets
from tests.integration.office import read_head
from tests.support.killing import WritePoints, finish, start


def kill_everywhere(home: Path, work: Path) -> Iterator[dict[str, Any]]:
    """Kill before write 1, 2, 3, … until the command ends by itself."""
    copy = work / "copy"
    words = ["epoch", "retire", "--home", str(copy), str(YEAR), "--unanswered"]
    for point in count(1):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(home, copy)
        if finish(start(words, WritePoints(point).watch_everything)) != -signal.SIGKILL:
            return
        begun = _is_begun(copy)
        codes = [finish(start(call)) for call in _look(copy)] if point % 4 == 1 else []  # the others: again at once
        told = {"begun": begun, "codes": codes, "again": finish(start(words)), "left": find_secrets(copy, SECRETS)}
        ends = [finish(start(call)) for call in _look(copy)[: 3 if point % 4 == 2 else 1]]
        yield told | {"ends": ends, "root": read_head(open_home(copy)).root, "key": _has_key(copy)}


def _look(copy: Path) -> list[list[str]]:
    home = ["--home", str(copy)]
    return [["run", *home, "--once"], ["log", "verify", *home], ["log", "replay", *home]]


def _is_begun(copy: Path) -> bool:
    with open_journal_read_only(open_home(copy).home.journal) as journal:
        return bool(journal.retirements())


def _has_key(copy: Path) -> bool:
    return YEAR in read_epoch_keys(open_home(copy).home.epoch_keys)


if __name__ == "__main__":
    for each in kill_everywhere(Path(sys.argv[1]), Path(sys.argv[2])):
        print(json.dumps(each))  # noqa: T201 -- its result
