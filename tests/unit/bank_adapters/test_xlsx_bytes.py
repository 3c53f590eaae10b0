"""Workbooks written by hand: what no library would write, and what other programs do."""

import pytest

from bank_adapters.formats.xlsx_cells import read_cell
from bank_adapters.formats.xlsx_sheet import derive_column
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import ID
from tests.unit.bank_adapters.sheets import AMOUNT, COLUMNS, pack_lines, read_book, write_line
from tests.unit.bank_adapters.workbooks import (
    MAIN,
    number_cell,
    pack,
    text_cell,
    write_book,
    write_related,
    write_row,
    write_sheet,
    write_styles,
)


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_book(raw)
    return caught.value.code, caught.value.position


def read_amount(number: str, code: str = "General") -> tuple[object, object]:
    draft = read_book(pack_lines(write_line(2, number_cell(f"{AMOUNT}2", number, 1)), codes=[code]))
    return (draft.columns["amount_fen"] or [""])[0], draft.columns["bad"]


BAD = (None, [(0, "amount_fen", "I20")])


@pytest.mark.parametrize(
    ("number", "fen"),
    [
        ("396.06000000000000", 39606),
        ("1.1000000000000001", 110),
        ("12.300000000000001", 1230),
        ("396", 39600),
        ("396.0", 39600),
        ("0396", 39600),
        ("3.96E2", 39600),
        ("1234567890.1199999", 123456789012),
    ],
)
def test_the_shortest_text_of_a_kept_number_is_the_number(number: str, fen: int) -> None:
    assert read_amount(number, "0.00") == (fen, [])


@pytest.mark.parametrize("number", ["0.30000000000000004", "12.304999999999", "1E400", "-1", "1E-3"])
def test_a_kept_number_with_more_than_fen_is_bad(number: str) -> None:
    assert read_amount(number) == BAD


@pytest.mark.parametrize("number", ["1_000", "１２", "nan", "inf", "0x10", "1,5", " 1", "1e99999", "9" * 50, "-", "1."])
def test_a_number_that_is_none_refuses_the_file(number: str) -> None:
    assert refusal(pack_lines(write_line(2, number_cell(f"{AMOUNT}2", number))))[0] == "I18"


def test_a_built_in_percent_format_refuses_an_amount() -> None:
    raw = pack_lines(write_line(2, number_cell(f"{AMOUNT}2", "0.5", 1)), codes=["10"])
    assert refusal(raw) == ("I28", "row 2 column 金额(元)")


def test_a_style_of_an_unknown_shape_is_no_plain_number() -> None:
    styles = write_styles("10").replace('numFmtId="10"', 'numFmtId="x"')
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2, number_cell(f"{AMOUNT}2", "1", 1)))
    assert refusal(pack(sheet, styles=styles)) == ("I28", "row 2 column 金额(元)")


@pytest.mark.parametrize("attributes", ['hidden="1"', 'hidden="true"', 'ht="0"', 'ht="0.0"'])
def test_a_row_nobody_saw_refuses_the_file(attributes: str) -> None:
    assert refusal(pack_lines(write_line(2), write_line(3, attributes=attributes))) == ("I25", "row 3")


def test_a_sheet_that_hides_rows_by_default_refuses_those_that_do_not_say_otherwise() -> None:
    before = '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'
    assert refusal(pack_lines(write_line(2), before=before))[0] == "I25"


@pytest.mark.parametrize("column", ['<col min="14" max="14" hidden="1"/>', '<col min="3" max="99" width="0"/>'])
def test_a_column_nobody_saw_refuses_the_file(column: str) -> None:
    assert refusal(pack_lines(write_line(2), before=f"<cols>{column}</cols>"))[0] == "I25"


def test_a_wide_column_is_seen() -> None:
    before = '<cols><col min="1" max="99" width="20"/></cols>'
    assert read_book(pack_lines(write_line(2), before=before)).columns["row"] == [2]


