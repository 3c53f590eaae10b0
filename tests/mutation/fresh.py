"""Puts mutants of a module's own statements before the tests: for each, a child loads product and tests anew.

The tests that killed another mutant of the module come first, then those of its package, quick ones before slow ones.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from types import CodeType

import pytest

from tests.mutation.forks import run_forked
from tests.mutation.judges import SECONDS_MIN, SURVIVED, Quick, Report, run_pytest
from tests.mutation.mutants import Mutant
from tests.mutation.warm import Bench

_LOADING_SECONDS = 20


@dataclass(eq=False)  # pytest keeps its plugins by identity
class _Witness(Quick):
    """Orders the tests, leaves out those that judge nobody, and remembers the first that failed."""

    rank: Callable[[str], tuple[object, ...]]
    left_out: frozenset[str]
    failed: list[str] = field(default_factory=list)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        super().pytest_collection_modifyitems(items)
        items[:] = sorted(
            (item for item in items if item.nodeid not in self.left_out), key=lambda item: self.rank(item.nodeid)
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(f"loading {report.nodeid}")


def judge_in_modules(
    mutants: Sequence[Mutant], report: Report, width: int, bench: Bench, judges: Sequence[str]
) -> None:
    """Judge mutants of module statements. What fails in such a child without a mutant judges nobody either."""
    killers: dict[str, list[str]] = {}

    def work(mutant: Mutant | None) -> str:
        if mutant is None:
            return "\n".join(_run("", bench, [], judges, []))
        mutant.apply()
        _load_instead(mutant.module, mutant.tree)
        failed = _run(mutant.module, bench, killers.get(mutant.module, []), judges, ["-x"])
        return failed[0] if failed else SURVIVED

    seconds = _LOADING_SECONDS + SECONDS_MIN + 4 * sum(bench.seconds.values())
    without: list[Mutant | None] = [None]
    for _, said in run_forked(without, work, lambda _: seconds, width):
        bench.failing += said.splitlines()
    for mutant, said in run_forked(mutants, work, lambda _: seconds, width):
        if mutant is not None:
            known = killers.setdefault(mutant.module, [])
            known[:] = [said, *(each for each in known if each != said)]
            report(mutant, said)


def _run(module: str, bench: Bench, killers: Sequence[str], judges: Sequence[str], options: Sequence[str]) -> list[str]:
    nearest = "tests/unit/{}/".format(*module.split(".")[1:2] or "-")

    def rank(name: str) -> tuple[object, ...]:
        known = killers.index(name) if name in killers else len(killers)
        return known, not name.startswith(nearest), bench.seconds.get(name, 0.0), name

    witness = _Witness(rank, frozenset(bench.failing))
    code = run_pytest([*options, *judges], witness)
    return witness.failed or ([] if code == pytest.ExitCode.OK else [f"broken: pytest ended with {code}"])


def _load_instead(module: str, tree: ast.Module) -> None:
    """Let one module come from a changed tree."""
    usual = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(tree, self.path, "exec") if fullname == module else usual(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # in a child that ends after this
