"""Owns the loop that runs a machine over a journal: recover, apply what is pending, commit, go on.

It knows nothing about money and never retries a write: after any exception the object is unusable, and the next start
recovers by the ordinary path.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import Generic

from schemas.commands import Command
from schemas.commits import CommitRecord, Head, Step
from schemas.errors import InvariantError, invariant
from streams.journal import Journal
from streams.recovery import M, Standing, load, pending

COMMIT_LINES_MAX = 10_000  # one durable write for a few slices: its cost is then below 0.2 µs a line
COMMIT_WHOLE_LINES = 5_000  # from here on a commit is closed where a command ends: there others can compare and follow
SLICE_LINES_MAX = 1_000  # a step is at most this, so a commit is closed when one more might not fit
SNAPSHOT_LINES = 50_000  # replaying so many lines takes less than half a second
SNAPSHOT_COMMANDS = 200  # the same for many small commands
SNAPSHOT_BYTES_A_LINE = 20  # a big state is kept less often: writing it costs a line about 0.5 µs, whatever the history


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: commands done and to do in this run, and lines done."""

    commands_done: int
    commands_total: int
    lines_done: int


def _ignore(_: object) -> None:
    """Take no notice."""


def _never() -> bool:
    """Do not end before all is done."""
    return False


class Engine(Generic[M]):
    """Runs one county. Only one process may do so at a time; around an embedded journal hold its home's lock.

    ``on_commit`` is given the steps of each commit once they are on disk; ``on_progress`` is called after each step.
    """

    def __init__(
        self,
        journal: Journal,
        make_machine: Callable[[], M],
        on_commit: Callable[[Sequence[Step]], None] = _ignore,
        on_progress: Callable[[Progress], None] = _ignore,
    ) -> None:
        """Keep what is needed; nothing is read before :meth:`recover`."""
        self._journal = journal
        self._make_machine = make_machine
        self._on_commit = on_commit
        self._on_progress = on_progress
        self._standing: Standing[M] | None = None
        self._progress = Progress(0, 0, 0)
        self._steps: list[Step] = []
        self._stored: tuple[Callable[[], None], Sequence[Step]] | None = None  # a commit under way, and its steps
        self._weight = 0  # lines in them; a step without lines weighs one, so that many small ones end a commit too

    @property
    def machine(self) -> M:
        """The machine, as of the last step."""
        return self._usable().machine

    @property
    def last_commit(self) -> CommitRecord | None:
        """The newest commit record."""
        return self._usable().record

    def recover(self) -> None:
        """Become the one that runs this county, and bring the machine to the last commit. This is the normal start.

        Raises InvariantError when the journal's commands do not give what its last commit states.
        """
        invariant(self._standing is None, "an engine recovers once: make a new one")
        self._journal.claim()
        self._standing = load(self._journal, self._make_machine)

    def run(self, is_over: Callable[[], bool] = _never) -> Progress:
        """Apply all commands that are pending as of now, and commit. Says how much was done.

        ``is_over`` is asked after each command whether to leave the rest for later.
        """
        with self._fused() as standing:
            self._progress = Progress(0, self._journal.next_position() - standing.position, 0)
            for position, command in pending(self._journal, standing.position):
                standing.position = position
                self._apply(standing, command)
                if _is_snapshot_due(standing):
                    self._commit(standing, standing.machine.snapshot())
                elif self._weight > COMMIT_WHOLE_LINES:
                    self._commit(standing)
                if is_over():
                    break
            if _is_ahead(standing):
                self._commit(standing)
            self._wait_for_commit()
            return self._progress

    def close(self) -> None:
        """End in good order: keep a snapshot if any command was applied since the last one."""
        if self._standing is not None and self._standing.commands:
            with self._fused() as standing:
                self._commit(standing, standing.machine.snapshot())
                self._wait_for_commit()

    def _apply(self, standing: Standing[M], command: Command) -> None:
        """Apply one command, or what is left of it after a restart."""
        if standing.rest is None:
            standing.rest = standing.machine.apply(command)
        for step in standing.rest:
            self._take(standing, step)
        standing.rest, standing.item = None, 0
        standing.position += 1
        standing.commands += 1
        self._report(commands=1)

    def _take(self, standing: Standing[M], step: Step) -> None:
        standing.item += 1
        standing.lines += step.lines
        self._steps.append(step)
        self._weight += max(step.lines, 1)
        if self._weight > COMMIT_LINES_MAX - SLICE_LINES_MAX:
            self._commit(standing)
        self._report(lines=step.lines)

    def _report(self, commands: int = 0, lines: int = 0) -> None:
        done = self._progress
        self._progress = Progress(done.commands_done + commands, done.commands_total, done.lines_done + lines)
        self._on_progress(self._progress)

    def _commit(self, standing: Standing[M], state: bytes | None = None) -> None:
        self._wait_for_commit()
        head = standing.machine.head()
        check_growth(self._steps, standing.record.head.size if standing.record else 0, head)
        digest = None if state is None else sha256(state).hexdigest()
        record = CommitRecord(position=standing.position, item=standing.item, head=head, snapshot=digest)
        wait = self._journal.commit(self._steps, record, state)
        standing.record = record
        if state is not None:
            standing.lines = standing.commands = 0
            standing.snapshot_bytes = len(state)
        steps, self._steps, self._weight = self._steps, [], 0
        if wait is None:
            self._on_commit(steps)
        else:
            self._stored = (wait, steps)

    def _wait_for_commit(self) -> None:
        """Wait until the commit under way is stored. What was decided meanwhile is of no use if it is not."""
        stored, self._stored = self._stored, None
        if stored is not None:
            wait, steps = stored
            wait()
            self._on_commit(steps)

    @contextmanager
    def _fused(self) -> Iterator[Standing[M]]:
        """Let any exception make this object unusable: the machine and the journal may be in any state."""
        standing = self._usable()
        self._standing = None
        yield standing
        self._standing = standing

    def _usable(self) -> Standing[M]:
        if self._standing is None:
            message = "this engine has stopped or was not recovered: start again, the start recovers"
            raise InvariantError(message)
        return self._standing


def check_growth(steps: Sequence[Step], size: int, head: Head) -> None:
    """Raise InvariantError unless the steps' bundles go on at ``size`` without a gap and end where the tree does."""
    for bundle in (bundle for step in steps for bundle in step.bundles):
        invariant(bundle.first == size, "bundles follow one another")
        size += bundle.count
    invariant(size == head.size, "the tree holds exactly the committed entries")


def _is_ahead(standing: Standing[M]) -> bool:
    """Say whether anything was applied that no commit record covers."""
    record = standing.record
    return record is None or (record.position, record.item) != (standing.position, standing.item)


def _is_snapshot_due(standing: Standing[M]) -> bool:
    work = max(standing.lines / SNAPSHOT_LINES, standing.commands / SNAPSHOT_COMMANDS)
    return work >= max(1, standing.snapshot_bytes / SNAPSHOT_BYTES_A_LINE / SNAPSHOT_LINES)
