"""Owns the reading of a record whose header has a name that is no UTF-8: C writers may write one, brokers keep it.

aiokafka would fail at such a record, at every start and for good, and take what was fetched beside it along. Here the
name is read with its bytes spelt out, the record is one of a stranger, and all others are read as they are.
"""

import struct
from collections.abc import Iterator
from itertools import islice
from typing import Any, SupportsIndex, overload

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy

_MAGIC_AT = struct.calcsize(">qii")
_MAGIC = 2  # of batches that have headers


class TolerantRecords(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka has no types
    """The batches of one fetch."""

    def next_batch(self) -> Any:  # noqa: ANN401 -- a batch of aiokafka, or what does as one
        """Give the next batch."""
        raw = self._next_slice
        batch = super().next_batch()
        is_plain = batch is None or raw[_MAGIC_AT] < _MAGIC or batch.is_control_batch
        return batch if is_plain else _TolerantBatch(batch, raw)


class _TolerantBatch:
    """A batch whose records can all be read."""

    def __init__(self, batch: Any, raw: memoryview) -> None:  # noqa: ANN401 -- aiokafka has no types
        """Read a batch, which stands in ``raw``."""
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever a batch has
        """Be the batch in everything else."""
        return getattr(self._batch, name)

    def __iter__(self) -> Iterator[Any]:
        """Give the records; from the first that cannot be read on, as they can be."""
        given = 0
        try:
            for record in self._batch:
                yield record
                given += 1
        except UnicodeDecodeError:
            yield from islice(_read_patiently(self._raw), given, None)


def _read_patiently(raw: memoryview) -> Iterator[Any]:
    batch = _DefaultRecordBatchPy(raw)
    batch._maybe_uncompress()  # noqa: SLF001 -- its buffer is what is to be read otherwise
    batch._buffer = _Spelt(batch._buffer)  # noqa: SLF001 -- the same
    return iter(batch)


class _Spelt(bytearray):
    """Bytes whose slices are read as text by spelling out what is none."""

    @overload
    def __getitem__(self, at: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> "_Spelt": ...
    def __getitem__(self, at: "SupportsIndex | slice") -> "int | _Spelt":
        found = super().__getitem__(at)
        return found if isinstance(found, int) else _Spelt(found)

    def decode(self, *_: object, **__: object) -> str:
        return super().decode("utf-8", "backslashreplace")


def tolerate() -> None:
    """Let every consumer of this process read so."""
    fetcher.MemoryRecords = TolerantRecords
