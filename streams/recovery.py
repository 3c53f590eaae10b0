"""Owns how a machine is brought to a journal's last commit: newest snapshot, then the commands after it.

A normal start and a start after a crash are this one path. It never writes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Generic, TypeVar

from schemas.commands import Command
from schemas.commits import CommitRecord, Head, Step
from schemas.errors import ConfigurationError, InvariantError, invariant
from streams.journal import Journal
from streams.machine import Machine

M = TypeVar("M", bound=Machine)
FIRST_POSITION = 1


@dataclass(slots=True)
class Standing(Generic[M]):
    """A machine at a journal's last commit.

    ``position`` is the next command's; ``rest`` are the steps of that command still to come, when it was begun, and
    ``item`` counts those done. ``lines`` and ``commands`` were applied since the snapshot of ``snapshot_bytes``.
    """

    machine: M
    record: CommitRecord | None
    position: int = FIRST_POSITION
    item: int = 0
    rest: Iterator[Step] | None = None
    lines: int = 0
    commands: int = 0
    snapshot_bytes: int = 0


def load(journal: Journal, make_machine: Callable[[], M]) -> Standing[M]:
    """Give a machine at the last commit, also while another process commits: nothing behind that commit is seen.

    Raises InvariantError when replay does not reach what the commit record states.
    """
    machine = make_machine()
    record, snapshot = journal.last_commit(), journal.newest_snapshot()
    standing = Standing(machine, record)
    if snapshot is not None:
        _restore(standing, *snapshot)
    if standing.record is None:
        invariant(next(journal.bundles(), None) is None, "entries without a commit record: restore a backup")
        return standing
    _replay_to(standing, standing.record, journal)
    check_head(machine.head(), standing.record.head)
    return standing


def check_head(reached: Head, stated: Head) -> None:
    """Raise InvariantError unless a machine reached what a commit record states; the note is not compared."""
    for field in ("ordinal", "size", "root", "now", "totals"):
        if getattr(reached, field) != getattr(stated, field):
            message = (
                f"重放与最后提交不一致({field}),请运行 log verify,不通过则从备份恢复 / "
                f"replay differs from the last commit in {field}: run 'consolidator log verify', "
                "and if it fails restore the journal from a backup"
            )
            raise InvariantError(message)


def _restore(standing: Standing[M], record: CommitRecord, state: bytes) -> None:
    """Start from a snapshot. One made after the last commit was read is itself a later commit: take that."""
    standing.machine.restore(state)
    standing.snapshot_bytes = len(state)
    standing.position = record.position
    last = standing.record
    if last is None or (last.position, last.item) < (record.position, record.item):
        standing.record = record


def _replay_to(standing: Standing[M], record: CommitRecord, journal: Journal) -> None:
    is_there = standing.position >= journal.cut().command
    invariant(is_there, "the state that stands for retired commands is gone: restore a backup")
    for position, command in journal.commands(standing.position):
        if (position, 0) >= (record.position, record.item):
            break
        standing.position = position
        steps = standing.machine.apply(command)
        if position == record.position:
            _enter(standing, steps, record.item)
            break
        standing.lines += sum(step.lines for step in steps)
        standing.commands += 1
        standing.position += 1
    invariant(
        (standing.position, standing.item) == (record.position, record.item),
        "the journal ends before its last commit: restore a backup",
    )


def _enter(standing: Standing[M], steps: Iterator[Step], item: int) -> None:
    """Stop in the middle of a command, where the last commit stopped."""
    for step in islice(steps, item):
        standing.lines += step.lines
        standing.item += 1
    standing.rest = steps


def pending(journal: Journal, position: int) -> Iterator[tuple[int, Command]]:
    """Give the commands from ``position`` on. Raises ConfigurationError when the journal has no genesis."""
    if journal.next_position() == FIRST_POSITION:
        message = "the journal is empty: make the home with 'consolidator init'"
        raise ConfigurationError(message)
    return journal.commands(position)
