"""Owns the first step of every text file: bounds, strict decoding **before** splitting, lines.

A cut GBK lead byte swallows the separator behind it without an error, so the number of columns is checked afterwards.
"""

import re
from collections.abc import Sequence

from schemas.errors import InputError

FILE_BYTES_MAX = 200_000_000  # five times the biggest batch in the widest layout
ROWS_MAX = 1_000_000
ROW_CHARACTERS_MAX = 1_000  # so that 1,000 rows fit a part of 8 MB, whatever their characters
_ENDING = " \t\r\x1a"
_BOM = "\ufeff"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
PADDING = " \t\u3000"  # around fields; names keep what is inside


def decode(raw: bytes, encoding: str) -> str:
    """Decode a whole file strictly. InputError ``I02`` too large, ``I13`` with the row of the first wrong byte.

    A UTF-8 file read as GB18030 may pass without an error and give other names, so it is recognised and refused.

    >>> decode("中|1".encode("gb18030"), "gb18030")
    '中|1'
    """
    if len(raw) > FILE_BYTES_MAX:
        raise InputError("I02", f"a file has at most {FILE_BYTES_MAX} bytes")
    if encoding.startswith("gb") and _looks_like_utf8(raw):
        raise InputError("I13", "the file is UTF-8, expected GB18030")
    try:
        return raw.decode(derive_codec(encoding)).removeprefix(_BOM)
    except UnicodeDecodeError as error:
        row = raw.count(b"\n", 0, error.start) + 1
        raise InputError("I13", f"expected {encoding}", f"row {row}") from error


def derive_codec(encoding: str) -> str:
    """Give what decodes a file's inside: a BOM stands only before its first character.

    >>> derive_codec("utf-8-sig")
    'utf-8'
    """
    return encoding.removesuffix("-sig")


def strip_padding(texts: Sequence[str]) -> list[str]:
    """Strip the padding from a column; most columns have none, and are seen through at once.

    >>> strip_padding([" 1", "欧 阳"])
    ['1', '欧 阳']
    """
    whole = "".join(texts)
    if any(sign in whole for sign in PADDING):
        return [text.strip(PADDING) for text in texts]
    return list(texts)


def split_lines(text: str) -> list[str]:
    """Split at LF or CRLF, mixed or not; blank lines and Ctrl-Z at the end are no lines.

    InputError ``I17`` when nothing is there, ``I02`` and ``I14`` for too many lines and too long ones.
    """
    lines = text.split("\n")
    while lines and not lines[-1].strip(_ENDING):
        lines.pop()
    if not lines:
        raise InputError("I17")
    if len(lines) > ROWS_MAX + 2:
        raise InputError("I02", f"a file has at most {ROWS_MAX} lines")
    for row, line in enumerate(lines, start=1):
        if len(line) > ROW_CHARACTERS_MAX:
            raise InputError("I14", f"a row has more than {ROW_CHARACTERS_MAX} characters", f"row {row}")
    return [line.removesuffix("\r") for line in lines] if "\r" in text else lines


def fold_title(title: str) -> str:
    """Fold a column title or key: people type full-width brackets and spaces.

    >>> fold_title("金额(元) ")
    '金额(元)'
    """
    return title.strip(PADDING).replace("\uff08", "(").replace("\uff09", ")")


def _looks_like_utf8(raw: bytes) -> bool:
    """Say whether bytes are UTF-8 with Chinese in it; GB18030 text hardly ever is by chance."""
    try:
        return _CHINESE.search(raw.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False
