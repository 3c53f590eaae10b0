"""Journals and machines that fail on purpose."""

from collections.abc import Callable, Iterator, Sequence

from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Step
from schemas.orders import OrderFile, OrderPart
from streams.journal import Cut, Journal
from tests.conformance.toy import ToyMachine


class Fault(Exception):  # noqa: N818 -- it is injected, nothing is wrong
    """An injected fault."""


class FailingJournal:
    """Passes everything on, but its n-th commit fails: before it took effect, or after."""

    def __init__(self, journal: Journal, fail_at: int, *, after: bool) -> None:
        """Wrap a journal."""
        self._journal = journal
        self._left = fail_at
        self._after = after

    def commit(
        self, steps: Sequence[Step], record: CommitRecord, snapshot: bytes | None = None
    ) -> Callable[[], None] | None:
        """Commit, except the n-th time."""
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Fault
        wait = self._journal.commit(steps, record, snapshot)
        if self._left == 0:
            if wait is not None:
                wait()
            raise Fault
        return wait

    def append(self, commands: Sequence[Command]) -> None:
        """Pass on."""
        self._journal.append(commands)

    def claim(self) -> None:
        """Pass on."""
        self._journal.claim()

    def next_position(self) -> int:
        """Pass on."""
        return self._journal.next_position()

    def commands(self, position: int) -> Iterator[tuple[int, Command]]:
        """Pass on."""
        return self._journal.commands(position)

    def last_commit(self) -> CommitRecord | None:
        """Pass on."""
        return self._journal.last_commit()

    def newest_snapshot(self) -> tuple[CommitRecord, bytes] | None:
        """Pass on."""
        return self._journal.newest_snapshot()

    def cut(self) -> Cut:
        """Pass on."""
        return self._journal.cut()

    def retained(self) -> tuple[CommitRecord, bytes] | None:
        """Pass on."""
        return self._journal.retained()

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Pass on."""
        return self._journal.bundles(first)

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """Pass on."""
        return self._journal.order_files(first)

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Pass on."""
        return self._journal.order_parts(file)


class LateSnapshotJournal(FailingJournal):
    """Lets another engine commit between the reading of the commit record and of the snapshot."""

    def __init__(self, journal: Journal, between: Callable[[], None]) -> None:
        """Wrap a journal."""
        super().__init__(journal, 0, after=False)
        self._between = between

    def newest_snapshot(self) -> tuple[CommitRecord, bytes] | None:
        """Give the snapshot that was made just now."""
        self._between()
        return super().newest_snapshot()


class FragileMachine(ToyMachine):
    """Breaks down when it should make its n-th step."""

    def __init__(self, break_at: int) -> None:
        """Count down from ``break_at``."""
        super().__init__()
        self._left = break_at

    def apply(self, command: Command) -> Iterator[Step]:
        """See Machine."""
        for step in super().apply(command):
            self._left -= 1
            if self._left == 0:
                raise ArithmeticError
            yield step
