"""Owns the protocol of durable storage under an engine, with its durability in words. Knows nothing about money."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Step
from schemas.orders import OrderFile, OrderPart


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a journal begins: the first command, and the first entry with its disclosure, that were not retired."""

    command: int = 1
    entry: int = 0


class BundleSource(Protocol):
    """Whatever gives the entries of one log."""

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the committed bundles in order, from the one that holds entry ``first``."""


class Journal(BundleSource, Protocol):
    """Commands in one order and commits on top of them. Positions count from 1, grow, and belong to one journal only.

    Errors of every method: DependencyError when the storage does not answer (full, locked, I/O), InvariantError when
    what it holds cannot be right.
    """

    def append(self, commands: Sequence[Command]) -> None:
        """Append all commands or none; on return they are on disk. Any process may call this at any time."""

    def next_position(self) -> int:
        """Give the position that the next appended command would take."""

    def commands(self, position: int) -> Iterator[tuple[int, Command]]:
        """Give the commands from ``position`` on, in order, with their positions, up to the end as of the call."""

    def claim(self) -> None:
        """Become the one that commits. Whoever was it before meets a ConflictError when it commits the next time."""

    def last_commit(self) -> CommitRecord | None:
        """Give the newest commit record. InvariantError when its bytes are not the ones that were committed."""

    def cut(self) -> Cut:
        """Say which commands, disclosures and lists of order files are gone: all before these. Entries never go."""

    def retained(self) -> tuple[CommitRecord, bytes] | None:
        """Give the state that a replay starts from, once commands were retired; None: it starts from the first.

        Its record says where it stands: it was never committed itself. InvariantError when it was changed on disk.
        """

    def newest_snapshot(self) -> tuple[CommitRecord, bytes] | None:
        """Give the newest snapshot, else the retained state, whose SHA-256 is the one its record states; or None."""

    def commit(
        self, steps: Sequence[Step], record: CommitRecord, snapshot: bytes | None = None
    ) -> Callable[[], None] | None:
        """Store the steps, the record and perhaps a snapshot in one transaction.

        Gives None when they are on disk, or what waits until they are: the caller may go on meanwhile, and calls it
        before the next commit. ConflictError when another engine became the one that commits. After any exception, also
        of what waits, nothing is known about the transaction: stop and recover, never retry.
        """

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the committed bundles in order, from the one that holds entry ``first``."""

    def order_files(self, first: int = 0) -> Iterator[OrderFile]:
        """Give the committed order files in the order of their entries, from entry ``first`` on."""

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Give the parts of one order file's list, in order."""


class DocumentSink(Protocol):
    """Where intake brings documents, knowing which are there."""

    def append(self, commands: Sequence[Command]) -> None:
        """Append all commands; on return they are on disk. After an error some may be: append all of them again."""

    def holds_document(self, digest: str) -> bool:
        """Say whether a document with this digest was appended whole before."""


class DocumentJournal(Journal, DocumentSink, Protocol):
    """A journal that knows which documents are in it: what a county's home works with."""
