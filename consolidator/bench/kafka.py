"""Owns the measurements on Kafka: the whole way, from submit to what a reader sees, and the start of a big county.

The same commands as on the embedded engine, so the same root. Every run has a county of its own, in its own partition.
"""

import gc
import statistics
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

from consolidator.bench.data import BATCH_LINES, CITIZENS_MAX, COUNTY, list_batches, list_setup, make_citizens
from consolidator.bench.measure import append_all, check_paid, describe_conditions, find_record, make_county
from consolidator.bench.memory import measure_peak_bytes
from consolidator.bench.others import SMALL_LINES
from consolidator.bench.stages import measure_tree
from consolidator.sealing import County
from schemas.commands import Command
from schemas.commits import CommitRecord, Step
from schemas.errors import invariant
from schemas.records import parse_commit
from schemas.topics import Cluster
from streams.engine import Engine
from streams.kafka.admin import apply_topics, want
from streams.kafka.appending import Appender
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.journal import KafkaJournal
from streams.kafka.local.launching import open_broker
from streams.kafka.local.layout import LONG_RUN, Layout
from streams.kafka.loop import Loop
from streams.kafka.reading import FOLLOW_MILLISECONDS, Reader, open_reader
from streams.kafka.shard import Shard
from streams.kafka.states import States

BANK = "402"
RATE_LINES = 5_000  # a second, in the measurement of delays
TAIL_LINES = 50_000  # applied after the last snapshot when a start is measured
WARM_BATCHES = 5
Say = Callable[[str], None]
Result = dict[str, Any]


@dataclass(slots=True)
class Field:
    """A cluster of brokers to measure on: topics of their own, and the partitions that were not used yet."""

    connection: Connection
    loop: Loop
    folder: Path
    numbers: "count[int]" = field(default_factory=count)

    def open(self, partition: int) -> KafkaJournal:
        """Open a county's journal."""
        # The measured county's days are made up, so its stamps may be any.
        shard = Shard(self.connection, COUNTY, partition, (BANK,), ahead_seconds=None)
        return KafkaJournal(shard, self.loop, States(self.folder / str(partition)))


@contextmanager
def open_field(partitions: int, say: Say) -> Iterator[Field]:
    """Start a broker unless the environment names one, and make topics that nobody else uses."""
    say("启动 Kafka / starting Kafka")
    with (
        TemporaryDirectory(prefix="consolidator-bench-") as states,
        open_broker(layout=Layout(java=LONG_RUN)) as bootstrap,
        Loop() as loop,
    ):
        connection = Connection(bootstrap, prefix=f"bench-{token_hex(4)}")
        cluster = Cluster(connection.prefix, partitions, (BANK,), replication=1, min_insync=1)
        loop.run(apply_topics(connection, want(load_topics(), cluster)))
        yield Field(connection, loop, Path(states))


