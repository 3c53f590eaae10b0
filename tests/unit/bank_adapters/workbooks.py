"""Small workbooks for tests: whole ones as people save them, and XML written by hand where every byte matters."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

Value = str | int | float | date | None
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def save_workbook(rows: Sequence[Sequence[Value]], formats: Mapping[str, str] = {}) -> bytes:
    """Save rows as a spreadsheet program would; ``formats`` gives cells (``B2``) their number format."""
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append([*row])
    for place, code in formats.items():
        sheet[place].number_format = code
    return save(book)


def save(book: Workbook) -> bytes:
    """Give a workbook's bytes."""
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def text_cell(place: str, text: str) -> str:
    """Write a cell that holds a text."""
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def number_cell(place: str, number: str, style: int = 0) -> str:
    """Write a cell that holds a number, in exactly these characters."""
    return f'<c r="{place}" s="{style}"><v>{number}</v></c>'


def write_row(number: int, values: Sequence[str], attributes: str = "") -> str:
    """Write a row of texts; a value that begins with ``<`` is a cell written already."""
    cells = [
        value if value.startswith("<") else text_cell(f"{get_column_letter(column)}{number}", value)
        for column, value in enumerate(values, start=1)
        if value
    ]
    return f'<row r="{number}" {attributes}>{"".join(cells)}</row>'


def write_sheet(*rows: str, before: str = "", after: str = "") -> str:
    """Write a sheet's XML."""
    return f'{_HEAD}<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def write_styles(*codes: str) -> str:
    """Write styles: style 0 is general, style n shows a number by the n-th code; a number is a built-in format."""
    own = [code for code in codes if not code.isdecimal()]
    ids = [code if code.isdecimal() else str(164 + own.index(code)) for code in codes]
    formats = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for number, code in enumerate(own, start=164)
    )
    cells = "".join(f'<xf numFmtId="{number}"/>' for number in ["0", *ids])
    return f'{_HEAD}<styleSheet xmlns="{MAIN}"><numFmts>{formats}</numFmts><cellXfs>{cells}</cellXfs></styleSheet>'


def write_related(*parts: tuple[str, str, str]) -> str:
    """Write a list of relationships: id, last word of the type, target."""
    found = "".join(f'<Relationship Id="{name}" Type="{RELATED}/{kind}" Target="{to}"/>' for name, kind, to in parts)
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}">{found}</Relationships>'


def write_book(count: int = 1, state: str = "", properties: str = "") -> str:
    """Write the list of sheets."""
    sheets = "".join(
        f'<sheet name="S{number}" sheetId="{number}" r:id="rId{number}" {state}/>' for number in range(1, count + 1)
    )
    return (
        f'{_HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATED}">'
        f"<workbookPr {properties}/><sheets>{sheets}</sheets></workbook>"
    )


def pack(*sheets: str, styles: str | None = None, strings: str | None = None, **parts: str) -> bytes:
    """Zip a workbook from XML. ``book``, ``start``, ``links`` replace what is written by default."""
    related = [(f"rId{number}", "worksheet", f"sheet{number}.xml") for number in range(1, len(sheets) + 1)]
    extra = [("rIdA", "styles", "styles.xml")] if styles is not None else []
    extra += [("rIdB", "sharedStrings", "/xl/sharedStrings.xml")] if strings is not None else []
    files = {
        "_rels/.rels": parts.get("start", write_related(("rId1", "officeDocument", "xl/workbook.xml"))),
        "xl/workbook.xml": parts.get("book", write_book(len(sheets))),
        "xl/_rels/workbook.xml.rels": parts.get("links", write_related(*related, *extra)),
    }
    files |= {f"xl/sheet{number}.xml": sheet for number, sheet in enumerate(sheets, start=1)}
    files |= {"xl/styles.xml": styles} if styles is not None else {}
    files |= {"xl/sharedStrings.xml": strings} if strings is not None else {}
    return zip_files(files)


def zip_files(files: Mapping[str, str | bytes], method: int = ZIP_DEFLATED) -> bytes:
    """Zip files."""
    stream = BytesIO()
    with ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()
