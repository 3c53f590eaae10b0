"""Owns what stands around the lines of a file: preamble, header, trailer, and what these state."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bank_adapters.formats.layouts import LITERAL, TOTALS, InLayout, describe_item
from bank_adapters.formats.text import PADDING
from schemas.errors import InputError

T = TypeVar("T")
# Takes a header or trailer, its row, and the widths of its items (empty unless the format is fixed); gives the items.
Split = Callable[[T, int, Sequence[int]], Sequence[str]]
_FILLING_ZEROS = re.compile(r"0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Body(Generic[T]):
    """The lines inside, the row of the first one, and what header and trailer state."""

    lines: Sequence[T]
    first_row: int
    stated: Mapping[str, str]

    @property
    def rows(self) -> range:
        """The file's row of each line."""
        return range(self.first_row, self.first_row + len(self.lines))


def open_frame(layout: InLayout, lines: Sequence[T], split: Split[T], title_rows: int = 0) -> Body[T]:
    """Take preamble, header, rows of titles and trailer off. InputError ``I15`` header, ``I16`` trailer, ``I17``."""
    top = layout.preamble_rows
    if len(lines) <= top:
        raise InputError("I15", "the file ends before its header")
    stated: Mapping[str, str] = {}
    if layout.header:
        stated = read_items(layout, layout.header, split(lines[top], top + 1, layout.header_widths), top + 1)
    first = top + bool(layout.header) + title_rows
    last = len(lines) - bool(layout.trailer)
    if layout.trailer:
        if last < first:
            raise InputError("I16", "no trailer")
        stated = read_trailer(layout, split(lines[last], last + 1, layout.trailer_widths), last + 1, stated)
    if last <= first:
        raise InputError("I17")
    return Body(lines[first:last], first + 1, stated)


def read_trailer(layout: InLayout, texts: Sequence[str], row: int, stated: Mapping[str, str]) -> Mapping[str, str]:
    """Read the trailer; what it states is added to what the header stated, and may not differ from it.

    Other totals than the header's mean a file cut short or put together (``I16``).
    """
    closing = read_items(layout, layout.trailer, texts, row, "I16")
    if any(stated.get(name, value) != value for name, value in closing.items()):
        raise InputError("I16", "the trailer's totals are not the header's")
    return {**closing, **stated}


def read_items(
    layout: InLayout, items: Sequence[str], texts: Sequence[str], row: int, code: str = "I15"
) -> dict[str, str]:
    """Read a header or trailer: literals must stand there, named items are values."""
    if len(texts) != len(items):
        raise InputError(code, f"{len(texts)} items, expected {len(items)}", f"row {row}")
    values = [text.strip(PADDING) for text in texts]
    for item, value in zip(items, values, strict=True):
        if item.startswith(LITERAL) and item[1:] != value:
            raise InputError(code, f"expected {describe_item(item)}", f"row {row}")
    return {
        item: drop_zeros(value) if layout.zero_padded and item in ("count", *TOTALS) else value
        for item, value in zip(items, values, strict=True)
        if item and not item.startswith(LITERAL)
    }


def drop_zeros(text: str) -> str:
    """Drop the zeros that fill up a number of fixed width.

    >>> drop_zeros("0000396.00"), drop_zeros("000"), drop_zeros("x0")
    ('396.00', '0', 'x0')
    """
    return _FILLING_ZEROS.sub("", text, count=1) if text.startswith("0") else text
