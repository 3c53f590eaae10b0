"""Owns the reading of one sheet: rows with values, in order, and everything a person would not see or trust.

A listener to XML events: nothing of the sheet is kept but the rows' texts.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bank_adapters.formats.cells import TEXT, Cells
from bank_adapters.formats.text import PADDING, ROWS_MAX
from bank_adapters.formats.xlsx_cells import Shows, is_true, read_cell
from bank_adapters.formats.xlsx_package import check_depth, drop_prefix
from schemas.errors import InputError

COLUMNS_MAX = 200
CELL_CHARACTERS_MAX = 32_767  # as Excel bounds it
_PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_GRID = frozenset(("row", "c"))
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_COLUMN = re.compile(r"[1-9][0-9]{0,4}")
_NOTHING = re.compile(r"0(\.0*)?")


@dataclass(frozen=True, slots=True)
class Book:
    """What cells of every sheet refer to: shared texts, what cell styles show of numbers, the first day of dates."""

    strings: Sequence[str]
    formats: Mapping[str, Shows]
    epoch: date


@dataclass(slots=True)
class Sheet:
    """What was read: rows that hold something, merged areas, hidden columns (from, to), counted from 1."""

    rows: list[Cells] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    hidden: list[tuple[int, int]] = field(default_factory=list)


class SheetReader:
    """Listens to the XML of a sheet. Raises InputError for formulas ``I19`` and for hidden rows ``I25``."""

    def __init__(self, book: Book) -> None:
        """Begin before the first row."""
        self.sheet = Sheet()
        self._book = book
        self._depth = 0
        self._row = 0
        self._row_text = "0"
        self._column = 0
        self._row_hidden = False
        self._in_row = False
        self._all_hidden = False
        self._texts: list[str] = []
        self._kinds: list[str] = []
        self._cell: Mapping[str, str] | None = None
        self._phonetic = False
        self._taking = False
        self._pieces: list[str] = []
        self._size = 0
        self._known_kinds: dict[str, str] = {}
        self._columns: dict[str, int] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        check_depth(self._depth)
        name = drop_prefix(name)
        if self._cell is not None:
            self._start_in_cell(name)
        elif name == "c" and self._in_row:
            self._cell = attributes
            self._pieces = []
            self._size = 0
        elif name == "row" and not self._in_row:
            self._start_row(attributes)
        elif name in _GRID:
            raise InputError("I18", "rows and cells are nested wrongly", f"row {self._row}")
        else:
            self._note(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        self._depth -= 1
        name = drop_prefix(name)
        if name in ("v", "t"):
            self._taking = False
        elif name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "rPh":
            self._phonetic = False

    def data(self, text: str) -> None:
        """Text stands in an element."""
        if self._taking:
            self._pieces.append(text)
            self._size += len(text)
            if self._size > CELL_CHARACTERS_MAX:
                raise InputError("I14", f"a cell has more than {CELL_CHARACTERS_MAX} characters", f"row {self._row}")

    def _start_in_cell(self, name: str) -> None:
        if name in _GRID or (name == "v" and self._pieces):
            raise InputError("I18", "a cell in a cell", f"row {self._row}")
        if name == "v" or (name == "t" and not self._phonetic):
            self._taking = True
        elif name == "rPh":
            self._phonetic = True
        elif name == "f":
            place = _PLACE.fullmatch((self._cell or {}).get("r", ""))
            where = f" column {place[1]}" if place else ""
            raise InputError("I19", "what it shows may be out of date", f"row {self._row}{where}")

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        stated = attributes.get("r")
        number = self._row + 1
        if stated is not None:
            number = int(stated) if _ROW.fullmatch(stated) else 0
        if not self._row < number:
            raise InputError("I18", "rows are out of order")
        self._row = number
        self._in_row = True
        self._row_text = str(number)
        self._column = 0
        self._texts, self._kinds = [], []
        height = attributes.get("ht")
        self._row_hidden = is_true(attributes.get("hidden", "1" if self._all_hidden else None)) or (
            height is not None and _NOTHING.fullmatch(height) is not None
        )

    def _note(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))
        elif name == "col":
            self._note_column(attributes)
        elif name == "sheetFormatPr":
            self._all_hidden = is_true(attributes.get("zeroHeight"))
        if len(self.sheet.merged) + len(self.sheet.hidden) > ROWS_MAX:
            raise InputError("I02", "too many merged cells")

    def _note_column(self, attributes: Mapping[str, str]) -> None:
        width = attributes.get("width")
        if is_true(attributes.get("hidden")) or (width is not None and _NOTHING.fullmatch(width)):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if _COLUMN.fullmatch(first) is None or _COLUMN.fullmatch(last) is None:
                raise InputError("I18", "a column is none")
            self.sheet.hidden.append((int(first), int(last)))

    def _end_cell(self) -> None:
        cell, text = self._cell or {}, "".join(self._pieces)
        self._cell = None
        column = self._find_column(cell.get("r"))
        self._column = column + 1  # an empty cell has its place too
        if not text:
            return
        style = self._book.formats.get(cell.get("s", "0"))
        text, kind = read_cell(cell.get("t", "n"), text, style, self._book.strings, self._book.epoch)
        if not text.strip(PADDING):
            return
        if column >= COLUMNS_MAX:
            raise InputError("I14", f"a cell stands beyond column {COLUMNS_MAX}", f"row {self._row}")
        missing = column - len(self._texts)
        if missing:
            self._texts += [""] * missing
            self._kinds.append(TEXT * missing)
        self._texts.append(text)
        self._kinds.append(kind)

    def _find_column(self, place: str | None) -> int:
        """Give a cell's column, counted from 0: the next, or where it says it stands, which must be behind the last."""
        if place is None:
            return self._column
        letters = place.removesuffix(self._row_text)
        column = self._columns.get(letters)
        if column is None:
            column = derive_column(letters) if _LETTERS.fullmatch(letters) else -1
            self._columns[letters] = column
        if column < self._column or len(letters) + len(self._row_text) != len(place):
            raise InputError("I18", "cells are out of order", f"row {self._row}")
        return column

    def _end_row(self) -> None:
        self._in_row = False
        if not self._texts:
            return
        if self._row_hidden:
            raise InputError("I25", "a person has not seen this row", f"row {self._row}")
        if len(self.sheet.rows) > ROWS_MAX:
            raise InputError("I02", f"a file has at most {ROWS_MAX} lines")
        kinds = "".join(self._kinds)
        kinds = self._known_kinds.setdefault(kinds, kinds)
        self.sheet.rows.append(Cells(self._row, self._texts, kinds))


def derive_column(letters: str) -> int:
    """Give a column's number, counted from 0.

    >>> derive_column("A"), derive_column("Z"), derive_column("AB")
    (0, 25, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
