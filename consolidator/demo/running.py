"""Owns the running of the demo: sample, init, submit, run, page. It decides nothing: it only calls what a county calls.

Clock and keys come from the seed, so the same lines and seed give the same log.
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from consolidator.bootstrap import Office, open_desk, open_home
from consolidator.demo.contents import render_page
from consolidator.demo.html import render_html
from consolidator.demo.judging import read_truth, score
from consolidator.demo.page import Facts, Section
from consolidator.demo.story import Story, Sum, count_codes, tell_story
from consolidator.facts.accounts import find_all_payable
from consolidator.facts.state import State
from consolidator.home.creating import create_home, plan_sample
from consolidator.home.files import write_whole
from consolidator.home.paths import Home
from consolidator.home.running import open_runner
from consolidator.intake.submitting import list_submissions, submit_all
from consolidator.keys import read_signer
from consolidator.sample import write_sample
from consolidator.sample.places import COUNTY
from consolidator.transparency.keys import render_vkey
from consolidator.views.reading import list_entries
from schemas.commits import Head
from schemas.errors import ConflictError, invariant
from streams.embedded.engine import Progress as EngineProgress
from streams.embedded.lock import hold_lock

SAMPLE = "sample"  # the sample's folder in the home: its files, officers' keys and truth
PAGE = "demo.html"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo came to: ``figures`` for machines (plain JSON values), ``sections`` for people."""

    figures: dict[str, Any]
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class _Month:
    """What is left when everything ran: the log's story, the ledger's state, the head, and seconds of deciding."""

    story: Story
    state: State
    head: Head
    seconds: float


def run_demo(home: Path, lines: int, seed: int, progress: Progress = lambda _stage, _done, _total: None) -> DemoResult:
    """Run a generated month in ``home``, which is made; an older demo's home there is replaced.

    ``progress`` is called with the stage (``sample``, ``submit``, ``run``), how much is done, and of how much. Raises
    ConflictError when something else stands at ``home``, UsageError when ``lines`` is out of bounds.
    """
    started = perf_counter()
    sample = _prepare(home, lines, seed, progress)
    office = open_home(home)
    _submit(office, sample, progress)
    month = _run(office, progress)
    facts = _gather(office, sample, month)
    sections = render_page(facts)
    write_whole(home / PAGE, render_html(sections).encode())
    return DemoResult(_figure(facts, month, perf_counter() - started), sections)


def _prepare(home: Path, lines: int, seed: int, progress: Progress) -> Path:
    """Write the sample beside the home, make the home from it, and put it inside."""
    place = home.absolute()
    draft = place.with_name(f".{place.name}.{SAMPLE}")
    is_free = not home.exists() or (home.is_dir() and not any(home.iterdir()))
    if not (home / SAMPLE).exists() and _is_made_from(home, draft):
        draft.rename(home / SAMPLE)  # an older demo was killed before it got here
    if not is_free and not _is_made_from(home, home / SAMPLE):
        message = (
            f"{home} 已有其他内容,演示不会覆盖,请改 --home / {home} is no older demo's home: choose another with --home"
        )
        raise ConflictError(message)
    if draft.exists():
        shutil.rmtree(draft)
    write_sample(draft, lines, seed, partial(progress, "sample"))
    if not is_free:
        with hold_lock(Home(home).lock):
            shutil.rmtree(home)
    create_home(home, plan_sample(COUNTY, draft))
    return draft.rename(home / SAMPLE)


def _is_made_from(home: Path, sample: Path) -> bool:
    """Say whether a home was made from a sample: it has the sample's published log key, which no real county has."""
    ours, theirs = Home(home).log_key, Home(sample).log_key
    return ours.is_file() and theirs.is_file() and ours.read_bytes() == theirs.read_bytes()


def _submit(office: Office, sample: Path, progress: Progress) -> None:
    with open_desk(office) as desk:
        outcomes = submit_all(desk, list_submissions([sample], "", 0), partial(progress, "submit"))
    turned_away = [outcome.file for outcome in outcomes if outcome.word != "new"]
    invariant(not turned_away, f"intake takes every file of a sample, but not {turned_away[:1]}")


def _run(office: Office, progress: Progress) -> _Month:
    def report(done: EngineProgress) -> None:
        progress("run", done.commands_done, done.commands_total)

    started = perf_counter()
    with open_runner(office, report) as runner:
        runner.apply_pending()
        seconds = perf_counter() - started
        waiting = [sending.file.file for sending in runner.report.waiting]
        invariant(not waiting, f"every order file of a sample goes out, but not {waiting[:1]}")
        story = tell_story(list_entries(runner.journal.bundles()))
        return _Month(story, runner.engine.machine.state, runner.engine.machine.head(), seconds)


def _gather(office: Office, sample: Path, month: _Month) -> Facts:
    state = month.state
    chosen = find_all_payable(state.designations.values(), state.now)
    return Facts(
        story=month.story,
        score=score(month.story, read_truth(sample / "truth.json")),
        banks={code: bank.name for code, bank in state.policy.banks.items()},
        people=len({account.holder for account in state.accounts.values()}),
        cards=len(state.accounts),
        accounts=len({designation.account for designation in chosen if designation is not None}),
        checkpoint=month.head.checkpoint,
        vkey=render_vkey(read_signer(office.home.log_key).verifier),
        home=str(office.home.root),
    )


def _figure(facts: Facts, month: _Month, seconds: float) -> dict[str, Any]:
    """Give the figures that machines read; amounts in fen."""
    sums = _sum(facts.story)
    return {
        **{name: part.count for name, part in sums.items()},
        "fen": {name: part.fen for name, part in sums.items()},
        "findings": count_codes(facts.story),
        "planted": facts.score.planted,
        "found": facts.score.found,
        "false_holds": facts.score.false_holds,
        "cards_before": facts.cards,
        "accounts_after": facts.accounts,
        "size": month.head.size,
        "root": month.head.root,
        "origin": month.state.origin,
        "vkey": facts.vkey,
        "seconds": round(seconds, 3),
        "run_seconds": round(month.seconds, 3),
        "lines_per_second": int(sums["lines"].count / month.seconds),
        "home": facts.home,
        "page": str(Path(facts.home) / PAGE),
    }


def _sum(story: Story) -> dict[str, Sum]:
    """Give lines and fen as assessed, then what was cleared and ordered."""
    lines, ordered = Sum(), Sum()
    for part in story.assessed.values():
        lines.add(part.count, part.fen)
    for row in story.orders:
        ordered.add(row.count, row.fen)
    return {"lines": lines, **story.assessed, "cleared": story.cleared, "ordered": ordered}
