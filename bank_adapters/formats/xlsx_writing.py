"""Owns what stands around the sheets of a workbook that is written: its package (ECMA-376 parts 1 and 2).

Workbooks are written here and not by a library because a library keeps styles per cell object (a minute for 200,000
rows) and puts the time of writing into the file. Whoever writes one writes its sheets by himself, where
:func:`place_sheet` says, and what :func:`render_frame` gives.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipInfo

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COLUMNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the same rows give the same bytes


def make_entry(name: str) -> ZipInfo:
    """Make the entry of a file in the package, without a time of writing."""
    entry = ZipInfo(name, _LONG_AGO)
    entry.compress_type = ZIP_DEFLATED
    return entry


def place_sheet(number: int) -> ZipInfo:
    """Make the entry of a sheet, counted from 1."""
    return make_entry(f"xl/worksheets/sheet{number}.xml")


def render_frame(titles: Sequence[str], styles: str = "") -> Iterator[tuple[ZipInfo, str]]:
    """Give the files beside the sheets, which are called ``titles``; ``styles`` is a styleSheet part, or nothing."""
    numbers = range(1, len(titles) + 1)
    parts = "".join(_render_override(f"worksheets/sheet{number}", "worksheet") for number in numbers)
    styled = _render_override("styles", "styles") if styles else ""
    types = (
        f'{XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f"{_render_override('workbook', 'sheet.main')}{styled}{parts}</Types>"
    )
    yield make_entry("[Content_Types].xml"), types
    yield make_entry("_rels/.rels"), _render_relations([("officeDocument", "xl/workbook.xml")])
    sheets = "".join(
        f'<sheet name="{escape(title)}" sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    workbook = f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{sheets}</sheets></workbook>'
    yield make_entry("xl/workbook.xml"), workbook
    relations = [("worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    relations += [("styles", "styles.xml")] if styles else []
    yield make_entry("xl/_rels/workbook.xml.rels"), _render_relations(relations)
    if styles:
        yield make_entry("xl/styles.xml"), styles


def _render_override(part: str, kind: str) -> str:
    return f'<Override PartName="/xl/{part}.xml" ContentType="{_TYPE}.{kind}+xml"/>'


def _render_relations(relations: Sequence[tuple[str, str]]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_DOCUMENT}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(relations, start=1)
    )
    return f'{XML}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'
