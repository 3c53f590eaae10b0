"""The measurement itself: it measures the real thing, says its conditions, and leaves the program as it was."""

from consolidator.bench import run_bench
from consolidator.bench.stages import STAGES
from schemas.entries import LineBlock


def test_a_measurement_orders_every_line_and_repeats_its_root() -> None:
    render = LineBlock.render
    told: list[str] = []
    first = run_bench(1200, 1, told.append)
    assert run_bench(1200, 1).root == first.root
    assert first.size > 1200
    assert first.commits >= 1
    assert first.lines_per_second > 0
    assert set(first.us_per_stage) == set(STAGES)
    assert all(spent > 0 for spent in first.us_per_stage.values())
    assert first.conditions["citizens"] == 1200
    assert told
    assert LineBlock.render is render
