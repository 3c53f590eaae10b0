"""Owns what a monitor is to those who run it: a fold, with bytes in and bytes out."""

from collections.abc import Sequence
from typing import Protocol

from schemas.anomalies import Anomaly
from schemas.commits import Bundle

KEY_BYTES = 32
Event = tuple[bytes, bytes]  # key of its row, 32 bytes that tell of nobody; and what is to be folded in


class Monitor(Protocol):
    """Looks at several counties. Rows must not depend on how often an event comes, nor on counties' order.

    That is what lets it run at least once, on records of aborted transactions too, and be rebuilt at will.
    """

    @property
    def name(self) -> str:
        """A short word, lower case: part of topics' names."""

    def read(self, county: str, bundle: Bundle) -> Sequence[Event]:
        """Give what matters of a county's bundle of entries, in order. Any exception: the record is set aside."""

    def fold(self, row: bytes | None, event: bytes) -> tuple[bytes, Sequence[Anomaly]]:
        """Give a row with an event in it, and what is found by that. Any exception: the event is set aside."""