def measure_kafka_lines(lines: int, runs: int, say: Say) -> Result:
    """Measure ``lines`` lines ``runs`` times, each in a new county."""
    citizens = make_citizens(min(lines, CITIZENS_MAX))
    with open_field(runs, say) as place, measure_tree() as watch:
        measured = []
        for number in range(runs):
            say(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
            partition = prepare_county(place, citizens)
            measured.append(_run(place, partition, list_batches(citizens, lines)))
    invariant(len({run.record.head.root for run in measured}) == 1, "the same commands give the same root")
    head = measured[0].record.head
    return {
        "lines": lines,
        "runs": runs,
        "lines_per_second": round(lines / statistics.median(run.seconds for run in measured)),
        "lines_per_second_with_submit": round(
            lines / statistics.median(run.seconds + run.submit_seconds for run in measured)
        ),
        "commits": measured[0].commits,
        "leaves_per_second": watch.rate_leaves(sum(run.record.head.size for run in measured)),
        "memory_mb": measure_peak_bytes() // 2**20,
        "size": head.size,
        "root": head.root,
        "conditions": _describe(
            batch_lines=BATCH_LINES,
            citizens=len(citizens),
            counted="from the first pending command to the last commit's answer; with submit: from its first append",
        ),
    }


@dataclass(frozen=True, slots=True)
class _Run:
    submit_seconds: float
    seconds: float
    commits: int
    record: CommitRecord


def prepare_county(place: Field, citizens: Sequence[str]) -> int:
    """Set a new county up, with a snapshot; gives its partition."""
    partition = next(place.numbers)
    journal = place.open(partition)
    append_all(journal, list_setup(citizens))
    engine = start(journal)
    engine.run()
    engine.close()
    journal.close()
    return partition


def start(journal: KafkaJournal, on_commit: Callable[[Sequence[Step]], None] = lambda _: None) -> Engine[County]:
    """Give an engine after its normal start."""
    engine = Engine(journal, make_county, on_commit)
    engine.recover()
    return engine


def _run(place: Field, partition: int, pending: Iterator[Command]) -> _Run:
    journal = place.open(partition)
    commits: list[None] = []
    engine = start(journal, lambda _: commits.append(None))
    began = perf_counter()
    append_all(journal, pending)
    gc.collect()
    gc.freeze()
    ready = perf_counter()
    engine.run()
    seconds = perf_counter() - ready
    gc.unfreeze()
    record = find_record(engine)
    check_paid(record)
    journal.close()
    return _Run(ready - began, seconds, len(commits), record)


def measure_kafka_delay(batches: int, say: Say) -> Result:
    """Measure the time from submit until a reader of committed records sees it: batches of 875 lines, 5,000 lines/s."""
    citizens = make_citizens(CITIZENS_MAX // 3)
    with open_field(1, say) as place, measure_tree() as watch:
        say("准备县区数据 / setting the county up")
        partition = prepare_county(place, citizens)
        commands = list(list_batches(citizens, (batches + WARM_BATCHES) * SMALL_LINES, SMALL_LINES))
        pairs = [commands[first : first + 2] for first in range(0, len(commands), 2)]  # a header and its one part
        say(f"{batches} 批 / batches")
        journal = place.open(partition)
        engine = start(journal)
        gc.collect()
        gc.freeze()
        submitted, seen = _submit_and_see(place, journal, engine, pairs)
        gc.unfreeze()
        record = find_record(engine)
        journal.close()
    delays = sorted(after - before for before, after in zip(submitted, seen, strict=True))
    return {
        "batches": batches,
        "lines_per_second": RATE_LINES,
        "median_ms": round(statistics.median(delays) * 1e3, 1),
        "p99_ms": round(delays[-1 - len(delays) // 100] * 1e3, 1),
        "max_ms": round(delays[-1] * 1e3, 1),
        "leaves_per_second": watch.rate_leaves(record.head.size),
        "size": record.head.size,
        "root": record.head.root,
        "conditions": _describe(
            batch_lines=SMALL_LINES,
            citizens=len(citizens),
            counted="from the moment planned for its submit until a reader of committed records has the commit",
        ),
    }


def _submit_and_see(
    place: Field, journal: KafkaJournal, engine: Engine[County], pairs: Sequence[Sequence[Command]]
) -> tuple[list[float], list[float]]:
    """Submit pairs of commands at a steady rate, apply them, and note when each was planned and when it was seen.

    The first few are for warming up, and left out.
    """
    position = find_record(engine).position
    ends = [position + 2 * (number + 1) for number in range(len(pairs))]
    planned: list[float] = []
    seen: list[float] = []
    done = Event()
    others = [
        Thread(target=_submit, args=(place, journal.shard, pairs, planned)),
        Thread(target=_watch, args=(place, journal.shard, ends, seen, done)),
    ]
    for thread in others:
        thread.start()
    while not done.is_set():
        if journal.wait(find_record(engine).position, 0.1):
            engine.run()
    for thread in others:
        thread.join()
    return planned[WARM_BATCHES:], seen[WARM_BATCHES:]


def _submit(place: Field, shard: Shard, pairs: Sequence[Sequence[Command]], planned: list[float]) -> None:
    """Submit each pair at its moment; who is late is late, and its delay counts from the moment it was planned for."""
    appender = Appender(place.loop)
    began = perf_counter() + 1.0
    for number, pair in enumerate(pairs):
        moment = began + number * SMALL_LINES / RATE_LINES
        sleep(max(0.0, moment - perf_counter()))
        planned.append(moment)
        appender.append(shard, pair)
    appender.close()


def _watch(place: Field, shard: Shard, ends: Sequence[int], seen: list[float], done: Event) -> None:
    """Read commits as they become visible, and note when each end was reached."""
    topic = shard.topic("commits")
    reader = place.loop.run(open_reader(place.connection, topic, shard.partition, FOLLOW_MILLISECONDS))
    reader.consumer.seek(reader.place, reader.end)
    while len(seen) < len(ends):
        position = place.loop.run(_read_position(reader))
        now = perf_counter()
        seen += [now for end in ends[len(seen) :] if end <= position]
    done.set()
    place.loop.run(reader.close())


async def _read_position(reader: Reader) -> int:
    rows = await reader.fetch(FOLLOW_MILLISECONDS)
    return parse_commit(rows[-1].value or b"").record.position if rows else 0


def measure_kafka_start(people: int, runs: int, say: Say) -> Result:
    """Measure how long a new owner takes to go on with a county whose owner just died without a last snapshot."""
    citizens = make_citizens(people)
    with open_field(1, say) as place:
        say("准备县区数据 / setting the county up")
        partition = prepare_county(place, citizens)
        journal = place.open(partition)
        append_all(journal, list_batches(citizens, TAIL_LINES))
        start(journal).run()
        seconds = []
        for number in range(runs):
            say(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
            began = perf_counter()
            heir = place.open(partition)
            root = find_record(start(heir)).head.root
            seconds.append(perf_counter() - began)
            heir.close()
            gc.collect()
        journal.close()
    return {
        "people": people,
        "runs": runs,
        "start_seconds": round(statistics.median(seconds), 2),
        "slowest_seconds": round(max(seconds), 2),
        "root": root,
        "conditions": _describe(
            tail_lines=TAIL_LINES,
            counted="shutting the former owner out, the last commit, the snapshot, and the lines after it again",
        ),
    }


def _describe(**own: object) -> Result:
    return describe_conditions(**own) | {
        "engine": "Kafka, one broker on this machine unless CONSOLIDATOR_KAFKA names one, acks=all, transactions",
        "review_window_hours": 0,
    }
