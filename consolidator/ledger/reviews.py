"""Owns ``review``: hold, stop and comment take effect at once; clear waits for a second person and assesses anew."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.facts.lines import HELD, READY, STOPPED, Batch
from consolidator.ledger.acts import Act, emit_effect, emit_refusal, find_named_batch
from consolidator.ledger.assessment import list_reasons, list_stopping
from consolidator.ledger.changes import Change, Reader, emit_change
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.moves import derive_bank_index, open_lines
from consolidator.ledger.orders import finish_batch
from consolidator.ledger.routing import NO_BRANCH, TOO_LARGE, find_paying_bank
from consolidator.rules.catalogue import ORANGE, RED, list_brought, render_finding
from consolidator.rules.groups import GROUP_RULES
from consolidator.rules.slices import Slice
from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.headers import ReviewHeader
from schemas.parts import ReviewPart

HELD_BY_PERSON = "H03"
# A clearing runs the line rules again; what a group rule found at this level, or others told, still stands.
_STANDING_REDS = frozenset(
    render_finding(code, RED) for code in (*(rule.code for rule in GROUP_RULES), *sorted(list_brought()))
)


@dataclass(frozen=True, slots=True)
class _Review:
    """A review that takes effect: what it acts on, and where its entries go."""

    act: Act[ReviewHeader]
    batch: Batch
    reader: Reader
    emission: Emission

    def change(self, item: tuple[Slice, int], to: int, findings: Sequence[str], reason: str) -> None:
        """Change one line."""
        evidence: Mapping[str, Any] = {}
        part, index = item
        if to == READY:
            evidence = self.reader.find_hits(self.batch, part.first_line + index).evidence.get(index, {})
        change = Change(index, to, findings, evidence, self.act.key, self.act.cause, reason)
        emit_change(self.act.state, self.batch, part, change, self.emission)


def effect_review(act: Act[ReviewHeader]) -> Iterator[Emission]:
    """Carry a review out, line by line."""
    batch = find_named_batch(act)
    tally = Tally()
    try:
        parts = read_parts(act, ReviewPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    reader = Reader(act.state)
    for items in parts:
        review = _Review(act, batch, reader, Emission(lines=items.size))
        for index, number in items.numbers:
            tally.count(number, _review_line(review, items.columns.line[index], items.columns.reason[index]))
        yield review.emission
    last = emit_effect(act, tally.accepted, sorted(tally.refused))
    last.blocks += finish_batch(act.state, batch).blocks
    yield last


def _review_line(review: _Review, line: int, reason: str) -> str:
    if not 1 <= line <= len(review.batch.states):
        return "S03"
    return _ACTIONS[review.act.header.action](review, line, reason)


def _hold(review: _Review, line: int, reason: str) -> str:
    if review.batch.states[line - 1] != READY:
        return "S04"
    findings = [render_finding(HELD_BY_PERSON, ORANGE)]
    review.change(review.reader.find_slice(review.batch, line), HELD, findings, reason)
    return ""


def _stop(review: _Review, line: int, reason: str) -> str:
    if review.batch.states[line - 1] != HELD:
        return "S04"
    findings = open_lines(review.batch).findings[line]
    review.change(review.reader.find_slice(review.batch, line), STOPPED, findings, reason)
    return ""


def _comment(review: _Review, line: int, reason: str) -> str:
    act, batch = review.act, review.batch
    fields = {"source": batch.source, "document": batch.document, "line": line, "by": act.key, "cause": act.cause}
    review.emission.add("comment", act.at, fields, render_canonical({"reason": reason}))
    return ""


def _clear(review: _Review, line: int, reason: str) -> str:
    """Assess the line anew; what is found now, designation and route become the assessed ones."""
    batch = review.batch
    if batch.states[line - 1] != HELD:
        return "S04"
    if open_lines(batch).told.get(line, 0) > review.act.proposed:
        return "S17"
    part, item = review.reader.find_slice(batch, line)
    hits = review.reader.find_hits(batch, line)
    designation = part.designations[item]
    working = open_lines(batch)
    standing = list_stopping(hits, item)
    if designation is None:
        return "S08"
    if item in hits.refused or not _STANDING_REDS.isdisjoint(working.findings[line]):
        return "S09"
    for code in (NO_BRANCH, TOO_LARGE):  # nobody can let go what no bank can take
        if render_finding(code, ORANGE) in standing:
            return code
    findings = sorted({*standing, *working.findings[line]})
    working.designation[line - 1] = designation.version
    # What has gone meanwhile was not cleared: it is news if it comes back.
    working.cleared[line] = list_reasons(hits, item)
    batch.banks[line - 1] = derive_bank_index(review.act.state, find_paying_bank(part.programme, designation))
    review.change((part, item), READY, findings, reason)
    return ""


_ACTIONS: Mapping[str, Callable[[_Review, int, str], str]] = {
    "hold": _hold,
    "stop": _stop,
    "comment": _comment,
    "clear": _clear,
}
