"""Owns ``release``: judged at its confirm's position. Line rules run again, then the figures must be what is ready."""

from collections.abc import Iterator, Mapping, Sequence

from consolidator.facts.lines import HELD, READY, Batch, sum_banks
from consolidator.facts.state import State
from consolidator.ledger.acts import Act, emit_refusal, find_named_batch
from consolidator.ledger.assessment import list_reasons
from consolidator.ledger.changes import Change, emit_change, reopen_part
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.moves import check_conservation, list_banks, open_lines
from consolidator.ledger.orders import OrderBook
from consolidator.ledger.routing import find_paying_banks, hold_unroutable
from consolidator.ledger.showing import show
from consolidator.rules.catalogue import ORANGE
from consolidator.rules.plans import PAID, find_over_plan
from consolidator.rules.running import Hits, run_line_rules
from consolidator.rules.slices import Slice
from schemas.errors import InputError
from schemas.headers import PART_ITEMS_MAX, ReleaseHeader
from schemas.instants import HOUR_SECONDS, render_instant
from schemas.parts import ReleasePart

REDESIGNATED = "H01"
Figures = list[tuple[str, int, int]]


def propose_release(act: Act[ReleaseHeader]) -> Iterator[Emission]:
    """Check that a release can be read; its figures are judged at the confirm."""
    try:
        _read_figures(act)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)


def effect_release(act: Act[ReleaseHeader]) -> Iterator[Emission]:
    """Check every ready line again, compare the figures, and order what is ready, or refuse with the new figures."""
    batch = find_named_batch(act)
    if batch.open is None:  # nothing in it can become ready any more, also after a release that waited beside this one
        yield emit_refusal(act, "D16")
        return
    book = OrderBook(act.state, batch)
    for index in range(len(batch.open.parts)):
        yield _check_again(act, batch, index, book)
    code, detail = _judge(act, batch, book.figures())
    check_conservation(batch)
    yield _record(act, batch, book.figures(), code, detail)
    if not code:
        yield from book.emit()


def _check_again(act: Act[ReleaseHeader], batch: Batch, index: int, book: OrderBook) -> Emission:
    """Run the line rules over the ready lines of one part; claims are not looked at, a ready line holds its own."""
    first = index * PART_ITEMS_MAX + 1
    ready = _list_ready(batch, first)
    emission = Emission(lines=len(ready))
    if not ready:
        return emission
    part = reopen_part(act.state, batch, index, first)
    hits = run_line_rules(part)
    hold_unroutable(part, hits)
    _compare_designations(batch, part, ready, hits)
    news = _find_news(batch, part, ready, hits)
    for item, new in news.items():
        change = Change(item, HELD, new, hits.evidence.get(item, {}), act.key, act.cause)
        emit_change(act.state, batch, part, change, emission)
    book.add(part, [item for item in ready if item not in news] if news else ready)
    return emission


def _list_ready(batch: Batch, first: int) -> Sequence[int]:
    states = batch.states[first - 1 : first - 1 + PART_ITEMS_MAX]
    return [item for item, state in enumerate(states) if state == READY]


def _compare_designations(batch: Batch, part: Slice, ready: Sequence[int], hits: Hits) -> None:
    """H01: designation or paying bank now are not the assessed ones; held, never silently paid elsewhere.

    The paying bank differs when policy has changed the programme's banks since.
    """
    first = part.first_line
    assessed = open_lines(batch).designation[first - 1 : first - 1 + len(part)]
    banks = zip(find_paying_banks(part), list_banks(part.state, batch, first, len(part)), strict=True)
    rerouted = {item for item, (now, before) in enumerate(banks) if now != before}
    changed = [
        item
        for item in ready
        if (chosen := part.designations[item]) is not None
        and (chosen.terms.version != assessed[item] or item in rerouted)
    ]
    hits.add(changed, REDESIGNATED, ORANGE)
    for item in changed:
        hits.explain(item, REDESIGNATED, {"assessed_designation": assessed[item]})


def _find_news(batch: Batch, part: Slice, ready: Sequence[int], hits: Hits) -> Mapping[int, list[str]]:
    """Give, for the ready items that have any, the findings that stop a line and were not cleared.

    No clearing covers H01, so that is always news.
    """
    cleared = open_lines(batch).cleared
    news: dict[int, list[str]] = {}
    for item in sorted((hits.refused | hits.held).intersection(ready)):
        reasons = list_reasons(hits, item)
        known = cleared.get(part.first_line + item, ())
        if new := [reason.partition("|")[0] for reason in reasons if reason not in known]:
            news[item] = new
    return news


def _judge(act: Act[ReleaseHeader], batch: Batch, ready: Figures) -> tuple[str, str]:
    """Compare time, number, figures and plan (R41). Gives a reason code, empty if all is right, and what would be."""
    opens_at = find_review_end(act.state, batch)
    if act.state.now < opens_at:
        return "D25", f"from {render_instant(opens_at)}"
    figures = _describe(ready)
    if act.header.number != batch.releases + 1:
        return "D19", figures
    if not ready:
        return "D18", figures
    if find_over_plan(act.state, batch, PAID, sum(fen for _, _, fen in ready)) is not None:
        return "D21", figures
    return ("" if sorted(_read_figures(act)) == ready else "D17"), figures


def find_review_end(state: State, batch: Batch) -> int:
    """Give the instant until which everyone in power may look at a batch's lines before any may be released."""
    return batch.assessed_at + state.policy.programmes[batch.programme].review_window_hours * HOUR_SECONDS


def _read_figures(act: Act[ReleaseHeader]) -> Figures:
    tally = Tally()
    figures: Figures = []
    for items in read_parts(act, ReleasePart, tally):
        part = items.columns
        figures += [(part.bank[index], part.count[index], part.fen[index]) for index, _ in items.numbers]
    if tally.refused:
        raise InputError("D09", f"item {tally.refused[0][0]}")
    return figures


def _record(act: Act[ReleaseHeader], batch: Batch, ready: Figures, code: str, detail: str) -> Emission:
    fields = {
        "kind": "release",
        "source": batch.source,
        "document": batch.document,
        "release": act.header.number,
        "outcome": "refused" if code else "accepted",
        "banks": [list(row) for row in ready],
        "by": act.key,
        "cause": act.cause,
    }
    emission = Emission()
    show(emission, act.state, batch, fields | ({"code": code} if code else {}))
    if code:
        emission.outcomes.append(act.outcome("refused", code, detail=detail))
    return emission


def _describe(ready: Figures) -> str:
    """Tell the operator what would be right: bank, count and fen."""
    return "; ".join(f"{bank}: {count} lines, {fen} fen" for bank, count, fen in ready)


def list_figures(state: State, batch: Batch) -> Figures:
    """Give what is ready now per paying bank, for screens and for making a release."""
    sums = sum_banks(batch, (READY,))
    return sorted((state.bank_codes[bank], count, fen) for (bank, _), (count, fen) in sums.items())
