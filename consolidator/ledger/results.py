"""Owns ``results``: what a bank says became of its orders, compared with what it was told to pay.

A result that fits moves its line. One that differs in amount or account, or that no state allows, changes nothing and
is a finding (R51). What was told before changes nothing either, nor does ``unknown`` of a line that is final: it says
nothing new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from consolidator.facts.lines import (
    CREDITED,
    FAILED,
    LINE_STATES,
    ORDERED,
    REBUILT,
    RETURNED,
    UNKNOWN,
    Batch,
    derive_place,
    derive_round,
    find_holder,
    is_ordered_to,
    split_place,
)
from consolidator.facts.state import State, find_batch, find_setting
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.changes import Reader
from consolidator.ledger.corrections import DIFFERENT
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.marks import Mark, mark_line
from consolidator.ledger.moves import find_bank, move_lines
from consolidator.ledger.orders import finish_batch
from consolidator.rules.catalogue import render_finding
from consolidator.rules.running import find_own_level
from schemas.canonical import render_canonical
from schemas.entries import ResultBlock, hide_results
from schemas.errors import InputError
from schemas.headers import ResultsHeader
from schemas.identifiers import split_order_id
from schemas.instants import render_instant
from schemas.parts import ResultsPart

RETURN = "R53"
DIFFERS, TWICE, NOT_THERE, OTHER_BANK = "S25", "S10", "S03", "S26"
# What a status makes of a line in a state: the states it goes through; none, if it was told before or says nothing.
_ARROWS: Mapping[str, Mapping[int, Sequence[int]]] = {
    "credited": {ORDERED: (CREDITED,), UNKNOWN: (CREDITED,), CREDITED: (), RETURNED: ()},
    "failed": {ORDERED: (FAILED,), UNKNOWN: (FAILED,), FAILED: (), REBUILT: ()},
    "unknown": {ORDERED: (UNKNOWN,), UNKNOWN: (), CREDITED: (), FAILED: (), RETURNED: (), REBUILT: ()},
    "returned": {
        ORDERED: (CREDITED, RETURNED),
        UNKNOWN: (CREDITED, RETURNED),
        CREDITED: (RETURNED,),
        RETURNED: (),
        REBUILT: (),
    },
}
_TOLD = ("on", "reason", "serial", "why")


@dataclass(frozen=True, slots=True, order=True)
class _Move:
    """Lines of a batch that one bank moves from one state to another; sorted, a line's second move comes second."""

    batch: int
    to: int
    came_from: int
    bank: str


_Moves = dict[_Move, dict[int, int]]  # the lines of each, with the item that told of it


@dataclass(frozen=True, slots=True)
class _Result:
    """One item: the line it is about, and what the bank told of it (``account`` empty if it told none)."""

    batch: Batch
    line: int
    bank: str
    status: str
    fen: int
    account: str

    @property
    def place(self) -> int:
        """Where its line is."""
        return derive_place(self.batch.index, self.line)

    @property
    def now(self) -> int:
        """The state its line is in."""
        return self.batch.states[self.line - 1]


@dataclass(frozen=True, slots=True)
class _Results:
    """A results document that takes effect. ``bank``: for which its source speaks, empty for any, None if it is gone.

    ``places``: lines it has spoken of. ``touched``: batches of which it said something new.
    """

    act: Act[ResultsHeader]
    bank: str | None
    reader: Reader
    places: set[int] = field(default_factory=set)
    touched: set[int] = field(default_factory=set)


