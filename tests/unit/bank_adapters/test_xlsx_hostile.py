"""What is no workbook, or one made to harm: refused with a code, before it costs memory or time."""

import struct
from collections.abc import Callable

import pytest

from bank_adapters.formats import xlsx_package, xlsx_sheet, xlsx_strings
from schemas.errors import InputError
from tests.unit.bank_adapters.sheets import COLUMNS, line, pack_lines, read_book, save_lines, write_line
from tests.unit.bank_adapters.workbooks import (
    MAIN,
    pack,
    write_book,
    write_related,
    write_row,
    write_sheet,
    zip_files,
)

RIGHT = save_lines(line())
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(raw: bytes, name: str = "batch_1.xlsx") -> InputError:
    with pytest.raises(InputError) as caught:
        read_book(raw, name)
    return caught.value


@pytest.mark.parametrize("name", ["batch_1.xls", "batch_1.xlsx"])
@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xef\xbb\xbf\r\n <?xml version='1.0'?><Workbook/>", "web page"),
        (OLD + b"\x00" * 600 + "Workbook".encode("utf-16-le"), "save it as .xlsx"),
        (OLD + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("序号,姓名\n".encode("gb18030"), "not a workbook"),
        (b"", "not a workbook"),
        (b"PK\x03\x04", "not a workbook"),
    ],
)
def test_what_only_has_a_spreadsheets_name_is_told_how_to_become_one(raw: bytes, word: str, name: str) -> None:
    error = refusal(raw, name)
    assert error.code == "I18"
    assert word in error.detail


def test_every_truncation_of_a_workbook_is_refused() -> None:
    assert {refusal(RIGHT[:length]).code for length in range(0, len(RIGHT) - 1, 37)} == {"I18"}


def test_any_zip_that_is_no_workbook_is_refused() -> None:
    assert refusal(zip_files({"a.txt": "x"})).code == "I18"


def test_an_encrypted_part_is_told_apart() -> None:
    raw = bytearray(RIGHT)
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 8] |= 1
    error = refusal(bytes(raw))
    assert (error.code, "password" in error.detail) == ("I18", True)


def test_an_unusual_compression_is_refused() -> None:
    raw = bytearray(RIGHT)
    place = raw.rindex(b"PK\x01\x02")
    raw[place + 10 : place + 12] = struct.pack("<H", 12)
    assert refusal(bytes(raw)).code == "I18"


def test_a_part_that_stands_twice_is_refused() -> None:
    twice = zip_files({"xl/a.xml": "x", "xl/b.xml": "y"}).replace(b"xl/b.xml", b"xl/a.xml")
    assert refusal(twice).detail == "a part stands twice"


def test_a_part_whose_bytes_were_changed_is_refused() -> None:
    raw = bytearray(pack_lines(write_line(2)))
    raw[raw.index(b"xl/sheet1.xml") + 60] ^= 0xFF
    assert refusal(bytes(raw)).code == "I18"


def test_a_zip_bomb_is_refused_by_what_it_says_it_unpacks_to(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zip_files({"xl/bomb.xml": b"0" * 10_000_000})
    assert len(bomb) < 20_000
    monkeypatch.setattr(xlsx_package, "UNZIPPED_BYTES_MAX", 9_999_999)
    assert refusal(bomb).code == "I02"


def test_a_zip_bomb_that_lies_about_its_size_gives_no_more_bytes_than_it_said() -> None:
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2), after=" " * 5_000_000)
    raw = pack(sheet)
    size = struct.pack("<L", len(sheet.encode()))
    assert raw.count(size) == 2
    assert refusal(raw.replace(size, struct.pack("<L", 1_000))).code == "I18"


@pytest.mark.parametrize(
    ("module", "bound"),
    [
        (xlsx_package, "XLSX_BYTES_MAX"),
        (xlsx_package, "PARTS_MAX"),
        (xlsx_package, "SMALL_PART_BYTES_MAX"),
        (xlsx_package, "ELEMENTS_MAX"),
        (xlsx_sheet, "ROWS_MAX"),
    ],
)
def test_each_bound_refuses_what_is_larger(module: object, bound: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, bound, 1)
    assert refusal(save_lines(line(), line(), line())).code == "I02"


