"""Owns the writing of a bank's result file: the inverse of reading one, for every layout of results."""

from collections.abc import Sequence
from dataclasses import dataclass

from bank_adapters.formats.layouts import LITERAL, Encoding, InLayout, WidthUnit
from bank_adapters.formats.order_lines import join_columns
from bank_adapters.formats.xlsx_sheet import derive_column
from bank_adapters.simulator.workbooks import render_workbook
from schemas.errors import ConfigurationError, InputError
from schemas.money import render_yuan

# What intake reads over is filled by its title; one bank tells the account of failed orders only.
_ORDINAL, _NAMES, _FAILED_ACCOUNT = "序号", frozenset(("户名", "收款人姓名", "姓名")), "失败账号"
# How numbers that are filled up on the left are called in order files.
_NUMBERS = {"amount_fen": "amount", "yuan": "total", "fen": "total"}
_LINE_END = "\r\n"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a bank says of one order. ``why``, ``reason``, ``serial``, ``on`` (an ISO day) are empty if it says none."""

    order_id: str
    account: str
    name: str
    amount_fen: int
    status: str
    why: str
    reason: str
    serial: str
    on: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the lines of a result file are put together."""

    name: str
    encoding: Encoding
    separator: str | None
    width_unit: WidthUnit
    zero_padded: bool


def render_results(layout: InLayout, answers: Sequence[Answer]) -> bytes:
    """Write a bank's result file in its layout; the same answers always give the same bytes.

    Raises InputError ``I17`` without any answer, ConfigurationError when the layout has no code for a status and why,
    or a text cannot stand in it.
    """
    if not answers:
        raise InputError("I17")
    columns = [_render_column(layout, title, field, answers) for title, field in layout.columns]
    if layout.format == "xlsx":
        return render_workbook([*_render_head(layout, answers), layout.titles, *zip(*columns, strict=True)])
    shape = _derive_shape(layout)
    lines = [layout.name] * layout.preamble_rows
    lines += _render_frame(shape, layout.header, layout.header_widths, answers)
    lines += [layout.separator.join(layout.titles)] if layout.format == "csv" else []
    items = [_name_item(title, field) for title, field in layout.columns]
    lines += join_columns(shape, _describe(shape), items, layout.widths, columns)
    lines += _render_frame(shape, layout.trailer, layout.trailer_widths, answers)
    return (_LINE_END.join(lines) + _LINE_END).encode(layout.encoding)


def _derive_shape(layout: InLayout) -> _Shape:
    separator = None if layout.format == "fixed" else layout.separator
    return _Shape(layout.name, layout.encoding, separator, layout.width_unit, layout.zero_padded)


def _describe(shape: _Shape) -> str:
    return f"results in {shape.name}"


def _name_item(title: str, field: str) -> str:
    """Say what a column is; a bank's own serial is a text, and no number to fill up."""
    if not field:
        return "serial" if title == _ORDINAL else title
    return f"bank's {field}" if field == "serial" else _NUMBERS.get(field, field)


def _render_frame(shape: _Shape, items: Sequence[str], widths: Sequence[int], answers: Sequence[Answer]) -> list[str]:
    if not items:
        return []
    names = [_NUMBERS.get(item, item) for item in items]
    return join_columns(shape, _describe(shape), names, widths, [[_render_item(item, answers)] for item in items])


def _render_item(item: str, answers: Sequence[Answer]) -> str:
    """Give an item of header, trailer or title rows; what says nothing to us is left empty."""
    if item.startswith(LITERAL):
        return item.removeprefix(LITERAL)
    fen = sum(answer.amount_fen for answer in answers)
    values = {"count": str(len(answers)), "yuan": render_yuan(fen), "fen": str(fen), "date": _compact(answers[0].on)}
    return values.get(item, "")


def _render_head(layout: InLayout, answers: Sequence[Answer]) -> list[list[str]]:
    """Give a workbook's title rows."""
    rows: list[list[str]] = [[] for _ in range(layout.preamble_rows)]
    for place, item in layout.cells.items():
        letters = place.rstrip("0123456789")
        row, column = rows[int(place.removeprefix(letters)) - 1], derive_column(letters)
        row += [""] * (column + 1 - len(row))
        row[column] = _render_item(item, answers)
    return rows


def _render_column(layout: InLayout, title: str, field: str, answers: Sequence[Answer]) -> list[str]:
    if field.startswith(LITERAL):
        return [field.removeprefix(LITERAL)] * len(answers)
    if title == _ORDINAL:
        return [str(number) for number in range(1, len(answers) + 1)]
    words = {ours: theirs for theirs, ours in layout.choices.get(field, {}).items()}
    texts = [_render_field(layout, title, field, answer) for answer in answers]
    return [words.get(text, text) for text in texts]


def _render_field(layout: InLayout, title: str, field: str, answer: Answer) -> str:
    if field == "amount_fen":
        return str(answer.amount_fen) if layout.amount_unit == "fen" else render_yuan(answer.amount_fen)
    values = {
        "": answer.name if title in _NAMES else "",
        "order": answer.order_id,
        "account": "" if title == _FAILED_ACCOUNT and answer.status != "failed" else answer.account,
        "reason": answer.reason,
        "serial": answer.serial,
        "on": _compact(answer.on),
    }
    return _find_code(layout, answer) if field == "status" else values[field]


def _find_code(layout: InLayout, answer: Answer) -> str:
    """Give the first code of a bank that means this."""
    meaning = (answer.status, answer.why or None)
    found = [code for code, outcome in layout.outcomes.items() if outcome == meaning]
    if not found:
        message = f"{layout.name} has no code for {answer.status}/{answer.why}"
        raise ConfigurationError(message)
    return found[0]


def _compact(day: str) -> str:
    return day.replace("-", "")
