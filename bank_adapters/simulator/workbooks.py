"""Owns the writing of a small workbook: one sheet of texts, the same rows always the same bytes (ECMA-376 part 1)."""

import re
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from bank_adapters.formats.xlsx_writing import COLUMNS, MAIN, XML, place_sheet, render_frame
from schemas.errors import ConfigurationError

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """Write rows of at most 26 texts. ConfigurationError when a text cannot stand in XML."""
    if any(_NOT_XML.search(text) for row in rows for text in row):
        message = "a text holds a character that cannot stand in a workbook"
        raise ConfigurationError(message)
    lines = "".join(_render_row(number, row) for number, row in enumerate(rows, start=1))
    sheet = f'{XML}<worksheet xmlns="{MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for entry, part in [*render_frame(["Sheet1"]), (place_sheet(1), sheet)]:
            archive.writestr(entry, part)
    return stream.getvalue()


def _render_row(number: int, texts: Sequence[str]) -> str:
    cells = (
        f'<c r="{COLUMNS[column]}{number}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
        for column, text in enumerate(texts)
        if text
    )
    return f'<row r="{number}">{"".join(cells)}</row>'
