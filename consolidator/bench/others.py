"""Owns the other measurements: separate acts, small batches, a big county's size, two counties side by side."""

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from consolidator.bench.data import (
    BATCH_LINES,
    CITIZENS_MAX,
    COUNTY,
    ORIGIN,
    ROOTS,
    STARTED_AT,
    list_acts,
    list_batches,
    list_setup,
    make_citizens,
    make_epoch_keys,
    make_signer,
)
from consolidator.bench.measure import append_all, apply_all, describe_conditions, make_county, run_copy, set_up
from consolidator.bench.stages import measure_tree
from consolidator.home.creating import Founding, create_home
from schemas.errors import invariant
from schemas.instants import HOUR_SECONDS
from streams.embedded.journal import open_journal
from streams.engine import Engine

SMALL_LINES = 875  # the mean batch of a real county
SMALL_CITIZENS = 100_000
GROUPED_BATCHES = 300
WINDOW_HOURS = 72
Say = Callable[[str], None]
Result = dict[str, Any]


def measure_acts(lines: int, runs: int, say: Say) -> Result:
    """Measure assessment, a hold and its clearing of one line in a hundred, and release, as separate acts."""
    citizens = make_citizens(min(lines, CITIZENS_MAX))
    with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
        base = Path(folder) / "base.sqlite"
        say("准备县区数据 / setting the county up")
        pending = [
            *list_batches(citizens, lines),
            *list_acts(citizens, lines, STARTED_AT + WINDOW_HOURS * HOUR_SECONDS),
        ]
        set_up(base, list_setup(citizens, WINDOW_HOURS), pending)
        with measure_tree() as watch:
            measured = [run_copy(base) for _ in range(runs)]
    middle = statistics.median(run.seconds for run in measured)
    counted = "assess, hold and clear 1 %, release: from the first pending command to the last order's commit"
    return {
        "lines": lines,
        "runs": runs,
        "lines_per_second": round(lines / middle),
        "leaves_per_second": watch.rate_leaves(sum(run.size for run in measured)),
        "size": measured[0].size,
        "root": measured[0].root,
        "conditions": describe_conditions(batch_lines=BATCH_LINES, citizens=len(citizens), counted=counted),
    }


