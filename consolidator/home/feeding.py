"""Owns where a home's commands come from, and who must have decided the same before anything goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from consolidator.gate.delivering import Undelivered
from consolidator.gate.sending import Gate
from consolidator.home.gaps import offer_again
from schemas.commits import CommitRecord
from streams.journal import DocumentJournal
from streams.recovery import FIRST_POSITION


class Feed(Protocol):
    """What a run is fed with. ``record`` is always the run's last commit, None before the first."""

    @property
    def journal(self) -> DocumentJournal:
        """Where what comes in is appended."""

    @property
    def is_alone(self) -> bool:
        """Say whether nobody else decides: then every commit may go out."""

    def agrees(self, record: CommitRecord | None) -> bool:
        """Say whether what was committed before a crash may go out. VerificationError if others decided otherwise."""

    def has_more(self, record: CommitRecord | None) -> bool:
        """Say whether a turn has anything to do."""

    def bring(self, record: CommitRecord | None) -> bool:
        """Bring commands into the run's journal; says whether there is a turn to run."""

    def confirm(self, record: CommitRecord) -> bool:
        """Say whether what the turn came to may go out by now. VerificationError if others decided otherwise."""

    def offer(self, due: Sequence[str], record: CommitRecord | None) -> bool:
        """Append documents again whose number is due now; says whether another turn follows at once."""

    def waits(self, record: CommitRecord | None) -> bool:
        """Wait for the next turn of a single run; says whether there is one. DependencyError if nobody decides."""

    def deliver(self, gate: Gate) -> Sequence[Undelivered]:
        """Bring what the gate let out to the banks, as far as it was not; gives what cannot be brought."""

    def announce(self, size: int) -> None:
        """Tell whoever else reads this log of the checkpoint that is published, over so many entries."""


@dataclass(frozen=True, slots=True)
class OwnFeed:
    """A home that decides alone: what is appended to its journal is applied."""

    journal: DocumentJournal

    @property
    def is_alone(self) -> bool:
        """See :class:`Feed`."""
        return True

    def agrees(self, _: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        return True

    def has_more(self, record: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        return self.journal.next_position() != (FIRST_POSITION if record is None else record.position)

    def bring(self, _: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        return True

    def confirm(self, _: CommitRecord) -> bool:
        """See :class:`Feed`."""
        return True

    def offer(self, due: Sequence[str], record: CommitRecord | None) -> bool:
        """See :class:`Feed`. Only when nothing is pending, so that a restart at any moment gives the same log."""
        if due and not self.has_more(record):
            offer_again(self.journal, due)
        return bool(due)

    def waits(self, _: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        return False

    def deliver(self, gate: Gate) -> Sequence[Undelivered]:
        """See :class:`Feed`. Banks fetch from the outbox; what they fetch is no cluster's to deliver later."""
        gate.records.end_deliveries()
        return ()

    def announce(self, _: int) -> None:
        """See :class:`Feed`."""
