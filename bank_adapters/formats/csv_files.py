"""Owns CSV files: a row of titles that are found by name, and fields that may stand in quotation marks."""

import csv
from collections.abc import Sequence
from functools import partial

from bank_adapters.formats.frames import open_frame
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table, check_titles, collect_columns, make_table
from bank_adapters.formats.text import decode, split_lines
from schemas.errors import InputError

_QUOTE = '"'


def parse_csv(layout: InLayout, raw: bytes) -> Table:
    """Read a file. A cell may not hold a line break: two stray quotation marks would swallow the rows between."""
    lines = split_lines(decode(raw, layout.encoding))
    while lines and not lines[-1].strip(layout.separator):  # what a spreadsheet leaves behind the last row
        lines.pop()
    if not lines:
        raise InputError("I17")
    body = open_frame(layout, lines, partial(_split_row, layout.separator), title_rows=1)
    row = body.first_row - 1
    titles = check_titles(layout, _split_row(layout.separator, lines[row - 1], row), row)
    columns = collect_columns(body, titles, partial(_split_block, layout.separator))
    return make_table(layout, columns, body.rows, body.stated)


def _split_row(separator: str, line: str, row: int, _widths: Sequence[int] = ()) -> list[str]:
    if _QUOTE not in line:
        return line.split(separator)
    try:
        return next(csv.reader([line], delimiter=separator, strict=True))
    except csv.Error as error:
        raise InputError("I14", "quotation marks do not match within the row", f"row {row}") from error


def _split_block(separator: str, lines: Sequence[str], first_row: int) -> list[list[str]]:
    return [
        line.split(separator) if _QUOTE not in line else _split_row(separator, line, row)
        for row, line in enumerate(lines, start=first_row)
    ]
