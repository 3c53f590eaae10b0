"""Owns corrections (更正重发): a line takes over the entitlement of one that failed or came back, and pays it again.

Once (R45), and no more than was due before (R44): both are always red, whatever the settings, for each would pay money
twice. When the line is ordered, the one that it corrects is rebuilt.
"""

from collections.abc import Iterator, Mapping

from consolidator.facts.lines import (
    FAILED,
    REBUILT,
    RETURNED,
    Batch,
    derive_round,
    split_place,
)
from consolidator.facts.state import State, find_line
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import check_conservation, describe_change, move_line
from consolidator.ledger.showing import show
from consolidator.rules.catalogue import ORANGE, RED
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice
from schemas.canonical import render_canonical
from schemas.headers import PART_ITEMS_MAX
from schemas.identifiers import derive_line_ref

DIFFERENT = "R51"
RAISED, TWICE = "R44", "R45"
NO_SOURCE, DOUBTED = "S27", "H05"
ROUND_MAX = 99  # an order id has two figures for it
_SOURCES = frozenset((FAILED, RETURNED, REBUILT))  # to correct a rebuilt one is to correct it twice


def judge_correction(part: Slice, item: int, ref: str, holder: int | None, hits: Hits) -> int | None:
    """Give the place of the line that an item takes over, and note what is wrong with that; None if it is refused.

    ``holder`` is the place of the line that holds the item's entitlement.
    """
    state, source = part.state, find_line(part.state, ref)
    if source is None or not _can_be_corrected(state, source):
        _note(hits, item, NO_SOURCE, RED, {"source_line": ref})
        return None
    index, line = split_place(source)
    batch = state.batches[index]
    successor = batch.corrected.get(line)
    if successor is not None:
        _note(hits, item, TWICE, RED, {"held_by": _name(state, successor)})
        return None
    if holder != source:  # it is somebody else's, or of another plot, programme or period
        _note(hits, item, NO_SOURCE, RED, {"source_line": ref})
        return None
    if part.amount_fen[item] > batch.fen[line - 1]:
        _note(hits, item, RAISED, RED, {"source_line": ref, "source_fen": batch.fen[line - 1]})
    if is_doubted(state, source):
        _note(hits, item, DOUBTED, ORANGE, {"source_line": ref})
    return None if item in hits.refused else source


def _can_be_corrected(state: State, source: int) -> bool:
    index, line = split_place(source)
    return state.batches[index].states[line - 1] in _SOURCES and derive_round(state.batches, source) < ROUND_MAX


def _note(hits: Hits, item: int, code: str, level: str, facts: Mapping[str, str | int]) -> None:
    hits.add((item,), code, level)
    hits.explain(item, code, facts)


def is_doubted(state: State, place: int) -> bool:
    """Say whether a bank told of a line what does not fit (R51): perhaps it was paid after all."""
    return place in state.claims.clued.get(DIFFERENT, ())


def rebuild(state: State, batch: Batch, accounts: Mapping[int, str]) -> Iterator[Emission]:
    """Move what lines just ordered correct to ``rebuilt``, and write its entries; ``accounts`` are those lines'."""
    lines = sorted(accounts)
    for first in range(0, len(lines), PART_ITEMS_MAX):
        some = lines[first : first + PART_ITEMS_MAX]
        emission = Emission(lines=len(some))
        for line in some:
            _rebuild(state, batch, line, accounts[line], emission)
        yield emission
    for index in sorted({split_place(batch.corrects[line])[0] for line in lines}):
        check_conservation(state.batches[index])


def _rebuild(state: State, successor: Batch, by_line: int, account: str, emission: Emission) -> None:
    index, line = split_place(successor.corrects[by_line])
    batch = state.batches[index]
    came_from = batch.states[line - 1]
    move_line(state, batch, line, REBUILT)
    fields = {
        **describe_change(batch, line, came_from),
        "bank": "",
        "route": "",
        "findings": [],
        "by": "",
        "cause": "",
        "successor": derive_line_ref(successor.source, successor.document, by_line),
    }
    show(emission, state, batch, fields, render_canonical({"account": account}))


def name_sources(state: State, batch: Batch, first_line: int, count: int) -> Mapping[int, str]:
    """Name the lines that those of a slice correct, by their own number; nearly always none."""
    if not batch.corrects:
        return {}
    lines = range(first_line, first_line + count)
    return {line: _name(state, batch.corrects[line]) for line in lines if line in batch.corrects}


def _name(state: State, place: int) -> str:
    index, line = split_place(place)
    batch = state.batches[index]
    return derive_line_ref(batch.source, batch.document, line)
