"""Owns files of fixed width, counted in characters or in bytes of their encoding. Never cuts through a character."""

from collections.abc import Sequence
from functools import partial
from itertools import accumulate, pairwise

from bank_adapters.formats.frames import open_frame
from bank_adapters.formats.layouts import InLayout, WidthUnit
from bank_adapters.formats.tables import BLOCK_LINES, Table, make_table
from bank_adapters.formats.text import decode, derive_codec, split_lines
from schemas.errors import InputError


def parse_fixed(layout: InLayout, raw: bytes) -> Table:
    """Read a file. A line of another width is ``I14``: something is missing in it, or a name was counted otherwise."""
    codec = derive_codec(layout.encoding)
    lines = split_lines(decode(raw, layout.encoding))
    body = open_frame(layout, lines, partial(split_fixed, layout.width_unit, codec))
    columns: list[list[str]] = [[] for _ in layout.widths]
    for first in range(0, len(body.lines), BLOCK_LINES):
        block = _cut_block(layout, codec, body.lines[first : first + BLOCK_LINES], body.first_row + first)
        for column, texts in zip(columns, block, strict=True):
            column.extend(texts)
    return make_table(layout, dict(zip(layout.titles, columns, strict=True)), body.rows, body.stated)


def split_fixed(unit: WidthUnit, codec: str, line: str, row: int, widths: Sequence[int]) -> list[str]:
    """Cut one line. InputError ``I14`` when it has another width, or a boundary lies inside a character.

    >>> split_fixed("bytes", "gb18030", "甲  7", 1, [4, 1])
    ['甲  ', '7']
    """
    if unit == "characters":
        _check_width(unit, [line], widths, row)
        return [line[start:end] for start, end in _list_places(widths)]
    encoded = line.encode(codec)
    _check_width(unit, [encoded], widths, row)
    return [_decode_column([encoded[start:end]], codec, row)[0] for start, end in _list_places(widths)]


def _cut_block(layout: InLayout, codec: str, lines: Sequence[str], row: int) -> list[list[str]]:
    places = _list_places(layout.widths)
    if layout.width_unit == "characters":
        _check_width(layout.width_unit, lines, layout.widths, row)
        return [[line[start:end] for line in lines] for start, end in places]
    encoded = [line.encode(codec) for line in lines]
    _check_width(layout.width_unit, encoded, layout.widths, row)
    return [_decode_column([line[start:end] for line in encoded], codec, row) for start, end in places]


def _list_places(widths: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise(accumulate(widths, initial=0)))


def _check_width(unit: WidthUnit, lines: Sequence[str] | Sequence[bytes], widths: Sequence[int], row: int) -> None:
    expected = sum(widths)
    for number, line in enumerate(lines, start=row):
        if len(line) != expected:
            raise InputError("I14", f"{len(line)} {unit}, expected {expected}", f"row {number}")


def _decode_column(texts: Sequence[bytes], codec: str, row: int) -> list[str]:
    """Decode a column at once: in none of our encodings can a line end be the rest of a cut character."""
    try:
        return b"\n".join(texts).decode(codec).split("\n")
    except UnicodeDecodeError as error:
        number = row + error.object.count(b"\n", 0, error.start)
        raise InputError("I14", "a boundary lies inside a character", f"row {number}") from error
