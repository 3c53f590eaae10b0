"""Owns cells that have a kind beside their text, as sheets and JSON have: which kind may stand in which column.

Excel turns long numbers into 1.23E+18, drops leading zeros and makes dates of house numbers; what it did cannot be
undone, so it is refused here.
"""

from collections.abc import Sequence
from itertools import compress
from typing import NamedTuple

from bank_adapters.formats.frames import Body
from bank_adapters.formats.layouts import LITERAL, InLayout
from bank_adapters.formats.tables import NUMBERS, PERSON_IDS, collect_columns
from bank_adapters.formats.text import ROW_CHARACTERS_MAX
from schemas.errors import InputError

TEXT = "s"
NUMBER = "n"
ROUNDED = "r"  # a number of which a person saw fewer decimals than it has
DATE = "d"
DISGUISED = "x"  # a number shown as a percentage, in thousands, in scientific notation, …
OTHER = "o"  # a truth value, an error, a nested value
UNREADABLE = "~"  # stands before a rounded number, so that nobody takes it for what was shown

IDENTIFIERS = PERSON_IDS | {"account", "branch", "plot", "household", "order", "serial"}
_DATES = frozenset(("died_on", "from_on", "to_on"))
_BANK_DAY = "on"  # banks write 20261106, which a sheet keeps as a number
_ANY = frozenset((TEXT, NUMBER, ROUNDED, DATE, DISGUISED, OTHER))


class Cells(NamedTuple):
    """A row: its number in the file, texts, and a kind for each."""

    row: int
    texts: Sequence[str]
    kinds: str


def collect_cells(layout: InLayout, titles: Sequence[str], rows: Sequence[Cells]) -> dict[str, list[str]]:
    """Turn rows into columns. InputError ``I24`` an identifier kept as a number, ``I28`` another kind out of place."""
    _check_kinds(layout, titles, rows)
    for cells in rows:
        if sum(map(len, cells.texts)) > ROW_CHARACTERS_MAX:
            raise InputError("I14", f"a row has more than {ROW_CHARACTERS_MAX} characters", f"row {cells.row}")
    return collect_columns(Body(rows, 0, {}), titles, lambda block, _: [cells.texts for cells in block])


def _check_kinds(layout: InLayout, titles: Sequence[str], rows: Sequence[Cells]) -> None:
    fields = dict(layout.columns)
    allowed = [_list_allowed(fields[title]) for title in titles]
    first: dict[str, int] = {}
    for cells in rows:
        first.setdefault(cells.kinds, cells.row)
    for kinds, row in first.items():
        wrong = [kind not in kept for kind, kept in zip(kinds, allowed, strict=True)]
        for title in compress(titles, wrong):
            _refuse(fields[title], f"row {row} column {title}")


def _list_allowed(field: str) -> frozenset[str]:
    if not field:
        return _ANY
    if field in NUMBERS:
        return frozenset((TEXT, NUMBER, ROUNDED))
    if _is_identifier(field):
        return frozenset(TEXT)
    if field == _BANK_DAY:
        return frozenset((TEXT, NUMBER, DATE))
    return frozenset((TEXT, DATE)) if field in _DATES else frozenset((TEXT, NUMBER))


def _is_identifier(field: str) -> bool:
    return field in IDENTIFIERS or field.startswith(LITERAL)


def _refuse(field: str, position: str) -> None:
    if _is_identifier(field):
        raise InputError("I24", "digits may be lost in a number", position)
    raise InputError("I28", "not a kind of cell for this column", position)


def take_value(cell: tuple[str, str] | None) -> str:
    """Give the text of a title row's cell; a number that is shown otherwise than it is cannot be read as a total."""
    if cell is None:
        return ""
    text, kind = cell
    return text if kind in (TEXT, NUMBER, ROUNDED) else UNREADABLE + text
