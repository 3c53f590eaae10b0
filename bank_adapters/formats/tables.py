"""Owns the table that every format gives: columns of text by title, with their place in the file, and totals."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bank_adapters.formats.frames import Body, drop_zeros
from bank_adapters.formats.layouts import LITERAL, InLayout, describe_item
from bank_adapters.formats.text import fold_title, strip_padding
from schemas.errors import InputError

T = TypeVar("T")
# Takes lines and the row of the first, gives their fields.
SplitBlock = Callable[[Sequence[T], int], Sequence[Sequence[str]]]
BLOCK_LINES = 10_000  # fields of this many lines are in memory twice
_SAMPLE = 100
PERSON_IDS = frozenset(("id", "beneficiary_id", "payee_id", "head_id", "holder_id", "official_id"))
NUMBERS = frozenset(("amount_fen", "rate_fen", "quantity_milli"))


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text by title, in the file's order; the file's row of each item; what header and trailer state."""

    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    stated: Mapping[str, str]


def make_table(
    layout: InLayout, columns: Mapping[str, Sequence[str]], rows: Sequence[int], stated: Mapping[str, str]
) -> Table:
    """Strip padding and filling zeros, and see that literals stand on every line (else ``I14``).

    A column that the file leaves out is empty.
    """
    stripped = dict.fromkeys(layout.titles, [""] * len(rows))
    stripped |= {title: strip_padding(texts) for title, texts in columns.items()}
    for title, field in layout.columns:
        if field.startswith(LITERAL):
            _check_literal(field, title, stripped[title], rows)
        elif layout.zero_padded and field in NUMBERS:
            stripped[title] = [drop_zeros(text) for text in stripped[title]]
    return Table(stripped, rows, stated)


def collect_columns(body: Body[T], titles: Sequence[str], split: SplitBlock[T]) -> dict[str, list[str]]:
    """Turn lines into columns, block by block. Every line must have its fields: a wrong number is ``I14``."""
    columns: list[list[str]] = [[] for _ in titles]
    for first in range(0, len(body.lines), BLOCK_LINES):
        row = body.first_row + first
        block = split(body.lines[first : first + BLOCK_LINES], row)
        for column, texts in zip(columns, _transpose(block, len(titles), row), strict=True):
            column.extend(_share(texts))
    return dict(zip(titles, columns, strict=True))


def check_titles(layout: InLayout, titles: Sequence[str], row: int) -> list[str]:
    """Fold a row of titles and compare by name: each of ours once, or not if optional, and no other (``I15``)."""
    folded = [fold_title(title) for title in titles]
    expected = [title for title, field in layout.columns if title in folded or field not in layout.optional]
    missing = [title for title in expected if title not in folded]
    if missing:
        raise InputError("I15", f"column {missing[0]} is missing", f"row {row}")
    if len(folded) != len(expected):
        raise InputError("I15", f"{len(folded)} columns, expected {len(expected)}", f"row {row}")
    return folded


def _transpose(block: Sequence[Sequence[str]], width: int, row: int) -> Sequence[tuple[str, ...]]:
    for number, fields in enumerate(block, start=row):
        if len(fields) != width:
            raise InputError("I14", f"{len(fields)} columns, expected {width}", f"row {number}")
    return list(zip(*block, strict=True))


def _share(texts: tuple[str, ...]) -> Sequence[str]:
    """Keep one object for equal texts where they repeat: villages, units, banks."""
    if len(dict.fromkeys(texts[:_SAMPLE])) * 2 > len(texts[:_SAMPLE]):
        return texts
    known = dict.fromkeys(texts)
    same = dict(zip(known, known, strict=True))
    return [same[text] for text in texts]


def _check_literal(literal: str, title: str, texts: Sequence[str], rows: Sequence[int]) -> None:
    for row, text in zip(rows, texts, strict=True):
        if text != literal[1:]:
            raise InputError("I14", f"expected {describe_item(literal)}", f"row {row} column {title}")
