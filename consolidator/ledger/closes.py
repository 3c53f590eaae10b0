"""Owns ``close``: count and fen that entered each state in an hour, per programme and bank, for others' books."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import AGAIN, SENSITIVE
from schemas.canonical import render_canonical
from schemas.instants import HOUR_SECONDS, render_instant

ROWS_MAX = 500  # in a part of a close
# An entry is at most 65,535 bytes, a row 70, a merged one 45; 200 banks and 9 states give at most 1,203 merged rows.
ENTRY_ROWS_MAX = 900
SENSITIVE_LINES_MIN = 10  # fewer, and the fen tell of single persons
_Moves = Mapping[str, Sequence[int]]  # the moves of sensitive programmes, by name


def is_close_due(state: State, now: int) -> bool:
    """Say whether an hour with moves has passed."""
    return bool(state.moves) and now // HOUR_SECONDS > state.now // HOUR_SECONDS


def close_hour(state: State, within: int) -> Iterator[Emission]:
    """Write the rows of the hour that ``within`` is in, and start anew."""
    moves = sorted(state.moves.items())
    rows = [[*key.split("|"), *pair] for key, pair in moves if not key.startswith(SENSITIVE)]
    sensitive = {key: pair for key, pair in moves if key.startswith(SENSITIVE)}
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


def _merge(moves: _Moves) -> list[list[str | int | None]]:
    """Merge sensitive programmes per bank and state. Fen stand only of what was ordered, and of ten lines or more.

    And not where one of the lines corrects another: all others are ordered once, so no two such sums have a line in
    common and their difference tells nothing of one; a line goes through other states again and again.
    """
    again = {_name_row(move)[:2] for move in moves if move.endswith(AGAIN)}
    merged = _add_up((_name_row(move)[:2], pair) for move, pair in moves.items())
    return [
        [*row, count, fen if row[1] == "ordered" and count >= SENSITIVE_LINES_MIN and row not in again else None]
        for row, (count, fen) in merged.items()
    ]


def _render_private(moves: _Moves) -> bytes:
    rows = _add_up((_name_row(move), pair) for move, pair in moves.items())
    told = sorted([programme, bank, state, *pair] for (bank, state, programme), pair in rows.items())
    return render_canonical({"rows": told})


def _name_row(move: str) -> tuple[str, ...]:
    """Give bank, state and programme of a move.

    >>> _name_row("sensitive|402|ordered|CARE|again")
    ('402', 'ordered', 'CARE')
    """
    return tuple(move.removesuffix(AGAIN).split("|")[1:])


def _add_up(moves: Iterable[tuple[tuple[str, ...], Sequence[int]]]) -> Mapping[tuple[str, ...], tuple[int, int]]:
    sums: dict[tuple[str, ...], tuple[int, int]] = {}
    for row, (count, fen) in moves:
        counts, total_fen = sums.get(row, (0, 0))
        sums[row] = counts + count, total_fen + fen
    return sums
