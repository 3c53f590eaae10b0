"""Owns order files: the ledger's list rendered in a bank's layout, and read back, so that anybody can compare the two.

A bank file keeps names exactly as they are; files for people (lists, results) are made elsewhere and guard against
formulas there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bank_adapters.formats.layouts import OrderLayout
from bank_adapters.formats.text import decode, split_lines
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import derive_order_id
from schemas.instants import derive_day
from schemas.money import parse_fen, parse_yuan, render_yuan
from schemas.orders import OrderColumns, OrderFile

_ENDS = {"crlf": "\r\n", "lf": "\n"}
_BREAKING = "\r\n\"'"  # a name with one of these cannot stand in a line of text


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A complete order file: its name (no personal data) and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a bank reads it."""

    order_id: str
    account: str
    name: str
    amount_fen: int


def render_order_file(layout: OrderLayout, file: OrderFile, parts: Iterable[OrderColumns]) -> RenderedFile:
    """Write a bank's order file. Serials count from 1; the same orders always give the same bytes.

    ConfigurationError when a name cannot stand in this layout: nothing is written then.
    """
    lines = [layout.separator.join(layout.titles)] if layout.titles else []
    lines += _render_frame(layout, file, layout.header)
    serial = 1
    for part in parts:
        lines += _render_part(layout, file, part, serial)
        serial += len(part.line)
    lines += _render_frame(layout, file, layout.trailer)
    end = _ENDS[layout.line_end]
    content = (end.join(lines) + end).encode(layout.encoding)
    return RenderedFile(layout.file_name.format(file=file.file), content)


def _render_frame(layout: OrderLayout, file: OrderFile, items: Sequence[str]) -> list[str]:
    if not items:
        return []
    values = {
        "file": file.file,
        "count": str(file.count),
        "total": _render_amount(layout, file.fen),
        "date": derive_day(file.ordered_at).replace("-", ""),
        "summary": file.summary,
        "bank": file.bank,
    }
    return [layout.separator.join(item[1:] if item.startswith("=") else values[item] for item in items)]


def _render_part(layout: OrderLayout, file: OrderFile, part: OrderColumns, first: int) -> Iterable[str]:
    count = len(part.line)
    for name in part.name:
        if layout.separator in name or any(sign in name for sign in _BREAKING):
            message = f"order file {file.file}: a name holds a sign that layout {layout.name} cannot carry"
            raise ConfigurationError(message)
    columns = {
        "serial": [str(serial) for serial in range(first, first + count)],
        "name": part.name,
        "account": part.account,
        "branch": part.branch,
        "bank": part.bank,
        "amount": [_render_amount(layout, fen) for fen in part.amount_fen],
        "summary": [file.summary] * count,
        "order_id": [derive_order_id(file.county, file.source, file.document, line, 0) for line in part.line],
    }
    chosen = [[item[1:]] * count if item.startswith("=") else columns[item] for item in layout.columns]
    return map(layout.separator.join, zip(*chosen, strict=True))


def _render_amount(layout: OrderLayout, fen: int) -> str:
    return str(fen) if layout.amount_unit == "fen" else render_yuan(fen)


def parse_order_file(layout: OrderLayout, raw: bytes) -> list[OrderRow]:
    """Read an order file back. InputError for anything that is not exactly of this layout."""
    lines = split_lines(decode(raw, layout.encoding))
    first = len(layout.titles[:1]) + len(layout.header[:1])
    last = len(lines) - len(layout.trailer[:1])
    rows = [_parse_row(layout, lines[index], index + 1) for index in range(first, last)]
    for items, index in ((layout.header, first - 1), (layout.trailer, last)):
        if items:
            _check_frame(layout, items, lines[index].split(layout.separator), rows)
    return rows


def _parse_row(layout: OrderLayout, line: str, row: int) -> OrderRow:
    fields = line.split(layout.separator)
    if len(fields) != len(layout.columns):
        raise InputError("I14", f"{len(fields)} columns, expected {len(layout.columns)}", f"row {row}")
    values = dict(zip(layout.columns, fields, strict=True))
    parse = parse_fen if layout.amount_unit == "fen" else parse_yuan
    return OrderRow(values["order_id"], values["account"], values["name"], parse(values["amount"]))


def _check_frame(layout: OrderLayout, items: Sequence[str], fields: Sequence[str], rows: Sequence[OrderRow]) -> None:
    """The file's own count and sum must be those of its lines."""
    values = dict(zip(items, fields, strict=False))
    total = _render_amount(layout, sum(row.amount_fen for row in rows))
    if len(fields) != len(items) or values.get("count", str(len(rows))) != str(len(rows)):
        raise InputError("I15", "the number of lines is not the stated one")
    if values.get("total", total) != total:
        raise InputError("I15", "the sum of the lines is not the stated one")
