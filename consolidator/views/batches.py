"""Owns the views of batches: the list, and one batch with what is ready and told per paying bank, what is held why."""

from collections import Counter
from typing import Any

from consolidator.facts.lines import LINE_STATES, ORDERED, Batch, sum_banks, sum_states
from consolidator.facts.state import State, find_batch
from consolidator.ledger.releases import find_review_end, list_figures
from schemas.errors import InputError
from schemas.instants import render_instant

Row = dict[str, Any]


def require_batch(state: State, name: str) -> Batch:
    """Give the batch named ``source/document``. InputError ``D13`` when there is none."""
    source, _, document = name.partition("/")
    batch = find_batch(state, source, document)
    if batch is None:
        raise InputError("D13", "name a batch as source/document: 'consolidator batch list' shows them")
    return batch


def list_batches(state: State) -> list[Row]:
    """Give every batch with its sums, in the order they came."""
    return [_describe(state, batch) for batch in state.batches]


def show_batch(state: State, batch: Batch) -> Row:
    """Give one batch: sums by state, what is ready per paying bank, held lines by finding, what a release needs."""
    held = Counter(finding for findings in _held_findings(batch).values() for finding in findings)
    figures = [{"bank": bank, "count": count, "fen": fen} for bank, count, fen in list_figures(state, batch)]
    return _describe(state, batch) | {
        "digest": batch.digest,
        "township": batch.township,
        "ready_by_bank": figures,
        "told_by_bank": _list_told(state, batch),
        "held_by_finding": dict(sorted(held.items())),
        "next_release": batch.releases + 1,
        "review_until": render_instant(find_review_end(state, batch)),
    }


def _describe(state: State, batch: Batch) -> Row:
    return {
        "batch": f"{batch.source}/{batch.document}",
        "file": batch.file,
        "programme": batch.programme,
        "programme_name": state.policy.programmes[batch.programme].name,
        "period": batch.period,
        "state": batch.state,
        "count": batch.control_count,
        "fen": batch.control_fen,
        "states": {name: {"count": count, "fen": fen} for name, (count, fen) in sum_states(batch).items()},
    }


def _list_told(state: State, batch: Batch) -> list[Row]:
    """Give what each paying bank was told to pay, by what it said became of it."""
    sums = sum_banks(batch, range(ORDERED, len(LINE_STATES)))
    rows = sorted((state.bank_codes[bank], now, pair) for (bank, now), pair in sums.items())
    return [{"bank": bank, "state": LINE_STATES[now], "count": count, "fen": fen} for bank, now, (count, fen) in rows]


def _held_findings(batch: Batch) -> dict[int, list[str]]:
    return {} if batch.open is None else batch.open.findings
