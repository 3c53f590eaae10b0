"""Owns the audit of a journal: all commands again from the first, compared byte for byte with what was committed.

It never writes, and it uses no snapshot.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.commits import Bundle, CommitRecord, Step
from schemas.errors import VerificationError
from schemas.orders import OrderPart
from streams.journal import Journal
from streams.machine import Machine
from streams.recovery import FIRST_POSITION, check_head

_ENTRY_LENGTH = struct.Struct(">H")
_DISCLOSURE_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay covered: commands applied, entries compared, and the root it reached."""

    commands: int
    entries: int
    root: str


def replay(journal: Journal, machine: Machine, record: CommitRecord) -> Iterator[Step]:
    """Apply a fresh machine to all commands up to a commit record, giving its steps."""
    for position, command in journal.commands(FIRST_POSITION):
        if (position, 0) >= (record.position, record.item):
            return
        steps = machine.apply(command)
        if position == record.position:
            # Not islice over a finished iterator: the machine must stand where it stood at the commit.
            for _ in range(record.item):
                yield next(steps)
            return
        yield from steps


def check_replay(
    journal: Journal, make_machine: Callable[[], Machine], on_progress: Callable[[int], None] | None = None
) -> Replayed:
    """Recompute everything and compare with what is stored.

    ``on_progress`` is given the number of entries compared so far. Raises VerificationError naming the first entry that
    differs, or InvariantError when the end differs from the last commit record.
    """
    record = journal.last_commit()
    if record is None:
        message = "nothing is committed yet: run 'consolidator run --once' first"
        raise VerificationError(message)
    machine = make_machine()
    stored, orders = journal.bundles(), _OrdersCheck(journal)
    entries = 0
    for step in replay(journal, machine, record):
        for bundle in step.bundles:
            _check_bundle(bundle, next(stored, None))
            entries += bundle.count
        orders.check(step)
        if on_progress is not None:
            on_progress(entries)
    head = machine.head()
    check_head(head, record.head)
    return Replayed(record.position - 1, entries, head.root)


class _OrdersCheck:
    """Compares order files and their lists with the stored ones; parts wait until their file is fixed."""

    def __init__(self, journal: Journal) -> None:
        """Read the stored files side by side with the replay."""
        self._journal = journal
        self._files = journal.order_files()
        self._parts = defaultdict[str, list[OrderPart]](list)

    def check(self, step: Step) -> None:
        """Raise VerificationError naming the first order file that differs."""
        for part in step.order_parts:
            self._parts[part.file].append(part)
        for file in step.order_files:
            parts = self._parts.pop(file.file, [])
            if next(self._files, None) != file or list(self._journal.order_parts(file.file)) != parts:
                message = f"order file of entry {file.entry}: replay differs from the journal"
                raise VerificationError(message)


def _check_bundle(made: Bundle, stored: Bundle | None) -> None:
    if stored is None:
        message = f"entry {made.first}: replay makes it, the journal does not hold it"
        raise VerificationError(message)
    if made == stored:
        return
    for what, length, ours, theirs in (
        ("entry", _ENTRY_LENGTH, made.entries, stored.entries),
        ("disclosure of entry", _DISCLOSURE_LENGTH, made.disclosures, stored.disclosures),
    ):
        if ours != theirs:
            message = f"{what} {made.first + _first_difference(length, ours, theirs)}: replay differs from the journal"
            raise VerificationError(message)
    message = f"bundle at entry {made.first}: replay differs from the journal in place or count"
    raise VerificationError(message)


def _first_difference(length: struct.Struct, ours: bytes, theirs: bytes) -> int:
    """Give the index of the first record that differs; a difference in length counts at the first record missing."""
    pairs = zip(_records(length, ours), _records(length, theirs), strict=False)
    same = 0
    for our, their in pairs:
        if our != their:
            break
        same += 1
    return same


def _records(length: struct.Struct, blob: bytes) -> Iterator[bytes]:
    start = 0
    while start + length.size <= len(blob):
        end = start + length.size + length.unpack_from(blob, start)[0]
        yield blob[start:end]
        start = end
