"""Owns ``close``: count and fen that entered each state in an hour, per programme and bank, for others' books."""

from collections.abc import Iterator

from consolidator.facts.state import State
from consolidator.ledger.emission import Emission
from schemas.instants import HOUR_SECONDS, render_instant

ROWS_MAX = 500  # a row is at most 70 bytes, an entry 65,535


def is_close_due(state: State, now: int) -> bool:
    """Say whether an hour with moves has passed."""
    return bool(state.moves) and now // HOUR_SECONDS > state.now // HOUR_SECONDS


def close_hour(state: State, now: int) -> Iterator[Emission]:
    """Write the passed hour's rows, and start anew. ``now`` is the time of the command that found the hour passed."""
    rows = [[*key.split("|"), count, fen] for key, (count, fen) in sorted(state.moves.items())]
    hour = render_instant(state.now)[:13]
    parts = [rows[first : first + ROWS_MAX] for first in range(0, len(rows), ROWS_MAX)]
    state.moves = {}
    for number, part in enumerate(parts, start=1):
        emission = Emission()
        emission.add("close", render_instant(now), {"hour": hour, "rows": part, "part": number, "parts": len(parts)})
        yield emission
