"""Owns the checks of single lines and what is said of them: each line is in the state the log left it in."""

from collections.abc import Sequence

from msgspec import UNSET

from consolidator.verify.books import (
    HIDES,
    READY_AT,
    STATE_INDEX,
    TELLS,
    Batch,
    Books,
    enter,
    find_bank_place,
    find_batch,
    find_line,
    hides_code,
    leave,
    name_state,
    require,
)
from consolidator.verify.corrections import check_rebuilt, free_source, take_over
from consolidator.verify.entries import AssessedLine, Change, Comment, Disposition, Document, Finding, Overdue
from schemas.errors import VerificationError

# Codes that no ledger finds itself, and the kind of the document that brings them.
BROUGHT = {"R17": "finding", "R51": "results", "R53": "results"}
RESULTS = "results"
TOLD_BY_BANKS = frozenset(("credited", "failed", "unknown", "returned"))
ARROWS = frozenset(
    (
        ("ready", "held"),
        ("held", "ready"),
        ("held", "stopped"),
        ("ordered", "credited"),
        ("ordered", "failed"),
        ("ordered", "unknown"),
        ("unknown", "credited"),
        ("unknown", "failed"),
        ("credited", "returned"),
        ("failed", "rebuilt"),
        ("returned", "rebuilt"),
    )
)


def check_line(books: Books, entry: AssessedLine) -> None:
    """Lines of a batch come once, in order, with their batch's programme and period, as their findings ask."""
    batch = books.batches.get((entry.source, entry.document))
    if batch is None:
        message = "it names a batch that was never accepted"
        raise VerificationError(message)
    if entry.line != len(batch.places) + 1 or batch.state != "open":
        message = "its line is not the next of an open batch"
        raise VerificationError(message)
    if entry.programme != batch.programme or entry.period != batch.period:
        message = "its programme or period is not its batch's"
        raise VerificationError(message)
    state, bank = entry.state, entry.bank
    if state != (decide(entry.findings) if entry.findings else "ready"):
        message = "its state does not follow from its findings"
        raise VerificationError(message)
    fen, route = entry.amount_fen, entry.route
    if batch.sensitive:
        require(fen is UNSET and route is UNSET and entry.village is UNSET, TELLS)
        fen = 0
    elif fen is UNSET or route is UNSET or entry.village is UNSET:
        raise VerificationError(HIDES)
    if (state == "ready") != (bank != "") or (route is not UNSET and (state == "ready") != (route != "")):
        message = "a ready line has no bank and route, or another has them"
        raise VerificationError(message)
    if entry.source_line is not UNSET:
        take_over(books, batch, entry, entry.source_line)
    batch.places.append(find_bank_place(books, bank) if bank else STATE_INDEX[state])
    batch.routed.append(batch.places[-1] if bank else 0)
    batch.fen.append(fen)
    enter(books, batch, (state, bank), 1, fen)


def decide(findings: list[str]) -> str:
    """Give the state that findings ask for: a red one refuses, an orange one holds.

    >>> decide(["R13:blue"]), decide(["R18:orange", ":yellow"]), decide([":red"])
    ('ready', 'held', 'refused')
    """
    levels = {finding.rpartition(":")[2] for finding in findings}
    return "refused" if "red" in levels else "held" if "orange" in levels else "ready"


def check_change(books: Books, entry: Change) -> None:
    """A line leaves the state it is in by an arrow there is, and somebody answers for it."""
    batch = find_line(books, entry.source, entry.document, entry.line)
    _check_common(batch, entry)
    place, fen = batch.places[entry.line - 1], batch.fen[entry.line - 1]
    if batch.sensitive:
        require(entry.amount_fen is UNSET and entry.route is UNSET, TELLS)
    else:
        require(entry.amount_fen is not UNSET and entry.route is not UNSET, HIDES)
        require(entry.amount_fen == fen, "its amount is not the line's")
    require(entry.from_ == name_state(place), f"its line is {name_state(place)}, not {entry.from_}")
    require((entry.from_, entry.to) in ARROWS, f"a line cannot go from {entry.from_} to {entry.to}")
    if entry.from_ == "ready":
        require(books.banks.get(entry.bank, -1) + READY_AT == place, "its bank is not the one the line was ready at")
    _check_person(books, entry)
    if entry.to in TOLD_BY_BANKS:
        routed = batch.routed[entry.line - 1]
        require(books.banks.get(entry.bank, -1) + READY_AT == routed, "its bank is not the one that was to pay")
    ready = entry.to == "ready"
    require(entry.bank or not ready, "a ready line has no bank")
    if entry.to == "rebuilt":
        check_rebuilt(books, batch, entry)
    else:
        require(entry.successor is UNSET, "a line that is not rebuilt names one that corrects it")
    if entry.to == "stopped":
        free_source(books, batch, entry.line)
    leave(batch, (entry.from_, entry.bank), 1, fen)
    enter(books, batch, (entry.to, entry.bank), 1, fen)
    batch.places[entry.line - 1] = find_bank_place(books, entry.bank) if ready else STATE_INDEX[entry.to]
    if ready:
        batch.routed[entry.line - 1] = batch.places[entry.line - 1]


