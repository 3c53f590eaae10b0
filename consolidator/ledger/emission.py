"""Owns what one slice of a command gives: blocks of entries, parts of order lists, outcomes for the screen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.commits import Outcome
from schemas.entries import EntryBlock, SingleEntry
from schemas.orders import OrderFile, OrderPart


@dataclass(slots=True)
class Emission:
    """One slice. ``lines`` is its size; ``order_files`` pairs a file with the number of its entry's block.

    ``quorum_block`` is the number of the block that sets the newest quorum, if one does.
    """

    lines: int = 0
    blocks: list[EntryBlock] = field(default_factory=list)
    order_parts: list[OrderPart] = field(default_factory=list)
    order_files: list[tuple[int, OrderFile]] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    quorum_block: int | None = None

    def count_entries(self) -> int:
        """Count the entries of this slice."""
        return sum(len(block.privates) for block in self.blocks)

    def add(self, kind: str, at: str, fields: Mapping[str, Any], private: bytes = b"") -> None:
        """Add one entry."""
        self.blocks.append(SingleEntry({"kind": kind, "at": at, **fields}, private))
