"""Started by the crash tests on Kafka: runs a county in children of its own and ends, stops or pairs them at any point.

``python -m tests.conformance.kafka_at FAULT BOOTSTRAP PREFIX PARTITION FOLDER FIRST LAST STRIDE`` prints what it hit.
``steps`` ends a child before the n-th step of its event loop inside a commit, for n from FIRST to LAST by STRIDE,
``random`` ends it LAST times at a moment that the seed FIRST draws, ``county`` before a step that it draws, with the
real machine, ``pause`` stops it there instead and wakes it after two others took over, ``pair`` starts two at once,
LAST times. After each the checker judges the whole county. A fresh process with one thread, because it forks: only
its children talk to a broker.
"""

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path

from consolidator.bench.data import list_batches, list_setup, make_citizens
from consolidator.bench.measure import make_county
from schemas.commands import Command
from schemas.commits import CommitRecord, Step
from schemas.errors import ConflictError, DependencyError, invariant
from streams import engine as engine_module
from streams.engine import Engine
from streams.kafka.client import Connection
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from streams.kafka.states import States
from streams.machine import Machine
from tests.conformance.kafka import BANK
from tests.conformance.toy import GENESIS, ToyMachine, document
from tests.support.faults import run_child
from tests.support.kafka_checks import check_everything

ATTEMPTS_MAX = 50
CITIZENS, LINES = 300, 3_000
STEPS_AT_ONCE_MAX = 100  # far fewer than a real county's commits take, divided by how often it is ended
_ENDS_OF_LOSERS = (ConflictError.exit_code, DependencyError.exit_code)  # see work_until_done
_commit = KafkaJournal.commit
_Hit = Callable[[], None]


def work(shard: Shard, folder: Path, make_machine: Callable[[], Machine] = ToyMachine) -> None:
    """Start, apply what is pending, end in good order."""
    with Loop() as loop, closing(KafkaJournal(shard, loop, States(folder / str(shard.partition)))) as journal:
        engine = Engine(journal, make_machine)
        engine.recover()
        engine.run()
        engine.close()


def work_until_done(shard: Shard, folder: Path, make_machine: Callable[[], Machine] = ToyMachine) -> None:
    """Work, starting again whenever another took over or brokers were slow to answer, as a supervisor would have it.

    Brokers that fence an owner while it ends a transaction may answer with an error that says nothing (-1) instead.
    """
    for attempt in range(ATTEMPTS_MAX):
        try:
            work(shard, folder, make_machine)
        except (ConflictError, DependencyError):
            time.sleep(random.uniform(0, 0.05 * attempt))
        else:
            return
    message = "two owners shut each other out without end"
    raise RuntimeError(message)


def append(shard: Shard, commands: Sequence[Command], _: Path) -> None:
    """Append commands, as intake does."""
    with Loop() as loop, closing(KafkaJournal(shard, loop, States(Path()))) as journal:
        journal.append(commands)


def hit_before_step(hit: _Hit, number: int) -> None:
    """Do something before the n-th step that this process's event loop takes while a commit is under way."""
    left, armed = count(number - 1, -1), [False]
    run = asyncio.events.Handle._run  # noqa: SLF001 -- each step of a coroutine passes here

    def counted(handle: asyncio.events.Handle) -> None:
        if armed[0] and next(left) == 0:
            hit()
        run(handle)

    def commit(
        journal: KafkaJournal, steps: Sequence[Step], record: CommitRecord, snapshot: bytes | None = None
    ) -> Callable[[], None]:
        armed[0] = True
        return partial(wait, _commit(journal, steps, record, snapshot))

    def wait(until_stored: Callable[[], None]) -> None:
        until_stored()
        armed[0] = False

    setattr(asyncio.events.Handle, "_run", counted)  # noqa: B010 -- this process ends soon
    setattr(KafkaJournal, "commit", commit)  # noqa: B010 -- the same


def end_self() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop_self() -> None:
    """Stop this process until somebody wakes it."""
    os.kill(os.getpid(), signal.SIGSTOP)


def do_nothing(_: int) -> None:
    """No fault."""


def do(some_work: Callable[[Path], None], folder: Path) -> None:
    """Do a piece of work in a child, undisturbed."""
    invariant(not run_child(some_work, do_nothing, 0, folder), "work without a fault ends well")


def end_at_steps(shard: Shard, folder: Path, numbers: Sequence[int]) -> int:
    """End a worker before each of these steps; say how many were hit before one came through unharmed."""
    for done, number in enumerate(numbers):
        do(partial(append, shard, [document(number, 1, 8)]), folder)
        went_on = run_child(partial(work, shard), partial(hit_before_step, end_self), number, folder)
        do(partial(work_until_done, shard), folder)
        check_everything(shard, ToyMachine, folder)
        if not went_on:
            return done
    return len(numbers)


