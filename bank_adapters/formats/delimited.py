"""Owns files whose fields stand between separators, without titles and without quotation marks."""

from collections.abc import Sequence
from functools import partial

from bank_adapters.formats.frames import open_frame
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table, collect_columns, make_table
from bank_adapters.formats.text import decode, split_lines


def parse_delimited(layout: InLayout, raw: bytes) -> Table:
    """Read a file: header, lines, trailer, each of one width."""
    body = open_frame(layout, split_lines(decode(raw, layout.encoding)), partial(_split, layout.separator))
    columns = collect_columns(body, layout.titles, partial(_split_block, layout.separator))
    return make_table(layout, columns, body.rows, body.stated)


def _split(separator: str, line: str, _row: int, _widths: Sequence[int]) -> list[str]:
    return line.split(separator)


def _split_block(separator: str, lines: Sequence[str], _first_row: int) -> list[list[str]]:
    return [line.split(separator) for line in lines]
