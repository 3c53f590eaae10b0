"""The measurements on Kafka measure the real thing: the same commands, the same root as on the embedded engine."""

import pytest

from consolidator.bench import kafka, measure_kafka_delay, measure_kafka_lines, measure_kafka_start, run_bench
from consolidator.bench.others import SMALL_LINES
from streams.kafka.local.launching import BROKER_VARIABLE


@pytest.fixture(autouse=True)
def given(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measure on the broker that tests share."""
    monkeypatch.setenv(BROKER_VARIABLE, broker)


def test_both_engines_give_the_same_root_for_the_same_lines() -> None:
    told: list[str] = []
    result = measure_kafka_lines(2_400, 2, told.append)
    assert result["root"] == run_bench(2_400, 1).root
    assert result["lines_per_second"] > result["lines_per_second_with_submit"] > 0
    assert result["leaves_per_second"] > 0
    assert told


def test_the_delay_of_every_batch_is_measured_from_its_planned_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "CITIZENS_MAX", 6_000)
    monkeypatch.setattr(kafka, "WARM_BATCHES", 1)
    result = measure_kafka_delay(3, lambda _: None)
    assert 0 < result["median_ms"] <= result["p99_ms"] <= result["max_ms"]
    assert result["size"] > 4 * SMALL_LINES


def test_a_new_owners_start_is_measured_with_lines_to_replay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kafka, "TAIL_LINES", 2_000)
    result = measure_kafka_start(2_000, 2, lambda _: None)
    assert 0 < result["start_seconds"] <= result["slowest_seconds"]
