"""Owns the measurement: set a county up once, then run the same batches several times and take medians."""

import gc
import platform
import resource
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from consolidator.bench.data import (
    CITIZENS_MAX,
    ORIGIN,
    list_batches,
    list_setup,
    make_citizens,
    make_epoch_keys,
    make_signer,
)
from consolidator.bench.stages import measure_stages
from consolidator.sealing import County
from schemas.commits import Step
from schemas.errors import InvariantError
from streams.embedded.engine import Engine
from streams.embedded.journal import SqliteJournal, create_journal, open_journal


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
        _set_up(base, citizens, lines)
        measured: list[Run] = []
        for number in range(runs):
            progress(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
            measured.append(_run(base))
        progress("分阶段计时 / timing the stages")
        with measure_stages() as watch:
            _run(base)
        return _summarise(lines, measured, watch.seconds)


def _set_up(base: Path, citizens: Sequence[str], lines: int) -> None:
    """Make a journal that has applied the set-up, with a snapshot, and holds the batches as pending commands."""
    genesis, *setup = list_setup(citizens)
    create_journal(base, genesis)
    with open_journal(base) as journal:
        for command in setup:
            journal.append([command])
        engine = Engine(journal, _make_county)
        engine.recover()
        engine.run()
        engine.close()
        journal.append(list(list_batches(citizens, lines)))


def _run(base: Path) -> Run:
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
    engine = Engine(journal, _make_county, on_commit=lambda steps: commits.append(steps[:0]))
    started = perf_counter()
    engine.recover()
    gc.collect()
    gc.freeze()
    ready = perf_counter()
    engine.run()
    seconds = perf_counter() - ready
    gc.unfreeze()
    record = engine.last_commit
    if record is None:
        message = "a measured run commits"
        raise InvariantError(message)
    return Run(seconds, ready - started, len(commits), record.head.size, record.head.root)


def _make_county() -> County:
    return County(make_epoch_keys(), make_signer(ORIGIN))


def _summarise(lines: int, measured: Sequence[Run], seconds: dict[str, float]) -> BenchResult:
    middle = statistics.median(run.seconds for run in measured)
    tree = seconds["leaves and tree"]
    return BenchResult(
        lines=lines,
        runs=len(measured),
        lines_per_second=round(lines / middle),
        us_per_stage={stage: round(spent / lines * 1e6, 3) for stage, spent in seconds.items()},
        leaves_per_second=round(measured[0].size / tree) if tree else 0,
        start_seconds=round(statistics.median(run.start_seconds for run in measured), 3),
        commits=measured[0].commits,
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        size=measured[0].size,
        root=measured[0].root,
        conditions={
            "python": platform.python_version(),
            "machine": platform.machine(),
            "engine": "embedded, SQLite WAL, synchronous=FULL",
            "batch_lines": 10_000,
            "review_window_hours": 0,
            "citizens": min(lines, CITIZENS_MAX),
            "rules": "all local rules on, quorum none",
            "counted": "from the first pending command to the commit of the last order",
        },
    )
