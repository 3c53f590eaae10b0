"""Owns reading as one of a consumer group: a record at a time, its offset committed only when the caller says so.

At least once: whoever loses a partition between a record and its commit, or dies, leaves the record to another member.
So what is done with a record must be harmless to repeat, also by two members at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from streams.kafka.client import Connection
from streams.kafka.loop import Loop
from streams.kafka.reading import FOLLOW_MILLISECONDS, Row, stop
from streams.kafka.rights import check_group, check_readable

SESSION_MILLISECONDS = 10_000  # so long after a member dies its partitions stand still
HEARTBEAT_MILLISECONDS = 3_000
REBALANCE_MILLISECONDS = 30_000  # how long the others wait for a member that does not join again
WORK_MILLISECONDS = 300_000  # how long one record may take
METADATA_MILLISECONDS = 30_000  # how soon a new county's partition is noticed
_FETCH_BYTES = 1_048_576  # a larger record comes alone; what is read ahead of work stays small


@dataclass(slots=True)
class GroupReader:
    """A member of a group that reads one topic. Its group starts at the topic's beginning."""

    loop: Loop
    connection: Connection
    topic: str
    group: str
    _consumer: AIOKafkaConsumer | None = field(default=None, init=False)
    _ends: Mapping[TopicPartition, int] = field(default_factory=dict, init=False)

    def open(self) -> None:
        """Join. ConfigurationError, within seconds, when we may not read the topic or be in the group."""
        self.loop.run(check_readable(self.connection, [self.topic]))
        self.loop.run(check_group(self.connection, self.group))
        self._consumer = self.loop.run(self._join())
        self._ends = self.loop.run(self._ask_ends())

    def fetch(self, milliseconds: int) -> Row | None:
        """Give the next record, or None when none came in time."""
        return self.loop.run(self._fetch(milliseconds))

    def commit(self, row: Row) -> bool:
        """Note that a record is done with, and all before it. False if its partition is another member's by now."""
        return self.loop.run(self._commit(row))

    def is_done(self) -> bool:
        """Say whether the group is done with all that the topic held when we joined, whoever did it."""
        return self.loop.run(self._is_done())

    def close(self) -> None:
        """Leave the group, so that the others go on at once."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            self.loop.run(stop(consumer))

    @property
    def _member(self) -> AIOKafkaConsumer:
        return self._consumer

    async def _join(self) -> AIOKafkaConsumer:
        consumer = AIOKafkaConsumer(
            self.topic,
            **self.connection.options(),
            group_id=self.group,
            isolation_level="read_committed",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            session_timeout_ms=SESSION_MILLISECONDS,
            heartbeat_interval_ms=HEARTBEAT_MILLISECONDS,
            rebalance_timeout_ms=REBALANCE_MILLISECONDS,
            max_poll_interval_ms=WORK_MILLISECONDS,
            metadata_max_age_ms=METADATA_MILLISECONDS,
            fetch_max_wait_ms=FOLLOW_MILLISECONDS,
            max_partition_fetch_bytes=_FETCH_BYTES,
        )
        try:
            await consumer.start()
        except BaseException:
            await stop(consumer)
            raise
        return consumer

    async def _fetch(self, milliseconds: int) -> Row | None:
        found: Mapping[TopicPartition, Sequence[Row]] = await self._member.getmany(
            timeout_ms=milliseconds, max_records=1
        )
        return next((row for rows in found.values() for row in rows), None)

    async def _commit(self, row: Row) -> bool:
        try:
            await self._member.commit({TopicPartition(row.topic, row.partition): row.offset + 1})
        except (CommitFailedError, IllegalStateError):
            return False
        return True

    async def _ask_ends(self) -> Mapping[TopicPartition, int]:
        """Give where each partition ends that holds anything."""
        places = [TopicPartition(self.topic, number) for number in self._member.partitions_for_topic(self.topic) or ()]
        begins, ends = await self._member.beginning_offsets(places), await self._member.end_offsets(places)
        return {place: end for place, end in ends.items() if end > begins[place]}

    async def _is_done(self) -> bool:
        committed = [(await self._member.committed(place) or 0, end) for place, end in self._ends.items()]
        return all(offset >= end for offset, end in committed)
