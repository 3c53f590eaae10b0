"""Owns the measurement of the published log: what publishing costs the path, how fast a log is verified and proved."""

import gc
import random
import shutil
import statistics
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from consolidator.bench.data import CITIZENS_MAX, ORIGIN, list_batches, list_setup, make_citizens, make_signer
from consolidator.bench.measure import describe_conditions, make_county, set_up
from consolidator.publishing.ahead import start_ahead
from consolidator.publishing.publisher import Publisher
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.policy import NO_QUORUM, Policy
from consolidator.transparency.proofs import make_inclusion_proof
from consolidator.transparency.tiles import render_tile_path
from consolidator.transparency.tree import TreeHead
from consolidator.verify.following import Following, check_tree, follow
from consolidator.verify.published import Terms, open_published
from consolidator.verify.sources import CHECKPOINT, Read, read_from_folder
from schemas.errors import InvariantError
from streams.embedded.journal import SqliteJournal, open_journal, open_journal_read_only
from streams.engine import Engine

PROOFS = 20_000
HEADS = 200
Say = Callable[[str], None]
Spent = tuple[float, float]  # seconds that passed, and seconds of the deciding process's own work


def measure_log(lines: int, runs: int, say: Say) -> dict[str, Any]:
    """Measure the path with and without publication in turn, then verification and proofs of what was published."""
    citizens = make_citizens(min(lines, CITIZENS_MAX))
    with tempfile.TemporaryDirectory(prefix="consolidator-bench-") as folder:
        base = Path(folder) / "base.sqlite"
        say("准备县区数据 / setting the county up")
        set_up(base, list_setup(citizens), list_batches(citizens, lines))
        silent, public = list[Spent](), list[Spent]()
        for number in range(runs):
            say(f"第 {number + 1}/{runs} 次 / run {number + 1} of {runs}")
            silent.append(_time_path(base, None))
            public.append(_time_path(base, Path(folder) / "log"))
        say("核验与证明 / verifying and proving")
        return _describe_path(lines, silent, public) | _measure_reading(Path(folder) / "log", runs)


def _time_path(base: Path, folder: Path | None) -> Spent:
    """Apply what is pending on a copy of the journal, publishing to a folder if there is one."""
    copy = base.with_name("run.sqlite")
    shutil.copyfile(base, copy)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        with open_journal(copy) as journal, open_journal_read_only(copy) as reading:
            return _time_run(journal, None if folder is None else _make_publisher(folder, reading, copy))
    finally:
        for path in base.parent.glob("run.sqlite*"):
            path.unlink()


def _make_publisher(folder: Path, journal: SqliteJournal, path: Path) -> Publisher:
    return Publisher(folder, journal, make_signer(ORIGIN).verifier, partial(start_ahead, path, folder))


def _ignore(_: object) -> None:
    """Publish nothing."""


def _time_run(journal: SqliteJournal, publisher: Publisher | None) -> Spent:
    note = _ignore if publisher is None else lambda _: publisher.note_commit()
    engine = Engine(journal, make_county, note)
    engine.recover()
    record = engine.last_commit
    if record is None:
        message = "a measured county is set up"
        raise InvariantError(message)
    if publisher is not None:
        publisher.start(record)
        publisher.publish(record.head)
    gc.collect()
    gc.freeze()
    started, worked = perf_counter(), process_time()
    if publisher is None:
        engine.run()
    else:
        with publisher.busy(journal.next_position() - record.position):
            engine.run()
        publisher.publish((engine.last_commit or record).head)
    spent = perf_counter() - started, process_time() - worked
    gc.unfreeze()
    return spent


def _describe_path(lines: int, silent: list[Spent], public: list[Spent]) -> dict[str, Any]:
    return {
        "lines": lines,
        "runs": len(silent),
        "lines_per_second_without_publication": round(lines / statistics.median(passed for passed, _ in silent)),
        "lines_per_second": round(lines / statistics.median(passed for passed, _ in public)),
        "percent_kept": _compare(silent, public, 0),
        "percent_kept_in_own_work": _compare(silent, public, 1),
    }


def _compare(silent: list[Spent], public: list[Spent], which: int) -> float:
    """Give what is kept of the speed without publication, in percent."""
    return round(100 * statistics.median(s[which] for s in silent) / statistics.median(p[which] for p in public), 1)


def _measure_reading(folder: Path, runs: int) -> dict[str, Any]:
    read = read_from_folder(folder)
    terms = Terms(Policy(make_signer(ORIGIN).verifier, NO_QUORUM))
    head = open_published(read(CHECKPOINT), terms, 0).head
    return {
        "size": head.size,
        "root": head.root.hex(),
        "tree_entries_per_second": _rate(head.size, runs, lambda: _verify_tree(read, terms)),
        "verified_entries_per_second": _rate(head.size, runs, lambda: follow(Following(), read, head)),
        "proofs_per_second": _rate(PROOFS, runs, lambda: _prove(read, head)),
        "checkpoint_ms": round(1e3 / _rate(HEADS, runs, lambda: _sign(head)), 3),
        "conditions": describe_conditions(
            path="from the first pending command to the checkpoint of the last order, in turn with and without "
            "publication, whose files a second process writes; own work: without that one's, and without waiting",
            tree="signature, bundles, tiles, root",
            verified="every entry as well: sequence, totals, conservation, closes",
            proofs="random entries, tiles read from the disk",
            counted="all but the path in seconds of one core",
        ),
    }


def _rate(count: int, runs: int, work: Callable[[], object]) -> int:
    """Give the median rate over some runs, in seconds of this process's own work."""
    spent = list[float]()
    for _ in range(runs):
        started = process_time()
        work()
        spent.append(process_time() - started)
    return round(count / statistics.median(spent))


def _verify_tree(read: Read, terms: Terms) -> None:
    check_tree(read, TileEdge(), open_published(read(CHECKPOINT), terms, 0).head)


def _prove(read: Read, head: TreeHead) -> None:
    nodes = serve_nodes(lambda tile: read(render_tile_path(tile)), head.size)
    chance = random.Random(head.size)  # noqa: S311 -- which entries are proved, no secret
    for _ in range(PROOFS):
        make_inclusion_proof(nodes, chance.randrange(head.size), head.size)


def _sign(head: TreeHead) -> None:
    signer = make_signer(ORIGIN)
    for _ in range(HEADS):
        sign_checkpoint(Checkpoint(ORIGIN, head.size, head.root), signer)
