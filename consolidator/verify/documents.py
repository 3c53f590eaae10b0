"""Owns the checks of entries about documents: numbers per key without a gap, ids used once, who opened what."""

from collections.abc import Mapping

from msgspec import UNSET

from consolidator.verify.books import Batch, Books, require
from consolidator.verify.entries import Access, Document, Effect, Genesis, Quorum
from schemas.errors import VerificationError

NUMBER_USED = "D01"  # the one conflict that does not take the next number


def check_genesis(books: Books, entry: Genesis) -> None:
    """A log has one genesis, its first entry."""
    require(not books.kinds, "a second genesis")
    books.origin = entry.origin


def check_quorum(books: Books, entry: Quorum) -> None:
    """Quorums are counted from the genesis' on, and each comes from an accepted document."""
    require(entry.number == books.kinds["quorum"] + 2, "a change of the quorum is missing, or stands twice")
    require((entry.source, entry.document) in books.named, "it names a document that was never accepted")


def check_document(books: Books, entry: Document) -> None:
    """Numbers of a key go 1, 2, 3; only an accepted document may be named later."""
    _check_sequence(books, entry)
    _check_form(entry)
    require(
        (entry.outcome == "new") == (entry.code is UNSET), "an accepted document has a reason code, or another has none"
    )
    if entry.outcome != "new":
        return
    name = (entry.source, entry.document)
    require(name not in books.named, "its id was accepted before")
    require(entry.digest not in books.documents, "its digest was accepted before")
    books.named.add(name)
    books.documents[entry.digest] = entry
    if entry.of == "batch":
        books.batches[name] = _open_batch(books, entry)


def _check_form(entry: Document) -> None:
    """What is sealed in a header's entry is the control total of a sensitive batch, and nothing else."""
    hides = entry.sensitive is not UNSET
    require((entry.sealed is not UNSET) == hides, "its control total is neither told nor sealed, or both")
    require(not hides or entry.of == "batch", "it is no batch, and says that its programme is sensitive")
    require(not hides or entry.control_fen is UNSET, "a sensitive batch tells its control total")


def _check_sequence(books: Books, entry: Document) -> None:
    due = books.sequences.get(entry.key, 0) + 1
    if entry.outcome == "gap":
        require(entry.seq > due, "a gap is stated where the key's numbers have none")
    elif entry.code == NUMBER_USED:
        require(entry.outcome == "conflict" and entry.seq < due, "a number is called used that was not")
    else:
        require(entry.seq == due, f"the key's number is {entry.seq} where {due} is due")
        books.sequences[entry.key] = due


def _open_batch(books: Books, entry: Document) -> Batch:
    programme, period = entry.programme, entry.period
    sensitive = entry.sensitive is not UNSET
    count, fen = entry.control_count, 0 if sensitive else entry.control_fen
    if programme is UNSET or period is UNSET or count is UNSET or fen is UNSET:
        message = "a batch states programme, period and control totals"
        raise VerificationError(message)
    require(
        sensitive == (programme in books.sensitive),
        "no policy says that its programme is sensitive, or one does, and its entry does not",
    )
    return Batch(programme, period, count, fen, sensitive)


def check_access(books: Books, entry: Access) -> None:
    """Who gives openings out answers for it with a document of his own, about entries that were there."""
    cause = books.documents.get(entry.cause)
    named = None if cause is None else (cause.of, cause.key, cause.source, cause.document)
    require(
        cause is not None and named == ("access", entry.by, entry.source, entry.document),
        "its cause is no access document by the key it names",
    )
    require(0 < entry.count == len(set(entry.indices)) == len(entry.indices), "its count is not that of its entries")
    require(cause is not None and entry.count <= cause.count, "it opens more entries than its document asks for")
    require(max(entry.indices) < books.kinds.total(), "it opens an entry that was not there yet")


def check_effect(books: Books, entry: Effect) -> None:
    """Refused items are counted by code; a batch that has no effect has no lines."""
    require(entry.refused == sum(entry.codes.values()), "refused items are not the sum over its codes")
    require((entry.source, entry.document) in books.named, "it names a document that was never accepted")
    if entry.sensitive is not UNSET:
        _set_sensitive(books, entry, entry.sensitive)
    if entry.of == "batch":
        batch = books.batches[entry.source, entry.document]
        require(batch.state == "open" and not batch.places, "a batch with lines is said to have no effect")
        batch.state = "refused"


def _set_sensitive(books: Books, entry: Effect, changed: Mapping[str, bool]) -> None:
    """Only a policy in force makes a programme sensitive, or ordinary again; older batches stay what they were."""
    require(entry.of == "policy" and entry.accepted and changed, "no policy sets which programmes are sensitive")
    for programme, sensitive in changed.items():
        require(sensitive != (programme in books.sensitive), "a programme is made what it is already")
    books.sensitive.symmetric_difference_update(changed)
