"""Owns the measurement: set a county up once, then run the same batches several times and take medians."""

import gc
import platform
import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from consolidator.bench.data import (
    BATCH_LINES,
    CITIZENS_MAX,
    ORIGIN,
    list_batches,
    list_setup,
    make_citizens,
    make_epoch_keys,
    make_signer,
)
from consolidator.bench.memory import measure_peak_bytes
from consolidator.bench.stages import Stopwatch, measure_stages
from consolidator.sealing import County
from schemas.commands import Command
from schemas.commits import CommitRecord, Outcome, Step
from schemas.errors import InvariantError, invariant
from streams.embedded.journal import SqliteJournal, create_journal, open_journal
from streams.engine import Engine
from streams.journal import Journal


@dataclass(frozen=True, slots=True)
class Run:
    """One measured run. Seconds from the first command to the last durable commit, with orders in it."""

    seconds: float
    start_seconds: float
    commits: int
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class BenchResult:
    """Medians over the runs, and the conditions they were measured under."""

    lines: int
    runs: int
    lines_per_second: int
    us_per_stage: dict[str, float]
    leaves_per_second: int
    start_seconds: float
    commits: int
    memory_mb: int
    size: int
    root: str
    conditions: dict[str, Any]


def run_bench(lines: int, runs: int = 5, progress: Callable[[str], None] = lambda _: None) -> BenchResult:
    """Measure ``lines`` lines ``runs`` times in a temporary folder. The stages come from one more run of their own."""
    citizens = make_citizens(min(lines, CITIZENS_MAX))
    with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
        base = Path(folder) / "base.sqlite"
        progress("准备县区数据 / setting the county up")
        set_up(base, list_setup(citizens), list_batches(citizens, lines))
        measured: list[Run] = []
        for number in range(runs):
            progress(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
            measured.append(run_copy(base))
        progress("分阶段计时 / timing the stages")
        with measure_stages() as watch:
            run_copy(base)
        return _summarise(lines, measured, watch)


def set_up(base: Path, setup: Iterable[Command], pending: Iterable[Command]) -> None:
    """Make a journal that has applied ``setup``, with a snapshot, and holds ``pending`` as commands to come."""
    genesis, *others = setup
    create_journal(base, genesis)
    with open_journal(base) as journal:
        for command in others:
            journal.append([command])
        apply_all(journal)
        append_all(journal, pending)


def append_all(journal: Journal, commands: Iterable[Command]) -> None:
    """Append commands a hundred at a time: millions of lines would not fit into memory at once."""
    rest = iter(commands)
    while some := list(islice(rest, 100)):
        journal.append(some)


def apply_all(journal: SqliteJournal) -> None:
    """Apply what is pending and keep a snapshot; everything must be accepted."""
    outcomes: list[Outcome] = []
    engine = Engine(journal, make_county, lambda steps: outcomes.extend(o for step in steps for o in step.outcomes))
    engine.recover()
    engine.run()
    engine.close()
    invariant(all(outcome.word == "new" for outcome in outcomes), "the measured county is set up")


def run_copy(base: Path) -> Run:
    """Run the pending batches on a copy of the journal."""
    copy = base.with_name("run.sqlite")
    shutil.copyfile(base, copy)
    commits: list[Sequence[Step]] = []
    try:
        with open_journal(copy) as journal:
            return _time(journal, commits)
    finally:
        for path in base.parent.glob("run.sqlite*"):
            path.unlink()


def _time(journal: SqliteJournal, commits: list[Sequence[Step]]) -> Run:
    engine = Engine(journal, make_county, on_commit=lambda steps: commits.append(steps[:0]))
    started = perf_counter()
    engine.recover()
    gc.collect()
    gc.freeze()
    ready = perf_counter()
    engine.run()
    seconds = perf_counter() - ready
    gc.unfreeze()
    record = find_record(engine)
    check_paid(record)
    return Run(seconds, ready - started, len(commits), record.head.size, record.head.root)


def find_record(engine: Engine[County]) -> CommitRecord:
    """Give the newest commit of a run that was measured."""
    record = engine.last_commit
    if record is None:
        message = "a measured run commits"
        raise InvariantError(message)
    return record


def check_paid(record: CommitRecord) -> None:
    """Return if every line is ordered: nothing else was measured."""
    unpaid = {state for state, (count, _) in record.head.totals.items() if count} - {"ordered"}
    invariant(not unpaid, "a measured run orders every line")


def make_county() -> County:
    """Make the measured county's machine, without a state."""
    return County(make_epoch_keys(), make_signer(ORIGIN))


def _summarise(lines: int, measured: Sequence[Run], watch: Stopwatch) -> BenchResult:
    middle = statistics.median(run.seconds for run in measured)
    return BenchResult(
        lines=lines,
        runs=len(measured),
        lines_per_second=round(lines / middle),
        us_per_stage={stage: round(spent / lines * 1e6, 3) for stage, spent in watch.seconds.items()},
        leaves_per_second=watch.rate_leaves(measured[0].size),
        start_seconds=round(statistics.median(run.start_seconds for run in measured), 3),
        commits=measured[0].commits,
        memory_mb=measure_peak_bytes() // 2**20,
        size=measured[0].size,
        root=measured[0].root,
        conditions=describe_conditions(
            batch_lines=BATCH_LINES,
            review_window_hours=0,
            citizens=min(lines, CITIZENS_MAX),
            counted="from the first pending command to the commit of the last order",
        ),
    )


def describe_conditions(**own: object) -> dict[str, Any]:
    """Give the conditions that every measurement shares, and its own."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "engine": "embedded, SQLite WAL, synchronous=FULL",
        "rules": "all local rules on, quorum none",
        **own,
    }
