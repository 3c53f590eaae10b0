"""Owns the audit of a journal: all commands again from the first, compared byte for byte with what was committed.

It never writes. It uses no snapshot but the one state that was retained when commands were retired.
"""

import struct
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.commits import Bundle, CommitRecord, Step
from schemas.errors import VerificationError
from schemas.orders import OrderPart
from streams.journal import Cut, Journal
from streams.machine import Machine
from streams.recovery import FIRST_POSITION, check_head

_ENTRY_LENGTH = struct.Struct(">H")
_DISCLOSURE_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay covered: commands applied, entries compared, the root it reached, and the command it began with."""

    commands: int
    entries: int
    root: str
    first: int = FIRST_POSITION


def begin(journal: Journal, machine: Machine) -> Cut:
    """Put a fresh machine where a replay begins; gives the command and the entry that come next."""
    kept = journal.retained()
    return Cut() if kept is None else resume(machine, *kept)


def resume(machine: Machine, record: CommitRecord, state: bytes) -> Cut:
    """Put a fresh machine into a kept state. InvariantError unless that is the one its record states."""
    machine.restore(state)
    check_head(machine.head(), record.head)
    return Cut(record.position, record.head.size)


def replay(journal: Journal, machine: Machine, record: CommitRecord) -> Iterator[Step]:
    """Apply a fresh machine to all commands up to a commit record, giving its steps."""
    for _, steps in _walk(journal, machine, record, begin(journal, machine).command):
        yield from steps


def _walk(journal: Journal, machine: Machine, record: CommitRecord, first: int) -> Iterator[tuple[int, Iterator[Step]]]:
    """Give each command's position and steps, from position ``first`` up to a commit record."""
    for position, command in journal.commands(first):
        if (position, 0) >= (record.position, record.item):
            return
        steps = machine.apply(command)
        yield position, steps if position < record.position else _take(steps, record.item)


def _take(steps: Iterator[Step], count: int) -> Iterator[Step]:
    """Not islice over a finished iterator: the machine must stand where it stood at the commit."""
    for _ in range(count):
        yield next(steps)


def recompute(
    journal: Journal, machine: Machine, record: CommitRecord, start: Cut, on_progress: Callable[[int], None]
) -> Iterator[Cut]:
    """Go on from ``start`` to a commit record and compare; after each command, what comes next is given.

    ``on_progress`` is told the size of the log so far. Raises VerificationError naming the first entry that differs, or
    InvariantError when the end differs from the record.
    """
    stored, orders = journal.bundles(start.entry), _OrdersCheck(journal, start.entry)
    size = start.entry
    for position, steps in _walk(journal, machine, record, start.command):
        for step in steps:
            for bundle in step.bundles:
                _check_bundle(bundle, next(stored, None))
                size += bundle.count
            orders.check(step)
            on_progress(size)
        yield Cut(position + 1, size)
    check_head(machine.head(), record.head)


def check_replay(
    journal: Journal, make_machine: Callable[[], Machine], on_progress: Callable[[int], None] = lambda _: None
) -> Replayed:
    """Recompute everything that was not retired and compare with what is stored; see :func:`recompute`."""
    record = journal.last_commit()
    if record is None:
        message = "nothing is committed yet: run 'consolidator run --once' first"
        raise VerificationError(message)
    machine = make_machine()
    start = begin(journal, machine)
    for _ in recompute(journal, machine, record, start, on_progress):
        """Everything is compared on the way."""
    return Replayed(record.position - start.command, record.head.size - start.entry, machine.head().root, start.command)


class _OrdersCheck:
    """Compares order files and their lists with the stored ones; parts wait until their file is fixed."""

    def __init__(self, journal: Journal, first: int) -> None:
        """Read the stored files side by side with the replay, from entry ``first`` on."""
        self._journal = journal
        self._files = journal.order_files(first)
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
