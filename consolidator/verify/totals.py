"""Owns the checks of ``batch`` and ``close``: the figures others compare with their own books come from lines."""

from msgspec import UNSET

from consolidator.verify.books import Batch, Books, find_batch, list_sums, require
from consolidator.verify.entries import BatchState, Close

UNSETTLED = frozenset(("undecided", "ready", "held", "ordered", "unknown"))


def check_batch(books: Books, entry: BatchState) -> None:
    """A batch is assessed or void once, settled once after that, each time with the figures of its lines."""
    batch = find_batch(books, entry.source, entry.document)
    require(
        (entry.programme, entry.period) == (batch.programme, batch.period), "its programme or period is not its batch's"
    )
    if entry.state == "settled":
        require(batch.state in ("assessed", "released"), "a batch is settled that is not assessed, or twice")
        require(not UNSETTLED & set(list_sums(batch.sums)), "a batch is settled with lines that may still change")
    else:
        require(batch.state == "open", "a batch is assessed or void that is not open")
    if entry.state == "void":
        require(not batch.places, "a void batch has lines")
        require(entry.findings and "R40:red" in entry.findings, "a batch is void without R40")
        figures = (batch.control_count, batch.control_fen)
        require(entry.positions or (entry.count, entry.fen) != figures, "a batch is void though its figures fit")
    else:
        _check_totals(batch, entry)
    batch.state = entry.state
    books.assessed = batch if entry.state == "assessed" else None


def _check_totals(batch: Batch, entry: BatchState) -> None:
    sums = list_sums(batch.sums)
    require(len(batch.places) == batch.control_count, "its number of lines is not the control count")
    require(sum(fen for _, fen in sums.values()) == batch.control_fen, "its lines do not add up to the control total")
    require(entry.totals is not UNSET and entry.totals == sums, "its totals are not those of its lines")


def check_hour(books: Books, at: str) -> None:
    """Entries of an hour end before the next hour's begin, unless nothing moved or the hour was closed."""
    require(not books.moves or at[:13] == books.hour, f"the hour {books.hour} has no close")


def check_close(books: Books, entry: Close) -> None:
    """The parts of a close together hold each move of the hour, once."""
    require(books.moves and entry.hour == books.hour, "it closes an hour in which nothing moved")
    require(entry.at[:13] > entry.hour, "an hour is closed before it has passed")
    require(entry.part == books.parts_closed + 1 <= entry.parts, "its part is not the next")
    books.closing += entry.rows
    books.parts_closed += 1
    if entry.part < entry.parts:
        return
    rows = {(programme, bank, state): [count, fen] for programme, bank, state, count, fen in books.closing}
    require(len(rows) == len(books.closing), "a row of the hour stands twice")
    require(rows == books.moves, "its rows are not the moves of the hour")
    books.closing, books.parts_closed, books.moves, books.hour = [], 0, {}, ""