def effect_results(act: Act[ResultsHeader]) -> Iterator[Emission]:
    """Take a bank's results in, part by part; then settle the batches in which nothing is left to wait for."""
    tally = Tally()
    try:
        parts = read_parts(act, ResultsPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    source = act.state.policy.sources.get(act.header.source)
    results = _Results(act, None if source is None else source.bank, Reader(act.state))
    for items in parts:
        emission = Emission(lines=items.size)
        moves: _Moves = {}
        for index, number in items.numbers:
            tally.count(number, _take(results, items.columns, index, moves, emission))
        for move, lines in sorted(moves.items()):
            _emit_move(results, items.columns, move, lines, emission)
        yield emission
    last = emit_effect(act, tally.accepted, sorted(tally.refused))
    for batch in sorted(results.touched):
        last.blocks += finish_batch(act.state, act.state.batches[batch]).blocks
    yield last


def _take(results: _Results, part: ResultsPart, index: int, moves: _Moves, emission: Emission) -> str:
    """Compare one result; note the moves it makes, or mark its line. Returns a reason code or empty."""
    result = _find_result(results.act.state, part, index)
    if result is None:
        return NOT_THERE
    if result.now >= ORDERED and results.bank not in ("", result.bank):
        return OTHER_BANK
    if result.place in results.places:
        return TWICE
    results.places.add(result.place)
    differences = _list_differences(result)
    if differences:
        _mark(results, result, differences, emission)
        return DIFFERS
    now = result.now
    for to in _ARROWS[result.status][now]:
        moves.setdefault(_Move(result.batch.index, to, now, result.bank), {})[result.line] = index
        now = to
    return ""


def _find_result(state: State, part: ResultsPart, index: int) -> _Result | None:
    """Find the line of an order id; None if no such order can be, in this round."""
    county, source, document, line, round_ = split_order_id(part.order[index])
    batch = find_batch(state, source, document)
    if county != state.county or batch is None or line > len(batch.states):
        return None
    if round_ != derive_round(state.batches, derive_place(batch.index, line)):
        return None
    account = (None if part.account is None else part.account[index]) or ""
    return _Result(batch, line, find_bank(state, batch, line), part.status[index], part.amount_fen[index], account)


def _list_differences(result: _Result) -> list[str]:
    """Name what does not fit the order: its account, its amount, or the state its line is in."""
    fits = {
        "account": not result.account or is_ordered_to(result.batch, result.line, result.account),
        "amount": result.fen == result.batch.fen[result.line - 1],
        "state": result.now in _ARROWS[result.status],
    }
    return [name for name, right in fits.items() if not right]


def _mark(results: _Results, result: _Result, differences: Sequence[str], emission: Emission) -> None:
    """Tell of a result that differs, each difference once a line. A ready line is held: it may have been paid.

    So is one that is to pay the money again.
    """
    state = results.act.state
    told = state.claims.clued.setdefault(f"{DIFFERENT}|{'|'.join(differences)}|{result.status}", set())
    if result.place in told or not find_setting(state, DIFFERENT).enabled:
        return
    told.add(result.place)
    state.claims.clued.setdefault(DIFFERENT, set()).add(result.place)
    facts = {
        "differs": list(differences),
        "told_status": result.status,
        "told_fen": result.fen,
        "told_account": result.account,
    }
    mark = Mark(DIFFERENT, find_own_level(state, DIFFERENT), {DIFFERENT: facts}, results.act.cause)
    for place in sorted({result.place, find_holder(state.batches, result.place)}):
        mark_line(state, place, mark, results.reader, emission)
        results.touched.add(split_place(place)[0])


def _emit_move(results: _Results, part: ResultsPart, move: _Move, lines: Mapping[int, int], emission: Emission) -> None:
    """Move lines, and write the entry of each."""
    act, state = results.act, results.act.state
    batch = state.batches[move.batch]
    move_lines(state, batch, [*lines], move.to)
    results.touched.add(move.batch)
    block = ResultBlock(
        at=render_instant(state.now),
        source=batch.source,
        document=batch.document,
        programme=batch.programme,
        period=batch.period,
        came_from=LINE_STATES[move.came_from],
        to=LINE_STATES[move.to],
        bank=move.bank,
        by=act.key,
        cause=act.cause,
        findings=_list_findings(state, move.to),
        line=[*lines],
        amount_fen=[batch.fen[line - 1] for line in lines],
        privates=[_render_private(part, index) for index in lines.values()],
    )
    emission.blocks.append(hide_results(block) if batch.sensitive else block)


def _list_findings(state: State, to: int) -> list[str]:
    """R53: money that came back is told of with the change itself."""
    if to != RETURNED or not find_setting(state, RETURN).enabled:
        return []
    return [render_finding(RETURN, find_own_level(state, RETURN))]


def _render_private(part: ResultsPart, index: int) -> bytes:
    """Write what the bank told beside the status; what it did not tell is empty."""
    columns = {name: getattr(part, name) for name in ("account", *_TOLD)}
    return render_canonical({name: "" if found is None else found[index] or "" for name, found in columns.items()})