def end_at_random(shard: Shard, folder: Path, seed: int, times: int) -> int:
    """End a worker at so many moments; between them it goes on. Says how many were hit in time."""
    chosen, hits = random.Random(seed), 0
    for number in range(times):
        do(partial(append, shard, [document(number * 4 + each, 3, 40) for each in range(4)]), folder)
        child = fork(partial(work, shard), folder)
        time.sleep(chosen.uniform(0, 0.5))
        os.kill(child, signal.SIGKILL)
        hits += os.waitpid(child, 0)[1] == signal.SIGKILL
        if number % 10 == 9:
            check_everything_in_the_end(shard, folder)
    check_everything_in_the_end(shard, folder)
    return hits


def end_real_county(shard: Shard, folder: Path, seed: int, times: int) -> int:
    """End a real county's worker so many times while it sets a small county up and pays. Says how many were hit."""
    citizens, chosen = make_citizens(CITIZENS), random.Random(seed)
    real = partial(work, shard, make_machine=make_county)
    do(partial(append, shard, [*list_setup(citizens), *list_batches(citizens, LINES)]), folder)
    steps = [chosen.randint(1, STEPS_AT_ONCE_MAX) for _ in range(times)]
    hits = sum(run_child(real, partial(hit_before_step, end_self), step, folder) for step in steps)
    do(partial(work_until_done, shard, make_machine=make_county), folder)
    check_everything(shard, make_county, folder)
    return hits


def check_everything_in_the_end(shard: Shard, folder: Path) -> None:
    """Let a new owner finish, and judge."""
    do(partial(work_until_done, shard), folder)
    check_everything(shard, ToyMachine, folder)


def pause_at_steps(shard: Shard, folder: Path, numbers: Sequence[int]) -> int:
    """Stop two owners one after the other inside a commit, let a third finish, wake both: they were shut out.

    Only one whose last commit had taken effect before it fell asleep ends well. Says how many were shut out.
    """
    shut_out = 0
    for number in numbers:
        do(partial(append, shard, [document(number, 1, 8)]), folder)
        stopped = [child for child in (start_stopped(shard, folder, number) for _ in range(2)) if child]
        do(partial(work_until_done, shard), folder)
        before = check_everything(shard, ToyMachine, folder)
        for child in stopped:
            os.kill(child, signal.SIGCONT)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            invariant(code in {0, *_ENDS_OF_LOSERS}, f"an owner that slept at step {number} ended with {code}")
            shut_out += code != 0
        after = check_everything(shard, ToyMachine, folder)
        invariant(after.commits() == before.commits(), "nothing of a sleeper is visible")
    return shut_out


def start_stopped(shard: Shard, folder: Path, number: int) -> int:
    """Start a worker that stops inside a commit; gives its process, or 0 when its work was done before that."""
    child = fork(partial(work, shard), folder, partial(hit_before_step, stop_self, number))
    status = os.waitpid(child, os.WUNTRACED)[1]
    if os.WIFSTOPPED(status):
        return child
    invariant(status == 0, f"a worker ended with {status}")
    return 0


def fork(some_work: Callable[[Path], None], folder: Path, prepare: Callable[[], None] = lambda: None) -> int:
    """Start a piece of work in a child; gives its process. It ends with the exit code of its error."""
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        prepare()
        some_work(folder)
        code = 0
    except (ConflictError, DependencyError) as error:
        code = error.exit_code
    finally:
        os._exit(code)


def run_pairs(shard: Shard, folder: Path, times: int) -> int:
    """Start two owners at once; each starts again when it lost. Says how often both ended well."""
    for number in range(times):
        do(partial(append, shard, [document(number * 9 + each, 2, 40) for each in range(9)]), folder)
        pair = [fork(partial(work_until_done, shard), folder) for _ in range(2)]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in pair]
        invariant(codes == [0, 0], f"two owners ended with {codes}")
        check_everything(shard, ToyMachine, folder)
    return times


def main(fault: str, shard: Shard, folder: Path, bounds: Sequence[int]) -> int:
    """Run one fault on one partition that holds nothing yet; give the number of hits."""
    engine_module.COMMIT_LINES_MAX = engine_module.SLICE_LINES_MAX
    if fault == "county":
        return end_real_county(shard, folder, *bounds[:2])
    do(partial(append, shard, [GENESIS]), folder)
    do(partial(work_until_done, shard), folder)
    first, last, stride = bounds
    numbers = range(first, last + 1, stride)
    if fault == "steps":
        return end_at_steps(shard, folder, numbers)
    if fault == "pause":
        return pause_at_steps(shard, folder, numbers)
    if fault == "random":
        return end_at_random(shard, folder, first, last)
    return run_pairs(shard, folder, last)


if __name__ == "__main__":
    name, bootstrap, prefix, partition, place, *words = sys.argv[1:]
    county = Shard(Connection(bootstrap, prefix=prefix), "511112", int(partition), (BANK,))
    print(main(name, county, Path(place), [int(word) for word in words]))  # noqa: T201 -- its result
