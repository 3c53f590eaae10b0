"""Counts how many mutants of the deciding packages die: ``python -m tests.mutation.run`` in the project's folder.

Names of packages, or parts of files' names, as arguments choose among them (``run rules/amounts ledger/moves``).
Ends with 1 when fewer than 90 in 100 die in a package. ``docs/mutation.md`` tells about those that survive.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

import schemas.parts  # noqa: F401 -- loaded once here, not in every child
from tests.mutation.forks import TIMEOUT
from tests.mutation.judges import PACKAGES, SURVIVED, UNTESTED, judge_in_functions, judge_in_modules
from tests.mutation.mutants import Mutant, list_mutants

WANTED_PERCENT = 90
WIDTH = 2
RESULTS = Path("build/mutants.jsonl")
_ALIVE = (SURVIVED, UNTESTED)


def list_all(words: Sequence[str]) -> list[Mutant]:
    """Give the mutants of the chosen files."""
    paths = [path for package in PACKAGES for path in sorted(Path("consolidator", package).glob("*.py"))]
    chosen = [path for path in paths if not words or any(word in path.as_posix() for word in words)]
    return [mutant for path in chosen for mutant in list_mutants(path, ".".join(path.with_suffix("").parts))]


def _write_result(mutant: Mutant, said: str) -> None:
    if said.startswith("broken"):
        raise RuntimeError(said)
    row = {"mutant": mutant.name, "line": mutant.line, "said": said}
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    if said in _ALIVE:
        sys.stdout.write(f"{said}: line {mutant.line}: {mutant.name}\n")


def _judge_all(mutants: Sequence[Mutant]) -> None:
    """Judge both kinds. The first loads the product, so it has a process of its own and the second begins clean."""
    inside = [mutant for mutant in mutants if mutant.scope]
    outside = [mutant for mutant in mutants if not mutant.scope]
    forking = get_context("fork")
    answer = forking.SimpleQueue()
    first = forking.Process(target=lambda: answer.put(judge_in_functions(inside, _write_result, WIDTH)))
    first.start()
    first.join()
    if first.exitcode:
        sys.exit(first.exitcode)
    failing: list[str] = answer.get()
    for name in failing:
        sys.stdout.write(f"fails without a mutant, so it judges none: {name}\n")
    judge_in_modules(outside, _write_result, WIDTH, failing)


def count_results() -> dict[str, Counter[str]]:
    """Count, per package, what became of its mutants."""
    counts: dict[str, Counter[str]] = {}
    for line in RESULTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        said = row["said"] if row["said"] in (*_ALIVE, TIMEOUT) else "killed"
        counts.setdefault(row["mutant"].partition(".")[0], Counter())[said] += 1
    return counts


def main() -> int:
    """Judge, count, and say whether enough died."""
    began = time.monotonic()
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_bytes(b"")
    _judge_all(list_all(sys.argv[1:]))
    enough = True
    for package, counts in count_results().items():
        alive = sum(counts[word] for word in _ALIVE)
        dead_percent = 100 * (counts.total() - alive) / counts.total()
        enough &= dead_percent >= WANTED_PERCENT
        sys.stdout.write(f"{package}: {counts.total()} mutants, {dead_percent:.1f} % died: {dict(counts)}\n")
    sys.stdout.write(f"{(time.monotonic() - began) / 60:.1f} minutes\n")
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main())
