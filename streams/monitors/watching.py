"""Owns the reading of anomalies as they come, from all counties, each once."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

from aiokafka import AIOKafkaConsumer, TopicPartition

from schemas.anomalies import Anomaly, Double, parse_anomaly
from schemas.errors import InvariantError
from schemas.topics import topic_name
from streams.kafka.client import Connection, kafka_errors
from streams.kafka.reading import POLL_MILLISECONDS, stop
from streams.kafka.rights import check_readable


async def watch_anomalies(connection: Connection, partitions: int, *, follow: bool) -> AsyncIterator[Sequence[Anomaly]]:
    """Give all anomalies there are, and with ``follow`` those that come; now and then an empty page.

    What is no anomaly, written by somebody else, is passed over.
    """
    topic = topic_name(connection.prefix, "anomalies")
    with kafka_errors():
        await check_readable(connection, [topic])
        consumer = AIOKafkaConsumer(
            **connection.options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        await consumer.start()
        try:
            places = [TopicPartition(topic, partition) for partition in range(partitions)]
            consumer.assign(places)
            await consumer.seek_to_beginning(*places)
            ends = await consumer.end_offsets(places)
            known: set[Double] = set()
            while True:
                pages = await consumer.getmany(timeout_ms=POLL_MILLISECONDS)
                values = [row.value or b"" for rows in pages.values() for row in rows]
                yield list(_read_new(values, known))
                if not follow and all([await consumer.position(place) >= ends[place] for place in places]):
                    return
        finally:
            await stop(consumer)


def _read_new(values: Sequence[bytes], known: set[Double]) -> Sequence[Anomaly]:
    found = []
    for value in values:
        with suppress(InvariantError):
            anomaly = parse_anomaly(value)
            if anomaly.double not in known:
                known.add(anomaly.double)
                found.append(anomaly)
    return found
