"""Owns ``batch``: totals first, one pass over the document for what concerns several lines, then slice by slice."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import Any, TypeVar

from consolidator.facts.lines import LINE_STATES, NO_BANK, READY, REFUSED, UNDECIDED, Batch, OpenLines, derive_place
from consolidator.facts.state import Members, State, find_setting
from consolidator.ledger.acts import POSITIONS_MAX, Act, emit_refusal
from consolidator.ledger.assessment import apply_verdict, find_villages, judge, render_lines
from consolidator.ledger.emission import Emission
from consolidator.ledger.marks import mark_earlier
from consolidator.ledger.moves import describe_totals
from consolidator.ledger.orders import OrderBook, finish_batch
from consolidator.ledger.showing import show
from consolidator.rules.amounts import count_sizes
from consolidator.rules.catalogue import RED, render_finding
from consolidator.rules.corrections import list_corrections
from consolidator.rules.groups import GROUP_RULES, GroupHits, GroupRule, Roster, prune, run_group_rule
from consolidator.rules.plans import LIVE, PLAN, find_over_plan, is_checked, is_known
from consolidator.rules.rosters import JUMP, count_roster, find_jumps
from consolidator.rules.running import find_own_level, list_unchecked
from consolidator.rules.slices import build_slice
from schemas.errors import InputError
from schemas.headers import PART_ITEMS_MAX, BatchHeader
from schemas.parts import BatchPart, Parsed, parse_part

MEMBERS_MAX = 20  # of a group before it is looked through for what is only history
COUNTY_FEN_MAX = 2**53 - 1  # of all lines ever: no sum in an entry can be more than JSON's numbers hold
Parts = Sequence[Parsed[BatchPart]]
_Groups = Sequence[tuple[GroupRule, Members]]
T = TypeVar("T")


def effect_batch(act: Act[BatchHeader]) -> Iterator[Emission]:
    """Assess a batch at its last part, or void it; a programme without review window is ordered at once."""
    try:
        parts = [parse_part(BatchPart, raw) for raw in act.parts]
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    if not _has_full_parts(parts, act.header.count):
        yield emit_refusal(act, "D10")
        return
    unreadable = _list_unreadable(parts)
    amounts = array("q", [fen or 0 for part in parts for fen in part.columns.amount_fen])
    totals, total_fen = act.header.totals, sum(amounts)
    if sum(fen for _, fen in act.state.totals.values()) + total_fen > COUNTY_FEN_MAX:
        yield emit_refusal(act, "D24")
        return
    if unreadable or (totals.count, totals.fen) != (act.header.count, total_fen):
        yield _void(act, parts, unreadable, total_fen)
        return
    yield from _assess(act, parts, _open_batch(act, amounts))


def _has_full_parts(parts: Parts, count: int) -> bool:
    """Every part but the last holds exactly 1,000 items, so that a line's number tells its part."""
    sizes = [len(part.columns) for part in parts]
    return sum(sizes) == count and all(size == PART_ITEMS_MAX for size in sizes[:-1])


def _list_unreadable(parts: Parts) -> list[int]:
    amounts = [fen for part in parts for fen in part.columns.amount_fen]
    return [line for line, fen in enumerate(amounts, start=1) if fen is None]


def _open_batch(act: Act[BatchHeader], amounts: Sequence[int]) -> Batch:
    """Enter the batch into the state, every line undecided."""
    state, header = act.state, act.header
    count, fen = header.totals.count, header.totals.fen
    batch = _new_batch(act, "open")
    batch.states, batch.banks = bytearray(count), bytearray([NO_BANK]) * count
    batch.fen = array("q", amounts)
    batch.sums[UNDECIDED] = [count, fen]
    batch.open = OpenLines(parts=list(act.parts), designation=[])
    undecided = state.totals.setdefault(LINE_STATES[UNDECIDED], [0, 0])
    undecided[0] += count
    undecided[1] += fen
    return batch


