"""Runs jobs in forked children, a few at a time, each with a bound on processor time and memory."""

import json
import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Job = TypeVar("Job")
MEMORY_BYTES_MAX = 3 * 2**30
TIMEOUT = "timeout"


def run_forked(
    jobs: Iterable[Job], work: Callable[[Job], str], seconds: Callable[[Job], float], width: int
) -> Iterator[tuple[Job, str]]:
    """Give each job with what ``work`` said about it in a child of its own, or ``timeout``, in order of their ends."""
    running: dict[int, tuple[Job, int]] = {}
    for job in jobs:
        if len(running) == width:
            yield _await_one(running)
        pid, pipe = _start(job, work, seconds(job))
        running[pid] = (job, pipe)
    while running:
        yield _await_one(running)


def _start(job: Job, work: Callable[[Job], str], seconds: float) -> tuple[int, int]:
    reading, writing = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    # Its own processor time, so that a busy machine ends nobody; no handler, so that it ends within a loop of C code.
    signal.setitimer(signal.ITIMER_PROF, seconds)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))
    _silence()
    try:
        said = work(job)
    except BaseException:  # noqa: BLE001 -- whatever it is, the child must say so and end here
        said = "broken: " + traceback.format_exc()
    with os.fdopen(writing, "wb") as stream:
        stream.write(json.dumps(said).encode())
    os._exit(0)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def _await_one(running: dict[int, tuple[Job, int]]) -> tuple[Job, str]:
    pid, status = os.wait()
    job, pipe = running.pop(pid)
    with os.fdopen(pipe, "rb") as stream:
        said = stream.read()
    if said:
        return job, json.loads(said)
    return job, TIMEOUT if os.WTERMSIG(status) == signal.SIGPROF else f"broken: a child ended with status {status}"
