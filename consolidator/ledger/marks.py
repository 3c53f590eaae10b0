"""Owns late findings: what a group rule says about lines of earlier batches.

A line not yet ordered is held (or, if held already, gets the finding); an ordered one gets a clue, once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consolidator.facts.lines import HELD, LINE_STATES, READY, Batch, split_place
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.state import State
from consolidator.ledger.changes import Change, Reader, emit_change
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import check_conservation, open_lines
from consolidator.rules.catalogue import is_stopping, render_finding
from consolidator.rules.groups import GroupHits
from consolidator.rules.running import QUIETED, find_level, find_suppression
from schemas.headers import PART_ITEMS_MAX
from schemas.instants import derive_day, render_instant


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


def mark_earlier(state: State, current: Batch, groups: list[GroupHits], cause: str) -> Iterator[Emission]:
    """Mark the members of group findings that stand in other batches, in slices."""
    emission = Emission()
    reader = Reader(state)
    touched: set[int] = set()
    for group in groups:
        level = find_level(group.code, None, state.policy.rules.get(group.code, RuleSetting()))
        for place, (beneficiary, facts) in sorted(group.places.items()):
            if split_place(place)[0] == current.index or _is_quiet(state, group.code, level, beneficiary):
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


def _is_quiet(state: State, code: str, level: str, beneficiary: str) -> bool:
    return level in QUIETED and find_suppression(state, code, beneficiary, derive_day(state.now)) is not None


def _mark(state: State, place: int, mark: Mark, reader: Reader, emission: Emission) -> None:
    index, line = split_place(place)
    batch = state.batches[index]
    current = batch.states[line - 1]
    emission.lines += 1
    if current == READY and is_stopping(mark.finding):
        part, item = reader.find_slice(batch, line)
        change = Change(item, HELD, [mark.finding], mark.evidence, "", mark.cause)
        emit_change(state, batch, part, change, emission)
        return
    if not _is_news(state, batch, place, mark.finding):
        return
    fields = {
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "programme": batch.programme,
        "period": batch.period,
        "state": LINE_STATES[current],
        "findings": [mark.finding],
        "cause": mark.cause,
    }
    emission.add("finding", render_instant(state.now), fields)


def _is_news(state: State, batch: Batch, place: int, finding: str) -> bool:
    """Note the finding; False when the log has it already."""
    line = split_place(place)[1]
    if batch.states[line - 1] == HELD:
        findings = open_lines(batch).findings
        if finding in findings[line]:
            return False
        findings[line] = sorted([*findings[line], finding])
        return True
    clued = state.claims.clued.setdefault(finding, set())
    if place in clued:
        return False
    clued.add(place)
    return True
