"""Counts how many mutants of the deciding packages die: ``python -m tests.mutation.run`` in the project's folder.

Names of packages, or parts of files' names, as arguments choose among them (``run rules/amounts ledger/moves``).
``--rest`` judges only what did not die in the last run of the same arguments: after tests were added, or an interrupted
run. ``--null`` judges, for each function, a mutant that changes nothing: all of them must live.
Ends with 1 when fewer than 90 in 100 die in a package. ``docs/mutation.md`` tells about those that survive.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

import schemas.parts  # noqa: F401 -- loaded once here, not in every child
from tests.mutation.forks import TIMEOUT
from tests.mutation.fresh import judge_in_modules
from tests.mutation.judges import JUDGES, PACKAGES, SURVIVED, UNTESTED
from tests.mutation.mutants import NOTHING, Mutant, list_mutants, list_nulls
from tests.mutation.warm import Bench, judge_in_functions

WANTED_PERCENT = 90
WIDTH = 2
BUILD = Path("build")
PAGE = Path("docs/mutation.md")
_ALIVE = (SURVIVED, UNTESTED)
_PROGRESS_EVERY = 100


def list_all(names: Sequence[str], make: Callable[[Path, str], Iterator[Mutant]] = list_mutants) -> list[Mutant]:
    """Give the mutants of the chosen files."""
    paths = [path for package in PACKAGES for path in sorted(Path("consolidator", package).glob("*.py"))]
    chosen = [path for path in paths if not names or any(name in path.as_posix() for name in names)]
    return [mutant for path in chosen for mutant in make(path, ".".join(path.with_suffix("").parts))]


def _keep_killed(results: Path, mutants: Sequence[Mutant]) -> list[Mutant]:
    """Leave in the results the mutants of today that died; returns the others."""
    rows = [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]
    lived = {row["mutant"] for row in rows if row["said"] in _ALIVE}
    killed = {row["mutant"]: row for row in rows if row["mutant"] not in lived}
    kept = [killed[mutant.name] for mutant in mutants if mutant.name in killed]
    results.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")
    return [mutant for mutant in mutants if mutant.name not in killed]


def _make_report(total: int, results: Path) -> Callable[[Mutant, str], None]:
    """Give what writes a result down and tells how far it is."""
    began = time.monotonic()
    page = PAGE.read_text(encoding="utf-8")
    done: Counter[bool] = Counter()

    def report(mutant: Mutant, said: str) -> None:
        if said.startswith("broken"):
            raise RuntimeError(said)
        row = {"mutant": mutant.name, "line": mutant.line, "said": said}
        with results.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        done[said in _ALIVE] += 1
        if said in _ALIVE:
            known = "" if f"`{mutant.name}`" in page or mutant.change == NOTHING else f", not in {PAGE}"
            sys.stdout.write(f"{said}{known}: line {mutant.line}: {mutant.name}\n")
        if not done.total() % _PROGRESS_EVERY or done.total() == total:
            minutes = (time.monotonic() - began) / 60
            sys.stdout.write(f"# {done.total()} of {total}, {done[True]} live, {minutes:.1f} minutes\n")
        sys.stdout.flush()

    return report


def _judge_all(mutants: Sequence[Mutant], results: Path) -> None:
    """Judge both kinds. The first loads the product, so it has a process of its own and the second begins clean."""
    inside = [mutant for mutant in mutants if mutant.scope]
    outside = [mutant for mutant in mutants if not mutant.scope]
    forking = get_context("fork")
    answers, answer = forking.Pipe(duplex=False)
    report = _make_report(len(inside), results)
    first = forking.Process(target=lambda: answer.send(judge_in_functions(inside, report, WIDTH, JUDGES)))
    first.start()
    answer.close()
    try:
        bench: Bench = answers.recv()
    except EOFError:
        sys.exit("the judging process ended before its time")
    first.join()
    if outside:
        judge_in_modules(outside, _make_report(len(outside), results), WIDTH, bench, JUDGES)
    sys.stdout.write(f"{len(bench.seconds)} tests, of which {len(bench.failing)} judged nobody\n")
    for name in bench.failing:
        sys.stdout.write(f"fails without a mutant, or the second time: {name}\n")


def count_results(results: Path) -> dict[str, Counter[str]]:
    """Count, per package, what became of its mutants."""
    counts: dict[str, Counter[str]] = {}
    for line in results.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said = row["said"] if row["said"] in (*_ALIVE, TIMEOUT) else "killed"
        counts.setdefault(row["mutant"].partition(".")[0], Counter())[said] += 1
    return counts


def main() -> int:
    """Judge, count, and say whether enough died, or of mutants that change nothing, whether all live."""
    began = time.monotonic()
    names = [word for word in sys.argv[1:] if not word.startswith("--")]
    kind, make = ("nulls", list_nulls) if "--null" in sys.argv else ("mutants", list_mutants)
    mutants = list_all(names, make)
    results = BUILD / ("-".join([kind, *names]).replace("/", "-") + ".jsonl")
    BUILD.mkdir(exist_ok=True)
    if "--rest" in sys.argv:
        mutants = _keep_killed(results, mutants)
    else:
        results.write_bytes(b"")
    _judge_all(mutants, results)
    fine = True
    for package, counts in count_results(results).items():
        alive = sum(counts[word] for word in _ALIVE)
        dead_percent = 100 * (counts.total() - alive) / counts.total()
        fine &= dead_percent >= WANTED_PERCENT if kind == "mutants" else not dead_percent
        sys.stdout.write(f"{package}: {counts.total()} {kind}, {dead_percent:.1f} % died: {dict(counts)}\n")
    sys.stdout.write(f"{(time.monotonic() - began) / 60:.1f} minutes\n")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
