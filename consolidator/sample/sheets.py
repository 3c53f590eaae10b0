"""Owns files as offices write them: CSV in UTF-8 (now and then with a byte order mark) and their cover sheets."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

NOTE = "示例数据,人物均为虚构"
_MARK = "\ufeff"


def render_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write a CSV file the way an office's program does, with a byte order mark and CRLF."""
    return (_MARK + _write([head, *rows])).encode()


def render_cover(fields: Mapping[str, str]) -> bytes:
    """Write a cover sheet (随附封面): key and value a line."""
    return _write(fields.items()).encode()


def _write(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
