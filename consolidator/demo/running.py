"""Owns the running of the demo: sample, init, submit, run, answers, run, page. It only calls what a county calls.

Clock and keys come from the seed, so the same lines and seed give the same log. Witnesses state the real time of their
cosignatures, which are no part of the log.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from consolidator.bootstrap import Office, open_desk, open_home
from consolidator.demo.contents import render_page
from consolidator.demo.corrected import Corrected, figure_corrections
from consolidator.demo.correcting import Doing, correct_unpaid
from consolidator.demo.forming import Forming, figure_quorum, wait_for_quorum, watch_quorum
from consolidator.demo.html import render_html
from consolidator.demo.judging import read_truth, score
from consolidator.demo.page import Facts, Section
from consolidator.demo.story import Story, Sum, count_codes, tell_story
from consolidator.demo.witnesses import FOLLOWING, PORTS, THRESHOLD, list_restart, name_quorum, run_witnesses
from consolidator.facts.accounts import find_all_payable
from consolidator.facts.state import State
from consolidator.home.creating import NOBODY, create_home, plan_sample
from consolidator.home.files import write_whole
from consolidator.home.paths import Home
from consolidator.home.running import Runner, open_runner
from consolidator.intake.submitting import Submission, list_submissions, submit_all
from consolidator.keys import read_signer
from consolidator.sample import write_sample
from consolidator.sample.bank_answers import answer_orders, read_orders
from consolidator.sample.places import COUNTY
from consolidator.transparency.keys import render_vkey
from consolidator.views.reading import list_entries
from schemas.commits import Head
from schemas.errors import ConflictError, invariant
from schemas.quorum import QuorumValue
from streams.embedded.journal import SqliteJournal
from streams.embedded.lock import hold_lock
from streams.engine import Progress as EngineProgress

SAMPLE = "sample"  # the sample's folder in the home: its files, officers' keys and truth
ANSWERS = "answers"  # in it: what banks answered
PAGE = "demo.html"
Progress = Callable[[str, int, int], None]
Witnesses = Literal["four", "none"]


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What a demo came to: ``figures`` for machines (plain JSON values), ``sections`` for people."""

    figures: dict[str, Any]
    sections: Sequence[Section]


@dataclass(frozen=True, slots=True)
class _Month:
    """What is left when everything ran: the log's story, the ledger's state, the checkpoint that is published.

    The story ends when the banks have answered; ``corrected`` is what came after. ``seconds`` were spent deciding.
    """

    story: Story
    corrected: Corrected | None
    state: State
    head: Head
    checkpoint: str
    seconds: float


def _show_nobody(_stage: str, _done: int, _total: int) -> None:
    """Show no progress."""


def run_demo(
    home: Path, lines: int, seed: int, progress: Progress = _show_nobody, witnesses: Witnesses = "none"
) -> DemoResult:
    """Run a generated month in ``home``, which is made; an older demo's home there is replaced.

    ``progress`` is called with the stage (``sample``, ``submit``, ``run``), how much is done, and of how much.
    ``witnesses``: four processes, three of which must cosign, or none. Raises ConflictError when something else stands
    at ``home``, UsageError when ``lines`` is out of bounds, DependencyError when the witnesses do not run or cosign.
    """
    started = perf_counter()
    sample = _prepare(home, lines, seed, NOBODY if witnesses == "none" else name_quorum(seed), progress)
    forming = None if witnesses == "none" else Forming(frozenset(PORTS), THRESHOLD, FOLLOWING)
    with _reach_witnesses(open_home(home), seed, witnesses) as office:
        _submit(office, list_submissions([sample], "", 0), progress)
        month = _run(office, seed, forming, progress)
    restart = () if forming is None else list_restart(office.home)
    facts = replace(_gather(office, sample, month), forming=forming, restart=restart)
    sections = render_page(facts)
    write_whole(home / PAGE, render_html(sections).encode())
    return DemoResult(_figure(facts, month, perf_counter() - started), sections)


@contextmanager
def _reach_witnesses(office: Office, seed: int, witnesses: Witnesses) -> Iterator[Office]:
    """Give the office with what runs beside it."""
    if witnesses == "none":
        yield office
        return
    vkey = render_vkey(read_signer(office.home.log_key).verifier)
    with run_witnesses(office.home, seed, vkey) as addresses:
        yield replace(office, addresses=addresses)


