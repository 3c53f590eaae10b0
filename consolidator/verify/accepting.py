"""Owns the going on past a wrong entry that an oversight body accepted: it is taken as it stands, as far as it can be.

What it says is believed for one purpose only: so that the entries after it are not all called wrong because of it. One
that builds on it may still be, and is then accepted on its own.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from consolidator.verify.books import STATE_INDEX, Books, enter, find_bank_place, leave, name_state
from consolidator.verify.documents import NUMBER_USED, take_document
from consolidator.verify.entries import (
    AssessedLine,
    BatchState,
    Change,
    Close,
    Document,
    Entry,
    Orders,
    Release,
    parse_entry,
)
from consolidator.verify.log import check_entry, count_entry
from consolidator.verify.releases import order_all
from schemas.errors import VerificationError


def pass_over(books: Books, raw: bytes) -> None:
    """Take a wrong entry as it stands and go on; one that cannot even be read is left out."""
    try:
        entry = parse_entry(raw)
    except VerificationError:
        return
    _settle_place(books, entry)
    try:
        check_entry(books, entry)
    except VerificationError:
        with suppress(VerificationError):
            _TAKE.get(type(entry), _leave_out)(books, entry)
        count_entry(books, entry)


def _settle_place(books: Books, entry: Entry) -> None:
    """Let the entry stand where it does: what should have come before it does not come any more."""
    if entry.kind != "orders":
        books.releasing = None
    if entry.kind != "close":
        books.closing, books.parts_closed = [], 0
        if books.hour != entry.at[:13]:
            books.moves, books.hour = {}, ""
    books.at = entry.at


def _leave_out(_books: Books, _entry: Entry) -> None:
    """Take nothing over: the entry moves nothing."""


def _take_document(books: Books, entry: Document) -> None:
    if entry.outcome != "gap" and entry.code != NUMBER_USED:
        books.sequences[entry.key] = max(entry.seq, books.sequences.get(entry.key, 0))
    if entry.outcome == "new":
        take_document(books, entry)


def _take_line(books: Books, entry: AssessedLine) -> None:
    batch = books.batches.get((entry.source, entry.document))
    if batch is None or entry.line != len(batch.places) + 1:
        return
    batch.places.append(find_bank_place(books, entry.bank) if entry.state == "ready" else STATE_INDEX[entry.state])
    batch.fen.append(entry.amount_fen)
    enter(books, batch, (entry.state, entry.bank), 1, entry.amount_fen)


def _take_change(books: Books, entry: Change) -> None:
    batch = books.batches.get((entry.source, entry.document))
    if batch is None or entry.line > len(batch.places) or entry.to not in STATE_INDEX:
        return
    at = entry.line - 1
    leave(batch, (name_state(batch.places[at]), entry.bank), 1, batch.fen[at])
    enter(books, batch, (entry.to, entry.bank), 1, batch.fen[at])
    batch.places[at] = find_bank_place(books, entry.bank) if entry.to == "ready" else STATE_INDEX[entry.to]


def _take_batch(books: Books, entry: BatchState) -> None:
    batch = books.batches.get((entry.source, entry.document))
    if batch is not None:
        batch.state = entry.state
        books.assessed = batch if entry.state == "assessed" else None


def _take_release(books: Books, entry: Release) -> None:
    batch = books.batches.get((entry.source, entry.document))
    if batch is not None and entry.outcome == "accepted":
        batch.releases = entry.release


def _take_orders(books: Books, entry: Orders) -> None:
    """Count all that is ready at the bank as ordered, and the release as done with it."""
    batch = books.batches.get((entry.source, entry.document))
    books.files.add(entry.file)
    if batch is not None and entry.bank in batch.due and entry.bank in batch.ready:
        order_all(books, batch, entry.bank)


def _take_close(books: Books, entry: Close) -> None:
    if entry.part < entry.parts:
        books.parts_closed = entry.part
    else:
        books.closing, books.parts_closed, books.moves, books.hour = [], 0, {}, ""


_TAKE: Mapping[type[Entry], Callable[[Books, Any], None]] = {
    Document: _take_document,
    AssessedLine: _take_line,
    Change: _take_change,
    BatchState: _take_batch,
    Release: _take_release,
    Orders: _take_orders,
    Close: _take_close,
}
