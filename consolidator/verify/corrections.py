"""Owns the checks of corrections 更正重发: a line that failed or came back is paid again by one line at a time.

A line that names its ``source_line`` has taken that line over, until it is stopped. Once it is ordered, the log says so
of the source right after the order files: it is rebuilt.
"""

from typing import TypeGuard

from msgspec import UNSET

from consolidator.verify.books import STATE_INDEX, Batch, Books, find_line, name_state, require
from consolidator.verify.entries import AssessedLine, Change, Entry
from schemas.errors import VerificationError
from schemas.identifiers import split_line_ref

APART = "*"  # after a programme's name where it was opened: its sensitive batches are added up apart from its others
ORDERED = STATE_INDEX["ordered"]


def take_over(books: Books, batch: Batch, entry: AssessedLine, source_line: str) -> None:
    """A line corrects one of another batch that failed or came back, and that no other line corrects."""
    require(entry.state != "refused", "a refused line corrects another")
    ref = split_line_ref(source_line)
    require(ref[:2] != (entry.source, entry.document), "it corrects a line of its own batch")
    if ref[:2] not in books.aside:
        source = find_line(books, *ref)
        _check_source(source, ref[2], batch, entry)
        source.successors[ref[2]] = entry.source, entry.document, entry.line
    batch.corrects[entry.line] = ref


def _check_source(source: Batch, line: int, batch: Batch, entry: AssessedLine) -> None:
    same = _name_claim(source) == _name_claim(batch)
    require(same, "it corrects a line of another programme or period")
    state = name_state(source.places[line - 1])
    require(state in ("failed", "returned"), f"it corrects a line that is {state}, and neither failed nor came back")
    require(line not in source.successors, "it corrects a line that another corrects already")
    told = entry.amount_fen if not source.sensitive else UNSET
    require(told is UNSET or told <= source.fen[line - 1], "its amount is more than that of the line it corrects")


def _name_claim(batch: Batch) -> tuple[str, str]:
    return batch.programme.removesuffix(APART), batch.period


def free_source(books: Books, batch: Batch, line: int) -> None:
    """Let another line correct what this one corrected, if it did."""
    ref = batch.corrects.pop(line, None)
    source = None if ref is None else books.batches.get(ref[:2])
    if ref is not None and source is not None:
        del source.successors[ref[2]]


def end_release(books: Books, batch: Batch) -> None:
    """No order file comes any more: what the ordered lines correct is rebuilt now, in the order of these lines."""
    books.releasing = None
    for line in [line for line in batch.corrects if batch.places[line - 1] == ORDERED]:
        ref = batch.corrects.pop(line)
        if ref[:2] in books.batches:
            books.rebuilding.append(ref)


def check_rebuilt(books: Books, batch: Batch, entry: Change) -> None:
    """A line is rebuilt by the ordering of the one that corrects it, and by nobody."""
    rest = (entry.bank, entry.route, entry.cause, entry.findings)  # without a cause nobody can be named
    require(not any(rest), "a line is rebuilt at a bank, by somebody, or with a finding")
    if entry.successor is UNSET:
        message = "a line is rebuilt without the one that corrects it"
        raise VerificationError(message)
    ref, successor = (entry.source, entry.document, entry.line), split_line_ref(entry.successor)
    if successor[:2] in books.aside and entry.line not in batch.successors:
        return
    require(books.rebuilding, "no line that corrects another was just ordered")
    require(books.rebuilding[0] == ref, "it is not the next line whose correction was just ordered")
    require(batch.successors[entry.line] == successor, "it names another line than the one that corrects it")
    books.rebuilding.popleft()
    del batch.successors[entry.line]


def tells_rebuilt(entry: Entry) -> TypeGuard[Change]:
    """Say whether an entry moves a line to rebuilt."""
    return isinstance(entry, Change) and entry.to == "rebuilt"
