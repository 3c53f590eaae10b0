"""Owns the checks of ``release`` and ``orders``: banks are told to pay what was ready and two keys let go."""

from msgspec import UNSET, UnsetType

from consolidator.verify.books import (
    HIDES,
    READY_AT,
    STATE_INDEX,
    TELLS,
    Batch,
    Books,
    Due,
    enter,
    find_batch,
    leave,
    list_sums,
    require,
)
from consolidator.verify.corrections import end_release
from consolidator.verify.entries import Orders, Release
from consolidator.verify.lines import find_confirmed
from schemas.errors import VerificationError

PART_ORDERS_MAX = 1_000
DECIDED = ("assessed", "released")


def check_release(books: Books, entry: Release) -> None:
    """A release is judged at a confirm by a second key, with the figures of what is ready then."""
    batch = find_batch(books, entry.source, entry.document)
    require(batch.state in DECIDED, "a release is judged of a batch that is not assessed")
    ready = _read_figures(batch, entry)
    require(ready == list_sums(batch.ready), "its figures are not what is ready")
    number = _find_release(books, entry)
    if entry.outcome == "accepted":
        require(number == entry.release == batch.releases + 1, "its number is not the next")
        _open_release(books, batch, ready)


def _read_figures(batch: Batch, entry: Release) -> dict[str, tuple[int, int]]:
    """Give count and fen by bank; of a sensitive batch, of which no fen are told, zero."""
    if batch.sensitive:
        if entry.counts is UNSET or entry.banks is not UNSET or entry.sealed is UNSET:
            raise VerificationError(TELLS)
        return {bank: (count, 0) for bank, count in entry.counts.items()}
    if entry.banks is UNSET or entry.counts is not UNSET or entry.sealed is not UNSET:
        raise VerificationError(HIDES)
    ready = {bank: (count, fen) for bank, count, fen in entry.banks}
    require(len(ready) == len(entry.banks), "a bank stands twice in its figures")
    return ready


def _find_release(books: Books, entry: Release) -> int | UnsetType:
    """Give the number in the release document that the entry's cause confirms."""
    cause = books.documents.get(entry.cause)
    require(cause is not None and cause.key == entry.by, "its cause is not by the key it names")
    document = find_confirmed(books, cause)
    named = None if document is None else (document.of, document.batch_source, document.batch_document)
    if document is None or named != ("release", entry.source, entry.document):
        message = "no second key confirms a release of this batch"
        raise VerificationError(message)
    return document.release


def _open_release(books: Books, batch: Batch, ready: dict[str, tuple[int, int]]) -> None:
    require(ready, "a release of nothing is accepted")
    batch.releases += 1
    batch.due = {bank: Due(count, fen) for bank, (count, fen) in ready.items()}
    books.releasing = batch


def check_orders(books: Books, entry: Orders) -> None:
    """The order files of a bank, one after the other, hold exactly the lines that are ready at it, once released."""
    batch = find_batch(books, entry.source, entry.document)
    common = (entry.programme, entry.period) == (batch.programme, batch.period)
    require(common, "its programme or period is not its batch's")
    require(entry.file not in books.files, "its file was fixed before")
    if books.releasing is None:
        _check_standing(books, batch)
    require(books.releasing is batch and entry.bank in batch.due, "its bank is not in the release")
    require(entry.release == batch.releases, "its release number is not the batch's")
    require((entry.fen is UNSET) == batch.sensitive, TELLS if batch.sensitive else HIDES)
    due = batch.due[entry.bank]
    due.number += 1
    due.count -= entry.count
    due.fen -= 0 if entry.fen is UNSET else entry.fen
    require(entry.number == due.number, "its number is not the next of its bank's files")
    require(entry.count > 0 and due.count >= 0 and due.fen >= 0, "its figures are more than what is ready at its bank")
    require(due.count or not due.fen, "its figures are less than what is ready at its bank")
    require(entry.parts == -(-entry.count // PART_ORDERS_MAX), "its number of parts does not fit its count")
    books.files.add(entry.file)
    if not due.count:
        _order(books, batch, entry.bank)


def _check_standing(books: Books, batch: Batch) -> None:
    """Without a release document: only all ready lines, right after the assessment (standing approval)."""
    require(books.assessed is batch and not batch.releases, "an order file stands without a release")
    _open_release(books, batch, list_sums(batch.ready))


def _order(books: Books, batch: Batch, bank: str) -> None:
    """Move all lines that are ready at the bank, with the last of its files."""
    if batch.sensitive and any(batch.places[line - 1] == READY_AT + books.banks[bank] for line in batch.corrects):
        books.ordered_again.add(bank)
    table = bytearray(range(256))
    table[READY_AT + books.banks[bank]] = STATE_INDEX["ordered"]
    batch.places = batch.places.translate(table)
    count, fen = batch.ready[bank]
    leave(batch, ("ready", bank), count, fen)
    enter(books, batch, ("ordered", bank), count, fen)
    batch.state = "released"
    del batch.due[bank]
    if not batch.due:
        end_release(books, batch)
