"""Owns money: integer fen inside, yuan text with at most two decimals at the edges. No float may come near it."""

import re

from schemas.errors import InputError

FEN_MAX = 10**13  # 100 billion yuan: above any county's yearly budget, far below 2^53
_YUAN = re.compile(r"(0|[1-9][0-9]{0,12})(?:\.([0-9]{1,2}))?")
_FEN = re.compile(r"0|[1-9][0-9]{0,13}")


def parse_yuan(text: str) -> int:
    """Read yuan as banks write it; return fen, 0 to ``FEN_MAX``.

    A sign, exponent, grouping, a third decimal, a leading zero or a full-width digit raises InputError ``I20``.

    >>> parse_yuan("12.3"), parse_yuan("0.05"), parse_yuan("1200")
    (1230, 5, 120000)
    """
    match = _YUAN.fullmatch(text)
    if match is None:
        raise InputError("I20", "not an amount in yuan with at most two decimals")
    return _validate_range(int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")))


def parse_fen(text: str) -> int:
    """Read a whole number of fen, 0 to ``FEN_MAX``; anything else raises InputError ``I20``.

    >>> parse_fen("1230")
    1230
    """
    if _FEN.fullmatch(text) is None:
        raise InputError("I20", "not an amount in fen")
    return _validate_range(int(text))


def render_milli(milli: int) -> str:
    """Write a quantity in thousandths without needless zeros.

    >>> render_milli(12350), render_milli(3000)
    ('12.35', '3')
    """
    return f"{milli // 1000}.{milli % 1000:03d}".rstrip("0").rstrip(".")


def render_yuan(fen: int) -> str:
    """Write fen (0 or more) as yuan with two decimals.

    >>> render_yuan(1230), render_yuan(5)
    ('12.30', '0.05')
    """
    return f"{fen // 100}.{fen % 100:02d}"


def _validate_range(fen: int) -> int:
    if fen > FEN_MAX:
        raise InputError("I20", "amount above the limit")
    return fen
