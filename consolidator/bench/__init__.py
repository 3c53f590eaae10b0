"""Measures the way from command to committed order on generated data, and says under which conditions."""

from consolidator.bench.measure import BenchResult, run_bench

__all__ = ["BenchResult", "run_bench"]
