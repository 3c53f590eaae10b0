"""R55: a village's number of lines in a programme, against the last period. It opens a clue on the batch."""

from collections.abc import Iterable, Mapping

from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.rules.slices import find_parameter
from schemas.instants import derive_period_start

JUMP = "R55"
PERIODS_KEPT = 4  # late batches of the period before last are still compared
Jump = tuple[str, int, int]  # village, lines in the last period, lines in this one


def count_roster(state: State, batch: Batch, villages: Mapping[str, int]) -> None:
    """Add a batch's lines by village to its period; only the newest periods are kept."""
    periods = state.history.rosters.setdefault(batch.programme, {})
    counts = periods.setdefault(batch.period, {})
    for village, lines in sorted(villages.items()):
        counts[village] = counts.get(village, 0) + lines
    for oldest in sorted(periods, key=derive_period_start)[:-PERIODS_KEPT]:
        del periods[oldest]


def find_jumps(state: State, batch: Batch, villages: Iterable[str]) -> list[Jump]:
    """Give the villages of a batch whose lines in this period differ too much from the last one's, after counting.

    Both ``jump_percent`` and ``lines_min`` must be passed. A programme's first period has nothing to be compared with.
    """
    periods = state.history.rosters.get(batch.programme, {})
    start = derive_period_start(batch.period)
    earlier = [period for period in periods if derive_period_start(period) < start]
    if not earlier or batch.period not in periods:
        return []
    before, now = periods[max(earlier, key=derive_period_start)], periods[batch.period]
    percent, lines_min = (find_parameter(state, JUMP, name) for name in ("jump_percent", "lines_min"))
    jumps = [(village, before.get(village, 0), now.get(village, 0)) for village in sorted(villages)]
    return [jump for jump in jumps if _is_jump(jump, percent, lines_min)]


def _is_jump(jump: Jump, percent: int, lines_min: int) -> bool:
    _, before, now = jump
    difference = abs(now - before)
    return difference >= lines_min and difference * 100 > percent * before
