"""Owns the verification of a whole log: signature, tree, sequence and totals in one pass over the bundles.

A pure function over iterables: it opens no file and no connection, and it remembers about ten bytes a line.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint
from consolidator.transparency.keys import Verifier
from consolidator.transparency.tree import CompactRange
from consolidator.verify.aside import OF_BATCH, take_as_stated
from consolidator.verify.books import Books, has_moves, list_sums, require
from consolidator.verify.bundles import read_bundles
from consolidator.verify.corrections import tells_rebuilt
from consolidator.verify.documents import check_access, check_document, check_effect, check_genesis, check_quorum
from consolidator.verify.entries import (
    Access,
    AssessedLine,
    BatchState,
    Change,
    Close,
    Comment,
    Disposition,
    Document,
    Effect,
    Entry,
    Finding,
    Genesis,
    Orders,
    Overdue,
    Quorum,
    Release,
    parse_entry,
)
from consolidator.verify.lines import (
    check_change,
    check_comment,
    check_disposition,
    check_finding,
    check_line,
    check_overdue,
)
from consolidator.verify.releases import check_orders, check_release
from consolidator.verify.totals import check_batch, check_close, check_hour
from schemas.commits import Bundle
from schemas.errors import VerificationError

_CHECKS: Mapping[type[Entry], Callable[[Books, Any], None]] = {
    Genesis: check_genesis,
    Document: check_document,
    Effect: check_effect,
    Quorum: check_quorum,
    AssessedLine: check_line,
    BatchState: check_batch,
    Change: check_change,
    Finding: check_finding,
    Comment: check_comment,
    Disposition: check_disposition,
    Access: check_access,
    Overdue: check_overdue,
    Release: check_release,
    Orders: check_orders,
    Close: check_close,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was verified: the log's origin, size and root (hex), entries by kind, batches by state, lines by state.

    ``totals`` maps a line state to count and fen, and ``sensitive`` to the count of those lines in it whose fen are not
    told, and not in the totals.
    """

    origin: str
    size: int
    root: str
    kinds: Mapping[str, int]
    batches: Mapping[str, int]
    totals: Mapping[str, tuple[int, int]]
    order_files: int
    sensitive: Mapping[str, int] = field(default_factory=dict)


def verify_log(
    bundles: Iterable[Bundle],
    checkpoint: bytes,
    log_key: Verifier,
    heed: Callable[[CompactRange], object] | None = None,
) -> Report:
    """Verify a log against its signed checkpoint.

    ``bundles`` are in order from entry 0; ``heed`` is given the tree after each of them. Raises VerificationError whose
    message is one sentence saying what is wrong, and at which entry.
    """
    head = open_checkpoint(checkpoint, log_key)
    books, tree = Books(), CompactRange()
    for entries in read_bundles(bundles, head.size):
        check_entries(books, entries, tree.size)
        tree = tree.append_many(entries)
        if heed is not None:
            heed(tree)
    require(tree.root() == head.root, "the tree's root is not the checkpoint's")
    return conclude(books, head)


def check_totals(report: Report, stated: Mapping[str, tuple[int, int]]) -> None:
    """Compare lines and fen by state with what somebody else states (a commit record, a bank's books).

    Lines of a batch that is being assessed are not in the log yet, so ``undecided`` is not compared. Where lines of
    sensitive programmes are in a state, their fen are unknown here: what is stated may be more.
    """
    for state in sorted({*report.totals, *stated} - {"undecided"}):
        (count, fen), (stated_count, stated_fen) = report.totals.get(state, (0, 0)), stated.get(state, (0, 0))
        fits = fen <= stated_fen if state in report.sensitive else fen == stated_fen
        if count != stated_count or not fits:
            message = f"the total of lines {state} is not what the log's entries add up to"
            raise VerificationError(message)


class WrongEntryError(VerificationError):
    """An entry is not what it must be after those before it; ``index`` is its place in the log."""

    def __init__(self, index: int, reason: str) -> None:
        """Keep the place apart, for who has to show the entry."""
        super().__init__(f"entry {index}: {reason}")
        self.index = index


def check_entries(books: Books, entries: Iterable[bytes], first: int) -> None:
    """Check a run of entries against what came before; ``first`` is the index of the first. Raises WrongEntryError."""
    index = first
    try:
        for index, raw in enumerate(entries, start=first):  # noqa: B007 -- the message needs it
            check_entry(books, parse_entry(raw))
    except VerificationError as error:
        raise WrongEntryError(index, str(error)) from error


def check_entry(books: Books, entry: Entry) -> None:
    """Check one entry against what came before."""
    kind = entry.kind
    if not books.kinds and kind != "genesis":
        message = "a log begins with its genesis"
        raise VerificationError(message)
    if entry.at != books.at or books.parts_closed or books.releasing is not None or books.rebuilding:
        _check_place(books, entry)
    if books.aside and isinstance(entry, OF_BATCH) and (entry.source, entry.document) in books.aside:
        take_as_stated(books, entry)
    else:
        _CHECKS[type(entry)](books, entry)
    if kind != "batch":
        books.assessed = None
    count_entry(books, entry)


def count_entry(books: Books, entry: Entry) -> None:
    """Count an entry that was taken; the hour in which something moved is the one that its close must name."""
    books.kinds[entry.kind] += 1
    if not books.hour and has_moves(books):
        books.hour = entry.at[:13]


def _check_place(books: Books, entry: Entry) -> None:
    """Time never goes back; a release with what follows from it, and the parts of a close, stand together."""
    require(entry.at >= books.at, "time goes backwards")
    together = entry.at == books.at
    require(not books.parts_closed or (together and entry.kind == "close"), "a part of the hour's close is missing")
    require(books.releasing is None or (together and entry.kind == "orders"), "an order file of the release is missing")
    told = not books.rebuilding or (together and tells_rebuilt(entry))
    require(told, "it is not told that a line whose correction was ordered is rebuilt")
    if entry.kind != "close":
        check_hour(books, entry.at)
    books.assessed = books.assessed if together else None
    books.at = entry.at


def conclude(books: Books, head: Checkpoint) -> Report:
    """Report on a log whose entries, up to a head that was signed, are in the books."""
    require(books.origin in ("", head.origin), "the genesis names another log than the checkpoint")
    batches: dict[str, int] = {}
    totals: dict[str, list[int]] = {}
    sensitive: Counter[str] = Counter()
    for batch in books.batches.values():
        batches[batch.state] = batches.get(batch.state, 0) + 1
        for state, (count, fen) in batch.sums.items():
            pair = totals.setdefault(state, [0, 0])
            pair[0] += count
            pair[1] += fen
            sensitive[state] += count if batch.sensitive else 0
    return Report(
        origin=head.origin,
        size=head.size,
        root=head.root.hex(),
        kinds=dict(sorted(books.kinds.items())),
        batches=dict(sorted(batches.items())),
        totals=dict(sorted(list_sums(totals).items())),
        order_files=len(books.files),
        sensitive={state: count for state, count in sorted(sensitive.items()) if count},
    )
