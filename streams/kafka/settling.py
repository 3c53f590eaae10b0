"""Owns what the brokers left undecided when an owner starts: it ends as it ended elsewhere, or the start stops.

A commit counts once the brokers' coordinator has noted it; then it has a marker written to every partition of it. A
coordinator that restarts when it does not know who leads a partition leaves that marker out, for good: a power cut of
all brokers at once is enough. The commit then counts in some topics, and in the others nobody can read on.

Why the verdict is right. Only an owner writes to these topics, and every owner settles before it writes; one that lost
sight of the brokers goes on only when its last commit is decided everywhere (``owning.py``). So whatever hangs is of
the newest commit that was tried, and every record says which commit it is of. Let ``told`` be the newest commit of
which any topic holds a committed record. If ``told`` hangs, it was committed, and the rest of it must be, if that is
as many records as the commit states. If the one after it hangs, it was aborted, or hangs as a whole: a committed one
would be seen wherever it does not hang. No reader of committed records has seen it, so it may be aborted, and the owner
decides the same again. Anything else is not ours, or older than the newest commit, and no rule is right: the start
stops.

To end it takes no right over the cluster. An owner has its predecessor's producer id: an empty transaction over the
partitions has the coordinator write the missing markers.
"""

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from aiokafka import AIOKafkaProducer, TopicPartition

from schemas.errors import invariant
from schemas.records import Commit, Word, find_commit_number, find_number, parse_commit
from streams.kafka.newest import find_newest
from streams.kafka.owning import Verdict, decide
from streams.kafka.reading import Reader, Row, consuming, make_undecided
from streams.kafka.shard import Shard

_log = logging.getLogger(__name__)
Newest: TypeAlias = Mapping[str, Row]
_BUNDLES: Sequence[Word] = ("entries", "disclosures")
_REACHES: Mapping[Word, Sequence[str]] = {"entries": ("first", "count"), "checkpoints": ("size",)}


class Hanging(NamedTuple):
    """Undecided records of one partition: to which commits they belong, and the last one's value."""

    numbers: Sequence[int | None]
    value: bytes


async def settle(producer: AIOKafkaProducer, shard: Shard) -> Newest:
    """Decide what hangs in a county's partition; gives the newest committed record by topic, where there is one.

    DependencyError when something stays undecided: it is not the county's, or brokers are only just starting.
    """
    places = [shard.place(topic) for topic in shard.list_committed()]
    ends, found = await find_newest(shard.connection, places)
    if ends.undecided:
        newest = {place.topic: row for place, row in found.items()}
        for verdict, some in (await _judge_all(shard, ends.undecided, newest)).items():
            if some:
                _log.info("%s what hangs: %s", verdict, some)
                await decide(producer, some, verdict)
        ends, found = await find_newest(shard.connection, places)
    for place, span in ends.undecided.items():
        raise make_undecided(place, span.start)
    return {place.topic: row for place, row in found.items()}


async def _judge_all(
    shard: Shard, undecided: Mapping[TopicPartition, range], newest: Newest
) -> Mapping[Verdict, Sequence[TopicPartition]]:
    """Say how each partition is to be decided: all of them, or none.

    A power cut in the middle leaves the rest to the next start, which says the same of it.
    """
    hanging = {place.topic: await _read_hanging(shard, place, span) for place, span in undecided.items()}
    told = max((find_commit_number(row.headers) or 0 for row in newest.values()), default=0)
    parts = _list_parts(shard, told, hanging, newest)
    places: dict[Verdict, list[TopicPartition]] = {"commit": [], "abort": []}
    for place, span in undecided.items():
        verdict = judge(hanging[place.topic].numbers, told, parts.get(place.topic, 0))
        if verdict is None:
            raise make_undecided(place, span.start)
        places[verdict].append(place)
    return places


async def _read_hanging(shard: Shard, place: TopicPartition, span: range) -> Hanging:
    """Read a partition's undecided records."""
    numbers, value = [], b""
    async with consuming(shard.connection, "read_uncommitted") as consumer:
        consumer.assign([place])
        consumer.seek(place, span.start)
        async for rows in Reader(consumer, place, span.start, span.stop).range(span.start, span.stop):
            numbers += [find_commit_number(row.headers) for row in rows]
            value = rows[-1].value or b""
    return Hanging(numbers, value)


def _list_parts(shard: Shard, told: int, hanging: Mapping[str, Hanging], newest: Newest) -> Mapping[str, int]:
    """Say how many records of each topic belong to commit ``told``, by its own record, hanging or not."""
    topic = shard.topic("commits")
    values = [hanging[topic].value] if topic in hanging else [newest[topic].value or b""] if topic in newest else []
    for commit in map(parse_commit, values):
        if commit.number == told:
            orders = {shard.topic("orders", bank): count for bank, count in commit.orders.items()}
            bundles = {shard.topic(word): commit.bundles for word in _BUNDLES}
            return orders | bundles | dict.fromkeys((topic, shard.topic("checkpoints")), 1)
    return {}


def judge(numbers: Sequence[int | None], told: int, whole: int) -> Verdict | None:
    """Say how undecided records of the commits ``numbers`` must end.

    ``told`` is the newest commit that is known to count; ``whole`` is how many records of it the topic must hold.

    >>> judge([7, 7], 7, 2), judge([8], 7, 2)
    ('commit', 'abort')
    >>> judge([7], 7, 2), judge([7, 8], 7, 2), judge([6, 6], 7, 2), judge([None], 7, 1)
    (None, None, None, None)
    """
    if set(numbers) == {told}:
        return "commit" if len(numbers) == whole else None
    return "abort" if set(numbers) == {told + 1} else None


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
