"""Owns the going on past a wrong entry that an oversight body accepted.

A number that was skipped counts as used, an hour whose close is wrong counts as closed, and a batch with a wrong entry
is set aside. What follows from it elsewhere may still be called wrong, and is then accepted on its own.
"""

import msgspec

from consolidator.verify.aside import OF_BATCH, set_aside, take_as_stated
from consolidator.verify.books import Books, end_hour
from consolidator.verify.corrections import end_release, tells_rebuilt
from consolidator.verify.documents import NUMBER_USED
from consolidator.verify.entries import Close, Document, Entry, parse_entry
from consolidator.verify.log import check_entry, count_entry
from schemas.errors import VerificationError


class _Named(msgspec.Struct):
    """What an entry that cannot be read may still say: which document it is about."""

    source: str
    document: str


def pass_over(books: Books, raw: bytes) -> None:
    """Go on past a wrong entry, whatever its bytes are."""
    try:
        entry = parse_entry(raw)
    except VerificationError:
        _pass_over_unreadable(books, raw)
        return
    _settle_place(books, entry)
    try:
        check_entry(books, entry)
    except VerificationError:
        _take(books, entry)
        count_entry(books, entry)


def _pass_over_unreadable(books: Books, raw: bytes) -> None:
    try:
        named = msgspec.json.decode(raw, type=_Named)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return
    set_aside(books, named.source, named.document)


def _settle_place(books: Books, entry: Entry) -> None:
    """Let the entry stand where it does: what should have come before it does not come any more."""
    if entry.kind != "orders" and books.releasing is not None:
        end_release(books, books.releasing)
    _settle_rebuilding(books, entry)
    if entry.kind != "close":
        books.closing, books.parts_closed = [], 0
        if books.hour != entry.at[:13]:
            end_hour(books)
    books.at = entry.at


def _settle_rebuilding(books: Books, entry: Entry) -> None:
    if not tells_rebuilt(entry):
        books.rebuilding.clear()
    elif (ref := (entry.source, entry.document, entry.line)) in books.rebuilding:
        while books.rebuilding[0] != ref:
            books.rebuilding.popleft()


def _take(books: Books, entry: Entry) -> None:
    if isinstance(entry, OF_BATCH):
        if isinstance(entry.document, str):
            set_aside(books, entry.source, entry.document)
        take_as_stated(books, entry)
    elif isinstance(entry, Document):
        _take_document(books, entry)
    elif isinstance(entry, Close):
        _take_close(books, entry)


def _take_document(books: Books, entry: Document) -> None:
    if entry.outcome != "gap" and entry.code != NUMBER_USED:
        books.sequences[entry.key] = max(entry.seq, books.sequences.get(entry.key, 0))
    if entry.outcome == "new":
        books.named.add((entry.source, entry.document))
        books.documents[entry.digest] = entry
        if entry.of == "batch":
            set_aside(books, entry.source, entry.document)


def _take_close(books: Books, entry: Close) -> None:
    if entry.part < entry.parts:
        books.parts_closed = entry.part
    else:
        end_hour(books)