def _prepare(home: Path, lines: int, seed: int, quorum: QuorumValue, progress: Progress) -> Path:
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
    create_home(home, replace(plan_sample(COUNTY, draft), quorum=quorum))
    return draft.rename(home / SAMPLE)


def _is_made_from(home: Path, sample: Path) -> bool:
    """Say whether a home was made from a sample: it has the sample's published log key, which no real county has."""
    ours, theirs = Home(home).log_key, Home(sample).log_key
    return ours.is_file() and theirs.is_file() and ours.read_bytes() == theirs.read_bytes()


def _submit(office: Office, submissions: Sequence[Submission], progress: Progress) -> None:
    with open_desk(office) as desk:
        outcomes = submit_all(desk, submissions, partial(progress, "submit"))
    turned_away = [outcome.file for outcome in outcomes if outcome.word != "new"]
    invariant(not turned_away, f"intake takes every file of a sample, but not {turned_away[:1]}")


def _run(office: Office, seed: int, forming: Forming | None, progress: Progress) -> _Month:
    """Decide and send; then let the banks answer what they were sent, and what they did not pay be paid again."""

    def report(done: EngineProgress) -> None:
        progress("run", done.commands_done, done.commands_total)

    started = perf_counter()
    with open_runner(office, report) as runner:
        if forming is not None:
            watch_quorum(runner, forming)
        runner.apply_pending()
        seconds = perf_counter() - started
        _send(runner, forming)
        _let_banks_answer(office, runner.journal, seed, progress)
        _decide(runner, forming)
        story = tell_story(list_entries(runner.journal.bundles()))
        submit = partial(_submit, office, progress=progress)
        corrected = correct_unpaid(Doing(office, runner, submit, partial(_decide, runner, forming)), story)
        machine = runner.engine.machine
        return _Month(
            story, corrected, machine.state, machine.head(), runner.heads.standing.checkpoint.decode(), seconds
        )


def _decide(runner: Runner, forming: Forming | None) -> None:
    runner.apply_pending()
    _send(runner, forming)


def _send(runner: Runner, forming: Forming | None) -> None:
    """See to it that everything is out."""
    if forming is not None:
        wait_for_quorum(runner, forming)
    runner.tell_waiting()
    waiting = [sending.file.file for sending in runner.report.waiting]
    invariant(not waiting, f"every order file of a sample goes out, but not {waiting[:1]}")


def _let_banks_answer(office: Office, journal: SqliteJournal, seed: int, progress: Progress) -> None:
    """Have every bank's result files submitted. What is in them the bank knows from its order files."""
    submissions, orders = [], read_orders(journal, journal.order_files())
    for number, file in enumerate(answer_orders(orders, seed), start=1):
        folder = office.home.root / SAMPLE / ANSWERS / f"{number:03d}-{file.source}"
        folder.mkdir(parents=True)
        (folder / file.name).write_bytes(file.raw)
        submissions.append(Submission(folder / file.name, file.source, file.at))
    _submit(office, submissions, progress)


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
        checkpoint=month.checkpoint,
        vkey=render_vkey(read_signer(office.home.log_key).verifier),
        home=str(office.home.root),
        corrected=month.corrected,
    )


def _figure(facts: Facts, month: _Month, seconds: float) -> dict[str, Any]:
    """Give the figures that machines read; amounts in fen."""
    sums = _sum(facts.story)
    return {
        **{name: part.count for name, part in sums.items()},
        "fen": {name: part.fen for name, part in sums.items()},
        "answers": {state: {"count": part.count, "fen": part.fen} for state, part in facts.story.told.items()},
        "settled": facts.story.settled,
        "corrections": figure_corrections(facts.corrected),
        "findings": count_codes(facts.story),
        "planted": facts.score.planted,
        "found": facts.score.found,
        "false_holds": facts.score.false_holds,
        "cards_before": facts.cards,
        "accounts_after": facts.accounts,
        "size": month.head.size,
        "root": month.head.root,
        "quorum": figure_quorum(facts.forming),
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
