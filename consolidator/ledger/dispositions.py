"""Owns ``disposition``: what became of findings, and the suppression of a repeated false hit until a day.

A suppressed finding of that person only informs; it needs a second person, since money passes later by it.
"""

from collections.abc import Iterator

from consolidator.facts.lines import Batch
from consolidator.facts.registers import Suppression
from consolidator.ledger.acts import Act, emit_effect, emit_refusal, find_named_batch
from consolidator.ledger.claims import find_beneficiary
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.rules.catalogue import CATALOGUE, NEVER_QUIET
from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.headers import DispositionHeader
from schemas.instants import derive_day, is_date
from schemas.parts import DispositionPart


def propose_disposition(act: Act[DispositionHeader]) -> Iterator[Emission]:
    """Check that a suppression can be read; its lines are judged at the confirm."""
    try:
        read_parts(act, DispositionPart, Tally())
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)


def effect_disposition(act: Act[DispositionHeader]) -> Iterator[Emission]:
    """Record what became of findings, line by line; suppress what is to be suppressed."""
    batch = find_named_batch(act)
    tally = Tally()
    try:
        parts = read_parts(act, DispositionPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    for items in parts:
        emission = Emission(lines=items.size)
        for index, number in items.numbers:
            tally.count(number, _dispose(act, batch, items.columns, index, emission))
        yield emission
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _dispose(act: Act[DispositionHeader], batch: Batch, part: DispositionPart, index: int, emission: Emission) -> str:
    """Carry one item out; returns a reason code or empty."""
    line, code = part.line[index], part.code[index]
    until = None if part.until is None else part.until[index]
    if line > len(batch.states):
        return "S03"
    if code not in CATALOGUE:
        return "S01"
    if act.header.action == "suppress":
        refusal = _suppress(act, batch, line, code, until)
        if refusal:
            return refusal
    fields = {
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "code": code if CATALOGUE[code].public else "",
        "verdict": part.verdict[index],
        "by": act.key,
        "cause": act.cause,
    }
    if act.header.action == "suppress":
        fields["until"] = until
    emission.add("disposition", act.at, fields, render_canonical({"code": code, "reason": part.reason[index]}))
    return ""


def _suppress(act: Act[DispositionHeader], batch: Batch, line: int, code: str, until: str | None) -> str:
    """Quiet a finding of the line's beneficiary: S07 no day to come, S16 cannot be quieted, S04 nobody's line."""
    state = act.state
    if until is None or not is_date(until) or until < derive_day(state.now):
        return "S07"
    if code in NEVER_QUIET:
        return "S16"
    beneficiary = find_beneficiary(state, batch, line)
    if beneficiary is None:
        return "S04"
    state.suppressions.setdefault(code, {})[beneficiary] = Suppression(until, act.cause)
    return ""
