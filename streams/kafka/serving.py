"""Owns the wait until brokers serve partitions that were just made.

The controller answers that a topic is made; each broker then hears of it and makes the files of its partitions, one
after the other. A thousand take seconds, on a slow disk many. Until then it answers that it does not lead them.
"""

from collections.abc import Sequence
from time import monotonic

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaTimeoutError, UnknownTopicOrPartitionError

from schemas.errors import DependencyError
from streams.kafka.client import Connection, kafka_errors
from streams.kafka.reading import ask_begins, open_asker, stop

SERVED_SECONDS = 300.0


async def wait_served(connection: Connection, places: Sequence[TopicPartition]) -> None:
    """Return when all these partitions can be read and written. DependencyError when that takes minutes."""
    late = monotonic() + SERVED_SECONDS
    with kafka_errors():
        asker = await open_asker(connection)
        try:
            while not await _are_served(asker, places):
                if monotonic() > late:
                    raise _make_not_served()
        finally:
            await stop(asker)


async def _are_served(asker: AIOKafkaConsumer, places: Sequence[TopicPartition]) -> bool:
    try:
        await ask_begins(asker, places)
    except (KafkaTimeoutError, UnknownTopicOrPartitionError):  # asked again and again for a request's time
        return False
    return True


def _make_not_served() -> DependencyError:
    message = (
        "主题已建立,但代理尚未提供全部分区,请查看代理日志与磁盘,稍后再运行 topics check / "
        "the topics are made, but the brokers do not serve all partitions yet: see their logs and disks, then run "
        "'consolidator topics check'"
    )
    return DependencyError(message)
