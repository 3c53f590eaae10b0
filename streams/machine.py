"""Owns the protocol between an engine and what it runs. A machine is deterministic: same commands, same steps."""

from collections.abc import Iterator
from typing import Protocol

from schemas.commands import Command
from schemas.commits import Head, Step


class Machine(Protocol):
    """A county's ledger with its log. After an exception of any kind the object is thrown away, never used again."""

    def apply(self, command: Command) -> Iterator[Step]:
        """Apply one command in slices. The next command may be given only when the iterator is exhausted.

        A command that changes nothing (an identical repeat) yields nothing.
        """

    def head(self) -> Head:
        """Sign the current tree and say where the machine stands. Called once a commit."""

    def snapshot(self) -> bytes:
        """Give the whole state, between two commands."""

    def restore(self, snapshot: bytes) -> None:
        """Take the state that :meth:`snapshot` gave."""
