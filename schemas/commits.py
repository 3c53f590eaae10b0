"""Owns what a machine hands to an engine (a sealed step) and what the engine keeps of its progress (commit record)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from schemas.canonical import render_canonical
from schemas.errors import InvariantError
from schemas.identifiers import Sha256
from schemas.orders import OrderFile, OrderPart

BUNDLE_ENTRIES_MAX = 256
_ENTRY_LENGTH, _PRIVATE_LENGTH = 2, 4
AWAITING_MAX = 100  # every commit carries them
OutcomeWord = Literal["new", "identical", "conflict", "gap", "refused", "unauthenticated", "void", "item"]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A run of at most 256 entries from index ``first``: each ``u16 big-endian length || bytes``.

    ``disclosures`` holds the private bytes of the same entries, each ``u32 big-endian length || bytes``.
    """

    first: int
    count: int
    entries: bytes
    disclosures: bytes


def list_raw_entries(bundles: Iterable[Bundle]) -> Iterator[tuple[int, bytes, bytes]]:
    """Give index, bytes and private bytes of every entry, unread: most entries need no reading."""
    for bundle in bundles:
        entries = _cut(bundle.entries, _ENTRY_LENGTH)
        privates = _cut(bundle.disclosures, _PRIVATE_LENGTH)
        yield from zip(range(bundle.first, bundle.first + bundle.count), entries, privates, strict=True)


def _cut(blob: bytes, width: int) -> Iterator[bytes]:
    at = 0
    while at < len(blob):
        end = at + width + int.from_bytes(blob[at : at + width], "big")
        yield blob[at + width : end]
        at = end


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a document or one of its items, for the operator's screen; no personal data.

    ``position`` is the place in the original file (``row 12``) or in the document (``line 12``).
    """

    word: OutcomeWord
    source: str
    document: str
    kind: str
    digest: str
    code: str = ""
    position: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One sealed slice: everything that must be committed together. ``lines`` is its size for grouping."""

    lines: int
    bundles: tuple[Bundle, ...] = ()
    order_parts: tuple[OrderPart, ...] = ()
    order_files: tuple[OrderFile, ...] = ()
    outcomes: tuple[Outcome, ...] = ()


class Head(BaseModel):
    """The machine's state in short, as of the last step: what the next start must reach again.

    ``ordinal`` is the next command's ordinal; size and root are the tree's; ``checkpoint`` is its signed note;
    for ``status``, which replays nothing: ``totals`` are lines and fen by state, ``awaiting`` documents that wait for a
    second person (digests, the oldest first, at most :data:`AWAITING_MAX`), ``awaiting_count`` how many there are.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    ordinal: int
    now: int
    size: int
    root: Sha256
    checkpoint: str
    totals: dict[str, tuple[int, int]]
    awaiting: tuple[Sha256, ...] = ()
    awaiting_count: int = 0


class CommitRecord(BaseModel):
    """Where the engine goes on: journal ``position`` of the next command, ``item`` steps of it already committed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    position: int
    item: int
    head: Head
    snapshot: Sha256 | None = None


def render_commit_record(record: CommitRecord) -> bytes:
    """Write a commit record."""
    return render_canonical(record.model_dump())


def parse_commit_record(raw: bytes) -> CommitRecord:
    """Read a commit record; a broken one stops the county (InvariantError)."""
    try:
        return CommitRecord.model_validate_json(raw)
    except ValidationError as error:
        message = "the last commit record cannot be read: restore the journal from a backup"
        raise InvariantError(message) from error
