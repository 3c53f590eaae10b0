"""Owns ``close``: count and fen that entered each state in an hour, per programme and bank, for others' books."""

from collections.abc import Iterator, Sequence
from typing import Any

from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import SENSITIVE
from schemas.canonical import render_canonical
from schemas.instants import HOUR_SECONDS, render_instant

ROWS_MAX = 500  # in a part of a close
# An entry is at most 65,535 bytes, a row 70, a merged one 45; 200 banks and 9 states give at most 1,203 merged rows.
ENTRY_ROWS_MAX = 900
SENSITIVE_LINES_MIN = 10  # fewer, and the fen tell of single persons
_Move = tuple[Any, ...]  # bank, state, programme, count, fen


def is_close_due(state: State, now: int) -> bool:
    """Say whether an hour with moves has passed."""
    return bool(state.moves) and now // HOUR_SECONDS > state.now // HOUR_SECONDS


def close_hour(state: State, within: int) -> Iterator[Emission]:
    """Write the rows of the hour that ``within`` is in, and start anew."""
    moves = sorted(state.moves.items())
    rows = [[*key.split("|"), *pair] for key, pair in moves if not key.startswith(SENSITIVE)]
    sensitive = [(*key.split("|")[1:], *pair) for key, pair in moves if key.startswith(SENSITIVE)]
    hour = render_instant(within)[:13]
    merged = _merge(sensitive)
    parts = [rows[first : first + ROWS_MAX] for first in range(0, len(rows), ROWS_MAX)] or [[]]
    if merged and len(parts[-1]) + len(merged) > ENTRY_ROWS_MAX:
        parts.append([])
    state.moves = {}
    for number, part in enumerate(parts, start=1):
        fields = {"hour": hour, "rows": part, "part": number, "parts": len(parts)}
        emission, private = Emission(), b""
        if merged and number == len(parts):
            fields["sensitive"] = merged
            private = _render_private(sensitive)
        emission.add("close", render_instant(state.now), fields, private)
        yield emission


def _merge(moves: Sequence[_Move]) -> list[list[str | int | None]]:
    """Merge sensitive programmes per bank and state. Fen stand only of what was ordered, and of ten lines or more.

    A line is ordered once, so no two such sums have a line in common and their difference tells nothing of one; a line
    goes through other states again and again.
    """
    merged: dict[tuple[str, str], list[int]] = {}
    for bank, state, _, count, fen in moves:
        pair = merged.setdefault((bank, state), [0, 0])
        pair[0] += count
        pair[1] += fen
    return [
        [bank, state, count, fen if state == "ordered" and count >= SENSITIVE_LINES_MIN else None]
        for (bank, state), (count, fen) in merged.items()
    ]


def _render_private(moves: Sequence[_Move]) -> bytes:
    rows = sorted([programme, bank, state, count, fen] for bank, state, programme, count, fen in moves)
    return render_canonical({"rows": rows})
