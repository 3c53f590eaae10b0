"""Owns ``disposition``: what became of findings, and the suppression of a repeated false hit until a day.

A suppressed finding of that person only informs; it needs a second person, since money passes later by it.
"""

from collections.abc import Iterator, Mapping

from consolidator.facts.lines import Batch
from consolidator.facts.registers import Suppression
from consolidator.facts.state import State
from consolidator.ledger.acts import Act, emit_effect, emit_refusal, find_named_batch
from consolidator.ledger.claims import list_beneficiaries
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.showing import find_hidden
from consolidator.rules.catalogue import CATALOGUE, NEVER_QUIET, YELLOW
from consolidator.rules.running import derive_suppressed, find_own_level
from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.headers import DispositionHeader
from schemas.instants import count_days, derive_day, is_date
from schemas.parts import DispositionPart

SUPPRESSED_DAYS_MAX = 366  # a false hit is looked at again within a year


def effect_disposition(act: Act[DispositionHeader]) -> Iterator[Emission]:
    """Record what became of findings, line by line; suppress what is to be suppressed."""
    batch = find_named_batch(act)
    tally = Tally()
    try:
        parts = read_parts(act, DispositionPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    people = list_beneficiaries(act.state, batch) if act.header.action == "suppress" else {}
    for items in parts:
        emission = Emission(lines=items.size)
        for index, number in items.numbers:
            code = _suppress(act, batch, items.columns, index, people) if act.header.action == "suppress" else ""
            tally.count(number, code or _record(act, batch, items.columns, index, emission))
        yield emission
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _record(act: Act[DispositionHeader], batch: Batch, part: DispositionPart, index: int, emission: Emission) -> str:
    """Write what became of one finding; returns a reason code or empty."""
    line, code = part.line[index], part.code[index]
    if line > len(batch.states):
        return "S03"
    if code not in CATALOGUE:
        return "S01"
    fields = {
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "code": "" if code in find_hidden(act.state, batch) else code,
        "verdict": part.verdict[index],
        "by": act.key,
        "cause": act.cause,
    }
    if act.header.action == "suppress":
        fields["until"] = _find_until(part, index)
    emission.add("disposition", act.at, fields, render_canonical({"code": code, "reason": part.reason[index]}))
    return ""


def _suppress(
    act: Act[DispositionHeader], batch: Batch, part: DispositionPart, index: int, people: Mapping[int, str]
) -> str:
    """Quiet a finding of a line's beneficiary: S07 no day to come, S16 cannot be quieted, S03 S04 nobody's line."""
    state, line, code, until = act.state, part.line[index], part.code[index], _find_until(part, index)
    today = derive_day(state.now)
    if until is None or not is_date(until) or not 0 <= count_days(today, until) <= SUPPRESSED_DAYS_MAX:
        return "S07"
    if code not in CATALOGUE:
        return "S01"
    if code in NEVER_QUIET or not _was_found(state, batch, line, code):
        return "S16"
    if line not in people:
        return "S03" if line > len(batch.states) else "S04"
    suppressed = derive_suppressed(batch.programme, people[line])
    state.suppressions.setdefault(code, {})[suppressed] = Suppression(until, act.cause)
    return ""


def _was_found(state: State, batch: Batch, line: int, code: str) -> bool:
    """Say whether the line is held, or was let go, for this; nobody suppresses what has not happened.

    A clue holds nothing back, so it is not remembered, and quieting it does no harm.
    """
    if find_own_level(state, code) == YELLOW:
        return True
    if batch.open is None:
        return False
    found = (*batch.open.findings.get(line, ()), *batch.open.cleared.get(line, ()))
    return any(each.startswith(code) for each in found)


def _find_until(part: DispositionPart, index: int) -> str | None:
    return None if part.until is None else part.until[index]
