"""Owns the checks of ``batch`` and ``close``: the figures others compare with their own books come from lines."""

from msgspec import UNSET

from consolidator.verify.books import (
    HIDES,
    TELLS,
    Batch,
    Books,
    end_hour,
    find_batch,
    has_moves,
    hides_code,
    list_sums,
    require,
)
from consolidator.verify.entries import BatchState, Close

SENSITIVE_LINES_MIN = 10
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
    _check_form(batch, entry)
    if entry.state == "void":
        _check_void(batch, entry)
    else:
        _check_totals(batch, entry)
    batch.state = entry.state
    books.assessed = batch if entry.state == "assessed" else None


def _check_form(batch: Batch, entry: BatchState) -> None:
    """A sensitive batch tells counts and seals the rest; any other tells its figures and seals nothing."""
    figures = (entry.totals, entry.fen, entry.plan_fen, entry.used_fen, entry.jumps)
    if batch.sensitive:
        require(all(figure is UNSET for figure in figures) and entry.sealed is not UNSET, TELLS)
    else:
        hides = entry.findings is not UNSET and hides_code(entry.findings)
        require(entry.counts is UNSET and hides == (entry.sealed is not UNSET), HIDES)


def _check_void(batch: Batch, entry: BatchState) -> None:
    """Of a sensitive batch nobody outside sees whether it is void for its fen or for nothing."""
    require(not batch.places, "a void batch has lines")
    require(entry.findings and "R40:red" in entry.findings, "a batch is void without R40")
    require(entry.count is not UNSET, "a void batch does not tell its number of lines")
    require(batch.sensitive or entry.fen is not UNSET, HIDES)
    figures = (batch.control_count, batch.control_fen)
    differs = batch.sensitive or (entry.count, entry.fen) != figures
    require(entry.positions or differs, "a batch is void though its figures fit")


def _check_totals(batch: Batch, entry: BatchState) -> None:
    sums = list_sums(batch.sums)
    require(len(batch.places) == batch.control_count, "its number of lines is not the control count")
    require(sum(fen for _, fen in sums.values()) == batch.control_fen, "its lines do not add up to the control total")
    if batch.sensitive:
        counts = {state: count for state, (count, _) in sums.items()}
        require(entry.counts == counts, "its counts are not those of its lines")
        return
    require(entry.totals is not UNSET and entry.totals == sums, "its totals are not those of its lines")


def check_hour(books: Books, at: str) -> None:
    """Entries of an hour end before the next hour's begin, unless nothing moved or the hour was closed."""
    require(not has_moves(books) or at[:13] == books.hour, f"the hour {books.hour} has no close")


def check_close(books: Books, entry: Close) -> None:
    """The parts of a close together hold each move of the hour, once."""
    require(has_moves(books) and entry.hour == books.hour, "it closes an hour in which nothing moved")
    require(entry.at[:13] > entry.hour, "an hour is closed before it has passed")
    require(entry.part == books.parts_closed + 1 <= entry.parts, "its part is not the next")
    books.closing += entry.rows
    books.parts_closed += 1
    if entry.part < entry.parts:
        require(entry.sensitive is UNSET and entry.sealed is UNSET, "merged rows stand before the last part")
        return
    _check_merged(books, entry)
    rows = {(programme, bank, state): [count, fen] for programme, bank, state, count, fen in books.closing}
    require(len(rows) == len(books.closing), "a row of the hour stands twice")
    require(rows == books.moves, "its rows are not the moves of the hour")
    end_hour(books)


def _check_merged(books: Books, entry: Close) -> None:
    """Sensitive programmes are told per bank and state; fen only of what was ordered once, from ten lines on."""
    merged = [] if entry.sensitive is UNSET else entry.sensitive
    require((entry.sensitive is UNSET) == (entry.sealed is UNSET) == (not merged), "merged rows without their seal")
    counts = {(bank, state): count for bank, state, count, _ in merged}
    require(len(counts) == len(merged), "a merged row of the hour stands twice")
    require(counts == books.hidden_moves, "its merged rows are not the moves of the hour")
    for bank, state, count, fen in merged:
        told = state == "ordered" and count >= SENSITIVE_LINES_MIN and bank not in books.ordered_again
        require((fen is not None) == told, "the fen of a merged row are told where they must not be, or are not")
