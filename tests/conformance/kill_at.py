"""Started by the crash tests: does one piece of work in children of its own and ends each at another point.

``python -m tests.conformance.kill_at WORK FAULT TEMPLATE FOLDER`` copies the template for each child. Faults: ``kill``
ends the child before its n-th SQL statement, ``chain`` ends each of a row of restarts before its 24th, ``full`` lets no
file grow beyond n blocks. What it prints is the number of children that were hit. A fresh process, because it forks.
"""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from schemas.errors import ConflictError, invariant
from streams import engine as engine_module
from streams.embedded.journal import create_journal, open_journal
from streams.engine import Engine
from tests.conformance.suite import WORK, content, finish
from tests.conformance.toy import GENESIS, ToyMachine, document
from tests.support.faults import bound_file_size, run_child

BLOCK_BYTES = 16_384
RESTARTS_MAX = 1000
_connect = sqlite3.connect
MORE = [document(77, 2, 8), document(78, 1, 4)]


def work_run(path: Path) -> None:
    """Start, apply what is pending, end in good order."""
    with open_journal(path) as journal:
        engine = Engine(journal, ToyMachine)
        engine.recover()
        engine.run()
        engine.close()


def work_append(path: Path) -> None:
    """Append a document of two commands, unless it is there, as intake does."""
    with open_journal(path) as journal:
        if not journal.holds_document(MORE[0].document):
            journal.append(MORE)


def work_create(path: Path) -> None:
    """Make the journal, unless it is there."""
    try:
        create_journal(path, GENESIS)
    except ConflictError:
        return


def check_run(path: Path) -> None:
    """The committed content is a beginning of what an undisturbed run gives, and all of it in the end."""
    with closing(open_journal(path.with_name("undisturbed.sqlite"))) as journal:
        expected = content(journal)
    with closing(open_journal(path)) as journal:
        bundles, files, _ = content(journal)
        invariant(bundles == expected[0][: len(bundles)], "a beginning of the bundles")
        invariant(files == expected[1][: len(files)], "a beginning of the order files")
        invariant(finish(journal)[0] == expected, "the same in the end")


def check_append(path: Path) -> None:
    """All commands or none, and all after a repeat."""
    with closing(open_journal(path)) as journal:
        before = journal.next_position()
    work_append(path)
    with closing(open_journal(path)) as journal:
        invariant(before in {len(WORK) + 2, len(WORK) + 4}, "all or none")
        invariant([command for _, command in journal.commands(len(WORK) + 2)] == MORE, "all in the end")


def check_create(path: Path) -> None:
    """No journal or a whole one, and a whole one after a repeat."""
    work_create(path)
    with closing(open_journal(path)) as journal:
        invariant(list(journal.commands(1)) == [(1, GENESIS)], "one genesis")


WORKS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "run": (work_run, check_run),
    "append": (work_append, check_append),
    "create": (work_create, check_create),
}


def kill_before_statement(number: int) -> None:
    """Let every connection of this process count its statements and end it before the n-th."""
    left = count(number - 1, -1)

    def trace(_: str) -> None:
        if next(left) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*arguments: Any, **options: Any) -> sqlite3.Connection:  # noqa: ANN401 -- passes everything on
        connection: sqlite3.Connection = _connect(*arguments, **options)
        connection.set_trace_callback(trace)
        return connection

    sqlite3.connect = connect  # type: ignore[assignment]  # this process ends soon


def copies(template: Path, folder: Path) -> Iterator[Path]:
    """Give one fresh copy of the template after another."""
    for number in count():
        home = folder / str(number)
        shutil.copytree(template, home)
        yield home / "journal.sqlite"
        shutil.rmtree(home)


def main(name: str, fault: str, template: Path, folder: Path) -> int:
    """Hit the work at every point, or restart it again and again; give the number of hits."""
    engine_module.COMMIT_LINES_MAX = engine_module.SLICE_LINES_MAX
    engine_module.SNAPSHOT_COMMANDS = 3
    work, check = WORKS[name]
    fresh = copies(template, folder)
    if fault == "chain":
        path = next(fresh)
        hits = 0
        while run_child(work, kill_before_statement, 32, path):
            hits += 1
            invariant(hits < RESTARTS_MAX, "each restart gets further")
        check(path)
        return hits
    hit, first = (kill_before_statement, 1) if fault == "kill" else (partial(bound_file_size, BLOCK_BYTES), 0)
    for number in count(first):
        path = next(fresh)
        went_on = run_child(work, hit, number, path)
        check(path)
        if not went_on:
            return number - first
    raise AssertionError


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))  # noqa: T201 -- its result
