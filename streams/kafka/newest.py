"""Owns the look at the ends of several partitions at once: how far they are decided, and what is newest there."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.kafka.client import Connection
from streams.kafka.reading import GALLOP, POLL_MILLISECONDS, Row, ask_begins, ask_ends, consuming

DECIDED_SECONDS = 5.0  # markers come after a commit is answered: in milliseconds, or seconds as brokers start
ASK_SECONDS = 0.1
NEAR = 4  # offsets from the end: the newest record and the markers behind it, most of the time


@dataclass(frozen=True, slots=True)
class Ends:
    """What partitions hold: the ``decided`` offsets of each, from its first record on; the ``undecided``, if any."""

    decided: Mapping[TopicPartition, range]
    undecided: Mapping[TopicPartition, range]


async def find_ends(connection: Connection, places: Sequence[TopicPartition]) -> Ends:
    """Say how far partitions are decided; asks again for some seconds while any is not."""
    async with consuming(connection, "read_uncommitted") as asker, consuming(connection, "read_committed") as reader:
        return await _find_ends(asker, reader, places)


async def find_newest(
    connection: Connection, places: Sequence[TopicPartition]
) -> tuple[Ends, Mapping[TopicPartition, Row]]:
    """Say how far partitions are decided, as :func:`find_ends`, and give the newest committed record of each.

    What has none is left out.
    """
    async with consuming(connection, "read_uncommitted") as asker, consuming(connection, "read_committed") as reader:
        ends = await _find_ends(asker, reader, places)
        return ends, await _look_back(reader, {place: span for place, span in ends.decided.items() if span})


async def _find_ends(asker: AIOKafkaConsumer, reader: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> Ends:
    for consumer in (asker, reader):  # else each topic costs a round of its own
        await consumer._client.set_topics([place.topic for place in places])  # noqa: SLF001 -- no other way
    begins = await ask_begins(asker, places)
    late = monotonic() + DECIDED_SECONDS
    while True:
        ends, stable = await asyncio.gather(ask_ends(asker, places), ask_ends(reader, places))
        undecided = {place: range(stable[place], ends[place]) for place in places if stable[place] < ends[place]}
        if not undecided or monotonic() > late:
            return Ends({place: range(begins[place], stable[place]) for place in places}, undecided)
        await asyncio.sleep(ASK_SECONDS)


async def _look_back(reader: AIOKafkaConsumer, spans: Mapping[TopicPartition, range]) -> Mapping[TopicPartition, Row]:
    """Gallop back from the ends; what lies before one may be markers only."""
    newest: dict[TopicPartition, Row] = {}
    left = dict(spans)
    reader.assign(list(spans))
    for back in (NEAR, *GALLOP, max((span.stop for span in spans.values()), default=0)):
        starts = {place: max(span.start, span.stop - back) for place, span in left.items()}
        newest |= await _read_last(reader, {place: range(starts[place], span.stop) for place, span in left.items()})
        left = {place: span for place, span in left.items() if place not in newest and starts[place] > span.start}
        if not left:
            break
    return newest


async def _read_last(reader: AIOKafkaConsumer, spans: Mapping[TopicPartition, range]) -> Mapping[TopicPartition, Row]:
    """Read each partition's span through; gives the last record of each that has one."""
    last: dict[TopicPartition, Row] = {}
    for place, span in spans.items():
        reader.seek(place, span.start)
    waiting = dict(spans)
    while waiting:
        for place, rows in (await reader.getmany(*waiting, timeout_ms=POLL_MILLISECONDS)).items():
            inside = [row for row in rows if row.offset < spans[place].stop]
            last |= {place: inside[-1]} if inside else {}
        waiting = {place: span for place, span in waiting.items() if await reader.position(place) < span.stop}
    return last
