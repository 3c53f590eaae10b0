"""The watching loop: an hour is looked over once for what is due, and never before what waits was applied."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest

from consolidator.bootstrap import open_home
from consolidator.facts.state import State
from consolidator.home import running
from consolidator.home.paths import Home
from consolidator.home.reports import RunReport
from consolidator.home.running import Watch, run_watching
from schemas.commands import Command
from streams.embedded.journal import open_journal
from tests.unit.home.conftest import BEGUN_AT

HOUR = 3600


class Rounds(Event):
    """Ends the loop after so many rounds, without waiting."""

    def __init__(self, rounds: int) -> None:
        """Count from here."""
        super().__init__()
        self.left = rounds

    def wait(self, timeout: float | None = None) -> bool:
        """Say whether that was the last round."""
        assert timeout == running.POLL_SECONDS
        self.left -= 1
        return self.left == 0


@dataclass
class Watched:
    """What the loop did: the instants at which it looked for ticks, and the commands that it applied in each report."""

    looked_at: list[int] = field(default_factory=list)
    applied: list[int] = field(default_factory=list)


def watch(home: Path, monkeypatch: pytest.MonkeyPatch, instants: Sequence[int], *, due: bool = False) -> Watched:
    """Run a round at each instant; a tick is due at all of them or at none."""
    watched, stop = Watched(), Rounds(len(instants))

    def now() -> int:
        return instants[len(instants) - stop.left]

    def is_due(_: State, at: int) -> bool:
        watched.looked_at.append(at)
        return due

    def report(told: RunReport) -> None:
        watched.applied.append(told.commands)

    monkeypatch.setattr(running, "is_tick_due", is_due)
    run_watching(open_home(home), Watch(now, stop, lambda _: None, report))
    return watched


def test_an_hour_is_looked_over_once(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = watch(own, monkeypatch, [BEGUN_AT, BEGUN_AT + 1, BEGUN_AT + HOUR - 1])
    assert watched == Watched([BEGUN_AT], [])


def test_every_new_hour_is_looked_over_also_one_after_a_clock_was_put_back(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    instants = [BEGUN_AT, BEGUN_AT + HOUR, BEGUN_AT + HOUR + 1, BEGUN_AT + 5 * HOUR, BEGUN_AT + HOUR]
    watched = watch(own, monkeypatch, instants)
    assert watched.looked_at == [BEGUN_AT, BEGUN_AT + HOUR, BEGUN_AT + 5 * HOUR, BEGUN_AT + HOUR]


def test_what_is_due_is_one_tick_an_hour_applied_at_once(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watched = watch(own, monkeypatch, [BEGUN_AT, BEGUN_AT + 1, BEGUN_AT + HOUR], due=True)
    assert watched == Watched([BEGUN_AT, BEGUN_AT + HOUR], [1, 1])


def test_an_hour_in_which_commands_wait_is_looked_over_once_they_are_applied(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_journal(Home(own).journal) as journal:
        journal.append([Command("tick", BEGUN_AT, b"")])
    watched = watch(own, monkeypatch, [BEGUN_AT, BEGUN_AT + 1, BEGUN_AT + 2], due=True)
    assert watched == Watched([BEGUN_AT + 1], [1, 1])
