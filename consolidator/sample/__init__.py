"""Generates a fictional county: the files that bureau, departments and banks would send, and what is planted in them.

Everything comes from (lines, seed): the same bytes on every machine. Nothing here knows how the ledger decides.
"""

from consolidator.sample.writing import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
