"""Puts mutants before the tests: each test once without any, to see which lines it runs, then each mutant to its tests.

A mutant within a function changes the code of the function that is already loaded; a mutant of a module's own
statements needs the module, and the tests, loaded anew.
"""

import ast
import gc
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol
from hypothesis import Phase, settings

from tests.mutation.forks import run_forked
from tests.mutation.mutants import Mutant

PACKAGES = ("privacy", "rules", "ledger")
JUDGES = (
    "tests/unit/privacy",
    "tests/unit/rules",
    "tests/unit/facts",
    "tests/unit/ledger",
    "tests/unit/sealing",
)  # not the recorded journals: they see that something changed, but nobody wrote down what should be
SURVIVED, UNTESTED = "survived", "untested"
_OPTIONS = (
    *("-q", "--no-header", "--no-summary", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("--assert=plain", "-W", "ignore::pytest.PytestConfigWarning"),  # nobody reads why a test failed
)
_SECONDS_MIN = 10
_FRESH_SECONDS = 240

Report = Callable[[Mutant, str], None]


class _Quick:
    """Hypothesis as the mutants see it: the same examples each time, and no time spent on making them small."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        settings.register_profile(
            "mutants", derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate)
        )
        settings.load_profile("mutants")


@dataclass
class _Judge(_Quick):
    """The pytest plugin that runs mutants instead of tests."""

    mutants: Sequence[Mutant]
    report: Report
    width: int
    items: dict[str, pytest.Item] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    killers: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self._trace(session.items)
        gc.collect()
        gc.freeze()  # the children then share these pages
        for mutant, said in run_forked(self.mutants, self._judge, self._bound, self.width):
            if said in self.items:
                known = self.killers.setdefault((mutant.module, mutant.scope), [])
                known[:] = [said, *(each for each in known if each != said)]
            self.report(mutant, said)
        return True

    def _trace(self, items: Iterable[pytest.Item]) -> None:
        """Run every test once, noting which lines it ran; one that fails now judges nobody."""
        tracer = coverage.Coverage(
            data_file=None, config_file=False, include=[f"*/consolidator/{each}/*" for each in PACKAGES]
        )
        tracer.start()
        for item in items:
            tracer.switch_context(item.nodeid)
            began = time.monotonic()
            failed = _is_failed(item)
            self.seconds[item.nodeid] = time.monotonic() - began
            if failed:
                del self.items[item.nodeid]
                self.failing.append(item.nodeid)
        tracer.stop()
        data = tracer.get_data()
        for path in data.measured_files():
            lines = data.contexts_by_lineno(path)
            self.lines[path] = {line: {name for name in names if name in self.items} for line, names in lines.items()}

    def _choose(self, mutant: Mutant) -> list[str]:
        """Give the tests that run the mutant's statement: first those that killed its neighbours, then by speed."""
        by_line = self.lines.get(sys.modules[mutant.module].__file__ or "", {})
        chosen = set().union(*(by_line.get(line, ()) for line in mutant.lines))
        known = self.killers.get((mutant.module, mutant.scope), [])
        first = [name for name in known if name in chosen]
        return first + sorted(chosen.difference(first), key=self.seconds.__getitem__)

    def _bound(self, mutant: Mutant) -> int:
        return int(_SECONDS_MIN + 4 * sum(self.seconds[name] for name in self._choose(mutant)))

    def _judge(self, mutant: Mutant) -> str:
        chosen = self._choose(mutant)
        if not chosen:
            return UNTESTED
        mutant.apply()
        _replace_code(mutant)
        return next((name for name in chosen if _is_failed(self.items[name])), SURVIVED)


def _is_failed(item: pytest.Item) -> bool:
    item.repr_failure = lambda *_, **__: ""  # type: ignore[method-assign]  # nobody reads it, and it takes long
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))


def _replace_code(mutant: Mutant) -> None:
    """Give the loaded function the mutant's code."""
    module = sys.modules[mutant.module]
    found: Any = module
    for name in mutant.scope.split("."):
        found = vars(found)[name]
    while not isinstance(found, FunctionType):
        found = found.fget if isinstance(found, property) else found.__wrapped__
    compiled = compile(mutant.tree, module.__file__ or "", "exec")
    found.__code__ = next(code for code in _list_codes(compiled) if code.co_qualname == mutant.scope)


def _list_codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _list_codes(constant)


def judge_in_functions(mutants: Sequence[Mutant], report: Report, width: int) -> list[str]:
    """Judge mutants within functions, in one run of pytest that forks for each. Returns the tests that fail anyway."""
    judge = _Judge(mutants, report, width)
    _run_pytest([], [judge])
    return judge.failing


def judge_in_modules(mutants: Sequence[Mutant], report: Report, width: int, failing: Iterable[str]) -> None:
    """Judge mutants of module statements; for each, a child loads product and tests anew."""
    left_out = [f"--deselect={name}" for name in failing]
    jobs = run_forked(mutants, lambda mutant: _judge_fresh(mutant, left_out), lambda _: _FRESH_SECONDS, width)
    for mutant, said in jobs:
        report(mutant, said)


def _judge_fresh(mutant: Mutant, left_out: Sequence[str]) -> str:
    mutant.apply()
    _load_instead(mutant.module, mutant.tree)
    nearest = f"tests/unit/{mutant.module.split('.')[1]}"
    for paths in ([nearest], [path for path in JUDGES if path != nearest]):
        witness = _Witness()
        code = _run_pytest(["-x", *left_out, *paths], [witness])
        if code != pytest.ExitCode.OK:
            return witness.failed or f"exit {code}"
    return SURVIVED


class _Witness(_Quick):
    """Remembers the first test that failed."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = f"loading {report.nodeid}"


def _load_instead(module: str, tree: ast.Module) -> None:
    """Let one module come from a changed tree."""
    usual = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        return compile(tree, self.path, "exec") if fullname == module else usual(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]  # in a child that ends after this


def _run_pytest(arguments: Sequence[str], plugins: Sequence[object]) -> int:
    chosen = arguments or [*JUDGES, *(str(path) for path in Path("consolidator").iterdir() if path.name in PACKAGES)]
    return int(pytest.main([*_OPTIONS, *chosen], plugins=list(plugins)))
