"""Owns what a verifier keeps while it reads: documents, batches with the place of every line, moves.

A line's place is one byte: a state, or from :data:`READY_AT` on ready at a bank. Nothing here decides; it only counts.
"""

from array import array
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from msgspec import UNSET, UnsetType

from consolidator.verify.entries import Document
from schemas.errors import VerificationError

STATES = (
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
STATE_INDEX = {name: index for index, name in enumerate(STATES)}
READY_AT = 16
BANKS_MAX = 256 - READY_AT
K = TypeVar("K")
LineKey = tuple[str, str, int]  # source, document, line
Where = tuple[str, str]  # state, and bank from ready on
TELLS = "it tells what must stay hidden of a sensitive programme"
HIDES = "it leaves out what everybody may see: its batch is not sensitive"
# States whose moves are told apart by paying bank.
BANK_SHOWN = frozenset(("ready", "ordered", "credited", "failed", "unknown", "returned"))


@dataclass(slots=True)
class Due:
    """What the order files of a bank still have to bring, and how many came."""

    count: int
    fen: int
    number: int = 0


@dataclass(slots=True)
class Batch:
    """A batch as the log tells it: count and fen by state (``sums``), of ready lines by bank (``ready``).

    Of a ``sensitive`` one the log tells no fen: all are zero here. ``routed``: the place at which each line was ready
    last, 0 for none; from there it was ordered. ``due`` are the banks whose order files the last release still has to
    bring. ``corrects`` are the lines of other batches that lines not ordered yet correct, ``successors`` the lines that
    correct lines of this one and were not stopped, nor told of since they were ordered.
    """

    programme: str
    period: str
    control_count: int
    control_fen: int
    sensitive: bool = False
    state: str = "open"
    places: bytearray = field(default_factory=bytearray)
    routed: bytearray = field(default_factory=bytearray)
    fen: "array[int]" = field(default_factory=lambda: array("q"))
    sums: dict[str, list[int]] = field(default_factory=dict)
    ready: dict[str, list[int]] = field(default_factory=dict)
    releases: int = 0
    due: dict[str, Due] = field(default_factory=dict)
    corrects: dict[int, LineKey] = field(default_factory=dict)
    successors: dict[int, LineKey] = field(default_factory=dict)


@dataclass(slots=True)
class Books:
    """Everything a verifier remembers of a log. ``sensitive``: programmes whose next batches show counts only."""

    origin: str = ""
    at: str = ""
    sequences: dict[str, int] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    named: set[tuple[str, str]] = field(default_factory=set)
    batches: dict[tuple[str, str], Batch] = field(default_factory=dict)
    sensitive: set[str] = field(default_factory=set)
    banks: dict[str, int] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    assessed: Batch | None = None  # by the entry just read
    releasing: Batch | None = None  # the batch whose order files must come now
    rebuilding: deque[LineKey] = field(default_factory=deque)  # lines whose change to rebuilt must come now, in order
    moves: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)
    hour: str = ""
    closing: list[tuple[str, str, str, int, int]] = field(default_factory=list)
    hidden_moves: dict[tuple[str, str], int] = field(default_factory=dict)
    ordered_again: set[str] = field(default_factory=set)  # banks of sensitive lines in the hour that correct others
    parts_closed: int = 0
    aside: set[tuple[str, str]] = field(default_factory=set)  # batches that are not judged any more; see accepting.py
    kinds: Counter[str] = field(default_factory=Counter)


def require(condition: object, message: str) -> None:
    """Raise VerificationError unless the condition holds."""
    if not condition:
        raise VerificationError(message)


def find_batch(books: Books, source: str, document: str) -> Batch:
    """Give a batch; VerificationError when the log has not announced it."""
    batch = books.batches.get((source, document))
    if batch is None:
        message = "it names a batch that was never accepted"
        raise VerificationError(message)
    return batch


def find_line(books: Books, source: str, document: str, line: int) -> Batch:
    """Give the batch of a line that was assessed."""
    batch = find_batch(books, source, document)
    require(line <= len(batch.places), "it names a line that was never assessed")
    return batch


def find_bank_place(books: Books, bank: str) -> int:
    """Give the place of lines that are ready at a bank."""
    index = books.banks.setdefault(bank, len(books.banks))
    require(index < BANKS_MAX, "there are more banks than a county can have")
    return READY_AT + index


def name_state(place: int) -> str:
    """Give the state of a place."""
    return "ready" if place >= READY_AT else STATES[place]


def enter(books: Books, batch: Batch, where: Where, count: int, fen: int) -> None:
    """Count lines into a state, into the batch's sums and into the hour's moves."""
    state, bank = where
    _add(batch.sums, state, count, fen)
    if state == "ready":
        _add(batch.ready, bank, count, fen)
    count_move(books, batch.programme, where, count, UNSET if batch.sensitive else fen)


def count_move(books: Books, programme: str, where: Where, count: int, fen: int | UnsetType) -> None:
    """Count lines that came into a state, for the hour's close; of a sensitive programme nobody knows the fen."""
    state, bank = where
    shown = bank if state in BANK_SHOWN else ""
    if fen is UNSET:
        books.hidden_moves[shown, state] = books.hidden_moves.get((shown, state), 0) + count
    else:
        _add(books.moves, (programme, shown, state), count, fen)


def leave(batch: Batch, where: Where, count: int, fen: int) -> None:
    """Count lines out of a state."""
    state, bank = where
    _add(batch.sums, state, -count, -fen)
    if state == "ready":
        _add(batch.ready, bank, -count, -fen)


def _add(sums: dict[K, list[int]], key: K, count: int, fen: int) -> None:
    pair = sums.get(key)
    if pair is None:
        sums[key] = [count, fen]
    else:
        pair[0] += count
        pair[1] += fen


def hides_code(findings: Sequence[str]) -> bool:
    """Say whether a finding shows its level only.

    >>> hides_code(["R13:blue", ":red"])
    True
    """
    return any(finding.startswith(":") for finding in findings)


def end_hour(books: Books) -> None:
    """Begin to count moves anew."""
    books.closing, books.parts_closed, books.hour = [], 0, ""
    books.moves, books.hidden_moves, books.ordered_again = {}, {}, set()


def has_moves(books: Books) -> bool:
    """Say whether lines moved since the last close."""
    return bool(books.moves or books.hidden_moves)


def list_sums(sums: dict[str, list[int]]) -> dict[str, tuple[int, int]]:
    """Give count and fen by name, leaving out what is empty."""
    return {name: (count, fen) for name, (count, fen) in sums.items() if count or fen}
