"""The embedded journal with several processes on it at once."""

import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from schemas.commands import Command
from streams.embedded.journal import create_journal, open_journal, open_journal_read_only
from streams.engine import Engine
from streams.recovery import load
from tests.conformance.suite import content, finish, start
from tests.conformance.toy import GENESIS, ToyMachine

ROOT = Path(__file__).parents[2]
DOCUMENTS = 60
APPENDER = f"""
import sys
from pathlib import Path
from schemas.commands import Command
from streams.embedded.journal import open_journal
with open_journal(Path(sys.argv[1])) as journal:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range({DOCUMENTS}):
        digest = f"{{sys.argv[2]}}{{number:063}}"
        header = Command("header", number, b"2 40", digest)
        journal.append([header, *(Command("part", number, b"1 8", digest + str(index), index) for index in range(3))])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A new journal."""
    create_journal(tmp_path / "journal.sqlite", GENESIS)
    return tmp_path / "journal.sqlite"


def _start_appenders(path: Path) -> list[subprocess.Popen[str]]:
    """Start two processes that wait for each other before they append."""
    appenders = [
        subprocess.Popen(  # noqa: S603 -- our own
            [sys.executable, "-c", APPENDER, str(path), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    for appender in appenders:
        assert appender.stdout is not None
        assert appender.stdout.readline() == "ready\n"
    for appender in appenders:
        assert appender.stdin is not None
        appender.stdin.write("go\n")
        appender.stdin.flush()
    return appenders


def _documents(commands: list[Command]) -> list[list[Command]]:
    return [list(group) for _, group in groupby(commands, key=lambda command: command.document[:64])]


def test_two_processes_that_append_at_once_lose_nothing_and_mix_no_document(path: Path) -> None:
    for appender in _start_appenders(path):
        appender.communicate()
        assert appender.returncode == 0
    with open_journal(path) as journal:
        commands = [command for _, command in journal.commands(2)]
        assert [position for position, _ in journal.commands(1)] == list(range(1, 8 * DOCUMENTS + 2))
    documents = _documents(commands)
    assert [[command.kind for command in each] for each in documents] == [["header", *["part"] * 3]] * (2 * DOCUMENTS)
    for name in "ab":
        assert [each[0].at for each in documents if each[0].document[0] == name] == list(range(DOCUMENTS))


def test_an_engine_runs_and_views_look_while_others_append(path: Path) -> None:
    appenders = _start_appenders(path)
    with open_journal(path) as journal, open_journal_read_only(path) as view:
        engine = start(journal)
        while any(appender.poll() is None for appender in appenders):
            engine.run()
            standing = load(view, ToyMachine)
            assert standing.record == engine.last_commit
        engine.run()
        for appender in appenders:
            appender.communicate()
            assert appender.returncode == 0
        stored = content(journal)
        commands = [command for _, command in journal.commands(2)]
    create_journal(path.with_name("again.sqlite"), GENESIS)
    with open_journal(path.with_name("again.sqlite")) as journal:
        journal.append(commands)
        assert finish(journal)[0] == stored


def test_views_follow_an_engine_in_the_same_process_without_a_lock(path: Path) -> None:
    with open_journal(path) as journal, open_journal_read_only(path) as view:
        seen = []
        engine = Engine(journal, ToyMachine, lambda _: seen.append(load(view, ToyMachine).record))
        engine.recover()
        engine.run()
        assert seen == [engine.last_commit]