def _new_batch(act: Act[BatchHeader], word: str) -> Batch:
    state, header = act.state, act.header
    batch = Batch(
        index=len(state.batches),
        source=header.source,
        document=header.id,
        digest=act.digest,
        programme=header.programme,
        period=header.period,
        township=header.township,
        control_count=header.totals.count,
        control_fen=header.totals.fen,
        state=word,
        file="" if header.file is None else header.file.name,
        plan_number=header.plan_number.strip(),
        publicity_until="" if header.publicity is None else header.publicity.to_on,
        assessed_at=state.now,
        states=bytearray(),
        banks=bytearray(),
        fen=array("q"),
        sums=[[0, 0] for _ in LINE_STATES],
        open=None,
        sensitive=act.sensitive,
    )
    state.batches.append(batch)
    state.batch_index[f"{header.source}/{header.id}"] = batch.index
    return batch


def _void(act: Act[BatchHeader], parts: Parts, unreadable: Sequence[int], total_fen: int) -> Emission:
    """R40: totals that lie, or an amount nobody can read, void the whole batch; it has no lines."""
    batch = _new_batch(act, "void")
    emission = Emission()
    fields = {
        "kind": "batch",
        "source": batch.source,
        "document": batch.document,
        "state": "void",
        "programme": batch.programme,
        "period": batch.period,
        "findings": [render_finding("R40", RED)],
        "positions": list(unreadable[:POSITIONS_MAX]),
        "count": act.header.count,
        "fen": total_fen,
    }
    show(emission, act.state, batch, fields)
    emission.outcomes.append(act.outcome("void", "D20"))
    emission.outcomes += [act.outcome("item", "I20", _name_position(parts, line)) for line in unreadable]
    return emission


def _name_position(parts: Parts, line: int) -> str:
    """Give the row in the original file where it is known, else the line of the document."""
    index, item = divmod(line - 1, PART_ITEMS_MAX)
    rows = parts[index].columns.row
    return f"line {line}" if rows is None else f"row {rows[item]}"


def _assess(act: Act[BatchHeader], parts: Parts, batch: Batch) -> Iterator[Emission]:
    state = act.state
    roster = _build_roster(state, batch, parts)
    members = _group_members(roster)
    groups = _run_group_rules(roster, members)
    yield from mark_earlier(state, batch, groups, act.cause)
    programme = state.policy.programmes[batch.programme]
    book = OrderBook(state, batch) if programme.review_window_hours == 0 else None
    villages: Counter[str] = Counter()
    for index, parsed in enumerate(parts):
        part = build_slice(state, batch, index * PART_ITEMS_MAX + 1, parsed)
        verdict = judge(state, batch, part, groups)
        apply_verdict(state, batch, part, verdict)
        places = find_villages(part)
        villages.update(_list_new(batch, places, part.first_line))
        emission = Emission(lines=len(part), blocks=[render_lines(batch, part, verdict, places)])
        emission.outcomes += [
            act.outcome("item", code, _name_position(parts, part.first_line + item), name)
            for item, (name, code) in sorted(part.odd.items())
        ]
        if book is not None:
            book.add(part, [item for item, decided in enumerate(verdict.states) if decided == READY])
        yield emission
    _remember(state, batch, members, villages)
    yield _finish(act, batch, villages)
    # A standing approval covers the plan, no more: what goes over it waits for a release.
    if book is not None and book.figures() and find_over_plan(state, batch, LIVE, 0) is None:
        yield from book.emit()


def _remember(state: State, batch: Batch, members: _Groups, villages: Mapping[str, int]) -> None:
    """Keep what later batches are compared with."""
    _index_members(state, batch, members)
    new = Counter(_list_new(batch, batch.fen, 1))
    count_sizes(state.history.sizes.setdefault(batch.programme, {}), new.items())
    count_roster(state, batch, villages)
    expected = f"{batch.programme}|{batch.period}|{batch.township}"
    if new:  # a batch that brings nothing new is no answer
        state.expected.pop(expected, None)
        state.overdue.pop(expected, None)


def _list_new(batch: Batch, values: Sequence[T], first_line: int) -> Iterable[T]:
    """Give the values of lines that bring something new: not those refused, nor those that correct earlier ones."""
    states = batch.states[first_line - 1 : first_line - 1 + len(values)]
    if REFUSED not in states and not batch.corrects:
        return values
    lines = range(first_line, first_line + len(values))
    return compress(
        values, (state != REFUSED and line not in batch.corrects for line, state in zip(lines, states, strict=True))
    )


