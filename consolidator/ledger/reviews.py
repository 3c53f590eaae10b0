"""Owns ``review``: hold, stop and comment take effect at once; clear waits for a second person and assesses anew."""

from collections.abc import Callable, Iterator, Mapping

from consolidator.facts.lines import HELD, READY, STOPPED, Batch
from consolidator.ledger.acts import Act, emit_effect, emit_refusal, find_named_batch
from consolidator.ledger.assessment import list_stopping
from consolidator.ledger.changes import Change, emit_change, reopen_slice
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.moves import derive_bank_index, open_lines
from consolidator.ledger.orders import finish_batch
from consolidator.ledger.routing import NO_BRANCH, find_paying_banks, hold_unroutable
from consolidator.rules.catalogue import ORANGE, render_finding
from consolidator.rules.running import run_line_rules
from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.headers import ReviewHeader
from schemas.parts import ReviewPart

HELD_BY_PERSON = "H03"


def propose_review(act: Act[ReviewHeader]) -> Iterator[Emission]:
    """Check that a clearing can be read; its lines are judged at the confirm."""
    try:
        read_parts(act, ReviewPart, Tally())
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)


def effect_review(act: Act[ReviewHeader]) -> Iterator[Emission]:
    """Carry a review out, line by line."""
    batch = find_named_batch(act)
    tally = Tally()
    try:
        parts = read_parts(act, ReviewPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    for items in parts:
        emission = Emission(lines=items.size)
        for index, number in items.numbers:
            line, reason = items.columns.line[index], items.columns.reason[index]
            tally.count(number, _review_line(act, batch, line, reason, emission))
        yield emission
    last = emit_effect(act, tally.accepted, sorted(tally.refused))
    last.blocks += finish_batch(act.state, batch).blocks
    yield last


def _review_line(act: Act[ReviewHeader], batch: Batch, line: int, reason: str, emission: Emission) -> str:
    if not 1 <= line <= len(batch.states):
        return "S03"
    return _ACTIONS[act.header.action](act, batch, line, reason, emission)


def _hold(act: Act[ReviewHeader], batch: Batch, line: int, reason: str, emission: Emission) -> str:
    if batch.states[line - 1] != READY:
        return "S04"
    part, item = reopen_slice(act.state, batch, line)
    findings = [render_finding(HELD_BY_PERSON, ORANGE)]
    emit_change(act.state, batch, part, Change(item, HELD, findings, {}, act.key, act.cause, reason), emission)
    return ""


def _stop(act: Act[ReviewHeader], batch: Batch, line: int, reason: str, emission: Emission) -> str:
    if batch.states[line - 1] != HELD:
        return "S04"
    part, item = reopen_slice(act.state, batch, line)
    findings = open_lines(batch).findings[line]
    emit_change(act.state, batch, part, Change(item, STOPPED, findings, {}, act.key, act.cause, reason), emission)
    return ""


def _comment(act: Act[ReviewHeader], batch: Batch, line: int, reason: str, emission: Emission) -> str:
    fields = {
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "by": act.key,
        "cause": act.cause,
    }
    emission.add("comment", act.at, fields, render_canonical({"reason": reason}))
    return ""


def _clear(act: Act[ReviewHeader], batch: Batch, line: int, reason: str, emission: Emission) -> str:
    """Assess the line anew; what is found now, designation and route become the assessed ones."""
    if batch.states[line - 1] != HELD:
        return "S04"
    part, item = reopen_slice(act.state, batch, line)
    hits = run_line_rules(part)
    hold_unroutable(part, hits)
    designation = part.designations[item]
    if designation is None:
        return "S08"
    working = open_lines(batch)
    standing = list_stopping(hits, item)
    findings = sorted({*standing, *working.findings[line]})
    if item in hits.refused:
        return "S09"
    if render_finding(NO_BRANCH, ORANGE) in hits.findings.get(item, ()):
        return NO_BRANCH
    working.designation[line - 1] = designation.version
    working.cleared[line] = standing  # what has gone meanwhile was not cleared: it is news if it comes back
    batch.banks[line - 1] = derive_bank_index(act.state, find_paying_banks(part)[item])
    evidence = hits.evidence.get(item, {})
    emit_change(act.state, batch, part, Change(item, READY, findings, evidence, act.key, act.cause, reason), emission)
    return ""


_ACTIONS: Mapping[str, Callable[[Act[ReviewHeader], Batch, int, str, Emission], str]] = {
    "hold": _hold,
    "stop": _stop,
    "comment": _comment,
    "clear": _clear,
}
