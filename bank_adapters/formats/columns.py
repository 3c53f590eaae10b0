"""Owns the turning of a table's text columns into the columns of a document's kind.

Odd texts are passed on as they are: the ledger refuses that line. Only amounts, quantities and days of results are read
here, since a wrong one must not look like a right one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bank_adapters.formats.layouts import LITERAL, WITH_TOTALS, InLayout
from bank_adapters.formats.results import finish_results, parse_day
from bank_adapters.formats.tables import PERSON_IDS, Table
from schemas.errors import InputError
from schemas.money import parse_fen, parse_yuan

T = TypeVar("T")
Columns = dict[str, Sequence[Any] | None]
Bad = list[tuple[int, str, str]]
_QUANTITY = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,3}))?")
_OPTIONAL = frozenset(
    (
        "relation",
        "group",
        "unit",
        "account",
        "bank",
        "branch",
        "plot",
        "remark",
        "head_id",
        "head_name",
        "village",
        "source_line",
    )
)
# A code with a letter before its last place; one of digits only looks like a resident's ID and is judged as such.
_FIRM = re.compile(r"(?=.{0,16}[A-HJ-NPQRTUWXY])[0-9A-HJ-NPQRTUWXY]{18}")
# Of registers, census, designations and results; an account of a batch is among the optional ones, too.
_NULLABLE = frozenset(("branch", "to_on", "holder_name", "reason", "serial"))


def build_columns(layout: InLayout, table: Table) -> Columns:
    """Give a document's columns, with ``bad`` for what could not be read, without optional ones that are empty."""
    bad: Bad = []
    columns: Columns = {}
    for title, field in layout.columns:
        if field and not field.startswith(LITERAL):
            columns[field] = _convert(layout, field, table.columns[title], bad)
    if layout.kind == "batch":
        _fill_persons(columns)
        _tell_firms(columns)
        columns["row"] = list(table.rows)
    if layout.kind == "results":
        columns |= finish_results(layout, columns, table.stated)
    columns["bad"] = sorted(bad)
    return {field: column for field, column in columns.items() if field not in layout.optional or _is_filled(column)}


def _is_filled(column: Sequence[Any] | None) -> bool:
    return any(value is not None for value in column or ())


def parse_quantity(text: str) -> int:
    """Read a quantity with at most three decimals as thousandths. InputError ``I23``.

    >>> parse_quantity("12.35")
    12350
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise InputError("I23", "not a quantity with at most three decimals")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


_READ: Mapping[str, Callable[[str], int | str]] = {
    "amount_fen": parse_yuan,
    "rate_fen": parse_yuan,
    "quantity_milli": parse_quantity,
    "on": parse_day,
}


def _convert(layout: InLayout, field: str, texts: Sequence[str], bad: Bad) -> Sequence[Any]:
    words: Mapping[str, str] = layout.choices.get(field, {})
    if words:
        texts = [words.get(text, text) for text in texts]
    parse = parse_fen if field == "amount_fen" and layout.amount_unit == "fen" else _READ.get(field)
    if parse is not None:
        return _read_values(texts, field, parse, bad)
    if field == "programmes":
        return [[name.strip() for name in text.replace("\uff1b", ";").split(";") if name.strip()] for text in texts]
    if field in PERSON_IDS and "x" in "".join(texts):
        texts = [text.replace("x", "X") for text in texts]
    if field in _NULLABLE or field in layout.optional or (layout.kind in WITH_TOTALS and field in _OPTIONAL):
        return [text or None for text in texts]
    return texts


def _read_values(texts: Sequence[str], field: str, parse: Callable[[str], T], bad: Bad) -> list[T | None]:
    """Read numbers or days, equal texts once; an empty amount is unreadable, any other that is empty is absent."""
    known: dict[str, T | None] = {}
    odd: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        known[text] = None
        if text or field == "amount_fen":
            try:
                known[text] = parse(text)
            except InputError as error:
                odd[text] = error.code
    if odd:
        bad += [(index, field, odd[text]) for index, text in enumerate(texts) if text in odd]
    return [known[text] for text in texts]


def _fill_persons(columns: Columns) -> None:
    """Take a payee of whom neither name nor ID stands for the beneficiary himself.

    Half a payee is left as it is, for the ledger to refuse. Columns in which nobody stands are left out.
    """
    ids, names = columns.get("payee_id"), columns.get("payee_name")
    if ids is not None and names is not None:
        if any(ids) or any(names):
            own = zip(columns["beneficiary_id"] or (), columns["beneficiary_name"] or (), strict=True)
            pairs = [
                (payee, name) if payee or name else himself
                for payee, name, himself in zip(ids, names, own, strict=True)
            ]
            columns["payee_id"], columns["payee_name"] = ([pair[part] for pair in pairs] for part in (0, 1))
        else:
            columns["payee_id"] = columns["payee_name"] = None
    for field in ("head_id", "head_name"):
        if not any(columns.get(field) or ()):
            columns[field] = None


def _tell_firms(columns: Columns) -> None:
    """Old files have no column for the type of an ID; a firm's code (GB 32100) is told by its shape."""
    for field in ("beneficiary_id", "payee_id"):
        ids = columns.get(field)
        if ids is not None and any(_FIRM.fullmatch(value) for value in ids):
            columns[f"{field}_type"] = ["uscc" if _FIRM.fullmatch(value) else "resident" for value in ids]
