"""Owns the telling of counties: each anomaly gets its number there, and goes out as signed commands and as an anomaly.

A number is the anomaly's place among all that were ever found about the county, counted along the topic of findings,
where a repeat counts nothing. So it follows from the log alone: whoever counts, after a crash, on another machine or a
second time at once, comes to the same number and the same bytes, and the same bytes again change nothing in a ledger.
Committed offsets only say from where on to send; all before is counted and not sent again.
"""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from schemas.anomalies import Anomaly, Double, parse_anomaly, render_anomaly
from schemas.errors import InvariantError, invariant
from schemas.records import Record, render_anomaly_record, render_command
from streams.kafka.appending import abandon, open_producer, send_all
from streams.kafka.client import kafka_errors
from streams.kafka.reading import POLL_MILLISECONDS, Row, stop
from streams.monitors.plan import Plan
from streams.monitors.quarantine import Aside, Quarantine


@dataclass(slots=True)
class Numbers:
    """Counts what was found about one county."""

    known: set[Double] = field(default_factory=set)

    def find_number(self, double: Double) -> int | None:
        """Give the next number to a double that is new, and None to one that has its number."""
        if double in self.known:
            return None
        self.known.add(double)
        return len(self.known)


@dataclass(slots=True)
class Teller:
    """Tells counties what was found. ``first``: from which offset of each partition on; before it only counts."""

    plan: Plan
    quarantine: Quarantine
    first: Mapping[int, int]
    on_told: Callable[[Anomaly, int], None]
    _numbers: dict[str, Numbers] = field(default_factory=dict, init=False)

    async def tell(self, producer: AIOKafkaProducer, row: Row) -> None:
        """Take the next record of a partition; on return the brokers have all that is to be told of it."""
        anomaly = self._read(row)
        if anomaly is None:
            return
        number = self._numbers.setdefault(anomaly.county, Numbers()).find_number(anomaly.double)
        if number is not None and row.offset >= self.first.get(row.partition, 0):
            shard = self.plan.shard(anomaly.county)
            await send_all(producer, shard, self._render(anomaly, number))
            self.on_told(anomaly, number)

    def _render(self, anomaly: Anomaly, number: int) -> list[Record]:
        commands = self.plan.render(anomaly, number)
        records = [render_command(anomaly.county, command) for command in commands]
        return [*records, render_anomaly_record(anomaly.county, number, render_anomaly(anomaly))]

    def _read(self, row: Row) -> Anomaly | None:
        try:
            anomaly = parse_anomaly(row.value or b"")
            invariant(self.plan.counties.get(anomaly.county) == row.partition, "it stands in its county's partition")
        except InvariantError as error:
            aside = Aside(row.topic, row.partition, row.offset, type(error).__name__)
            self.quarantine.keep(aside, row.value or b"")
            return None
        return anomaly


async def tell_counties(plan: Plan, quarantine: Quarantine, on_told: Callable[[Anomaly, int], None]) -> None:
    """Tell until cancelled."""
    with kafka_errors():
        async with _open(plan) as (consumer, producer):
            places = [TopicPartition(plan.findings, partition) for partition in range(plan.partitions)]
            consumer.assign(places)
            told = {place.partition: await consumer.committed(place) or 0 for place in places}
            first = told if plan.begin == "new" else {}
            await consumer.seek_to_beginning(*places)
            teller = Teller(plan, quarantine, first, on_told)
            while True:
                pages = await consumer.getmany(timeout_ms=POLL_MILLISECONDS)
                await _tell_pages(teller, consumer, producer, pages)


async def _tell_pages(
    teller: Teller,
    consumer: AIOKafkaConsumer,
    producer: AIOKafkaProducer,
    pages: Mapping[TopicPartition, Sequence[Row]],
) -> None:
    for place, rows in pages.items():
        for row in rows:
            await teller.tell(producer, row)
        behind = rows[-1].offset + 1
        if behind > teller.first.get(place.partition, 0):
            await consumer.commit({place: behind})


@asynccontextmanager
async def _open(plan: Plan) -> AsyncIterator[tuple[AIOKafkaConsumer, AIOKafkaProducer]]:
    consumer = AIOKafkaConsumer(
        **plan.connection.options(),
        group_id=plan.told,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        isolation_level="read_committed",
    )
    await consumer.start()
    try:
        producer = await open_producer(plan.connection, enable_idempotence=True)
        try:
            yield consumer, producer
        finally:
            await abandon(producer)
    finally:
        await stop(consumer)