def test_many_merged_cells_and_hidden_columns_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_sheet, "ROWS_MAX", 10)
    merged = '<mergeCell ref="Z1:Z2"/>' * 11
    assert refusal(pack_lines(write_line(2), after=f"<mergeCells>{merged}</mergeCells>")).code == "I02"


def test_a_table_of_texts_has_its_own_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    strings = f"<sst xmlns='{MAIN}'><si><t>x</t></si></sst>"
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2))
    assert read_book(pack(sheet, strings=strings)).columns["row"] == [2]
    monkeypatch.setattr(xlsx_strings, "STRINGS_BYTES_MAX", 10)
    assert refusal(pack(sheet, strings=strings)).code == "I02"


def nest(depth: int) -> str:
    return "<a>" * depth + "</a>" * depth


@pytest.mark.parametrize(
    "make",
    [
        lambda xml: pack_lines(write_line(2), after=xml),
        lambda xml: pack_lines(write_line(2, f'<c r="N2"><v>1</v>{xml}</c>')),
        lambda xml: pack(write_sheet(write_row(1, COLUMNS)), strings=f"<sst xmlns='{MAIN}'>{xml}</sst>"),
        lambda xml: pack(write_sheet(write_row(1, COLUMNS)), styles=f"<styleSheet xmlns='{MAIN}'>{xml}</styleSheet>"),
        lambda xml: pack(write_sheet(), book=write_book().replace("<sheets>", f"{xml}<sheets>")),
        lambda xml: pack(write_sheet(), start=write_related().replace("</Rel", f"{xml}</Rel")),
    ],
)
def test_xml_nested_without_end_is_refused_wherever_it_stands(make: Callable[[str], bytes]) -> None:
    error = refusal(make(nest(100_000)))
    assert (error.code, "nested" in error.detail) == ("I18", True)


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)


@pytest.mark.parametrize("doctype", [LAUGHS, '<!DOCTYPE x SYSTEM "file:///etc/passwd">', "<!DOCTYPE x>"])
def test_a_document_type_is_refused_on_sight(doctype: str) -> None:
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2)).replace("<worksheet", f"{doctype}<worksheet")
    error = refusal(pack(sheet))
    assert (error.code, error.detail) == ("I18", "XML with a document type")


@pytest.mark.parametrize(
    "inner",
    [
        "<row r='2'><row r='3'/></row>",
        "<row r='2'><c><c/></c></row>",
        "<row r='2'><c><row r='3'/></c></row>",
        "<c><v>1</v></c>",
        "<row r='2'><c r='A2'><v>1</v><v>2</v></c></row>",
    ],
)
def test_rows_and_cells_that_are_nested_wrongly_are_refused(inner: str) -> None:
    assert refusal(pack(write_sheet(write_row(1, COLUMNS), inner))).code == "I18"


@pytest.mark.parametrize("attributes", ['min="x" max="2"', 'min="1"', 'min="0" max="1"', 'min="1" max="999999999"'])
def test_a_hidden_column_that_is_none_is_refused(attributes: str) -> None:
    raw = pack_lines(write_line(2), before=f'<cols><col {attributes} hidden="1"/></cols>')
    assert refusal(raw).code == "I18"


def test_a_text_longer_than_a_cell_can_hold_is_refused() -> None:
    long = "x" * 40_000
    assert refusal(pack_lines(write_line(2, f'<c r="N2" t="str"><v>{long}</v></c>'))).code == "I14"
    strings = f"<sst xmlns='{MAIN}'><si><t>{long}</t></si></sst>"
    assert refusal(pack(write_sheet(write_row(1, COLUMNS)), strings=strings)).code == "I14"


def test_many_sheets_that_name_one_part_are_read_once() -> None:
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2))
    book = write_book(50).replace("rId", "r").replace('"r1"', '"rId1"')
    assert read_book(pack(sheet, book=book)).columns["row"] == [2]


def test_bytes_of_other_encodings_in_xml_are_refused() -> None:
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2))
    latin = zip_files({"_rels/.rels": write_related(("a", "officeDocument", "w.xml")), "w.xml": sheet.encode("gbk")})
    assert refusal(latin).code == "I18"