def _finish(act: Act[BatchHeader], batch: Batch, villages: Mapping[str, int]) -> Emission:
    """Close the assessment and write the batch's entry."""
    state = act.state
    batch.state = "assessed"
    snapshots = state.registers.snapshots
    emission = Emission()
    unchecked = list_unchecked(state.policy.programmes[batch.programme], snapshots, state.policy.rules)
    if is_checked(state) and not is_known(state, batch):
        unchecked = sorted([*unchecked, PLAN])
    fields = {
        "kind": "batch",
        "source": batch.source,
        "document": batch.document,
        "state": "assessed",
        "programme": batch.programme,
        "period": batch.period,
        "totals": describe_totals(batch),
        "registers": {name: snapshot.snapshot_on for name, snapshot in snapshots.items()},
        "rules": state.policy.version,
        "not_checked": unchecked,
        **_find_clues(state, batch, villages),
    }
    show(emission, state, batch, fields)
    emission.blocks += finish_batch(state, batch).blocks
    return emission


def _find_clues(state: State, batch: Batch, villages: Mapping[str, int]) -> dict[str, Any]:
    """Give what is odd about the batch as a whole: over its plan (R41), or a village's roster jumped (R55)."""
    clues: dict[str, Any] = {}
    findings = []
    over = find_over_plan(state, batch, LIVE, 0)
    if over is not None:
        findings.append(render_finding(PLAN, find_own_level(state, PLAN)))
        clues |= over
    jumps = find_jumps(state, batch, villages) if find_setting(state, JUMP).enabled else []
    if jumps:
        findings.append(render_finding(JUMP, find_own_level(state, JUMP)))
        clues["jumps"] = [list(jump) for jump in jumps[:POSITIONS_MAX]]
    return clues | {"findings": findings} if findings else {}


def _build_roster(state: State, batch: Batch, parts: Parts) -> Roster:
    beneficiaries = [value for part in parts for value in part.columns.beneficiary_id]
    if all(part.columns.payee_id is None for part in parts):
        payees = beneficiaries
    else:
        payees = [value for part in parts for value in part.columns.payee_id or part.columns.beneficiary_id]
    odd = frozenset(index * PART_ITEMS_MAX + item for index, part in enumerate(parts) for item in part.refused)
    return Roster(
        state=state,
        programme=state.policy.programmes[batch.programme],
        period=batch.period,
        first_place=derive_place(batch.index, 1),
        beneficiary_id=beneficiaries,
        payee_id=payees,
        account=_join_accounts(parts),
        odd=odd,
        corrections=_find_corrections(parts),
    )


def _find_corrections(parts: Parts) -> frozenset[int]:
    """Give the items that correct a line."""
    return frozenset(
        index * PART_ITEMS_MAX + item
        for index, part in enumerate(parts)
        for item in list_corrections(part.columns, part.refused)
    )


def _join_accounts(parts: Parts) -> list[str | None] | None:
    if all(part.columns.account is None for part in parts):
        return None
    return [value for part in parts for value in part.columns.account or [None] * len(part.columns)]


def _group_members(roster: Roster) -> _Groups:
    return [(rule, rule.group(roster)) for rule in GROUP_RULES]


def _run_group_rules(roster: Roster, members: _Groups) -> list[GroupHits]:
    enabled = ((rule, groups) for rule, groups in members if find_setting(roster.state, rule.code).enabled)
    return [hits for rule, groups in enabled if (hits := run_group_rule(rule, roster, groups)).places]


def _index_members(state: State, batch: Batch, members: _Groups) -> None:
    """Remember the members of groups whose line was not refused, whether the rule is on or not: it may be later."""
    for rule, groups in members:
        if groups:
            _extend(state, batch, rule, groups)


def _extend(state: State, batch: Batch, rule: GroupRule, groups: Members) -> None:
    first = derive_place(batch.index, 1)
    index = rule.index(state, batch.programme, batch.period)
    for key, members in groups.items():
        kept = [member for member in members if batch.states[member[1] - first] != REFUSED]
        if kept:
            everyone = [*index.get(key, ()), *kept]
            index[key] = prune(state, everyone) if rule.counts_persons and len(everyone) > MEMBERS_MAX else everyone
