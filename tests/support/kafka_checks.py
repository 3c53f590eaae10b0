"""Judges what a county's partition holds, read by a plain client of its own: nothing of the journal under test is used.

Every accepted command exactly once, the log gapless, the root that of an undisturbed run, orders without repeat; and
nobody who reads uncommitted records sees one that contradicts a committed one.
"""

import asyncio
import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from schemas.commands import Command
from schemas.commits import Bundle, Head
from schemas.errors import InputError
from schemas.orders import OrderFile, OrderPart
from schemas.records import Commit, Word, parse_command, parse_commit
from streams.embedded.journal import create_journal, open_journal
from streams.engine import Engine
from streams.kafka.shard import Shard
from streams.machine import Machine

READ_SECONDS_MAX = 60.0
WORDS: tuple[Word, ...] = ("commands", "entries", "disclosures", "commits", "checkpoints")


@dataclass(frozen=True, slots=True)
class Seen:
    """One record: its offset, value and headers (numbers stay bytes)."""

    offset: int
    key: bytes | None
    value: bytes
    headers: dict[str, bytes]
    timestamp: int
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Partition:
    """All records of a county by topic word; orders by ``orders.<bank>``."""

    topics: dict[str, Sequence[Seen]]

    def commits(self) -> list[Commit]:
        """Give the commits, fences left out."""
        return [parse_commit(seen.value) for seen in self.topics["commits"] if "barrier" not in seen.headers]

    def orders(self) -> dict[str, Sequence[Seen]]:
        """Give the orders by bank."""
        return {word.removeprefix("orders."): rows for word, rows in self.topics.items() if word.startswith("orders.")}


def read_partition(shard: Shard, isolation: str = "read_committed") -> Partition:
    """Read everything there is as of now; a committed reader waits until all of it is decided."""
    return asyncio.run(_read_partition(shard, isolation))


