"""Owns the writing of lists as CSV and .xlsx: streamed, and the same rows give the same bytes.

The .xlsx is written here and not by a library because a library keeps styles per cell object (a minute for 200,000
rows) and puts the time of writing into the file. Text stands in string cells, never in formulas; nothing is shared, so
memory does not grow with the rows. (ECMA-376 part 1, sections 12 and 18.)
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
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from consolidator.returns.cells import Cell, Yuan, clean_text, is_formula_like, render_plain
from schemas.money import render_yuan

SHEET_ROWS_MAX = 1_048_576  # of the .xlsx format, the header row included
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same rows give the same bytes
_ROWS_AT_ONCE = 1_000
_COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEADER, _TEXT, _GUARDED, _MONEY = 1, 2, 3, 4  # indices into cellXfs
# What looks like an escape of the format is escaped itself, or the reader would turn it into a character.
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
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
                with archive.open(_entry(f"xl/worksheets/sheet{len(titles)}.xml"), "w") as sheet:
                    _write_sheet(sheet, table.columns, rows)
        for name, text in _render_frame(titles):
            archive.writestr(_entry(name), text)


def _cut(rows: Iterable[Sequence[Cell]], size: int) -> Iterator[Iterator[Sequence[Cell]]]:
    """Cut rows into runs that are read one after the other; no rows give one empty run."""
    rest = iter(rows)
    yield islice(rest, size)
    for first in rest:
        yield chain([first], islice(rest, size - 1))


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _LONG_AGO)
    entry.compress_type = ZIP_DEFLATED
    return entry


def _write_sheet(sheet: IO[bytes], columns: Sequence[tuple[str, int]], rows: Iterator[Sequence[Cell]]) -> None:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, (_, width) in enumerate(columns, start=1)
    )
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    sheet.write(
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{_render_header(columns)}".encode()
    )
    numbered = enumerate(rows, start=2)
    while run := "".join(_render_row(number, row) for number, row in islice(numbered, _ROWS_AT_ONCE)):
        sheet.write(run.encode())
    sheet.write(b"</sheetData></worksheet>")


def _render_header(columns: Sequence[tuple[str, int]]) -> str:
    cells = (f'<c r="{_COLUMNS[at]}1"{_render_text(title, _HEADER)}' for at, (title, _) in enumerate(columns))
    return f'<row r="1">{"".join(cells)}</row>'


def _render_row(number: int, row: Sequence[Cell]) -> str:
    cells = [_render_cell(f"{_COLUMNS[at]}{number}", cell) for at, cell in enumerate(row)]
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


def _render_frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give the workbook's other files."""
    numbers = range(1, len(titles) + 1)
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for number in numbers
    )
    types = (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{parts}</Types>'
    )
    yield "[Content_Types].xml", types
    yield "_rels/.rels", _render_relations([("rId1", "officeDocument", "xl/workbook.xml")])
    sheets = "".join(
        f'<sheet name="{escape(title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>',
    )
    relations = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    styles = (f"rId{len(titles) + 1}", "styles", "styles.xml")
    yield "xl/_rels/workbook.xml.rels", _render_relations([*relations, styles])
    yield "xl/styles.xml", _STYLES


def _render_relations(relations: Sequence[tuple[str, str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="{name}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>' for name, kind, target in relations
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
