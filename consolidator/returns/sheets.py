"""Owns the writing of lists as CSV and .xlsx: streamed, and the same rows give the same bytes.

In an .xlsx text stands in string cells, never in formulas; nothing is shared, so memory does not grow with the rows.
(ECMA-376 part 1, section 18.)
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from bank_adapters.formats.xlsx_writing import COLUMNS, MAIN, XML, place_sheet, render_frame
from consolidator.returns.cells import Cell, Yuan, clean_text, is_formula_like, render_plain
from schemas.money import render_yuan

SHEET_ROWS_MAX = 1_048_576  # of the .xlsx format, the header row included
_ROWS_AT_ONCE = 1_000
_HEADER, _TEXT, _GUARDED, _MONEY = 1, 2, 3, 4  # indices into cellXfs
# What looks like an escape of the format is escaped itself, or the reader would turn it into a character.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" applyNumberFormat="1"/>'
    '<xf numFmtId="2" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table to write: title of its sheet, column titles with their widths (in characters), and rows, read once."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[Sequence[Cell]]


def write_csv(file: IO[bytes], table: Table) -> None:
    """Write a table as CSV: UTF-8 with byte order mark (office programs look for it), CRLF."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([title for title, _ in table.columns])
    writer.writerows([render_plain(cell) for cell in row] for row in table.rows)
    text.flush()
    text.detach()


def write_xlsx(file: IO[bytes], tables: Iterable[Table], sheet_rows_max: int = SHEET_ROWS_MAX) -> None:
    """Write tables as one workbook, a sheet each; one with more rows than a sheet takes goes on in the next sheet."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        titles = []
        for table in tables:
            for number, rows in enumerate(_cut(table.rows, sheet_rows_max - 1), start=1):
                titles.append(table.title if number == 1 else f"{table.title} {number}")
                with archive.open(place_sheet(len(titles)), "w") as sheet:
                    _write_sheet(sheet, table.columns, rows)
        for entry, text in render_frame(titles, _STYLES):
            archive.writestr(entry, text)


def _cut(rows: Iterable[Sequence[Cell]], size: int) -> Iterator[Iterator[Sequence[Cell]]]:
    """Cut rows into runs that are read one after the other; no rows give one empty run."""
    rest = iter(rows)
    yield islice(rest, size)
    for first in rest:
        yield chain([first], islice(rest, size - 1))


def _write_sheet(sheet: IO[bytes], columns: Sequence[tuple[str, int]], rows: Iterator[Sequence[Cell]]) -> None:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, (_, width) in enumerate(columns, start=1)
    )
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    sheet.write(
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{_render_header(columns)}".encode()
    )
    numbered = enumerate(rows, start=2)
    while run := "".join(_render_row(number, row) for number, row in islice(numbered, _ROWS_AT_ONCE)):
        sheet.write(run.encode())
    sheet.write(b"</sheetData></worksheet>")


def _render_header(columns: Sequence[tuple[str, int]]) -> str:
    cells = (f'<c r="{COLUMNS[at]}1"{_render_text(title, _HEADER)}' for at, (title, _) in enumerate(columns))
    return f'<row r="1">{"".join(cells)}</row>'


def _render_row(number: int, row: Sequence[Cell]) -> str:
    cells = [_render_cell(f"{COLUMNS[at]}{number}", cell) for at, cell in enumerate(row)]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _render_cell(place: str, cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return f'<c r="{place}"{_render_string(cell)}'
    if isinstance(cell, Yuan):
        return f'<c r="{place}" s="{_MONEY}"><v>{render_yuan(cell.fen)}</v></c>'
    return f'<c r="{place}"><v>{cell}</v></c>'


@lru_cache(maxsize=4_096)  # a list says the same few things thousands of times
def _render_string(text: str) -> str:
    return _render_text(text, _GUARDED if is_formula_like(text) else _TEXT)


def _render_text(text: str, style: int) -> str:
    safe = escape(_ESCAPE_LIKE.sub("_x005F_", clean_text(text)))
    return f' s="{style}" t="inlineStr"><is><t xml:space="preserve">{safe}</t></is></c>'
