"""Owns what the brokers left undecided when an owner starts: it ends as it ended elsewhere, or the start stops.

A commit counts once the brokers' coordinator has noted it; then it has a marker written to every partition of it. A
coordinator that restarts when it does not know who leads a partition leaves that marker out, for good: a power cut of
all brokers at once is enough. The commit then counts in some topics, and in the others nobody can read on.

Why the verdict is right. Only an owner writes to these topics, and every owner settles before it writes; one that lost
sight of the brokers goes on only when its last commit is decided everywhere (``owning.py``). So whatever hangs is of
the newest commit that was tried, and every record says which commit it is of. Let ``told`` be the newest commit of
which any topic holds a committed record. If ``told`` hangs, it was committed, and the rest of it must be. If the one
after it hangs, it was aborted, or hangs as a whole: a committed one would be seen wherever it does not hang. Nobody has
seen it, so it may be aborted, and the owner decides the same again. Anything else is not ours, or older than the newest
commit, and no rule is right: the start stops.

To end it takes no right over the cluster. An owner has its predecessor's producer id: an empty transaction over the
partitions has the coordinator write the missing markers.
"""

import logging
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TypeAlias

from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.errors import invariant
from schemas.records import Commit, Word, find_commit_number, find_number
from streams.kafka.client import Connection
from streams.kafka.newest import find_newest
from streams.kafka.owning import Verdict, decide
from streams.kafka.reading import Reader, Row, consuming, make_undecided
from streams.kafka.shard import Shard

_log = logging.getLogger(__name__)
Newest: TypeAlias = Mapping[str, Row]
_REACHES: Mapping[Word, Sequence[str]] = {"entries": ("first", "count"), "checkpoints": ("size",)}


async def settle(producer: AIOKafkaProducer, shard: Shard) -> Newest:
    """Decide what hangs in a county's partition; gives the newest committed record by topic, where there is one.

    DependencyError when something stays undecided: it is not the county's, or brokers are only just starting.
    """
    places = [shard.place(topic) for topic in shard.list_committed()]
    ends, newest = await find_newest(shard.connection, places)
    if ends.undecided:
        told = max((find_commit_number(row.headers) or 0 for row in newest.values()), default=0)
        await _decide_all(producer, shard.connection, ends.undecided, told)
        ends, newest = await find_newest(shard.connection, places)
    for place, span in ends.undecided.items():
        raise make_undecided(place, span.start)
    return {place.topic: row for place, row in newest.items()}


async def _decide_all(
    producer: AIOKafkaProducer, connection: Connection, undecided: Mapping[TopicPartition, range], told: int
) -> None:
    """Decide all or nothing; a power cut in the middle leaves the rest to the next start, which says the same of it."""
    places: dict[Verdict, list[TopicPartition]] = {"commit": [], "abort": []}
    for place, span in undecided.items():
        verdict = judge(await _read_numbers(connection, place, span), told)
        if verdict is None:
            raise make_undecided(place, span.start)
        places[verdict].append(place)
    for verdict, some in places.items():
        if some:
            _log.info("%s what hangs after commit %d: %s", verdict, told, some)
            await decide(producer, some, verdict)


async def _read_numbers(connection: Connection, place: TopicPartition, span: range) -> AbstractSet[int | None]:
    """Give the numbers of the commits to which a partition's undecided records belong."""
    async with consuming(connection, "read_uncommitted") as consumer:
        consumer.assign([place])
        consumer.seek(place, span.start)
        pages = Reader(consumer, place, span.start, span.stop).range(span.start, span.stop)
        return {find_commit_number(row.headers) async for rows in pages for row in rows}


def judge(numbers: AbstractSet[int | None], told: int) -> Verdict | None:
    """Say how undecided records of the commits ``numbers`` must end, ``told`` being the newest that is known to count.

    >>> judge({7}, 7), judge({8}, 7), judge({7, 8}, 7), judge({6}, 7), judge({None}, 7)
    ('commit', 'abort', None, None, None)
    """
    if numbers == {told}:
        return "commit"
    return "abort" if numbers == {told + 1} else None


def check_agreement(shard: Shard, newest: Newest, last: Commit | None) -> None:
    """Raise InvariantError unless the topics end where the last commit does."""
    number, size = (0, 0) if last is None else (last.number, last.record.head.size)
    for topic, row in newest.items():
        stated = find_commit_number(row.headers) or 0
        invariant(stated <= number, f"{topic} holds nothing of a commit that is not in {shard.topic('commits')}")
    for word, names in _REACHES.items():
        row = newest.get(shard.topic(word))
        reach = 0 if row is None else sum(find_number(row.headers, name) for name in names)
        invariant(reach == size, f"{shard.topic(word)} ends where the last commit does")
