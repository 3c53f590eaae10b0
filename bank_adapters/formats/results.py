"""Owns what a bank's result file says beyond its columns: what its codes mean, its days, and that it is whole.

A code that the profile does not list says neither that money arrived nor that it did not.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from bank_adapters.formats.covers import read_totals
from bank_adapters.formats.layouts import AMBIGUOUS, InLayout
from schemas.errors import InputError
from schemas.instants import parse_date

# 20261106, 2026-11-06, 2026/11/6, 2026.11.06 and with 年, 月, 日.
_DAY = re.compile(r"([0-9]{4})(?:([0-9]{2})([0-9]{2})|[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?)")


def finish_results(
    layout: InLayout, columns: Mapping[str, Sequence[Any] | None], stated: Mapping[str, str]
) -> dict[str, Sequence[Any]]:
    """Give status, why and amounts of results. A bank's own totals must be those of its lines, else ``I15`` ``I16``.

    An amount that could not be read is zero here, which no order is; ``bad`` names it, and its item is refused alone.
    """
    amounts = columns["amount_fen"] or ()
    _check_totals(layout, amounts, stated)
    meanings = layout.outcomes
    told = [meanings.get(code, AMBIGUOUS) for code in columns["status"] or ()]
    return {
        "status": [status for status, _ in told],
        "why": [why for _, why in told],
        "amount_fen": [fen or 0 for fen in amounts],
    }


def parse_day(text: str) -> str:
    """Read a day as banks write it. InputError ``I22``.

    >>> parse_day("20261106"), parse_day("2026/11/6"), parse_day("2026年11月6日")
    ('2026-11-06', '2026-11-06', '2026-11-06')
    """
    match = _DAY.fullmatch(text)
    if match is None:
        raise InputError("I22", "not a day like 20261106 or 2026-11-06")
    return parse_date("-".join(part.zfill(2) for part in match.groups() if part is not None))


def _check_totals(layout: InLayout, amounts: Sequence[int | None], stated: Mapping[str, str]) -> None:
    """See that a file is whole: part of a file must not pass for a bank's partial answer.

    Where an amount cannot be read, the others may at most come to the sum.
    """
    totals = read_totals(stated, "I15")
    if totals is None:
        return
    code = "I15" if {*layout.header, *layout.cells.values()} & stated.keys() else "I16"
    if totals["count"] != len(amounts):
        raise InputError(code, f"{len(amounts)} lines are there, {totals['count']} are stated")
    readable = [fen for fen in amounts if fen is not None]
    fen = sum(readable)
    if fen > totals["fen"] or (fen < totals["fen"] and len(readable) == len(amounts)):
        raise InputError(code, "the lines' amounts do not come to the stated sum")
