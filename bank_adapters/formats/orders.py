"""Owns order files: the ledger's list rendered in a bank's layout, and read back, so that anybody can compare the two.

A bank file keeps names exactly as they are; files for people (lists, results) are made elsewhere and guard against
formulas there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bank_adapters.formats.layouts import describe_item
from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.order_lines import join_columns, split_line
from bank_adapters.formats.text import decode, split_lines
from schemas.errors import InputError
from schemas.identifiers import derive_order_id
from schemas.instants import derive_day
from schemas.money import parse_fen, parse_yuan, render_yuan
from schemas.orders import OrderColumns, OrderFile

_ENDS = {"crlf": "\r\n", "lf": "\n"}


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A complete order file: its name (no personal data) and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as a bank reads it. What a layout does not carry is empty."""

    order_id: str
    account: str
    name: str
    amount_fen: int
    branch: str
    bank: str
    summary: str


def render_order_file(layout: OrderLayout, file: OrderFile, parts: Iterable[OrderColumns]) -> RenderedFile:
    """Write a bank's order file. Serials count from 1; the same orders always give the same bytes.

    ConfigurationError when a name cannot stand in this layout: nothing is written then.
    """
    lines = [*layout.preamble, *_render_titles(layout, file)]
    lines += _render_frame(layout, file, layout.header, layout.header_widths)
    serial = 1
    for part in parts:
        lines += _render_part(layout, file, part, serial)
        serial += len(part.line)
    lines += _render_frame(layout, file, layout.trailer, layout.trailer_widths)
    end = _ENDS[layout.line_end]
    content = (end.join(lines) + end).encode(layout.encoding)
    return RenderedFile(layout.file_name.format(file=file.file), content)


def _render_titles(layout: OrderLayout, file: OrderFile) -> list[str]:
    columns = [[title] for title in layout.titles]
    return join_columns(layout, _describe(file), layout.titles, [], columns) if layout.titles else []


def _render_frame(layout: OrderLayout, file: OrderFile, items: Sequence[str], widths: Sequence[int]) -> list[str]:
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
    texts = [[item[1:] if item.startswith("=") else values[item]] for item in items]
    return join_columns(layout, _describe(file), items, widths, texts)


def _render_part(layout: OrderLayout, file: OrderFile, part: OrderColumns, first: int) -> list[str]:
    count = len(part.line)
    columns = {
        "serial": [str(serial) for serial in range(first, first + count)],
        "name": part.name,
        "account": part.account,
        "branch": part.branch,
        "bank": part.bank,
        "amount": [_render_amount(layout, fen) for fen in part.amount_fen],
        "summary": [file.summary] * count,
        "order_id": _name_orders(file, part),
    }
    chosen = [[item[1:]] * count if item.startswith("=") else columns[item] for item in layout.columns]
    return join_columns(layout, _describe(file), layout.columns, layout.widths, chosen)


def _name_orders(file: OrderFile, part: OrderColumns) -> list[str]:
    return [
        derive_order_id(file.county, file.source, file.document, line, round_)
        for line, round_ in zip(part.line, part.list_rounds(), strict=True)
    ]


def _describe(file: OrderFile) -> str:
    return f"order file {file.file}"


def _render_amount(layout: OrderLayout, fen: int) -> str:
    return str(fen) if layout.amount_unit == "fen" else render_yuan(fen)


def parse_order_file(layout: OrderLayout, raw: bytes) -> list[OrderRow]:
    """Read an order file back. InputError for anything that is not exactly of this layout."""
    lines = split_lines(decode(raw, layout.encoding))
    top = len(layout.preamble)
    first = top + bool(layout.titles) + bool(layout.header)
    last = len(lines) - bool(layout.trailer)
    if last < first:
        raise InputError("I16", "the file ends before its last line")
    rows = [_parse_row(layout, lines[index], index + 1, index - first + 1) for index in range(first, last)]
    if lines[:top] != layout.preamble:
        raise InputError("I15", "the preamble is another", "row 1")
    if layout.titles and split_line(layout, layout.titles, [], lines[top], top + 1) != layout.titles:
        raise InputError("I15", "the titles are others", f"row {top + 1}")
    if layout.header:
        texts = split_line(layout, layout.header, layout.header_widths, lines[first - 1], first)
        _check_frame(layout, layout.header, texts, rows, first)
    if layout.trailer:
        texts = split_line(layout, layout.trailer, layout.trailer_widths, lines[last], last + 1)
        _check_frame(layout, layout.trailer, texts, rows, last + 1)
    return rows


def _parse_row(layout: OrderLayout, line: str, row: int, serial: int) -> OrderRow:
    fields = split_line(layout, layout.columns, layout.widths, line, row)
    if len(fields) != len(layout.columns):
        raise InputError("I14", f"{len(fields)} columns, expected {len(layout.columns)}", f"row {row}")
    if any(item.startswith("=") and item[1:] != text for item, text in zip(layout.columns, fields, strict=True)):
        raise InputError("I14", "not a line of this layout", f"row {row}")
    values = dict.fromkeys(("branch", "bank", "summary"), "") | dict(zip(layout.columns, fields, strict=True))
    if values.get("serial", str(serial)) != str(serial):
        raise InputError("I14", "serials do not count from 1", f"row {row}")
    try:
        fen = parse_fen(values["amount"]) if layout.amount_unit == "fen" else parse_yuan(values["amount"])
    except InputError as error:
        raise InputError(error.code, error.detail, f"row {row}") from error
    return OrderRow(
        values["order_id"], values["account"], values["name"], fen, values["branch"], values["bank"], values["summary"]
    )


def _check_frame(
    layout: OrderLayout, items: Sequence[str], fields: Sequence[str], rows: Sequence[OrderRow], row: int
) -> None:
    """Literals stand where they must, and the file's own count and sum are those of its lines."""
    if len(fields) != len(items):
        raise InputError("I15", f"{len(fields)} items, expected {len(items)}", f"row {row}")
    expected = {
        "count": str(len(rows)),
        "total": _render_amount(layout, sum(order.amount_fen for order in rows)),
    }
    for item, value in zip(items, fields, strict=True):
        right = item[1:] if item.startswith("=") else expected.get(item, value)
        if value != right:
            raise InputError("I15", f"{describe_item(item)} is not what the lines say", f"row {row}")
