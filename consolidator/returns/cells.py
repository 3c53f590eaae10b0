"""Owns what a cell of a list may hold, and how it is made safe for the programs that open tables.

Names come from outside: one that begins with ``=`` would run as a formula in the reader's office program.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from schemas.money import render_yuan

TEXT_CHARACTERS_MAX = 1_000  # a cell is read by a person; what is longer came from a broken or hostile file
_NOT_HELD = r"\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff"
_CONTROL = re.compile(f"[{_NOT_HELD}]")
_FORMULA = re.compile(rf"[\s{_NOT_HELD}]*[=+\-@＝＋－＠]|[\t\r\n]")  # what is not held becomes a space before it


@dataclass(frozen=True, slots=True)
class Yuan:
    """An amount in fen that is shown in yuan, as a number."""

    fen: int


Cell = str | int | Yuan | None


def is_formula_like(text: str) -> bool:
    """Say whether an office program might take a text for a formula, full-width signs included.

    >>> is_formula_like("=1+1"), is_formula_like("＠甲"), is_formula_like("甲=乙")
    (True, True, False)
    """
    return _FORMULA.match(text) is not None


def clean_text(text: str) -> str:
    r"""Replace what no table can hold (control characters, half characters) by spaces, and cut a text that is too long.

    >>> clean_text("甲\x00乙")
    '甲 乙'
    """
    cut = text if len(text) <= TEXT_CHARACTERS_MAX else text[: TEXT_CHARACTERS_MAX - 1] + "…"
    return _CONTROL.sub(" ", cut)


@lru_cache(maxsize=4_096)  # a list says the same few things thousands of times
def guard_text(text: str) -> str:
    """Give a text as it may stand in a CSV file: an apostrophe before what looks like a formula.

    >>> guard_text("=HYPERLINK(1)"), guard_text("示甲")
    ("'=HYPERLINK(1)", '示甲')
    """
    guarded = f"'{text}" if is_formula_like(text) else text
    return clean_text(guarded)


def render_plain(cell: Cell) -> str:
    """Write a cell for CSV."""
    if cell is None:
        return ""
    if isinstance(cell, Yuan):
        return render_yuan(cell.fen)
    return guard_text(cell) if isinstance(cell, str) else str(cell)
