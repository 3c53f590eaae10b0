"""Runs the program in forked children and ends them just before a chosen write, by SIGKILL.

The process that uses it forks, so it must be single-threaded: a script of its own, started by the test.
"""

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from consolidator.cli.main import main

_WRITING = ("os.rename", "os.remove", "os.mkdir", "os.link", "os.rmdir")
_READING = ("SELECT", "PRAGMA")


class WritePoints:
    """Counts what reaches the disk, and ends (or stops) the process just before write number ``fatal``."""

    def __init__(self, fatal: int, number: signal.Signals = signal.SIGKILL) -> None:
        """Start counting at nothing."""
        self._count = 0
        self._fatal = fatal
        self._signal = number

    def watch_journal(self) -> None:
        """Count the journal's SQL statements only."""
        self._trace("journal.sqlite")

    def watch_everything(self) -> None:
        """Count files, renames, syncs and every SQL statement."""
        self._trace("")
        fsync = os.fsync

        def synced(descriptor: int) -> None:
            self._pass()
            fsync(descriptor)

        os.fsync = synced  # type: ignore[assignment]  # this process only
        sys.addaudithook(self._hear)

    def _trace(self, name: str) -> None:
        connect: Callable[..., sqlite3.Connection] = sqlite3.connect

        def traced(path: object, *args: object, **kwargs: object) -> sqlite3.Connection:
            connection = connect(path, *args, **kwargs)
            if name in str(path):
                connection.set_trace_callback(lambda text: None if text.startswith(_READING) else self._pass())
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]  # this process only

    def _hear(self, event: str, args: Sequence[object]) -> None:
        if event in _WRITING or (event == "open" and _opens_for_writing(args[2])):
            self._pass()

    def _pass(self) -> None:
        self._count += 1
        if self._count == self._fatal:
            os.kill(os.getpid(), self._signal)


def _opens_for_writing(flags: object) -> bool:
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR))


def start(words: Sequence[str], prepare: Callable[[], None] = lambda: None) -> int:
    """Fork a process that runs a command, its output thrown away; gives its number."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        devnull = os.open(os.devnull, os.O_RDWR)
        os.dup2(devnull, 1)
        os.dup2(devnull, 2)
        prepare()
        code = main(words)
    finally:
        os._exit(code)


def finish(child: int) -> int:
    """Wait for it; gives its exit code, negative for the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_words(home: Path) -> list[str]:
    """Give the words that apply everything pending in a home."""
    return ["run", "--home", str(home), "--once"]
