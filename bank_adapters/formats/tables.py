"""Owns the reading of delimited and CSV files into a table: rows of text with their place in the file, and totals."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.text import PADDING, decode, fold_title, split_lines
from schemas.errors import InputError


@dataclass(frozen=True, slots=True)
class Table:
    """Columns of text by title, in the profile's order; the file's row of each item; what header and trailer state."""

    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    stated: Mapping[str, str]


def parse_table(layout: InLayout, raw: bytes) -> Table:
    """Read a file. Every row must have its columns: a wrong number anywhere refuses the file (``I14``)."""
    text = decode(raw, layout.encoding)
    return _parse_csv(layout, text) if layout.format == "csv" else _parse_delimited(layout, text)


def _parse_delimited(layout: InLayout, text: str) -> Table:
    lines = split_lines(text)
    first = 1 if layout.header else 0
    last = len(lines) - (1 if layout.trailer else 0)
    stated = _parse_frame(layout, lines[0], layout.header, 1, "I15") if layout.header else {}
    if layout.trailer:
        closing = _parse_frame(layout, lines[-1], layout.trailer, len(lines), "I16") if last >= first else None
        _check_trailer(stated, closing)
    if last <= first:
        raise InputError("I17")
    split = [line.split(layout.separator) for line in lines[first:last]]
    return _build(layout, [title for title, _ in layout.columns], split, range(first + 1, last + 1), stated)


def _parse_frame(layout: InLayout, line: str, items: Sequence[str], row: int, code: str) -> dict[str, str]:
    """Read a header or trailer line: literals must stand there, other items are values."""
    values = [value.strip(PADDING) for value in line.split(layout.separator)]
    if len(values) != len(items):
        raise InputError(code, f"{len(values)} items, expected {len(items)}", f"row {row}")
    for item, value in zip(items, values, strict=True):
        if item.startswith("=") and item[1:] != value:
            raise InputError(code, f"expected {item[1:]}", f"row {row}")
    return {item: value for item, value in zip(items, values, strict=True) if not item.startswith("=")}


def _check_trailer(stated: Mapping[str, str], closing: Mapping[str, str] | None) -> None:
    """A trailer that is missing or says other totals than the header means a file cut short or put together."""
    if closing is None:
        raise InputError("I16", "no trailer")
    if any(stated.get(name, value) != value for name, value in closing.items()):
        raise InputError("I16", "the trailer's totals are not the header's")


def _parse_csv(layout: InLayout, text: str) -> Table:
    titles, *lines = _read_csv(layout, split_lines(text))
    titles = [fold_title(title) for title in titles]
    _check_titles(layout, titles)
    while lines and not any(lines[-1]):  # what a spreadsheet leaves behind the last row
        lines.pop()
    if not lines:
        raise InputError("I17")
    return _build(layout, titles, lines, range(2, len(lines) + 2), {})


def _read_csv(layout: InLayout, lines: Sequence[str]) -> Iterator[list[str]]:
    """Read row by row. A cell may not hold a line break: two stray quotation marks would swallow the rows between."""
    for row, line in enumerate(lines, start=1):
        try:
            fields = next(csv.reader([line], delimiter=layout.separator, strict=True), [])
        except csv.Error as error:
            raise InputError("I14", "quotation marks do not match within the row", f"row {row}") from error
        yield fields


def _check_titles(layout: InLayout, titles: Sequence[str]) -> None:
    """Titles are compared by name: each of ours exactly once, and no other."""
    expected = [title for title, _ in layout.columns]
    missing = [title for title in expected if title not in titles]
    if missing:
        raise InputError("I15", f"column {missing[0]} is missing", "row 1")
    if len(titles) != len(expected):
        raise InputError("I15", f"{len(titles)} columns, expected {len(expected)}", "row 1")


def _build(
    layout: InLayout, titles: Sequence[str], lines: Sequence[Sequence[str]], rows: Sequence[int], stated: dict[str, str]
) -> Table:
    width = len(layout.columns)
    for row, fields in zip(rows, lines, strict=True):
        if len(fields) != width:
            raise InputError("I14", f"{len(fields)} columns, expected {width}", f"row {row}")
    columns = {}
    for title, column in zip(titles, zip(*lines, strict=True), strict=True):
        columns[title] = [field.strip(PADDING) for field in column]
    return Table(columns, rows, stated)
