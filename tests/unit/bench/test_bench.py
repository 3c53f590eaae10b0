"""The measurement itself: it measures the real thing, says its conditions, and leaves the program as it was."""

import pytest

from consolidator.bench import measure_acts, measure_log, measure_pair, measure_size, measure_small, others, run_bench
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


def test_separate_acts_order_every_line() -> None:
    result = measure_acts(2000, 1, lambda _: None)
    assert result["lines_per_second"] > 0
    assert result["size"] > 2000
    assert "hold and clear" in result["conditions"]["counted"]


def test_small_batches_are_timed_one_by_one_and_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(others, "SMALL_CITIZENS", 3000)
    monkeypatch.setattr(others, "GROUPED_BATCHES", 3)
    result = measure_small(4, lambda _: None)
    assert 0 < result["median_ms"] <= result["p99_ms"]
    assert result["grouped_batches_per_second"] > 0


def test_a_countys_size_is_counted_a_citizen_and_a_claim() -> None:
    result = measure_size(2000, 4000, lambda _: None)
    assert 100 < result["bytes_per_citizen"] < 5000
    assert 20 < result["bytes_per_claim"] < 1000
    assert result["start_seconds"] > 0


def test_two_counties_run_side_by_side() -> None:
    result = measure_pair(1000, 1, lambda _: None)
    assert result["one_lines_per_second"] > 0
    assert result["ratio"] > 0


def test_publication_verification_and_proofs_are_measured_on_one_log() -> None:
    result = measure_log(1200, 1, lambda _: None)
    assert result["size"] > 1200
    assert len(result["root"]) == 64
    rates = [name for name in result if name.endswith("per_second") or name.startswith("percent")]
    assert len(rates) == 6
    assert all(result[name] > 0 for name in rates)
    assert result["checkpoint_ms"] > 0
