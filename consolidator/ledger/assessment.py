"""Owns the deciding of a slice: findings → state, bank and route of each line → the slice's entries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.facts.accounts import Designation, Terms
from consolidator.facts.lines import HELD, READY, REFUSED, Batch, derive_place
from consolidator.facts.state import State
from consolidator.ledger.claims import claim_lines
from consolidator.ledger.corrections import name_sources
from consolidator.ledger.moves import derive_bank_index, move_lines, open_lines
from consolidator.ledger.routing import INTERBANK, ON_US, find_paying_banks, hold_unroutable
from consolidator.ledger.showing import find_hidden
from consolidator.rules.catalogue import RED, is_stopping, show_findings
from consolidator.rules.groups import GroupHits
from consolidator.rules.running import Hits, find_own_level, run_line_rules
from consolidator.rules.slices import Slice
from schemas.canonical import render_canonical
from schemas.entries import EntryBlock, LineBlock, LinePrivates, extend_private, hide_lines
from schemas.instants import render_instant

_STATE_NAMES = {READY: "ready", HELD: "held", REFUSED: "refused"}
NO_DESIGNATION = Designation("", Terms(0, "", "", 0, 0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a slice came to, one item a line: state, paying bank (empty unless ready), and the hits behind it."""

    states: Sequence[int]
    banks: Sequence[str]
    hits: Hits


def judge(state: State, batch: Batch, part: Slice, groups: Sequence[GroupHits]) -> Verdict:
    """Decide every line of a slice and write claims; does not touch line states yet."""
    hits = run_line_rules(part)
    hold_unroutable(part, hits)
    if 0 in part.amount_fen:
        hits.add([item for item, fen in enumerate(part.amount_fen) if fen == 0], "S12", RED)
    for group in groups:
        _add_group(state, batch, part, group, hits)
    claim_lines(state, batch, part, hits)
    states = [REFUSED if item in hits.refused else HELD if item in hits.held else READY for item in range(len(part))]
    paying = find_paying_banks(part)
    banks = [bank if decided == READY else "" for decided, bank in zip(states, paying, strict=True)]
    return Verdict(states, banks, hits)


def apply_verdict(state: State, batch: Batch, part: Slice, verdict: Verdict) -> None:
    """Write a verdict into the batch: banks, designations, findings of held lines, states and sums."""
    first = part.first_line
    indices = {bank: derive_bank_index(state, bank) for bank in sorted(set(verdict.banks))}
    batch.banks[first - 1 : first - 1 + len(part)] = bytes(map(indices.__getitem__, verdict.banks))
    groups: dict[tuple[int, str], list[int]] = {}
    for line, key in enumerate(zip(verdict.states, verdict.banks, strict=True), start=first):
        groups.setdefault(key, []).append(line)
    for (decided, _), lines in sorted(groups.items()):
        move_lines(state, batch, lines, decided)
    working = open_lines(batch)
    working.designation += [0 if chosen is None else chosen.terms.version for chosen in part.designations]
    for item in sorted(verdict.hits.held - verdict.hits.refused):
        working.findings[first + item] = sorted(verdict.hits.findings[item])


def render_lines(batch: Batch, part: Slice, verdict: Verdict, villages: Sequence[str]) -> EntryBlock:
    """Make the slice's line entries; ``villages`` are its lines'."""
    hidden = find_hidden(part.state, batch)
    findings = ["[]"] * len(part)
    privates = render_privates(part, verdict.hits.evidence).render()
    for item, found in verdict.hits.findings.items():
        shown = sorted(found)
        if hidden and (public := show_findings(shown, hidden)) != shown:
            privates[item] = extend_private(privates[item], {"findings": shown})
            shown = public
        findings[item] = '["' + '","'.join(shown) + '"]'
    paying = frozenset(part.programme.paying_banks)
    routes = [
        "" if not bank else ON_US if chosen is not None and chosen.terms.bank in paying else INTERBANK
        for bank, chosen in zip(verdict.banks, part.designations, strict=True)
    ]
    lines = LineBlock(
        at=render_instant(part.state.now),
        source=batch.source,
        document=batch.document,
        programme=batch.programme,
        period=batch.period,
        first_line=part.first_line,
        amount_fen=batch.fen[part.first_line - 1 : part.first_line - 1 + len(part)],
        bank=verdict.banks,
        route=routes,
        state=list(map(_STATE_NAMES.__getitem__, verdict.states)),
        village=villages,
        findings=findings,
        privates=privates,
        sources=name_sources(part.state, batch, part.first_line, len(part)),
    )
    return hide_lines(lines) if batch.sensitive else lines


def render_privates(part: Slice, evidence: Mapping[int, Mapping[str, Any]]) -> LinePrivates:
    """Make the private columns of a slice."""
    count = len(part)
    columns = part.columns
    designations = [NO_DESIGNATION if chosen is None else chosen for chosen in part.designations]
    facts = ["{}"] * count
    for item, found in evidence.items():
        facts[item] = render_canonical(found).decode()
    return LinePrivates(
        account=[chosen.account for chosen in designations],
        beneficiary_id=part.beneficiary_id,
        beneficiary_name=columns.beneficiary_name,
        designation=[chosen.terms.version for chosen in designations],
        evidence=facts,
        head_id=[""] * count if columns.head_id is None else [head or "" for head in columns.head_id],
        payee_id=part.payee_id,
        payee_name=part.payee_name,
        stated_account=[""] * count if columns.account is None else [stated or "" for stated in columns.account],
    )


def find_villages(part: Slice) -> Sequence[str]:
    """Give each line's village: as stated, else where the population register has the beneficiary, else empty."""
    registered = ["" if person is None else person.village for person in part.persons]
    stated = part.columns.village
    return registered if stated is None else [own or known for own, known in zip(stated, registered, strict=True)]


def _add_group(state: State, batch: Batch, part: Slice, group: GroupHits, hits: Hits) -> None:
    """Take over what a group rule found about this slice's lines."""
    first_place = derive_place(batch.index, part.first_line)
    items = [item for item in range(len(part)) if first_place + item in group.places]
    hits.add(items, group.code, find_own_level(state, group.code))
    for item in items:
        hits.explain(item, group.code, group.places[first_place + item][1])


# What tells one hit of a rule from another: clearing this one does not clear that one.
_TELLING = ("not_checked", "has", "status")


def list_reasons(hits: Hits, item: int) -> list[str]:
    """Give the stopping findings of an item, sorted, together with what they are about, for comparing."""
    facts = hits.evidence.get(item, {})
    return [
        "|".join([found, *(f"{name}={value}" for name, value in facts.get(found[:3], {}).items() if name in _TELLING)])
        for found in list_stopping(hits, item)
    ]


def list_stopping(hits: Hits, item: int) -> list[str]:
    """Give the findings of an item that keep it from being paid, sorted."""
    return sorted(finding for finding in hits.findings.get(item, ()) if is_stopping(finding))
