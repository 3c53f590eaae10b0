"""Owns ``expected``: batches announced, and the noting of what is late (R43) when a day has passed."""

from collections.abc import Iterator
from functools import partial

from consolidator.facts.registers import Expected
from consolidator.facts.state import State
from consolidator.ledger.acts import Act
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import carry_out
from consolidator.rules.lateness import find_delays
from schemas.headers import PART_ITEMS_MAX, ExpectedHeader
from schemas.instants import derive_day_number, is_date, render_instant
from schemas.parts import ExpectedPart


def effect_expected(act: Act[ExpectedHeader]) -> Iterator[Emission]:
    """Take announcements in; the same one again moves its day."""
    return carry_out(act, ExpectedPart, partial(_announce, act))


def _announce(act: Act[ExpectedHeader], part: ExpectedPart, index: int) -> str:
    state = act.state
    if part.programme[index] not in state.policy.programmes:
        return "D11"
    if not is_date(part.due_on[index]):
        return "S07"
    name = f"{part.programme[index]}|{part.period[index]}|{part.township[index]}"
    known = state.expected.get(name)
    if known is not None and known.source != act.header.source:
        return "S20"
    state.overdue.pop(name, None)
    state.expected[name] = Expected(part.due_on[index], act.header.source)
    return ""


def is_day_over(state: State, now: int) -> bool:
    """Say whether a day has passed, in China."""
    return derive_day_number(now) > derive_day_number(state.now)


def is_note_due(state: State, now: int) -> bool:
    """Say whether a day has passed with which something became late."""
    return is_day_over(state, now) and next(find_delays(state, now), None) is not None


def note_delays(state: State, now: int) -> Iterator[Emission]:
    """Write an entry for everything that became late with the day that passed, in slices."""
    delays = list(find_delays(state, now))
    for first in range(0, len(delays), PART_ITEMS_MAX):
        some = delays[first : first + PART_ITEMS_MAX]
        emission = Emission(lines=len(some))
        for delay in some:
            state.overdue[delay.name] = delay.finding
            emission.add("overdue", render_instant(now), {**delay.fields, "findings": [delay.finding]})
        yield emission
