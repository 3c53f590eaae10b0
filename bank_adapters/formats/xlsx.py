"""Owns .xlsx files: one sheet with title rows above the column titles. What a person could not see is refused.

Cached results of formulas are never trusted, numbers are never rounded, hidden rows never read.
"""

import re
from collections.abc import Mapping, Sequence
from zipfile import ZipFile

from bank_adapters.formats.cells import TEXT, Cells, collect_cells, take_value
from bank_adapters.formats.frames import read_items, read_trailer
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table, check_titles, make_table
from bank_adapters.formats.xlsx_cells import derive_epoch, list_formats
from bank_adapters.formats.xlsx_package import Element, Related, list_elements, list_related, listen, open_package
from bank_adapters.formats.xlsx_sheet import Book, Sheet, SheetReader, derive_column
from bank_adapters.formats.xlsx_strings import read_strings
from schemas.errors import InputError

_LAST_ROW = re.compile(r"[A-Z]+[0-9]+(?::[A-Z]+([0-9]{1,7}))?")


def parse_xlsx(layout: InLayout, raw: bytes) -> Table:
    """Read a workbook's one sheet with data.

    Raises InputError: ``I18`` no workbook, ``I19`` a formula, ``I24`` an identifier kept as a number, ``I25`` something
    hidden, ``I26`` merged cells among the lines, ``I27`` several sheets with data, ``I28`` a cell of another kind than
    its column's; and as for other files ``I02`` ``I14`` ``I15`` ``I16`` ``I17``.
    """
    sheet = _read_sheet(open_package(raw))
    row = layout.preamble_rows + 1
    above = [cells for cells in sheet.rows if cells.row < row]
    inside = sheet.rows[len(above) :]
    if not inside or inside[0].row != row:
        raise InputError("I15", "the column titles are missing", f"row {row}")
    titles = check_titles(layout, inside[0].texts, row)
    _check_seen(sheet, titles, row)
    stated = _read_title_cells(layout, above)
    lines = [_fit(cells, len(titles)) for cells in inside[1:]]
    if layout.trailer:
        stated = _take_trailer(layout, lines, stated)
    if not lines:
        raise InputError("I17")
    _check_whole(lines, row + 1)
    return make_table(layout, collect_cells(layout, titles, lines), [cells.row for cells in lines], stated)


def _take_trailer(layout: InLayout, lines: list[Cells], stated: Mapping[str, str]) -> Mapping[str, str]:
    if not lines:
        raise InputError("I16", "no trailer")
    last = lines.pop()
    texts = [take_value(cell) for cell in zip(last.texts, last.kinds, strict=True)]
    return read_trailer(layout, texts, last.row, stated)


def _read_sheet(archive: ZipFile) -> Sheet:
    """Find the one sheet that holds data, and read it."""
    start = [found.part for found in list_related(archive, "") if found.type == "officeDocument"]
    if len(start) != 1:
        raise InputError("I18", "no workbook")
    related = list_related(archive, start[0])
    workbook = list_elements(archive, start[0])
    book = _read_book(archive, workbook, related)
    filled = [(state, sheet) for state, sheet in _read_sheets(archive, workbook, related, book) if sheet.rows]
    if not filled:
        raise InputError("I17")
    if len(filled) > 1:
        raise InputError("I27", f"{len(filled)} sheets hold data")
    state, sheet = filled[0]
    if state != "visible":
        raise InputError("I25", "the sheet is hidden")
    return sheet


def _read_sheets(
    archive: ZipFile, workbook: Sequence[Element], related: Sequence[Related], book: Book
) -> list[tuple[str, Sheet]]:
    parts = {found.id: found.part for found in related if found.type == "worksheet"}
    sheets = []
    for element in workbook:
        part = parts.pop(element.attributes.get("id", ""), None) if element.name == "sheet" else None
        if part is not None:
            reader = SheetReader(book)
            listen(archive, part, reader)
            sheets.append((element.attributes.get("state", "visible"), reader.sheet))
    return sheets


def _read_book(archive: ZipFile, workbook: Sequence[Element], related: Sequence[Related]) -> Book:
    strings = [text for found in related if found.type == "sharedStrings" for text in read_strings(archive, found.part)]
    styles = [element for found in related if found.type == "styles" for element in list_elements(archive, found.part)]
    return Book(strings, list_formats(styles), derive_epoch(workbook))


def _check_seen(sheet: Sheet, titles: Sequence[str], row: int) -> None:
    """Refuse hidden columns, and cells that are merged among titles and lines: one of them says what it seems to."""
    for first, last in sheet.hidden:
        for number in range(first, min(last, len(titles)) + 1):
            raise InputError("I25", "a person has not seen this column", f"column {titles[number - 1]}")
    for area in sheet.merged:
        match = _LAST_ROW.fullmatch(area)
        if match is None or int(match[1] or "0") >= row:
            raise InputError("I26", "only title rows may have merged cells", f"row {row}")


def _read_title_cells(layout: InLayout, rows: Sequence[Cells]) -> Mapping[str, str]:
    if not layout.cells:
        return {}
    places = {place: _find_cell(rows, place) for place in layout.cells}
    return read_items(layout, list(layout.cells.values()), [take_value(cell) for cell in places.values()], 1)


def _find_cell(rows: Sequence[Cells], place: str) -> tuple[str, str] | None:
    letters = place.rstrip("0123456789")
    row, column = place.removeprefix(letters), derive_column(letters)
    found = [cells for cells in rows if str(cells.row) == row and column < len(cells.texts)]
    return (found[0].texts[column], found[0].kinds[column]) if found else None


def _fit(cells: Cells, width: int) -> Cells:
    """Give a row exactly the titles' width; anything that stands beside them refuses the file."""
    if len(cells.texts) > width:
        raise InputError("I14", f"{len(cells.texts)} columns, expected {width}", f"row {cells.row}")
    missing = width - len(cells.texts)
    return Cells(cells.row, [*cells.texts, *[""] * missing], cells.kinds + TEXT * missing) if missing else cells


def _check_whole(lines: Sequence[Cells], first: int) -> None:
    """An empty row between lines is a gap: what stood there?"""
    for expected, cells in enumerate(lines, start=first):
        if cells.row != expected:
            raise InputError("I14", "an empty row stands between the lines", f"row {expected}")
