"""Measures the way from command to committed order on generated data, and says under which conditions."""

from consolidator.bench.kafka import measure_kafka_delay, measure_kafka_lines, measure_kafka_start
from consolidator.bench.measure import BenchResult, run_bench
from consolidator.bench.others import measure_acts, measure_pair, measure_size, measure_small
from consolidator.bench.published import measure_log

__all__ = [
    "BenchResult",
    "measure_acts",
    "measure_kafka_delay",
    "measure_kafka_lines",
    "measure_kafka_start",
    "measure_log",
    "measure_pair",
    "measure_size",
    "measure_small",
    "run_bench",
]
