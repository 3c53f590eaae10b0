"""Owns the turning of a table's text columns into the columns of a document's kind.

Odd texts are passed on as they are: the ledger refuses that line. Only amounts and quantities are read here, since a
wrong one must not look like a right one.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table
from schemas.errors import InputError
from schemas.money import parse_fen, parse_yuan

Columns = dict[str, Sequence[Any] | None]
Bad = list[tuple[int, str, str]]
_QUANTITY = re.compile(r"(0|[1-9][0-9]{0,8})(?:\.([0-9]{1,3}))?")
_OPTIONAL = frozenset(
    ("relation", "group", "unit", "account", "bank", "branch", "plot", "remark", "head_id", "head_name", "village")
)
_NULLABLE = frozenset(("branch", "to_on"))  # of registers, census and designations
_IDS = frozenset(["id", "beneficiary_id", "payee_id", "head_id", "holder_id", "official_id"])


def build_columns(layout: InLayout, table: Table) -> Columns:
    """Give a document's columns, with ``bad`` for what could not be read."""
    bad: Bad = []
    columns: Columns = {}
    for title, field in layout.columns:
        if field:
            columns[field] = _convert(layout, field, table.columns[title], bad)
    if layout.kind == "batch":
        _fill_persons(columns)
        columns["row"] = list(table.rows)
    columns["bad"] = sorted(bad)
    return columns


def parse_quantity(text: str) -> int:
    """Read a quantity with at most three decimals as thousandths. InputError ``I23``.

    >>> parse_quantity("12.35")
    12350
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise InputError("I23", "not a quantity with at most three decimals")
    return int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))


def _convert(layout: InLayout, field: str, texts: Sequence[str], bad: Bad) -> Sequence[Any]:
    if field == "amount_fen":
        return _read_numbers(texts, field, parse_fen if layout.amount_unit == "fen" else parse_yuan, bad)
    if field == "rate_fen":
        return _read_numbers(texts, field, parse_yuan, bad)
    if field == "quantity_milli":
        return _read_numbers(texts, field, parse_quantity, bad)
    if field == "programmes":
        return [[name.strip() for name in text.split(";") if name.strip()] for text in texts]
    words: Mapping[str, str] = layout.choices.get(field, {})
    if words:
        texts = [words.get(text, text) for text in texts]
    if field in _IDS:
        texts = [text.replace("x", "X") for text in texts]
    if field in _NULLABLE or (layout.kind == "batch" and field in _OPTIONAL):
        return [text or None for text in texts]
    return texts


def _read_numbers(texts: Sequence[str], field: str, parse: Callable[[str], int], bad: Bad) -> list[int | None]:
    """Read numbers; an empty amount is unreadable, an empty quantity or rate is absent."""
    values: list[int | None] = []
    for index, text in enumerate(texts):
        value = None
        if text or field == "amount_fen":
            try:
                value = parse(text)
            except InputError as error:
                bad.append((index, field, error.code))
        values.append(value)
    return values


def _fill_persons(columns: Columns) -> None:
    """An empty payee is the beneficiary himself; columns in which nobody stands are left out."""
    for field in ("payee_id", "payee_name"):
        texts = columns.get(field)
        if texts is None:
            continue
        own = columns[field.replace("payee", "beneficiary")] or ()
        columns[field] = [text or other for text, other in zip(texts, own, strict=True)] if any(texts) else None
    if (columns.get("payee_id") is None) != (columns.get("payee_name") is None):
        for part in ("id", "name"):
            columns[f"payee_{part}"] = columns.get(f"payee_{part}") or columns[f"beneficiary_{part}"]
    for field in ("head_id", "head_name"):
        if not any(columns.get(field) or ()):
            columns[field] = None
