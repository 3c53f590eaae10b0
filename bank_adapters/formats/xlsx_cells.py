"""Owns what a cell of a sheet says: its text and its kind, as a person saw it."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from bank_adapters.formats.cells import DATE, DISGUISED, NUMBER, OTHER, ROUNDED, TEXT, UNREADABLE
from bank_adapters.formats.number_formats import Odd, find_builtin, read_format
from bank_adapters.formats.xlsx_package import Element
from schemas.errors import InputError

Shows = int | Odd | None
_INDEX = re.compile(r"[0-9]{1,9}")
_SHORT = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,3})?")  # no binary rounding can hide in so few digits
_NUMBER = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,4})?")
_DAY = re.compile(r"[0-9]{1,7}")
_ISO_DAY = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T00:00:00(?:\.0+)?Z?)?")
_EPOCH = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_FIRST_SURE_DAY = 61  # before it, Excel counts a 29 February 1900 that never was
_LAST_DAY = 2_958_465  # 9999-12-31
_STRINGS = frozenset(("str", "inlineStr"))


def read_cell(cell_type: str, text: str, shows: Shows, strings: Sequence[str], epoch: date = _EPOCH) -> tuple[str, str]:
    """Give text and kind of a cell by its type (ECMA-376 18.18.11), text, and what its number format shows.

    >>> read_cell("n", "396.06000000000000", 2, []), read_cell("n", "12.305", 2, [])
    (('396.06', 'n'), ('~12.305', 'r'))
    """
    if cell_type == "s":
        return find_string(text, strings), TEXT
    if cell_type == "n":
        return read_number(text, shows, epoch)
    if cell_type in _STRINGS:
        return text, TEXT
    if cell_type == "d":
        day = _ISO_DAY.fullmatch(text)
        return day[1] if day else text, DATE
    return text, OTHER


def find_string(text: str, strings: Sequence[str]) -> str:
    """Give a shared text by its number. InputError ``I18`` when there is none."""
    if _INDEX.fullmatch(text) is None or int(text) >= len(strings):
        raise InputError("I18", "a cell refers to a text that is not there")
    return strings[int(text)]


def read_number(text: str, shows: Shows, epoch: date) -> tuple[str, str]:
    """Give a number's shortest text, no arithmetic done, and whether a person saw all of it."""
    if shows is Odd.DATE:
        return _read_day(text, epoch), DATE
    shortest = text if _SHORT.fullmatch(text) else _shorten(text)
    if shows is Odd.DISGUISE:
        return shortest, DISGUISED
    if shows is None or isinstance(shows, Odd) or _count_decimals(shortest) <= shows:
        return shortest, NUMBER
    return UNREADABLE + shortest, ROUNDED


def _shorten(text: str) -> str:
    """Give the shortest text of the same binary number: sheets keep 396.06 as 396.06000000000000."""
    if _NUMBER.fullmatch(text) is None:
        raise InputError("I18", "a number is none")
    whole, point, rest = text.partition(".")
    digits = whole.removeprefix("-").lstrip("0") or "0"
    sign = "-" if whole.startswith("-") else ""
    return repr(json.loads(f"{sign}{digits}{point}{rest}"))


def _count_decimals(text: str) -> int:
    return len(text.partition(".")[2].rstrip("0"))


def _read_day(text: str, epoch: date) -> str:
    """Give the ISO day of a whole serial number; anything else stays as it is, and is no date to whoever reads it."""
    if _DAY.fullmatch(text) is None or not _FIRST_SURE_DAY <= int(text) <= _LAST_DAY - (epoch - _EPOCH).days:
        return text
    return (epoch + timedelta(days=int(text))).isoformat()


def derive_epoch(workbook: Sequence[Element]) -> date:
    """Give the day from which a workbook counts its dates."""
    properties = [element.attributes for element in workbook if element.name == "workbookPr"]
    return _EPOCH_1904 if any(is_true(each.get("date1904")) for each in properties) else _EPOCH


def is_true(value: str | None) -> bool:
    """Read a truth value of XML."""
    return value in ("1", "true")


def list_formats(styles: Sequence[Element]) -> dict[str, Shows]:
    """Give what each cell style shows of a number, by its index as cells write it."""
    own = {
        element.attributes.get("numFmtId", ""): element.attributes.get("formatCode", "")
        for element in styles
        if (element.parent, element.name) == ("numFmts", "numFmt")
    }
    cells = [element for element in styles if (element.parent, element.name) == ("cellXfs", "xf")]
    return {str(index): _find_format(cell.attributes, own) for index, cell in enumerate(cells)}


def _find_format(cell: Mapping[str, str], own: Mapping[str, str]) -> Shows:
    number = cell.get("numFmtId", "0")
    if number in own:
        return read_format(own[number])
    return read_format(find_builtin(int(number))) if _INDEX.fullmatch(number) else Odd.DISGUISE
