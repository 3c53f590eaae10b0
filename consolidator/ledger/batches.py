"""Owns ``batch``: totals first, one pass over the document for what concerns several lines, then slice by slice."""

from array import array
from collections.abc import Iterator, Sequence

from consolidator.facts.lines import LINE_STATES, NO_BANK, READY, REFUSED, UNDECIDED, Batch, OpenLines, derive_place
from consolidator.facts.programmes import RuleSetting
from consolidator.facts.state import State
from consolidator.ledger.acts import POSITIONS_MAX, Act, emit_refusal
from consolidator.ledger.assessment import apply_verdict, judge, render_lines
from consolidator.ledger.emission import Emission
from consolidator.ledger.marks import mark_earlier
from consolidator.ledger.moves import check_conservation, describe_totals
from consolidator.ledger.orders import OrderBook, finish_batch
from consolidator.rules.catalogue import RED, render_finding
from consolidator.rules.groups import GROUP_RULES, GroupHits, Roster, group_collections, group_households
from consolidator.rules.running import list_unchecked
from consolidator.rules.slices import build_slice
from schemas.errors import InputError
from schemas.headers import PART_ITEMS_MAX, BatchHeader
from schemas.parts import BatchPart, Parsed, parse_part

Parts = Sequence[Parsed[BatchPart]]


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
    totals = act.header.totals
    if unreadable or (totals.count, totals.fen) != (act.header.count, sum(amounts)):
        yield _void(act, parts, unreadable, amounts)
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
        assessed_at=state.now,
        states=bytearray(),
        banks=bytearray(),
        fen=array("q"),
        sums=[[0, 0] for _ in LINE_STATES],
        open=None,
    )
    state.batches.append(batch)
    state.batch_index[f"{header.source}/{header.id}"] = batch.index
    return batch


def _void(act: Act[BatchHeader], parts: Parts, unreadable: Sequence[int], amounts: Sequence[int]) -> Emission:
    """R40: totals that lie, or an amount nobody can read, void the whole batch; it has no lines."""
    batch = _new_batch(act, "void")
    emission = Emission()
    fields = {
        "source": batch.source,
        "document": batch.document,
        "state": "void",
        "programme": batch.programme,
        "period": batch.period,
        "findings": [render_finding("R40", RED)],
        "positions": list(unreadable[:POSITIONS_MAX]),
        "count": act.header.count,
        "fen": sum(amounts),
    }
    emission.add("batch", act.at, fields)
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
    groups = _run_group_rules(roster)
    yield from mark_earlier(state, batch, groups, act.cause)
    programme = state.policy.programmes[batch.programme]
    book = OrderBook(state, batch) if programme.review_window_hours == 0 else None
    for index, parsed in enumerate(parts):
        part = build_slice(state, programme, batch.period, index * PART_ITEMS_MAX + 1, parsed, state.now)
        verdict = judge(state, batch, part, groups)
        apply_verdict(state, batch, part, verdict)
        emission = Emission(lines=len(part), blocks=[render_lines(batch, part, verdict, state.now)])
        emission.outcomes += [
            act.outcome("item", code, _name_position(parts, part.first_line + item), name)
            for item, (name, code) in sorted(part.odd.items())
        ]
        if book is not None:
            book.add(part, [item for item, decided in enumerate(verdict.states) if decided == READY])
        yield emission
    yield _finish(act, batch, roster)
    if book is not None and book.figures():
        yield from book.emit()


def _finish(act: Act[BatchHeader], batch: Batch, roster: Roster) -> Emission:
    """Close the assessment: index the members for later group rules, and write the batch's entry."""
    state = act.state
    _index_members(state, batch, roster)
    batch.state = "assessed"
    check_conservation(batch)
    snapshots = state.registers.snapshots
    emission = Emission()
    fields = {
        "source": batch.source,
        "document": batch.document,
        "state": "assessed",
        "programme": batch.programme,
        "period": batch.period,
        "totals": describe_totals(batch),
        "registers": {name: snapshot.snapshot_on for name, snapshot in sorted(snapshots.items())},
        "rules": state.policy.version,
        "not_checked": list_unchecked(snapshots, state.policy.rules),
    }
    emission.add("batch", act.at, fields)
    emission.blocks += finish_batch(state, batch).blocks
    return emission


def _build_roster(state: State, batch: Batch, parts: Parts) -> Roster:
    beneficiaries = [value for part in parts for value in part.columns.beneficiary_id]
    if all(part.columns.payee_id is None for part in parts):
        payees = beneficiaries
    else:
        payees = [value for part in parts for value in part.columns.payee_id or part.columns.beneficiary_id]
    odd = frozenset(index * PART_ITEMS_MAX + item for index, part in enumerate(parts) for item in part.refused)
    programme = state.policy.programmes[batch.programme]
    return Roster(state, programme, batch.period, derive_place(batch.index, 1), beneficiaries, payees, odd)


def _run_group_rules(roster: Roster) -> list[GroupHits]:
    settings = roster.state.policy.rules
    hits = [rule(roster) for rule in GROUP_RULES]
    return [found for found in hits if found.places and settings.get(found.code, RuleSetting()).enabled]


def _index_members(state: State, batch: Batch, roster: Roster) -> None:
    """Remember members of households and collections whose line was not refused."""
    if roster.programme.unit == "household":
        households = state.claims.households.setdefault(batch.programme, {}).setdefault(batch.period, {})
        _extend(households, group_households(roster), batch, roster.first_place)
    _extend(state.claims.collections, group_collections(roster), batch, roster.first_place)


def _extend(
    index: dict[str, list[tuple[str, int]]], groups: dict[str, list[tuple[str, int]]], batch: Batch, first: int
) -> None:
    for key, members in groups.items():
        kept = [member for member in members if batch.states[member[1] - first] != REFUSED]
        if kept:
            index.setdefault(key, []).extend(kept)
