"""Owns ``access``: that openings of entries are given out is itself an entry. It derives none: that is the shell's.

Which entries have a private part the ledger does not remember; who gives an opening out looks there before he asks.
"""

from collections.abc import Collection, Iterator

from consolidator.facts.state import State
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.headers import AccessHeader
from schemas.parts import AccessPart


def effect_access(act: Act[AccessHeader]) -> Iterator[Emission]:
    """Record to what kind of reader which entries are opened; who asks, and on what ground, is its private part."""
    tally, indices = Tally(), list[int]()
    try:
        (items,) = read_parts(act, AccessPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    for at, number in items.numbers:
        index = items.columns.index[at]
        code = _judge(act.state, index, indices)
        tally.count(number, code)
        if not code:
            indices.append(index)
    if indices:
        yield _record(act, indices)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _judge(state: State, index: int, before: Collection[int]) -> str:
    """Judge one entry: ``S10`` named twice, ``S21`` not in the log before this position, or empty."""
    if index in before:
        return "S10"
    return "" if index < state.size else "S21"


def _record(act: Act[AccessHeader], indices: list[int]) -> Emission:
    header = act.header
    fields = {
        "source": header.source,
        "document": header.id,
        "reader": header.reader,
        "count": len(indices),
        "indices": indices,
        "by": act.key,
        "cause": act.cause,
    }
    emission = Emission(lines=len(indices))
    emission.add("access", act.at, fields, render_canonical({"asker": header.asker, "ground": header.ground}))
    return emission