def measure_small(batches: int, say: Say) -> Result:
    """Measure single batches of 875 lines on an idle ledger, and the rate when many wait."""
    citizens = make_citizens(SMALL_CITIZENS)
    total = batches + GROUPED_BATCHES
    with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
        base = Path(folder) / "base.sqlite"
        say("准备县区数据 / setting the county up")
        set_up(base, list_setup(citizens), ())
        waiting = list(list_batches(citizens, total * SMALL_LINES, SMALL_LINES))
        commands = [waiting[first : first + 2] for first in range(0, len(waiting), 2)]  # a header and its one part
        with open_journal(base) as journal, measure_tree() as watch:
            engine = Engine(journal, make_county)
            engine.recover()
            gc.collect()
            gc.freeze()
            latencies = []
            for header, part in commands[:batches]:
                journal.append([header])
                engine.run()
                started = perf_counter()
                journal.append([part])
                engine.run()
                latencies.append(perf_counter() - started)
            journal.append([command for pair in commands[batches:] for command in pair])
            started = perf_counter()
            engine.run()
            grouped = perf_counter() - started
            gc.unfreeze()
            leaves = watch.rate_leaves(engine.machine.head().size)
    ordered = sorted(latencies)
    return {
        "batches": batches,
        "median_ms": round(statistics.median(ordered) * 1e3, 2),
        "p99_ms": round(ordered[-1 - len(ordered) // 100] * 1e3, 2),
        "grouped_batches_per_second": round(GROUPED_BATCHES / grouped),
        "leaves_per_second": leaves,
        "conditions": describe_conditions(
            batch_lines=SMALL_LINES,
            review_window_hours=0,
            citizens=SMALL_CITIZENS,
            counted="from appending the last part to the commit of its orders; grouped: all pending at once",
        ),
    }


def measure_size(people: int, history: int, say: Say) -> Result:
    """Measure the memory of a county's people and of its history of lines, and its start from a snapshot."""
    citizens = make_citizens(people)
    with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
        base = Path(folder) / "base.sqlite"
        say("准备县区数据 / setting the county up")
        set_up(base, list_setup(citizens), ())
        young = _measure_start(base)
        say("写入历史明细 / applying the history")
        with open_journal(base) as journal, measure_tree() as watch:
            append_all(journal, list_batches(citizens, history))
            apply_all(journal)
        old = _measure_start(base)
        leaves = watch.rate_leaves(int(old["size"]))
        status_seconds = _measure_status(base, Path(folder) / "home")
    return {
        "people": people,
        "history_lines": history,
        "bytes_per_citizen": round(young["bytes"] / people),
        "bytes_per_claim": round((old["bytes"] - young["bytes"]) / history) if history else 0,
        "start_seconds": round(old["seconds"], 3),
        "status_seconds": round(status_seconds, 3),
        "leaves_per_second": leaves,
        "resident_mb": round(old["resident"] / 1e6),
        "conditions": describe_conditions(
            accounts_per_citizen="1.5",
            counted="live objects after the start from a snapshot; start and 'status' in processes of their own",
        ),
    }


_START = """
import gc, json, sys, tracemalloc
from pathlib import Path
from time import perf_counter
from consolidator.bench.measure import make_county
from consolidator.bench.memory import measure_peak_bytes
from streams.engine import Engine
from streams.embedded.journal import open_journal
with open_journal(Path(sys.argv[1])) as journal:
    engine = Engine(journal, make_county)
    started = perf_counter()
    engine.recover()
    seconds = perf_counter() - started
    resident = measure_peak_bytes()
    record, snapshot = journal.newest_snapshot()
    machine = make_county()
    tracemalloc.start()
    machine.restore(snapshot)
    live, _ = tracemalloc.get_traced_memory()
print(json.dumps({"seconds": seconds, "bytes": live, "resident": resident, "size": record.head.size}))
"""


def _measure_start(base: Path) -> dict[str, float]:
    """Start the county in a process of its own: seconds, bytes of its state's objects, resident bytes at most."""
    command = [sys.executable, "-c", _START, str(base)]
    told: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)  # noqa: S603 -- this program
    return told


def _measure_status(base: Path, root: Path) -> float:
    """Give the seconds until 'status' has answered in a home with this journal, its start included."""
    roots = [make_signer(name).verifier.public.hex() for name in ROOTS]
    home = create_home(root, Founding(COUNTY, STARTED_AT, make_signer(ORIGIN), make_epoch_keys(), roots, {}))
    base.replace(home.journal)
    command = [sys.executable, "-m", "consolidator", "status", "--home", str(root), "--json"]
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 -- this program
    return perf_counter() - started


def measure_pair(lines: int, runs: int, say: Say) -> Result:
    """Measure one county alone, then two side by side in two processes."""
    alone, together = [], []
    for number in range(runs):
        say(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
        alone.append(_run_processes(lines, 1))
        together.append(_run_processes(lines, 2))
    (one, leaves), (two, _) = statistics.median_low(alone), statistics.median_low(together)
    return {
        "lines": lines,
        "runs": runs,
        "one_lines_per_second": round(lines / one),
        "two_lines_per_second": round(2 * lines / two),
        "ratio": round(2 * one / two, 2),
        "leaves_per_second": leaves,
        "conditions": describe_conditions(
            cpus=os.cpu_count(),
            counted="the slower county's seconds, set-up left out; each county has a journal of its own",
        ),
    }


_RUN = """
import json, sys, tempfile
from pathlib import Path
from consolidator.bench.data import list_batches, list_setup, make_citizens
from consolidator.bench.measure import run_copy, set_up
from consolidator.bench.stages import measure_tree
lines = int(sys.argv[1])
citizens = make_citizens(min(lines, 100_000))
with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
    base = Path(folder) / "base.sqlite"
    set_up(base, list_setup(citizens), list_batches(citizens, lines))
    print("ready", flush=True)
    sys.stdin.readline()
    with measure_tree() as watch:
        run = run_copy(base)
    print(json.dumps([run.seconds, watch.rate_leaves(run.size)]), flush=True)
"""


def _run_processes(lines: int, count: int) -> tuple[float, int]:
    """Set counties up in processes of their own, let them begin together; gives seconds and leaves/s of the slowest."""
    command = [sys.executable, "-c", _RUN, str(lines)]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 -- this program
        for _ in range(count)
    ]
    for process in started:
        invariant(process.stdout is not None and process.stdout.readline() == "ready\n", "the county is set up")
    for process in started:
        invariant(process.stdin is not None and process.stdin.write("go\n"), "the county begins")
        process.stdin.flush()  # type: ignore[union-attr]  # the line above
    told = [json.loads(process.communicate()[0]) for process in started]
    seconds, leaves = max(told)
    return seconds, leaves
