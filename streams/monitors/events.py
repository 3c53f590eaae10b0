"""Owns how events travel between the two halves of a monitor: all of one bundle that go to one partition in a record.

A record for each event would cost four times as much. Which partition an event goes to follows from its key alone.
"""

import struct
from collections.abc import Iterable, Iterator

from schemas.errors import invariant
from streams.monitors.monitor import KEY_BYTES, Event

PARTITIONS = 4  # of the table, for good: the row of a key stays where it is
_LENGTH = struct.Struct(">I")


def choose_partition(key: bytes) -> int:
    """Give the partition of a key's row.

    >>> choose_partition(bytes([*range(32)]))
    3
    """
    return key[-1] % PARTITIONS


def route_events(events: Iterable[Event]) -> dict[int, bytes]:
    """Give, for each partition that something goes to, its record's value: key, length and bytes of each event."""
    found: dict[int, list[bytes]] = {}
    for key, event in events:
        invariant(len(key) == KEY_BYTES, "a row's key has 32 bytes")
        found.setdefault(choose_partition(key), []).append(key + _LENGTH.pack(len(event)) + event)
    return {partition: b"".join(parts) for partition, parts in sorted(found.items())}


def list_events(value: bytes) -> Iterator[Event]:
    """Read a record's value. InvariantError when it is torn.

    >>> list(list_events(route_events([(bytes(32), b"x")])[0])) == [(bytes(32), b"x")]
    True
    """
    at, head = 0, KEY_BYTES + _LENGTH.size
    while at < len(value):
        invariant(at + head <= len(value), "an event's record is whole")
        (length,) = _LENGTH.unpack_from(value, at + KEY_BYTES)
        invariant(at + head + length <= len(value), "an event's record is whole")
        yield value[at : at + KEY_BYTES], value[at + head : at + head + length]
        at += head + length
