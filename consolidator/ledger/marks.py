"""Owns late findings: what a group rule or a monitor says about lines of earlier batches.

A line not yet ordered is held (or, if held already, gets the finding); an ordered one gets a clue, once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consolidator.facts.lines import HELD, LINE_STATES, READY, Batch, split_place
from consolidator.facts.state import Members, State, find_setting
from consolidator.ledger.changes import Change, Reader, emit_change
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import check_conservation, open_lines
from consolidator.ledger.showing import show
from consolidator.rules.catalogue import is_stopping, list_brought, render_finding
from consolidator.rules.groups import GROUP_RULES, GroupHits, judge_index
from consolidator.rules.running import QUIETED, derive_suppressed, find_own_level, find_suppression
from schemas.canonical import render_canonical
from schemas.headers import PART_ITEMS_MAX
from schemas.instants import derive_day


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding with the facts compared, and the digest of the document that brought it up."""

    code: str
    level: str
    evidence: Mapping[str, Any]
    cause: str

    @property
    def finding(self) -> str:
        """As entries show it."""
        return render_finding(self.code, self.level)


def index_households_again(state: State) -> None:
    """Put lines per household where the population says their beneficiaries live now, in every period.

    Also where all is paid: the next batch for that period is compared with those lines.
    """
    for programme, periods in state.claims.entitlements.items():
        if state.policy.programmes[programme].unit == "household":
            state.claims.households[programme] = {
                period: _index_households(state, places) for period, places in periods.items()
            }


def _index_households(state: State, places: Mapping[str, int]) -> Members:
    people = state.registers.population
    index: Members = {}
    for beneficiary, place in places.items():
        person = people.get(beneficiary)
        if person is not None:
            index.setdefault(person.household, []).append((person.id, place))
    return index


def judge_groups_again(state: State, cause: str) -> Iterator[Emission]:
    """Mark what group rules say now of lines that were assessed when registers or settings said something else."""
    enabled = (rule for rule in GROUP_RULES if find_setting(state, rule.code).enabled)
    yield from mark_earlier(state, None, [judge_index(rule, state) for rule in enabled], cause)


def mark_earlier(state: State, current: Batch | None, groups: list[GroupHits], cause: str) -> Iterator[Emission]:
    """Mark the members of group findings that stand in other batches than the current one, in slices."""
    emission = Emission()
    reader = Reader(state)
    touched: set[int] = set()
    for group in groups:
        level = find_own_level(state, group.code)
        for place, (beneficiary, facts) in sorted(group.places.items()):
            if (current is not None and split_place(place)[0] == current.index) or is_quiet(
                state, group.code, level, place, beneficiary
            ):
                continue
            touched.add(split_place(place)[0])
            _mark(state, place, Mark(group.code, level, {group.code: dict(facts)}, cause), reader, emission)
            if emission.lines >= PART_ITEMS_MAX:
                yield emission
                emission = Emission()
    for index in sorted(touched):
        check_conservation(state.batches[index])
    if emission.blocks:
        yield emission


def is_quiet(state: State, code: str, level: str, place: int, beneficiary: str) -> bool:
    """Say whether two persons have suppressed a finding, for now, for the person of a line."""
    if level not in QUIETED or code not in state.suppressions:
        return False
    suppressed = derive_suppressed(state.batches[split_place(place)[0]].programme, beneficiary)
    return find_suppression(state, code, suppressed, derive_day(state.now)) is not None


def _mark(state: State, place: int, mark: Mark, reader: Reader, emission: Emission) -> None:
    emission.lines += 1
    if _is_news(state, place, mark.finding):
        mark_line(state, place, mark, reader, emission)


def mark_line(state: State, place: int, mark: Mark, reader: Reader, emission: Emission) -> None:
    """Hold a ready line for a finding that stops it; else tell of the finding, which moves no line."""
    index, line = split_place(place)
    batch = state.batches[index]
    current = batch.states[line - 1]
    if current == READY and is_stopping(mark.finding):
        part, item = reader.find_slice(batch, line)
        change = Change(item, HELD, [mark.finding], mark.evidence, "", mark.cause)
        emit_change(state, batch, part, change, emission)
        return
    if current == HELD:
        working = open_lines(batch)
        working.findings[line] = sorted({*working.findings[line], mark.finding})
        working.told[line] = state.ordinal
    fields = {
        "kind": "finding",
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "programme": batch.programme,
        "period": batch.period,
        "state": LINE_STATES[current],
        "findings": [mark.finding],
        "cause": mark.cause,
    }
    # What others compared, or told, stands nowhere else in this log.
    private = render_canonical({"evidence": mark.evidence}) if mark.code in list_brought() else b""
    show(emission, state, batch, fields, private)


def _is_news(state: State, place: int, finding: str) -> bool:
    """False when the log has the finding already; a clue is noted as told."""
    index, line = split_place(place)
    batch = state.batches[index]
    current = batch.states[line - 1]
    if current == READY and is_stopping(finding):
        return True
    if current == HELD:
        return finding not in open_lines(batch).findings[line]
    clued = state.claims.clued.setdefault(finding, set())
    if place in clued:
        return False
    clued.add(place)
    return True
