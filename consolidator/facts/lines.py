"""Owns lines (发放明细) and batches (批次): states, amounts, and where a claim or household stands.

A line's place is one integer: batch index × 2^20 + (line − 1). Columns that only an unsettled batch needs are kept
apart, so that history costs little memory.
"""

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct, field

if TYPE_CHECKING:
    Amounts = array[int]
else:
    Amounts = array  # subscriptable only from Python 3.12 on

LINE_STATES = (
    "undecided",
    "ready",
    "held",
    "refused",
    "stopped",
    "ordered",
    "credited",
    "failed",
    "unknown",
    "returned",
    "rebuilt",
)
UNDECIDED, READY, HELD, REFUSED, STOPPED, ORDERED, CREDITED, FAILED, UNKNOWN, RETURNED, REBUILT = range(11)
UNSETTLED = frozenset((UNDECIDED, READY, HELD, ORDERED, UNKNOWN))
PAID = frozenset((ORDERED, CREDITED, UNKNOWN))  # money is on its way or there
NO_BANK = 255
_LINE_BITS = 20


class OpenLines(Struct):
    """What a batch needs while lines may still change: raw parts and the assessed designation of each line.

    ``findings`` (held lines) and ``cleared`` (lines let go, with what was compared) map line to findings, as
    ``CODE:level``; ``told`` gives the ordinal at which a line was held, or told something new, after assessment.
    """

    parts: list[bytes]
    designation: list[int]
    findings: dict[int, list[str]] = field(default_factory=dict)
    cleared: dict[int, list[str]] = field(default_factory=dict)
    told: dict[int, int] = field(default_factory=dict)


class Batch(Struct):
    """A batch. ``states``: an index of :data:`LINE_STATES` a line; ``banks``: an index of the state's bank codes.

    ``publicity_until`` is the last day the list hung, empty if it never did. ``sensitive`` is as it was at its header.
    ``ordered_to``: the CRC-32 of the account that each line was ordered to, empty until one was. It tells a bank's slip
    from the account that was meant; who wants to deceive knows the account anyway. ``corrects``: line → place of the
    failed or returned line whose money it pays again; ``corrected``: line → place of the one that pays its money again.
    """

    index: int
    source: str
    document: str
    digest: str
    programme: str
    period: str
    township: str
    control_count: int
    control_fen: int
    state: str
    file: str
    plan_number: str
    publicity_until: str
    assessed_at: int
    states: bytearray
    banks: bytearray
    fen: Amounts
    sums: list[list[int]]
    open: OpenLines | None
    releases: int = 0
    sensitive: bool = False
    ordered_to: Amounts = field(default_factory=lambda: array("q"))
    corrects: dict[int, int] = field(default_factory=dict)
    corrected: dict[int, int] = field(default_factory=dict)


def note_ordered(batch: Batch, lines: Iterable[int], accounts: Iterable[str]) -> None:
    """Remember to which account each of these lines was ordered."""
    if not batch.ordered_to:
        batch.ordered_to = array("q", bytes(8 * len(batch.states)))
    for line, account in zip(lines, accounts, strict=True):
        batch.ordered_to[line - 1] = crc32(account.encode())


def is_ordered_to(batch: Batch, line: int, account: str) -> bool:
    """Say whether an account is the one that a line was ordered to, or nothing is remembered of it."""
    return not batch.ordered_to or batch.ordered_to[line - 1] in (0, crc32(account.encode()))


def derive_place(batch: int, line: int) -> int:
    """Pack batch index and line (from 1) into one integer.

    >>> split_place(derive_place(3, 7))
    (3, 7)
    """
    return batch << _LINE_BITS | line - 1


def split_place(place: int) -> tuple[int, int]:
    """Give batch index and line of a place."""
    return place >> _LINE_BITS, (place & (1 << _LINE_BITS) - 1) + 1


def derive_round(batches: Sequence[Batch], place: int) -> int:
    """Say how often the money of the line at a place was ordered before, by the lines that it corrects in turn."""
    index, line = split_place(place)
    source = batches[index].corrects.get(line)
    return 0 if source is None else 1 + derive_round(batches, source)


def find_holder(batches: Sequence[Batch], place: int) -> int:
    """Give the place of the line that pays a line's money now: itself, or what corrects it in turn."""
    index, line = split_place(place)
    successor = batches[index].corrected.get(line)
    return place if successor is None else find_holder(batches, successor)


def sum_states(batch: Batch) -> dict[str, tuple[int, int]]:
    """Give count and fen by state, leaving out the states nobody is in."""
    return {name: (count, fen) for name, (count, fen) in zip(LINE_STATES, batch.sums, strict=True) if count or fen}


def sum_banks(batch: Batch, states: Collection[int]) -> Mapping[tuple[int, int], tuple[int, int]]:
    """Give count and fen of the lines in any of these states, by paying bank (its number) and state."""
    sums: dict[tuple[int, int], list[int]] = {}
    for now, bank, fen in zip(batch.states, batch.banks, batch.fen, strict=True):
        if now in states:
            pair = sums.setdefault((bank, now), [0, 0])
            pair[0] += 1
            pair[1] += fen
    return {place: (count, fen) for place, (count, fen) in sums.items()}
