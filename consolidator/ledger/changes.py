"""Owns later changes of single lines: holding, clearing, stopping, and the entry each of them makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.facts.accounts import Designation, list_versions
from consolidator.facts.lines import HELD, READY, STOPPED, Batch, derive_place
from consolidator.facts.state import Members, State
from consolidator.ledger.assessment import NO_DESIGNATION
from consolidator.ledger.claims import free_claims
from consolidator.ledger.emission import Emission
from consolidator.ledger.moves import describe_change, find_bank, move_line, open_lines
from consolidator.ledger.routing import find_rail, hold_unroutable
from consolidator.ledger.showing import show
from consolidator.rules.groups import GROUP_RULES
from consolidator.rules.running import Hits, run_line_rules
from consolidator.rules.slices import Slice, build_slice
from schemas.canonical import render_canonical
from schemas.headers import PART_ITEMS_MAX
from schemas.parts import BatchPart, parse_part


@dataclass(frozen=True, slots=True)
class Change:
    """One line's change: item of its slice, new state, findings and facts behind it, who (key) and which document."""

    item: int
    to: int
    findings: Sequence[str]
    evidence: Mapping[str, Any]
    by: str
    cause: str
    reason: str = ""


def reopen_part(state: State, batch: Batch, index: int, first_line: int) -> Slice:
    """Read part ``index`` of an unsettled batch again, and look up what is known now."""
    return build_slice(state, batch, first_line, parse_part(BatchPart, open_lines(batch).parts[index]))


class Reader:
    """Reads parts of unsettled batches again, each once, during one act: what is known does not change meanwhile."""

    def __init__(self, state: State) -> None:
        """Start with nothing read."""
        self._state = state
        self._slices: dict[tuple[int, int], Slice] = {}
        self._hits: dict[tuple[int, int], Hits] = {}

    def find_slice(self, batch: Batch, line: int) -> tuple[Slice, int]:
        """Give the slice that holds a line, and the line's item in it."""
        index, item = divmod(line - 1, PART_ITEMS_MAX)
        place = (batch.index, index)
        if place not in self._slices:
            self._slices[place] = reopen_part(self._state, batch, index, index * PART_ITEMS_MAX + 1)
        return self._slices[place], item

    def find_hits(self, batch: Batch, line: int) -> Hits:
        """Give what the line rules and routing say now about the slice that holds a line."""
        place = (batch.index, (line - 1) // PART_ITEMS_MAX)
        if place not in self._hits:
            part, _ = self.find_slice(batch, line)
            self._hits[place] = run_line_rules(part)
            hold_unroutable(part, self._hits[place])
        return self._hits[place]


def emit_change(state: State, batch: Batch, part: Slice, change: Change, emission: Emission) -> None:
    """Change a line and write its entry."""
    line = part.first_line + change.item
    came_from = batch.states[line - 1]
    bank = find_bank(state, batch, line) if READY in (came_from, change.to) else ""
    move_line(state, batch, line, change.to)
    _keep_findings(state, batch, line, change)
    if change.to == STOPPED:
        _free(state, batch, part, change.item)
    fields = {
        **describe_change(batch, line, came_from),
        "bank": bank,
        "route": find_rail(bank, _find_assessed(state, batch, part, change.item)) if bank else "",
        "findings": list(change.findings),
        "by": change.by,
        "cause": change.cause,
    }
    show(emission, state, batch, fields, _render_private(part, change))


def _find_assessed(state: State, batch: Batch, part: Slice, item: int) -> Designation:
    """Give the designation a ready line was assessed with, which may no longer be the one in force."""
    version = open_lines(batch).designation[part.first_line - 1 + item]
    return list_versions(state.designations[part.payee_id[item]])[version - 1]


def _keep_findings(state: State, batch: Batch, line: int, change: Change) -> None:
    findings = open_lines(batch).findings
    if change.to == HELD:
        findings[line] = list(change.findings)
        open_lines(batch).told[line] = state.ordinal
    else:
        del findings[line]


def _free(state: State, batch: Batch, part: Slice, item: int) -> None:
    """Free what a stopped line held: its claims, and its place in every group."""
    place = derive_place(batch.index, part.first_line + item)
    free_claims(state, batch, part, item)
    for rule in GROUP_RULES:
        index = rule.index(state, batch.programme, batch.period)
        for key in rule.find_keys(part, item, index, place):
            _drop(index, key, place)


def _drop(index: Members, key: str, place: int) -> None:
    left = [member for member in index.pop(key, ()) if member[1] != place]
    if left:
        index[key] = left


def _render_private(part: Slice, change: Change) -> bytes:
    item, columns = change.item, part.columns
    designation = part.designations[item] or NO_DESIGNATION
    head = columns.head_id[item] if columns.head_id is not None else None
    stated = columns.account[item] if columns.account is not None else None
    private = {
        "account": designation.account,
        "beneficiary_id": part.beneficiary_id[item],
        "beneficiary_name": columns.beneficiary_name[item],
        "designation": designation.version,
        "evidence": dict(change.evidence),
        "head_id": head or "",
        "payee_id": part.payee_id[item],
        "payee_name": part.payee_name[item],
        "stated_account": stated or "",
    }
    return render_canonical(private | ({"reason": change.reason} if change.reason else {}))
