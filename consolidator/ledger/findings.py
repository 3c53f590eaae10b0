"""Owns ``finding``: what a monitor, which looks at several counties, says about lines of this one.

A line not yet ordered is held (or, if held already, gets the finding); an ordered one gets a clue. The same comparison
is told once per line, for ever: what two persons have let go is not held again for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.facts.lines import REBUILT, REFUSED, STOPPED, Batch, derive_place
from consolidator.facts.state import State, find_batch, find_setting
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.changes import Reader
from consolidator.ledger.claims import list_beneficiaries
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.marks import Mark, is_quiet, mark_line
from consolidator.ledger.moves import check_conservation
from consolidator.rules.duplicates import NUMBERED
from consolidator.rules.running import find_own_level
from schemas.errors import InputError
from schemas.headers import FindingHeader
from schemas.parts import FindingPart

_ENDED = (REFUSED, STOPPED, REBUILT)  # nothing was or will be paid by it: the entitlement is free, or another line's


@dataclass(frozen=True, slots=True)
class _Finding:
    """A finding that takes effect, and what is looked up once for all its items."""

    act: Act[FindingHeader]
    reader: Reader
    people: dict[int, dict[int, str]] = field(default_factory=dict)
    touched: dict[int, Batch] = field(default_factory=dict)


def effect_finding(act: Act[FindingHeader]) -> Iterator[Emission]:
    """Mark the lines that a monitor names, item by item."""
    tally = Tally()
    try:
        parts = read_parts(act, FindingPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    finding = _Finding(act, Reader(act.state))
    for items in parts:
        emission = Emission(lines=items.size)
        for index, number in items.numbers:
            tally.count(number, _take(finding, items.columns, index, emission))
        yield emission
    for batch in finding.touched.values():
        check_conservation(batch)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _take(finding: _Finding, part: FindingPart, index: int, emission: Emission) -> str:
    """Mark one line; what it was told before changes nothing. Returns a reason code or empty."""
    act, line = finding.act, part.line[index]
    batch = find_batch(act.state, part.source[index], part.document[index])
    if batch is None or line > len(batch.states):
        return "S03"
    code = _judge(act, part, index) or _judge_line(act.state, batch, line)
    if not code and _is_news(finding, batch, part, index):
        rule, place = act.header.code, derive_place(batch.index, line)
        facts = {name: getattr(part, name)[index] for name in ("entry", "other_county", "other_entry")}
        mark = Mark(rule, find_own_level(act.state, rule), {rule: facts}, act.cause)
        mark_line(act.state, place, mark, finding.reader, emission)
        finding.touched[batch.index] = batch
    return code


def _judge(act: Act[FindingHeader], part: FindingPart, index: int) -> str:
    """Judge what an item says: ``S23`` the rule is off, ``S21`` no such entry yet, ``S01`` compared with itself."""
    if not find_setting(act.state, act.header.code).enabled:
        return "S23"
    if part.entry[index] >= act.state.size:
        return "S21"
    return "S01" if part.other_county[index] == act.state.county else ""


def _judge_line(state: State, batch: Batch, line: int) -> str:
    """Judge the line: ``S24`` plots and machines of two counties are never one, ``S04`` nothing is or will be paid."""
    if state.policy.programmes[batch.programme].unit in NUMBERED:
        return "S24"
    return "S04" if batch.states[line - 1] in _ENDED else ""


def _is_news(finding: _Finding, batch: Batch, part: FindingPart, index: int) -> bool:
    """False when the line was told of this comparison, or the finding is suppressed for its person."""
    state, rule, line = finding.act.state, finding.act.header.code, part.line[index]
    place = derive_place(batch.index, line)
    told = state.claims.clued.setdefault(f"{rule}|{part.other_county[index]}|{part.other_entry[index]}", set())
    if place in told or (rule in state.suppressions and _is_suppressed(finding, batch, line)):
        return False
    told.add(place)
    return True


def _is_suppressed(finding: _Finding, batch: Batch, line: int) -> bool:
    """Whose a line is costs a look at all claims of its period, so it is asked once a batch, and only if it matters."""
    state, rule = finding.act.state, finding.act.header.code
    if batch.index not in finding.people:
        finding.people[batch.index] = list_beneficiaries(state, batch)
    beneficiary = finding.people[batch.index][line]
    return is_quiet(state, rule, find_own_level(state, rule), derive_place(batch.index, line), beneficiary)
