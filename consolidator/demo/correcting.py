"""Owns the demo's corrections (更正重发): what banks did not pay of one batch is sent again and paid.

Everything goes the way that a county's files and acts go; the instants come from the sample's calendar.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from consolidator.bootstrap import Office, open_desk
from consolidator.demo.corrected import Corrected, tell_corrected
from consolidator.demo.story import Place, Story
from consolidator.facts.lines import HELD
from consolidator.home.running import Runner
from consolidator.intake.acting import Act, View, make_release, send_act
from consolidator.intake.submitting import Submission
from consolidator.keys import read_signer
from consolidator.ledger.releases import list_figures
from consolidator.sample import timeline
from consolidator.sample.bank_answers import credit_orders, read_orders
from consolidator.sample.corrections import (
    Choice,
    choose_other,
    find_payee,
    read_rows,
    render_choices,
    render_correction,
)
from consolidator.sample.keyring import TOWN_SOURCES
from consolidator.sample.places import read_town
from consolidator.sample.sheets import render_cover
from consolidator.views.batches import require_batch
from consolidator.views.reading import list_entries
from schemas.identifiers import derive_line_ref
from schemas.instants import derive_day

FILES = "corrections"  # the folder in the sample's that holds what is sent
_RELEASING = ("bureau-clerk", "bureau-approver")  # who sends an act, and who confirms it
_CLEARING = ("bureau-reviewer-1", "bureau-reviewer-2")
_ACCOUNT_REASONS = frozenset(("account_state", "return"))
_MORE_FEN = 100  # by so much one correction asks for more than was due
_COVER = ".cover.csv"
_BANK = "bank-"


@dataclass(frozen=True, slots=True)
class Doing:
    """What the demo does with its county: ``submit`` files, ``decide`` and send what follows."""

    office: Office
    runner: Runner
    submit: Callable[[Sequence[Submission]], None]
    decide: Callable[[], None]

    @property
    def sample(self) -> Path:
        """The sample's folder in the home."""
        return self.office.home.root / "sample"


@dataclass(frozen=True, slots=True)
class _Case:
    """A batch with unpaid lines: its file and cover, these lines, and what those of them chose who chose an account."""

    source: str
    document: str
    original: tuple[bytes, bytes]
    numbers: Sequence[int]
    choices: Mapping[int, Choice]


def correct_unpaid(doing: Doing, story: Story) -> Corrected | None:
    """Let the department whose file holds most unpaid lines of a batch correct these; None where none does.

    A raised amount and a second correction of the same line come as well, to be refused.
    """
    places = choose_unpaid(story)
    if not places:
        return None
    case = _make_case(doing, places, story)
    fix, raised, twice = (f"{case.document}-{word}" for word in ("FIX", "RAISED", "TWICE"))
    render, every, first = partial(render_correction, case.original), _name_sources(case), _name_sources(case, 1)
    sent = [
        *_write_choices(doing, case),
        _write_correction(doing, case, raised, render(raised, first, _MORE_FEN), timeline.RAISED_AT),
        _write_correction(doing, case, fix, render(fix, every), timeline.CORRECTED_AT),
    ]
    doing.submit(sent)
    doing.decide()
    _clear(doing, case, fix)
    doing.decide()
    _release(doing, case, fix)
    doing.decide()
    repeated = _write_correction(doing, case, twice, render(twice, first), timeline.REPEATED_AT)
    doing.submit([*_let_banks_pay(doing, case, fix), repeated])
    doing.decide()
    entries = list_entries(doing.runner.journal.bundles(), f'"{case.document}-'.encode())
    return tell_corrected(entries, case.source, (fix, raised, twice), case.choices.keys())


def choose_unpaid(story: Story) -> list[Place]:
    """Choose the batch of a department that has most unpaid lines, the first of several; gives these, in order."""
    places = [place for place in story.unpaid if not place[0].startswith(_BANK)]
    counts = Counter((source, document) for source, document, _ in places)
    if not counts:
        return []
    [(batch, _)] = counts.most_common(1)
    return sorted(place for place in places if place[:2] == batch)