async def _read_partition(shard: Shard, isolation: str) -> Partition:
    names: dict[str, str] = {word: shard.topic(word) for word in WORDS}
    names |= {f"orders.{bank}": shard.topic("orders", bank) for bank in shard.banks}
    places = {TopicPartition(topic, shard.partition): word for word, topic in names.items()}
    options: dict[str, Any] = shard.connection.options() | {"enable_auto_commit": False, "fetch_max_wait_ms": 20}
    async with AIOKafkaConsumer(**options) as asking:  # uncommitted: the real ends
        ends = await asking.end_offsets(list(places))
    consumer = AIOKafkaConsumer(**options, isolation_level=isolation, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign(list(places))
        async with asyncio.timeout(READ_SECONDS_MAX):
            rows = await _read_to(consumer, ends)
    finally:
        await consumer.stop()
    return Partition({word: [_see(row) for row in rows[place]] for place, word in places.items()})


async def _read_to(
    consumer: AIOKafkaConsumer, ends: Mapping[TopicPartition, int]
) -> Mapping[TopicPartition, Sequence[ConsumerRecord]]:
    """Read each place to its end: a marker at the end is passed only when the position is looked at again."""
    rows = defaultdict[TopicPartition, list[ConsumerRecord]](list)
    while [place for place, end in ends.items() if await consumer.position(place) < end]:
        for place, some in (await consumer.getmany(timeout_ms=20)).items():
            rows[place] += [row for row in some if row.offset < ends[place]]
    return rows


def _see(row: ConsumerRecord) -> Seen:
    return Seen(row.offset, row.key, row.value or b"", dict(row.headers), row.timestamp, row.value is None)


# ---------------------------------------------------------------- what is committed


def check_county(shard: Shard) -> Partition:
    """Check all committed records of a county against one another; gives them."""
    found = read_partition(shard)
    check_committed(found, shard.county)
    return found


def check_committed(found: Partition, county: str) -> None:
    """Check committed records against one another."""
    for word, rows in found.topics.items():
        if word != "commands":
            assert {seen.key for seen in rows} <= {county.encode()}, f"{word}: every key is the county"
    sizes = _check_commits(found.commits())
    _check_bundles(found, sizes)
    for bank, rows in found.orders().items():
        _check_orders(bank, rows, found.commits(), sizes)
    notes = [(int(seen.headers["size"]), seen.value.decode()) for seen in found.topics["checkpoints"]]
    assert notes == [(commit.record.head.size, commit.record.head.checkpoint) for commit in found.commits()]
    assert {bank for commit in found.commits() for bank in commit.orders} <= set(found.orders())


def _check_commits(commits: Sequence[Commit]) -> list[int]:
    """Numbers are dense, positions and sizes never fall; gives the sizes."""
    assert [commit.number for commit in commits] == list(range(1, len(commits) + 1)), "commits are numbered from 1"
    places = [(commit.record.position, commit.record.item) for commit in commits]
    assert places == sorted(places), "commits go on in the commands"
    sizes = [commit.record.head.size for commit in commits]
    assert sizes == sorted(sizes), "the log never shrinks"
    return sizes


def _check_bundles(found: Partition, sizes: Sequence[int]) -> None:
    bundles = [_parse_bundle(seen) for seen in found.topics["disclosures"]]
    entries = [(int(seen.headers["first"]), seen.value) for seen in found.topics["entries"]]
    assert entries == [(bundle.first, bundle.entries) for bundle in bundles], "disclosures hold the same entries"
    size, left = 0, iter(bundles)
    for commit, end in zip(found.commits(), sizes, strict=True):
        for _ in range(commit.bundles):
            bundle = next(left, None)
            assert bundle is not None, "a commit has the bundles that it states"
            assert bundle.first == size, "entries without gap or repeat"
            _check_count(bundle)
            size += bundle.count
        assert size == end, "a commit's bundles end where its tree does"
    assert next(left, None) is None, "no bundle without a commit"


def _check_count(bundle: Bundle) -> None:
    assert len(list(_split(">H", bundle.entries))) == bundle.count
    assert len(list(_split(">I", bundle.disclosures))) == bundle.count


def _split(length: str, blob: bytes) -> Iterator[bytes]:
    start, width = 0, struct.calcsize(length)
    while start < len(blob):
        end = start + width + struct.unpack_from(length, blob, start)[0]
        assert end <= len(blob), "no entry is cut off"
        yield blob[start + width : end]
        start = end


def _parse_bundle(seen: Seen) -> Bundle:
    cut = 4 + struct.unpack_from(">I", seen.value)[0]
    return Bundle(int(seen.headers["first"]), int(seen.headers["count"]), seen.value[4:cut], seen.value[cut:])


def _check_orders(bank: str, rows: Sequence[Seen], commits: Sequence[Commit], sizes: Sequence[int]) -> None:
    left = iter(rows)
    for commit, start, end in zip(commits, [0, *sizes], sizes, strict=False):
        for _ in range(commit.orders.get(bank, 0)):
            seen = next(left, None)
            assert seen is not None, f"a commit has the orders of bank {bank} that it states"
            assert start <= int(seen.headers["first"]) <= end, "an order stands in the commit of its entry"
    assert next(left, None) is None, "no order without a commit"
    names = Counter((seen.headers["file"], seen.headers.get("item")) for seen in rows)
    assert not [name for name, times in names.items() if times > 1], "no order twice"


# ---------------------------------------------------------------- against what was not committed


def check_uncommitted(shard: Shard, committed: Partition) -> int:
    """Check that uncommitted records contradict no committed one; says how many there are beside the committed."""
    return count_beside(read_partition(shard, "read_uncommitted"), committed)


def count_beside(everything: Partition, committed: Partition) -> int:
    """Count the records that are not committed, and check that they contradict none that is."""
    beside = 0
    for word, rows in everything.topics.items():
        if word == "commands":
            continue
        kept = {_name(word, seen): seen.value for seen in committed.topics[word]}
        for seen in rows:
            name = _name(word, seen)
            assert word == "commits" or kept.get(name, seen.value) == seen.value, f"{word} {name!r} differs"
        beside += len(rows) - len(committed.topics[word])
    _check_uncommitted_heads(everything.commits())
    return beside


def _name(word: str, seen: Seen) -> object:
    """Say by what a reader would know the record again."""
    own = {"checkpoints": ("size",), "commits": ("number",)}.get(word, ("first", "file", "item"))
    return tuple(seen.headers.get(header) for header in own)


def _check_uncommitted_heads(commits: Sequence[Commit]) -> None:
    """The same command and step give the same state, whoever computed it and however commits were cut."""
    heads: dict[tuple[int, int], Head] = {}
    for commit in commits:
        place = (commit.record.position, commit.record.item)
        assert heads.setdefault(place, commit.record.head) == commit.record.head, f"two states at {place}"


# ---------------------------------------------------------------- against an undisturbed run


def list_accepted(found: Partition, shard: Shard) -> list[tuple[int, Command]]:
    """Give the commands topic's records that are commands, in order, with their offsets."""
    accepted: list[tuple[int, Command]] = []
    for seen in found.topics["commands"]:
        try:
            command = parse_command(None if seen.is_empty else seen.value, tuple(seen.headers.items()))
        except InputError:
            continue
        is_late = shard.ahead_seconds is None or command.at <= seen.timestamp // 1000 + shard.ahead_seconds
        if is_late and seen.key == shard.county.encode() and (command.kind != "genesis" or not accepted):
            accepted.append((seen.offset, command))
    return accepted


def check_against_undisturbed(
    found: Partition, shard: Shard, make_machine: Callable[[], Machine], folder: Path
) -> None:
    """Check that what a county committed is what one run on SQLite gives for the same commands, all of them applied."""
    accepted = list_accepted(found, shard)
    path = folder / f"undisturbed-{shard.partition}.sqlite"
    path.unlink(missing_ok=True)
    create_journal(path, accepted[0][1])
    with closing(open_journal(path)) as journal:
        journal.append([command for _, command in accepted[1:]])
        engine = Engine(journal, make_machine)
        engine.recover()
        engine.run()
        head = engine.machine.head()
        bundles, files = list(journal.bundles()), list(journal.order_files())
        parts = [part for file in files for part in journal.order_parts(file.file)]
    last = found.commits()[-1].record
    assert last.head == head, "the head of the undisturbed run"
    assert (last.position, last.item) == (accepted[-1][0] + 2, 0), "all commands are applied"
    assert [_parse_bundle(seen) for seen in found.topics["disclosures"]] == bundles
    assert _list_files(found) == files
    assert _list_parts(found) == sorted(parts, key=lambda part: (part.file, part.index))


def _list_files(found: Partition) -> list[OrderFile]:
    rows = [seen for rows in found.orders().values() for seen in rows if "item" not in seen.headers]
    return sorted((OrderFile.model_validate_json(seen.value) for seen in rows), key=lambda file: file.entry)


def _list_parts(found: Partition) -> list[OrderPart]:
    rows = [seen for rows in found.orders().values() for seen in rows if "item" in seen.headers]
    parts = (OrderPart(seen.headers["file"].decode(), int(seen.headers["item"]), seen.value) for seen in rows)
    return sorted(parts, key=lambda part: (part.file, part.index))


def check_everything(shard: Shard, make_machine: Callable[[], Machine], folder: Path) -> Partition:
    """Check a county whose work is done: everything above."""
    found = check_county(shard)
    check_uncommitted(shard, found)
    check_against_undisturbed(found, shard, make_machine, folder)
    return found
