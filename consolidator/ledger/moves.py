"""Owns the changing of line states: batch sums, the county's totals and the hour's moves change together."""

from collections.abc import Sequence
from typing import Any

from consolidator.facts.lines import (
    CREDITED,
    FAILED,
    HELD,
    LINE_STATES,
    NO_BANK,
    ORDERED,
    PAID,
    READY,
    RETURNED,
    UNDECIDED,
    UNKNOWN,
    UNSETTLED,
    Batch,
    OpenLines,
    sum_states,
)
from consolidator.facts.state import State
from consolidator.rules.plans import derive_plan_key
from schemas.errors import InvariantError, invariant

# States whose moves are told apart by paying bank.
_BY_BANK = frozenset((READY, ORDERED, CREDITED, FAILED, UNKNOWN, RETURNED))
_LIVE = PAID | {READY, HELD}
SENSITIVE = "sensitive|"  # before the name of a move that a close tells without its programme
AGAIN = "|again"  # behind the name of such a move with lines whose money was ordered before


def open_lines(batch: Batch) -> OpenLines:
    """Give the working columns of a batch in which a line is undecided, ready or held."""
    if batch.open is None:
        message = "a batch with lines to decide keeps its working columns"
        raise InvariantError(message)
    return batch.open


def find_bank(state: State, batch: Batch, line: int) -> str:
    """Give the paying bank a line is routed to, empty if to none."""
    index = batch.banks[line - 1]
    return "" if index == NO_BANK else state.bank_codes[index]


def list_banks(state: State, batch: Batch, first_line: int, count: int) -> list[str]:
    """Do :func:`find_bank` for ``count`` lines from ``first_line`` on."""
    names = {NO_BANK: ""} | dict(enumerate(state.bank_codes))
    return [names[index] for index in batch.banks[first_line - 1 : first_line - 1 + count]]


def derive_bank_index(state: State, bank: str) -> int:
    """Give a bank code's index in the state, adding it when it is new."""
    if not bank:
        return NO_BANK
    if bank not in state.bank_codes:
        invariant(len(state.bank_codes) < NO_BANK, "a county has fewer than 255 paying banks")
        state.bank_codes.append(bank)
    return state.bank_codes.index(bank)


def move_line(state: State, batch: Batch, line: int, to: int) -> None:
    """Change one line's state."""
    move_lines(state, batch, [line], to)


def describe_change(batch: Batch, line: int, came_from: int) -> dict[str, Any]:
    """Give what the entry of any line that was moved says of it: which line, of what, and between which states."""
    return {
        "kind": "change",
        "source": batch.source,
        "document": batch.document,
        "line": line,
        "programme": batch.programme,
        "period": batch.period,
        "amount_fen": batch.fen[line - 1],
        "from": LINE_STATES[came_from],
        "to": LINE_STATES[batch.states[line - 1]],
    }


def move_lines(state: State, batch: Batch, lines: Sequence[int], to: int) -> None:
    """Change the state of lines, at least one, all in one state now and, from ready on, at one paying bank."""
    came_from = batch.states[lines[0] - 1]
    places = [line - 1 for line in lines]
    states = bytes(map(batch.states.__getitem__, places))
    invariant(states.count(came_from) == len(places), "lines that move together are in one state")
    for place in places:
        batch.states[place] = to
    fen = sum(map(batch.fen.__getitem__, places))
    bank = find_bank(state, batch, lines[0]) if to in _BY_BANK else ""
    _add(batch.sums[came_from], -len(lines), -fen)
    _add(batch.sums[to], len(lines), fen)
    _add(state.totals[LINE_STATES[came_from]], -len(lines), -fen)
    _add(state.totals.setdefault(LINE_STATES[to], [0, 0]), len(lines), fen)
    again = bool(batch.corrects) and not batch.corrects.keys().isdisjoint(lines)
    _add(state.moves.setdefault(_name_move(batch, bank, LINE_STATES[to], again=again), [0, 0]), len(lines), fen)
    use = state.plan_use.setdefault(derive_plan_key(batch), [0, 0])
    use[0] += fen * ((to in _LIVE) - (came_from in _LIVE))
    use[1] += fen * ((to in PAID) - (came_from in PAID))


def _name_move(batch: Batch, bank: str, state: str, *, again: bool) -> str:
    """Name a move for the hour's close; ``again`` says that some of the lines were ordered in vain before."""
    move = f"{batch.programme}|{bank}|{state}"
    return f"{SENSITIVE}{bank}|{state}|{batch.programme}{AGAIN * again}" if batch.sensitive else move


def check_conservation(batch: Batch) -> None:
    """Every line is in one state, in count and fen (DESIGN: conservation). Counts are taken anew from the lines."""
    counts = [batch.states.count(state) for state in range(len(LINE_STATES))]
    invariant(counts == [count for count, _ in batch.sums], "counts by state are those of the lines")
    invariant(sum(counts) == batch.control_count, "every line of a batch is in one state")
    invariant(sum(fen for _, fen in batch.sums) == batch.control_fen, "the fen of all states are the control total")


def settle(batch: Batch) -> bool:
    """Close a batch in which nothing can happen any more, and drop what only open lines need. True if it just closed.

    Lines that only wait for their bank keep the batch from being settled, but need no working columns.
    """
    waiting = {state for state, (count, _) in enumerate(batch.sums) if count}
    if not waiting & {UNDECIDED, READY, HELD}:
        batch.open = None
    if batch.state == "settled" or waiting & UNSETTLED:
        return False
    batch.state = "settled"
    return True


def describe_totals(batch: Batch) -> dict[str, Any]:
    """Give count and fen by state as entries show them."""
    return {name: list(pair) for name, pair in sum_states(batch).items()}


def _add(pair: list[int], count: int, fen: int) -> None:
    pair[0] += count
    pair[1] += fen
