"""Measures a witness: requests a second, each durable before its answer, and how fast a log is followed.

``python -m tests.benchmarks.witness [--requests N] [--entries N]``. Real sockets on the loopback, one client that waits
for each answer; the log is read from a folder over HTTP. Compare machines by the leaf-and-tree rate of the same run.
"""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.tree import CompactRange
from consolidator.verify.sources import read_from_url
from consolidator.witness.following import Followed, Follower, Task
from schemas.errors import invariant
from tests.support.published import render_log, seal, serve, write_files
from tests.unit.verify.story import SIGNER, STORY, batch, batch_document, line, orders, render
from tests.unit.witness.bench import ask, create, serving, take

LINES_A_BATCH = 10_000
LEAVES = 200_000
RUNS = 3


def _measure(work: Callable[[], int]) -> float:
    """Give how many a second, the best of some runs (others may be at work on the machine)."""
    rates = []
    for _ in range(RUNS):
        began = time.perf_counter()
        rates.append(work() / (time.perf_counter() - began))
    return max(rates)


def measure_requests(folder: Path, bodies: list[bytes]) -> float:
    """Give the requests a second that are answered with a cosignature, over one connection."""
    create(folder)
    with serving(folder) as running:
        connection = running.client.connect()
        began = time.perf_counter()
        for body in bodies:
            connection.request("POST", "/add-checkpoint", body)
            invariant(take(connection.getresponse()).status == 200, "each is cosigned")
        seconds = time.perf_counter() - began
        connection.close()
    return len(bodies) / seconds


def make_entries(count: int) -> list[bytes]:
    """Make a log of batches of 10,000 lines, each assessed and ordered at once."""
    entries = [STORY[0]]
    for number in range(1, count // LINES_A_BATCH + 1):
        name = f"L{number}"
        at = {"v": 1, "at": STORY[0]["at"]}
        entries.append(at | batch_document(name, number, LINES_A_BATCH, 100 * LINES_A_BATCH))
        entries += [at | line(name, each, 100) for each in range(1, LINES_A_BATCH + 1)]
        entries.append(at | batch(name, "assessed", {"ready": [LINES_A_BATCH, 100 * LINES_A_BATCH]}))
        entries.append(at | orders(name, "402", 1, LINES_A_BATCH, 100 * LINES_A_BATCH) | {"parts": 10})
    return [render(entry) for entry in entries]


def measure_following(entries: list[bytes], folder: Path) -> tuple[float, float]:
    """Give the entries a second that a follower reads and checks: from memory, and over HTTP."""
    signed = seal(entries, SIGNER)
    task = Task(open_checkpoint(signed, SIGNER.verifier), signed)
    files = render_log(entries)
    write_files(folder, files)

    def follow(follower: Follower) -> int:
        verdict = follower.reach(task)
        invariant(isinstance(verdict, Followed), "the log is right")
        return len(entries)

    with serve(folder) as url:
        return (
            _measure(lambda: follow(Follower(lambda: nullcontext(files.__getitem__)))),
            _measure(lambda: follow(Follower(lambda: read_from_url(url)))),
        )


def measure_tree() -> float:
    """Give the leaves a second of leaf hash and tree, to compare machines by."""
    leaves = [b"%d" % number for number in range(LEAVES)]
    return _measure(lambda: CompactRange().append_many(leaves).size)


def main() -> None:
    """Print all figures with their conditions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=500)
    parser.add_argument("--entries", type=int, default=300_000)
    args = parser.parse_args()
    sizes = list(range(args.requests + 1))
    log = [b"r%d" % number for number in sizes]
    growing = [ask(old, old + 1, log) for old in sizes[:-1]]
    with TemporaryDirectory() as scratch:
        root = Path(scratch)
        memory, http = measure_following(make_entries(args.entries), root / "log")
        figures = {
            "leaf and tree, leaves/s": measure_tree(),
            "a new head, durable, requests/s": measure_requests(root / "a", growing),
            "the same head again, durable, requests/s": measure_requests(
                root / "b", [ask(0, 1, log), *[ask(1, 1, log)] * args.requests]
            ),
            "following from memory, entries/s": memory,
            "following over HTTP, entries/s": http,
        }
    machine = f"Python {platform.python_version()} · {platform.machine()} · {os.cpu_count()} cores"
    sys.stdout.write(f"{machine} · load {os.getloadavg()[0]:.1f} · best of {RUNS}\n")
    sys.stdout.writelines(f"{name:42} {rate:10,.0f}\n" for name, rate in figures.items())


if __name__ == "__main__":
    main()