@pytest.mark.parametrize("cell", ["<f>1+1</f><v>396</v>", '<f t="shared" si="0"/><v>396</v>', "<v>396</v><f/>"])
def test_a_formula_is_refused_whatever_result_was_kept(cell: str) -> None:
    assert refusal(pack_lines(write_line(2, f'<c r="N2">{cell}</c>'))) == ("I19", "row 2 column N")
    assert refusal(pack_lines(write_line(2, f"<c>{cell}</c>"))) == ("I19", "row 2")


@pytest.mark.parametrize("kind", ["b", "e", "x"])
def test_truth_values_and_errors_refuse_an_amount(kind: str) -> None:
    raw = pack_lines(write_line(2, f'<c r="N2" t="{kind}"><v>1</v></c>'))
    assert refusal(raw) == ("I28", "row 2 column 金额(元)")


def test_merged_cells_are_told_by_their_last_row() -> None:
    for area in ("A1:B1", "N2:N3", "$A$1", ""):
        after = f'<mergeCells><mergeCell ref="{area}"/></mergeCells>'
        assert refusal(pack_lines(write_line(2), after=after))[0] == "I26"


def test_cells_may_come_without_their_place_and_empty_ones_keep_theirs() -> None:
    cells = "".join(f"<c t='inlineStr'><is><t>{title}</t></is></c>" for title in COLUMNS)
    values = dict.fromkeys(COLUMNS, "<c/>") | {"序号": "<c t='str'><v> </v></c>", "金额(元)": "<c><v>396</v></c>"}
    values |= {title: f"<c t='str'><v>{text}</v></c>" for title, text in (("享受对象姓名", "示例"), ("备注", "末"))}
    values["享受对象身份证号"] = f"<c t='str'><v>{ID}</v></c>"
    columns = read_book(pack(write_sheet(f"<row>{cells}</row>", f"<row>{''.join(values.values())}</row>"))).columns
    assert columns["beneficiary_name"] == ["示例"]
    assert columns["beneficiary_id"] == [ID]
    assert columns["amount_fen"] == [39600]
    assert columns["remark"] == ["末"]


def test_cells_with_and_without_a_place_follow_each_other() -> None:
    row = write_line(2).replace('<c r="I2"', "<c")
    assert read_book(pack_lines(row)).columns["beneficiary_id"] == [ID]


def test_formatted_cells_far_beside_the_table_are_nothing_while_they_are_empty() -> None:
    row = write_line(2).replace("</row>", '<c r="XFD2" s="0"/></row>')
    assert read_book(pack_lines(row)).columns["row"] == [2]
    assert refusal(pack_lines(row.replace('s="0"/>', "><v>1</v></c>"))) == ("I14", "row 2")


def test_a_row_without_its_number_is_the_next() -> None:
    raw = pack_lines(write_line(2), write_line(3).replace('<row r="3" ', "<row "))
    assert read_book(raw).columns["row"] == [2, 3]


@pytest.mark.parametrize(
    "rows",
    [
        [write_line(3), write_line(2)],
        [write_line(2), write_line(2)],
        [write_line(2).replace('r="2"', 'r="0"')],
        [write_line(2).replace('r="2"', 'r="x"')],
        [write_line(2).replace('r="2"', 'r="99999999"')],
    ],
)
def test_rows_out_of_order_refuse_the_file(rows: list[str]) -> None:
    assert refusal(pack_lines(*rows))[0] == "I18"


@pytest.mark.parametrize("place", ["A3", "H3", "3N", "ZZZZ3", "n3", "N2", "N", "N33", "", "3"])
def test_a_cell_out_of_order_or_of_another_row_refuses_the_file(place: str) -> None:
    assert refusal(pack_lines(write_line(2), write_line(3).replace('"N3"', f'"{place}"')))[0] == "I18"


