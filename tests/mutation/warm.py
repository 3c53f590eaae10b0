"""Puts mutants of functions before the tests: everything is loaded once, and each mutant is judged in a fork of that.

Every test runs once without any mutant, to see which lines it runs, and once more in a fork of its own: one that fails
in either judges nobody. A mutant changes the code of the function that is already loaded. A test kills it when it fails
as the first and only thing that runs in a fork, where it passed before: so nothing but the mutant can be the reason.
"""

import gc
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.forks import run_forked
from tests.mutation.judges import SECONDS_MIN, SURVIVED, UNTESTED, Quick, Report, run_pytest
from tests.mutation.mutants import Mutant

_FIRST_LOOK = 60  # tests: most mutants die by one of them, and those that live are told early
_ALL = 1_000_000
_REMEMBERED = 20  # killers


@dataclass(frozen=True, slots=True)
class _Job:
    """A mutant to judge: by the test ``alone``, else by at most ``tests_max`` that run its statement.

    Those ``left_out`` failed after others but not alone, so they say nothing about this mutant.
    """

    mutant: Mutant
    alone: str = ""
    left_out: frozenset[str] = frozenset()
    tests_max: int = _FIRST_LOOK


@dataclass(slots=True)
class Bench:
    """What is known of the judging tests: processor seconds of each, and those that judge nobody."""

    seconds: dict[str, float] = field(default_factory=dict)
    failing: list[str] = field(default_factory=list)


@dataclass(eq=False)  # pytest keeps its plugins by identity
class _Judge(Quick):
    """The pytest plugin that runs mutants instead of tests."""

    mutants: Sequence[Mutant]
    report: Report
    width: int
    bench: Bench = field(default_factory=Bench)
    items: dict[str, pytest.Item] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    killers: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = {item.nodeid: item for item in session.items}
        self._trace(session.items)
        gc.collect()
        gc.freeze()  # the children then share these pages
        self._leave_out_unsteady()
        jobs = [_Job(mutant) for mutant in self.mutants]
        while jobs:
            jobs = list(self._judge_all(jobs))
        return True

    def _trace(self, items: Iterable[pytest.Item]) -> None:
        """Run every test once, noting which lines of the mutated modules it ran."""
        files = sorted({_find_file(mutant) for mutant in self.mutants})
        tracer = coverage.Coverage(data_file=None, config_file=False, include=files)
        tracer.start()
        for item in items:
            tracer.switch_context(item.nodeid)
            began = time.process_time()
            if _is_failed(item):
                self._leave_out(item.nodeid)
            self.bench.seconds[item.nodeid] = time.process_time() - began
        tracer.stop()
        data = tracer.get_data()
        for path in data.measured_files():
            lines = data.contexts_by_lineno(path)
            self.lines[path] = {line: {name for name in names if name} for line, names in lines.items()}

    def _leave_out(self, name: str) -> None:
        del self.items[name]
        self.bench.failing.append(name)

    def _leave_out_unsteady(self) -> None:
        """Run every test in a fork without a mutant, just as mutants will be judged."""
        names = list(self.items)
        judged = run_forked(names, lambda name: self._run([name]), lambda _: 6 * SECONDS_MIN, self.width)
        for name, said in list(judged):
            if said != SURVIVED:
                self._leave_out(name)

    def _judge_all(self, jobs: Iterable[_Job]) -> Iterator[_Job]:
        """Judge, and give what must be judged once more: a test that failed after others has to fail alone."""
        for job, said in run_forked(jobs, self._judge, self._bound, self.width):
            place, _, name = said.partition(" ")
            if name in self.items and place != "0":
                yield replace(job, alone=name)
            elif job.alone and said == SURVIVED:
                yield replace(job, alone="", left_out=job.left_out | {job.alone})
            elif job.tests_max != _ALL and said == SURVIVED:
                sys.stdout.write(f"lives so far: line {job.mutant.line}: {job.mutant.name}\n")
                yield replace(job, tests_max=_ALL)
            else:
                if name in self.items:
                    self._remember(job.mutant, name)
                self.report(job.mutant, name if name in self.items else said)

    def _remember(self, mutant: Mutant, killer: str) -> None:
        for scope in (mutant.scope, ""):
            known = self.killers.setdefault((mutant.module, scope), [])
            known[:] = [killer, *(each for each in known if each != killer)][:_REMEMBERED]

    def _choose(self, job: _Job) -> list[str]:
        """Give tests that run the mutant's statement, those that promise most first.

        They are those that killed a mutant of the function, or of its module, or bear the module's name; then all
        others, spread from the quick to the slow ones.
        """
        if job.alone:
            return [job.alone]
        mutant = job.mutant
        by_line = self.lines.get(_find_file(mutant), {})
        running = set().union(*(by_line.get(line, ()) for line in mutant.lines))
        chosen = running.intersection(self.items).difference(job.left_out)
        quick = sorted(chosen, key=lambda name: (self.bench.seconds[name], name))
        known = [*self.killers.get((mutant.module, mutant.scope), ()), *self.killers.get((mutant.module, ""), ())]
        stem = mutant.module.rpartition(".")[2]
        named = [name for name in quick if stem in name]
        spread = quick[:: max(2 * len(quick) // job.tests_max, 1)]
        promising = [name for name in known if name in chosen]
        return list(dict.fromkeys([*promising, *named[: job.tests_max // 2], *spread, *quick]))[: job.tests_max]

    def _bound(self, job: _Job) -> float:
        return SECONDS_MIN + 4 * sum(self.bench.seconds[name] for name in self._choose(job))

    def _judge(self, job: _Job) -> str:
        chosen = self._choose(job)
        if not chosen:
            return UNTESTED
        job.mutant.apply()
        _replace_code(job.mutant)
        return self._run(chosen)

    def _run(self, names: Iterable[str]) -> str:
        """Run tests until one fails; gives its place and name."""
        failed = (f"{place} {name}" for place, name in enumerate(names) if _is_failed(self.items[name]))
        return next(failed, SURVIVED)


def _find_file(mutant: Mutant) -> str:
    return sys.modules[mutant.module].__file__ or ""


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


def judge_in_functions(mutants: Sequence[Mutant], report: Report, width: int, judges: Sequence[str]) -> Bench:
    """Judge mutants within functions of loaded modules, in one run of pytest that forks for each."""
    judge = _Judge(mutants, report, width)
    run_pytest(judges, judge)
    return judge.bench