def _make_case(doing: Doing, places: Sequence[Place], story: Story) -> _Case:
    """Find the batch's file, and let whose account was the reason choose another of their cards."""
    source, document, _ = places[0]
    covers = sorted((doing.sample / "files").glob(f"*-{source}/*{_COVER}"))
    cover = next(path for path in covers if f"编号,{document}\r\n".encode() in path.read_bytes())
    original = cover.with_name(cover.name.removesuffix(_COVER)).read_bytes(), cover.read_bytes()
    rows = read_rows(original[0])
    asked = [place[2] for place in places if story.unpaid[place] in _ACCOUNT_REASONS]
    choices = {number: choose_other(doing.runner.state, find_payee(rows[number])) for number in asked}
    chosen = {number: choice for number, choice in choices.items() if choice is not None}
    return _Case(source, document, original, [place[2] for place in places], chosen)


def _write(folder: Path, name: str, raw: bytes, cover: bytes = b"") -> Path:
    """Put a file where it is sent from."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(raw)
    if cover:
        (folder / f"{name}{_COVER}").write_bytes(cover)
    return folder / name


def _name_sources(case: _Case, count: int | None = None) -> dict[int, str]:
    """Name the lines to correct, or the first ones."""
    return {line: derive_line_ref(case.source, case.document, line) for line in case.numbers[:count]}


def _write_correction(doing: Doing, case: _Case, name: str, rendered: tuple[bytes, bytes], at: int) -> Submission:
    path = _write(doing.sample / FILES / case.source, f"batch_{name}.csv", *rendered)
    return Submission(path, case.source, at)


def _write_choices(doing: Doing, case: _Case) -> list[Submission]:
    """Write the chosen accounts, a file for each town."""
    rows = read_rows(case.original[0])
    towns: dict[int, list[Choice]] = {}
    for number, choice in case.choices.items():
        towns.setdefault(read_town(rows[number]["村代码"][:9]), []).append(choice)
    day = derive_day(timeline.CHOSEN_AT).replace("-", "")
    found = []
    for town, choices in sorted(towns.items()):
        source, cover = TOWN_SOURCES[town], render_cover({"编号": f"DESIG-{town + 1:02d}-{day}"})
        name = f"designations_{source}_{day}.csv"
        path = _write(doing.sample / FILES / source, name, render_choices(choices), cover)
        found.append(Submission(path, source, timeline.CHOSEN_AT))
    return found


def _act(doing: Doing, officers: tuple[str, str], act: Act, at: int) -> None:
    """Send an act with one officer's key, and its confirm with another's."""
    view = View(doing.runner.state, doing.runner.record.position)
    first, second = (read_signer(doing.sample / "keys" / f"officer-{name}.key") for name in officers)
    with open_desk(doing.office) as desk:
        acted = send_act(desk, view, first, act, at)
        send_act(desk, view, second, Act("confirm", {"document": acted.digest}, {}, f"{act.id}-CONFIRM"), at)


def _clear(doing: Doing, case: _Case, document: str) -> None:
    """Let two persons clear who is held because he has just chosen another account."""
    batch = require_batch(doing.runner.state, f"{case.source}/{document}")
    own = enumerate(case.numbers, start=1)
    lines = [line for line, number in own if batch.states[line - 1] == HELD and number in case.choices]
    if lines:
        named = {"source": case.source, "id": document}
        columns: Mapping[str, Sequence[Any]] = {"line": lines, "reason": ["已与本人核实改选账户,放行"] * len(lines)}
        act = Act("review", {"action": "clear", "batch": named}, columns, f"REVIEW-{document}")
        _act(doing, _CLEARING, act, timeline.CLEARED_AT)


def _release(doing: Doing, case: _Case, document: str) -> None:
    """Let two persons release what is ready."""
    batch = require_batch(doing.runner.state, f"{case.source}/{document}")
    figures = list_figures(doing.runner.state, batch)
    if figures:
        day = derive_day(timeline.RELEASED_AT)
        papers = {bank: (f"SQ-{bank}", f"PZ-{bank}", day) for bank, _, _ in figures}
        _act(doing, _RELEASING, make_release(batch, figures, papers, f"RELEASE-{document}"), timeline.RELEASED_AT)


def _let_banks_pay(doing: Doing, case: _Case, document: str) -> list[Submission]:
    """Have the banks say that all of a batch's orders are paid."""
    journal, mine = doing.runner.journal, (case.source, document)
    orders = read_orders(journal, (file for file in journal.order_files() if (file.source, file.document) == mine))
    files = credit_orders(orders, timeline.PAID_AT)
    return [
        Submission(_write(doing.sample / FILES / each.source, each.name, each.raw), each.source, each.at)
        for each in files
    ]
