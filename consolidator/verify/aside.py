"""Owns batches that are set aside: their entries are counted as they say and judged no more.

That is what an oversight body asks for when it goes on past a wrong entry: one wrong figure would otherwise make most
later entries of its batch wrong as well. Everything else is judged as before, the hour's closes too.
"""

from collections import deque

from consolidator.verify.books import Books, count_move
from consolidator.verify.corrections import free_source
from consolidator.verify.entries import (
    AssessedLine,
    BatchState,
    Change,
    Comment,
    Disposition,
    Effect,
    Entry,
    Finding,
    Orders,
    Overdue,
    Release,
)

OF_BATCH = (AssessedLine, BatchState, Change, Comment, Disposition, Effect, Finding, Orders, Overdue, Release)


def take_as_stated(books: Books, entry: Entry) -> None:
    """Count what an entry says came into a state; nothing else is looked at."""
    match entry:
        case AssessedLine():
            count_move(books, entry.programme, (entry.state, entry.bank), 1, entry.amount_fen)
        case Change():
            count_move(books, entry.programme, (entry.to, entry.bank), 1, entry.amount_fen)
        case Orders():
            count_move(books, entry.programme, ("ordered", entry.bank), entry.count, entry.fen)
        case _:
            return


def set_aside(books: Books, source: str, document: str) -> None:
    """Judge this batch no more."""
    books.aside.add((source, document))
    batch = books.batches.pop((source, document), None)
    if batch is None:
        return
    if books.releasing is batch:
        books.releasing = None
    for line in list(batch.corrects):
        free_source(books, batch, line)
    books.rebuilding = deque(ref for ref in books.rebuilding if ref[:2] in books.batches)