def test_shared_texts_are_joined_from_their_runs_without_their_sound() -> None:
    runs = "<si><r><t>示</t></r><r><t>例</t></r><rPh sb='0' eb='1'><t>シ</t></rPh></si>"
    strings = f"<sst xmlns='{MAIN}'><si><t>x</t></si>{runs}</sst>"
    row = write_line(2).replace(text_cell("H2", "示例"), '<c r="H2" t="s"><v>1</v></c>')
    raw = pack(write_sheet(write_row(1, COLUMNS), row), strings=strings)
    assert read_book(raw).columns["beneficiary_name"] == ["示例"]
    for wrong in ("2", "-1", "x", "1.0", "１"):
        sheet = write_sheet(write_row(1, COLUMNS), row.replace("<v>1</v>", f"<v>{wrong}</v>"))
        assert refusal(pack(sheet, strings=strings))[0] == "I18"


def test_an_inline_text_is_joined_from_its_runs_without_its_sound() -> None:
    cell = '<c r="H2" t="inlineStr"><is><r><t>示</t></r><r><t>例</t></r><rPh><t>シ</t></rPh></is></c>'
    row = write_line(2).replace(text_cell("H2", "示例"), cell)
    assert read_book(pack_lines(row)).columns["beneficiary_name"] == ["示例"]


def test_prefixed_names_and_strict_namespaces_are_the_same_workbook() -> None:
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2))
    for word in ("worksheet", "sheetData", "row", "is", "t", "v", "c"):
        for old, new in ((f"<{word} ", f"<x:{word} "), (f"<{word}>", f"<x:{word}>"), (f"</{word}>", f"</x:{word}>")):
            sheet = sheet.replace(old, new)
    prefixed = sheet.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"')
    assert read_book(pack(prefixed)).columns["row"] == [2]
    strict = sheet.replace(f'xmlns="{MAIN}"', 'xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"')
    assert read_book(pack(strict)).columns["row"] == [2]


def test_a_sheet_is_found_by_its_relationship_wherever_it_lies() -> None:
    links = write_related(("rId1", "worksheet", "/xl/sheet1.xml"), ("rId2", "chartsheet", "c.xml"))
    sheet = write_sheet(write_row(1, COLUMNS), write_line(2))
    assert read_book(pack(sheet, links=links, book=write_book(2))).columns["row"] == [2]


@pytest.mark.parametrize(
    "parts",
    [
        {"links": write_related(("rId1", "worksheet", "gone.xml"))},
        {"start": write_related(("rId1", "officeDocument", "gone.xml"))},
        {"start": write_related()},
        {"start": write_related(*[(f"r{n}", "officeDocument", "xl/workbook.xml") for n in (1, 2)])},
        {"start": "no XML"},
        {"book": "<workbook"},
        {"book": ""},
    ],
)
def test_a_workbook_with_a_missing_or_broken_part_is_refused(parts: dict[str, str]) -> None:
    assert refusal(pack(write_sheet(write_row(1, COLUMNS), write_line(2)), **parts)) == ("I18", "")


def test_a_workbook_whose_sheets_are_all_missing_has_no_lines() -> None:
    assert refusal(pack(write_sheet(), book=write_book(0))) == ("I17", "")


def test_days_before_excels_calendar_is_sure_are_left_as_numbers() -> None:
    kept = [read_cell("n", number, None, []) for number in ("1", "60")]
    assert kept == [("1", "n"), ("60", "n")]
    assert derive_column("AA") == 26


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-10-01", "2026-10-01"),
        ("2026-10-01T00:00:00", "2026-10-01"),
        ("2026-10-01T00:00:00.000Z", "2026-10-01"),
        ("2026-10-01T08:00:00", "2026-10-01T08:00:00"),
        ("46296", "46296"),
    ],
)
def test_dates_written_as_iso_texts(text: str, told: str) -> None:
    assert read_cell("d", text, None, []) == (told, "d")