def _check_common(batch: Batch, entry: Change | Finding) -> None:
    require(batch.state in ("assessed", "released", "settled"), "its batch is not assessed")
    require(
        (entry.programme, entry.period) == (batch.programme, batch.period), "its programme or period is not its batch's"
    )


def _check_person(books: Books, entry: Change) -> None:
    """Only two keys let a held line go; only a review stops one."""
    cause = books.documents.get(entry.cause)
    require(cause is not None or not entry.cause, "its cause was never accepted")
    if entry.by:
        require(cause is not None and cause.key == entry.by, "its cause is not by the key it names")
    if entry.to == "stopped":
        require(_is_review(cause, entry, "stop"), "no review stops this line")
    if entry.to in TOLD_BY_BANKS:
        require(cause is not None and cause.of == RESULTS and entry.by, "no bank's results move this line")
        require(entry.bank, "it names no bank")
    _check_brought(cause, entry)
    if entry.to == "ready":
        review = find_confirmed(books, cause)
        require(_is_review(review, entry, "clear"), "no confirmed review clears this line")


def _check_brought(cause: Document | None, entry: Change | Finding) -> None:
    """What no ledger sees itself came with a document of the kind that brings it, unless a review tells it again."""
    kinds = list_bringers(entry.findings)
    told = isinstance(entry, Change) and entry.to in ("ready", "stopped")
    right = not kinds or told or (cause is not None and kinds == {cause.of})
    require(right, "no document of the kind that brings this finding is its cause")


def list_bringers(findings: Sequence[str]) -> set[str]:
    """Give the kinds of documents that alone bring these findings.

    >>> list_bringers(["R13:blue"]), list_bringers(["R17:orange"])
    (set(), {'finding'})
    """
    codes = (finding.partition(":")[0] for finding in findings)
    return {BROUGHT[code] for code in codes if code in BROUGHT}


def find_confirmed(books: Books, confirm: Document | None) -> Document | None:
    """Give the document that a confirm by another key names, or None."""
    if confirm is None or confirm.of != "confirm" or confirm.confirms is UNSET:
        return None
    confirmed = books.documents.get(confirm.confirms)
    return confirmed if confirmed is not None and confirmed.key != confirm.key else None


def _is_review(review: Document | None, entry: Change, action: str) -> bool:
    return review is not None and (review.of, review.action, review.batch_source, review.batch_document) == (
        "review",
        action,
        entry.source,
        entry.document,
    )


def check_finding(books: Books, entry: Finding) -> None:
    """A later finding names the state its line is in; what others compared is sealed, as are codes not told."""
    batch = find_line(books, entry.source, entry.document, entry.line)
    _check_common(batch, entry)
    state = name_state(batch.places[entry.line - 1])
    require(entry.state == state, f"its line is {state}, not {entry.state}")
    _check_brought(books.documents.get(entry.cause), entry)
    seals = hides_code(entry.findings) or bool(list_bringers(entry.findings))
    require(seals == (entry.sealed is not UNSET), "a code is neither told nor sealed, or both")


def check_disposition(books: Books, entry: Disposition) -> None:
    """A disposition is on a line of the batch its document names; a suppression was confirmed by a second key."""
    find_line(books, entry.source, entry.document, entry.line)
    cause = books.documents.get(entry.cause)
    require(cause is not None and cause.key == entry.by, "its cause is not by the key it names")
    suppresses = entry.until is not UNSET
    document = find_confirmed(books, cause) if suppresses else cause
    named = None if document is None else (document.of, document.action, document.batch_source, document.batch_document)
    wanted = ("disposition", "suppress" if suppresses else "record", entry.source, entry.document)
    reason = "no second key confirms this suppression" if suppresses else "its cause is no disposition of this batch"
    require(named == wanted, reason)


def check_overdue(books: Books, entry: Overdue) -> None:
    """A batch that stays unsettled is one that the log knows."""
    if entry.document is not UNSET:
        find_batch(books, entry.source, entry.document)


def check_comment(books: Books, entry: Comment) -> None:
    """A comment is on a line there is, by the key of its review."""
    find_line(books, entry.source, entry.document, entry.line)
    cause = books.documents.get(entry.cause)
    require(cause is not None and cause.key == entry.by, "its cause is not by the key it names")
