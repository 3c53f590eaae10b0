"""Owns JSON files: one array of objects, one for each line, with the titles of the CSV as keys.

Numbers keep the text they were written with. Rows are read one after the other, so that a hostile file costs no more
memory than its rows.
"""

import json
import re
from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from bank_adapters.formats.cells import NUMBER, OTHER, TEXT, Cells, collect_cells
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table, make_table
from bank_adapters.formats.text import FILE_BYTES_MAX, ROWS_MAX, fold_title
from schemas.errors import InputError

_BOM = b"\xef\xbb\xbf"
_CHUNK_BYTES = 1_048_576
_ROW_CHARACTERS = 65_536  # of the JSON text of one row, with its keys
_START = re.compile(r"[ \t\r\n]*\[[ \t\r\n]*")
_NEXT = re.compile(r"[ \t\r\n]*,[ \t\r\n]*(?=\{)")
_END = re.compile(r"[ \t\r\n]*\][ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


class _Numeral(str):
    """The text of a JSON number."""

    __slots__ = ()


def parse_json(layout: InLayout, raw: bytes) -> Table:
    """Read a file. InputError ``I29`` for what is not an array of objects with these titles."""
    rows = [_read_row(layout.titles, number, row) for number, row in enumerate(_iterate(raw), start=1)]
    if not rows:
        raise InputError("I17")
    return make_table(layout, collect_cells(layout, layout.titles, rows), range(1, len(rows) + 1), {})


def _iterate(raw: bytes) -> Iterator[dict[str, Any]]:
    chunks = _decode(raw)
    text = next(chunks, "")
    start = _START.match(text)
    if start is None:
        raise InputError("I29", "not an array")
    place, row = start.end(), 1
    end = _END.match(text, place)
    while end is None:
        value, place = _read_object(text, place, row)
        yield value
        if len(text) - place < _ROW_CHARACTERS:
            text, place = text[place:] + next(chunks, ""), 0
        end = _END.match(text, place)
        if end is None:
            place, row = _find_next(text, place, row), row + 1
    if text[end.end() :] or any(chunk.strip() for chunk in chunks):
        raise InputError("I29", "something stands behind the array")


def _find_next(text: str, place: int, row: int) -> int:
    found = _NEXT.match(text, place)
    if found is None:
        raise InputError("I29", "no comma and next object", f"row {row}")
    if row >= ROWS_MAX:
        raise InputError("I02", f"a file has at most {ROWS_MAX} lines")
    return found.end()


def _decode(raw: bytes) -> Iterator[str]:
    """Decode strictly, chunk by chunk. A chunk is never empty, except at the end of the file."""
    if len(raw) > FILE_BYTES_MAX:
        raise InputError("I02", f"a file has at most {FILE_BYTES_MAX} bytes")
    decoder = getincrementaldecoder("utf-8")()
    start = len(_BOM) if raw.startswith(_BOM) else 0
    for first in range(start, len(raw), _CHUNK_BYTES):
        end = first + _CHUNK_BYTES
        try:
            yield decoder.decode(raw[first:end], final=end >= len(raw))
        except UnicodeDecodeError as error:
            raise InputError("I13", "expected utf-8") from error


def _make_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InputError("I29", "a key stands twice")
    return found


def _refuse_constant(_: str) -> NoReturn:
    raise InputError("I29", "NaN and Infinity are no numbers")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_make_object, parse_float=_Numeral, parse_int=_Numeral, parse_constant=_refuse_constant
)


def _read_object(text: str, place: int, row: int) -> tuple[dict[str, Any], int]:
    try:
        value, end = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError) as error:
        raise InputError("I29", "not JSON", f"row {row}") from error
    except InputError as error:
        raise InputError(error.code, error.detail, f"row {row}") from error
    if type(value) is not dict:
        raise InputError("I29", "each line is an object", f"row {row}")
    return value, end


def _read_row(titles: Sequence[str], number: int, row: Mapping[str, Any]) -> Cells:
    """Give a row's cells; a key that is left out, or null, is an empty cell."""
    if not row.keys() <= dict.fromkeys(titles).keys():
        row = _fold(titles, number, row)
    values = [row.get(title) for title in titles]
    kinds = "".join([_KINDS.get(type(value), OTHER) for value in values])
    texts = [value if isinstance(value, str) else "" for value in values]
    if any(_SURROGATE.search(text) for text in texts):
        raise InputError("I29", "half a character", f"row {number}")
    return Cells(number, texts, kinds)


_KINDS = {str: TEXT, _Numeral: NUMBER, type(None): TEXT}


def _fold(titles: Sequence[str], number: int, row: Mapping[str, Any]) -> Mapping[str, Any]:
    folded = {fold_title(key): value for key, value in row.items()}
    if len(folded) != len(row):
        raise InputError("I29", "a key stands twice", f"row {number}")
    if any(key not in titles for key in folded):
        raise InputError("I15", "a key is no title of this format", f"row {number}")
    return folded
