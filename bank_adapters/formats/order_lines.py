"""Owns how one line of a bank's file is put together and taken apart: by a separator, or at fixed widths.

What does not fit is an error, never cut: a name cut short is another name to the bank.
"""

from collections.abc import Sequence
from typing import Protocol

from bank_adapters.formats.fixed import split_fixed
from bank_adapters.formats.frames import drop_zeros
from bank_adapters.formats.layouts import Encoding, WidthUnit, describe_item
from bank_adapters.formats.order_layouts import NUMBERS
from bank_adapters.formats.text import derive_codec
from schemas.errors import ConfigurationError, InputError

_QUOTING = {",": '"', "\t": '"'}  # what readers of such files take for more than a character
_LINE_ENDS = frozenset("\r\n")
_SPACE = " "


class LineShape(Protocol):
    """What a layout says of its lines; without a separator they are of fixed width."""

    @property
    def name(self) -> str:
        """The layout's name."""

    @property
    def encoding(self) -> Encoding:
        """The file's encoding."""

    @property
    def separator(self) -> str | None:
        """What stands between fields."""

    @property
    def width_unit(self) -> WidthUnit:
        """What widths count."""

    @property
    def zero_padded(self) -> bool:
        """Whether zeros fill numbers up, not spaces."""


def join_columns(
    layout: LineShape, what: str, items: Sequence[str], widths: Sequence[int], columns: Sequence[Sequence[str]]
) -> list[str]:
    """Write lines from columns, of which ``items`` say what they are; ``what`` names the file in errors.

    ConfigurationError when a text cannot stand in the layout: one shifted column pays another account.
    """
    fixed = layout.separator is None
    for item, width, texts in zip(items, widths if fixed else [0] * len(items), columns, strict=True):
        fault = _find_coding_fault(layout, texts) or _find_fault(layout, width, texts)
        if fault:
            message = f"{what}: a {describe_item(item)} {fault} layout {layout.name}"
            raise ConfigurationError(message)
    if layout.separator is not None:
        return [*map(layout.separator.join, zip(*columns, strict=True))]
    padded = [
        [_pad(layout, item, width, text) for text in texts]
        for item, width, texts in zip(items, widths, columns, strict=True)
    ]
    return [*map("".join, zip(*padded, strict=True))]


def split_line(layout: LineShape, items: Sequence[str], widths: Sequence[int], line: str, row: int) -> Sequence[str]:
    """Take a line apart, as :func:`join_columns` put it together. InputError ``I14`` when its widths are others."""
    if layout.separator is not None:
        return line.split(layout.separator)
    pieces = split_fixed(layout.width_unit, derive_codec(layout.encoding), line, row, widths)
    texts = [_unpad(layout, item, piece) for item, piece in zip(items, pieces, strict=True)]
    for item, width, text, piece in zip(items, widths, texts, pieces, strict=True):
        if _pad(layout, item, width, text) != piece:
            raise InputError("I14", f"{describe_item(item)} is not filled up as the layout does", f"row {row}")
    return texts


def _find_coding_fault(layout: LineShape, texts: Sequence[str]) -> str:
    try:
        "".join(texts).encode(derive_codec(layout.encoding))
    except UnicodeEncodeError:
        return "holds a character that cannot be encoded in"
    return ""


def _find_fault(layout: LineShape, width: int, texts: Sequence[str]) -> str:
    separator = layout.separator
    breaking = _LINE_ENDS if separator is None else _LINE_ENDS | {separator, _QUOTING.get(separator, separator)}
    if any(not breaking.isdisjoint(text) for text in texts):
        return "holds a sign that cannot stand in"
    if separator is None and any(text != text.strip(_SPACE) for text in texts):
        return "begins or ends with a space, which is lost in"
    if separator is None and max(_measure(layout, text) for text in texts) > width:
        return "is wider than its place in"
    return ""


def _measure(layout: LineShape, text: str) -> int:
    return len(text) if layout.width_unit == "characters" else len(text.encode(derive_codec(layout.encoding)))


def _pad(layout: LineShape, item: str, width: int, text: str) -> str:
    missing = width - _measure(layout, text)
    if item not in NUMBERS:
        return text + _SPACE * missing
    return ("0" if layout.zero_padded else _SPACE) * missing + text


def _unpad(layout: LineShape, item: str, piece: str) -> str:
    return drop_zeros(piece) if layout.zero_padded and item in NUMBERS else piece.strip(_SPACE)
