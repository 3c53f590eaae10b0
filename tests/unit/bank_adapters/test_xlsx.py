"""Workbooks as people save them: what a person saw is what is read, or nothing is."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from bank_adapters.drafts import Draft
from bank_adapters.formats.tables import Table
from bank_adapters.formats.xlsx import parse_xlsx
from bank_adapters.reading import parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER, COVER_TOTALS, ID, find_in
from tests.unit.bank_adapters.sheets import ACCOUNT, AMOUNT, COLUMNS, line, read_book, save_lines
from tests.unit.bank_adapters.workbooks import Value, save, save_workbook

MORNING, NOON, YEAR_1904 = map(datetime.fromisoformat, ("2026-10-01T08:00", "2026-10-01T12:00", "1904-01-01T00:00"))


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_book(raw)
    return caught.value.code, caught.value.position


def open_lines() -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (COLUMNS, line(), line()):
        sheet.append(row)
    return book, sheet


def test_texts_and_numbers_become_lines() -> None:
    draft = read_book(save_lines(line(数量=12.35, 账号="0062994024475872", 组="三组"), line(**{"金额(元)": "0.05"})))
    assert draft.columns["amount_fen"] == [39600, 5]
    assert draft.columns["quantity_milli"] == [12350, None]
    assert draft.columns["account"] == ["0062994024475872", None]
    assert draft.columns["row"] == [2, 3]


@pytest.mark.parametrize(("amount", "fen"), [(0.1, 10), (1.1, 110), (396.06, 39606), (1234567.89, 123456789), (0, 0)])
def test_an_amount_is_the_number_a_person_typed(amount: float, fen: int) -> None:
    assert read_book(save_lines(line(**{"金额(元)": amount}))).columns["amount_fen"] == [fen]


@pytest.mark.parametrize("amount", [12.305, 1e-7, 1e16, -5, 5e-324])
def test_a_number_that_is_no_amount_is_named_and_never_rounded(amount: float) -> None:
    draft = read_book(save_lines(line(), line(**{"金额(元)": amount})))
    assert draft.columns["amount_fen"] == [39600, None]
    assert draft.columns["bad"] == [(1, "amount_fen", "I20")]


@pytest.mark.parametrize("code", ["0.00", "#,##0.00", '"¥"#,##0.00', "0.00_);[Red](0.00)"])
def test_two_decimals_shown_and_three_held_is_a_bad_amount(code: str) -> None:
    formats = {f"{AMOUNT}2": code, f"{AMOUNT}3": code}
    draft = read_book(save_lines(line(**{"金额(元)": 12.305}), line(**{"金额(元)": 12.31}), formats=formats))
    assert draft.columns["amount_fen"] == [None, 1231]
    assert draft.columns["bad"] == [(0, "amount_fen", "I20")]


def test_an_amount_of_which_only_yuan_were_shown_is_bad_even_with_two_decimals() -> None:
    draft = read_book(save_lines(line(**{"金额(元)": 12.5}), line(**{"金额(元)": 12}), formats={f"{AMOUNT}2": "0"}))
    assert draft.columns["bad"] == [(0, "amount_fen", "I20")]


@pytest.mark.parametrize(
    "code", ["0%", "0.00%", "yyyy-mm-dd", "m/d/yy", "0.00E+00", "# ?/?", "0,", '0.0"万"', "[DBNum1]0"]
)
def test_an_amount_shown_as_something_else_refuses_the_file(code: str) -> None:
    raw = save_lines(line(), line(**{"金额(元)": 46000}), formats={f"{AMOUNT}3": code})
    assert refusal(raw) == ("I28", "row 3 column 金额(元)")


@pytest.mark.parametrize("value", [date(2026, 10, 1), MORNING, True])
def test_an_amount_that_is_no_number_refuses_the_file(value: Value) -> None:
    assert refusal(save_lines(line(**{"金额(元)": value}))) == ("I28", "row 2 column 金额(元)")


@pytest.mark.parametrize("value", [6299402447587213728, 1.23e18, 62994024, 62994024.5])
def test_an_account_kept_as_a_number_refuses_the_file(value: Value) -> None:
    assert refusal(save_lines(line(), line(账号=value))) == ("I24", "row 3 column 账号")


@pytest.mark.parametrize(
    ("title", "value"), [("享受对象身份证号", 511199196112210017), ("行号", 402665500015), ("编号", 7)]
)
def test_other_identifiers_kept_as_numbers_refuse_the_file(title: str, value: Value) -> None:
    assert refusal(save_lines(line(**{title: value}))) == ("I24", f"row 2 column {title}")


def test_an_account_shown_as_text_but_kept_as_a_number_is_refused() -> None:
    raw = save_lines(line(账号=62994024), formats={f"{ACCOUNT}2": "@"})
    assert refusal(raw) == ("I24", "row 2 column 账号")


def test_an_account_written_as_text_in_scientific_notation_is_left_to_the_ledger() -> None:
    assert read_book(save_lines(line(账号="1.23E+18"))).columns["account"] == ["1.23E+18"]


def test_a_house_number_that_became_a_date_refuses_the_file() -> None:
    assert refusal(save_lines(line(组=date(2026, 3, 1)))) == ("I28", "row 2 column 组")


def test_a_number_in_a_text_column_keeps_its_digits() -> None:
    draft = read_book(save_lines(line(组=3, 村代码=511112101201)))
    assert draft.columns["group"] == ["3"]
    assert draft.columns["village"] == ["511112101201"]


@pytest.mark.parametrize("formula", ["=1+1", "=N3", "=SUM(N3:N9)"])
def test_a_formula_refuses_the_file_with_its_cell(formula: str) -> None:
    assert refusal(save_lines(line(), line(**{"金额(元)": formula}))) == ("I19", f"row 3 column {AMOUNT}")


def test_a_hidden_row_refuses_the_file_and_is_named() -> None:
    book, sheet = open_lines()
    sheet.row_dimensions[3].hidden = True
    assert refusal(save(book)) == ("I25", "row 3")


def test_a_filter_that_hides_rows_is_no_way_around() -> None:
    book, sheet = open_lines()
    sheet.auto_filter.ref = "A1:S3"
    sheet.row_dimensions[2].hidden = True
    assert refusal(save(book)) == ("I25", "row 2")


def test_a_hidden_empty_row_is_nothing() -> None:
    book, sheet = open_lines()
    sheet.row_dimensions[9].hidden = True
    assert read_book(save(book)).columns["row"] == [2, 3]


def test_a_hidden_column_refuses_the_file_and_is_named() -> None:
    book, sheet = open_lines()
    sheet.column_dimensions[AMOUNT].hidden = True
    assert refusal(save(book)) == ("I25", "column 金额(元)")


def test_a_hidden_column_beside_the_table_is_nothing() -> None:
    book, sheet = open_lines()
    sheet.column_dimensions["Z"].hidden = True
    assert read_book(save(book)).columns["row"] == [2, 3]


def test_merged_cells_among_lines_or_titles_refuse_the_file() -> None:
    for area in ("C2:C3", "A1:B1", "R2:S2"):
        book, sheet = open_lines()
        sheet.merge_cells(area)
        assert refusal(save(book))[0] in {"I15", "I26"}


def test_several_sheets_with_data_refuse_the_file_and_empty_ones_do_not() -> None:
    book, _ = open_lines()
    book.create_sheet("空")
    assert read_book(save(book)).columns["row"] == [2, 3]
    book.create_sheet("二")["A1"] = "x"
    assert refusal(save(book)) == ("I27", "")


def test_a_hidden_sheet_is_not_read() -> None:
    book, sheet = open_lines()
    book.create_sheet("空")
    sheet.sheet_state = "hidden"
    assert refusal(save(book)) == ("I25", "")


def test_formatted_but_empty_cells_and_blanks_are_no_rows() -> None:
    book, sheet = open_lines()
    sheet["A4"].font = Font(bold=True)
    sheet["B5"] = "  "
    assert read_book(save(book)).columns["row"] == [2, 3]


def test_an_empty_row_between_lines_refuses_the_file() -> None:
    assert refusal(save_lines(line(), [], line())) == ("I14", "row 3")


def test_something_beside_the_table_refuses_the_file() -> None:
    assert refusal(save_lines(line(), [*line(), "x"])) == ("I14", "row 3")


def test_titles_without_lines_and_an_empty_workbook_are_refused() -> None:
    assert refusal(save_lines()) == ("I17", "")
    assert refusal(save(Workbook())) == ("I17", "")


def test_a_missing_title_row_or_title_is_refused() -> None:
    assert refusal(save_workbook([[], COLUMNS, line()])) == ("I15", "row 1")
    assert refusal(save_workbook([COLUMNS[:-1], line()])) == ("I15", "row 1")


def test_a_row_that_is_too_long_is_refused() -> None:
    assert refusal(save_lines(line(备注="x" * 1_001))) == ("I14", "row 2")


def read_register(*cells: Value, formats: dict[str, str]) -> Draft:
    raw = save_workbook([["身份证号", "死亡日期"], cells], formats)
    cover = "编号,R-1\n登记册,死亡\n更新方式,全量\n截至日期,2026-10-31\n".encode()
    return parse_file(find_in("register-deaths"), "register_deaths_1.xlsx", raw, cover)


@pytest.mark.parametrize("code", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "m/d/yy", "[$-804]yyyy/m/d"])
def test_a_date_cell_is_its_day_however_it_is_shown(code: str) -> None:
    assert read_register(ID, date(2026, 10, 1), formats={"B2": code}).columns["died_on"] == ["2026-10-01"]


def test_a_date_may_be_a_text() -> None:
    assert read_register(ID, "2026-10-01", formats={}).columns["died_on"] == ["2026-10-01"]


def test_a_day_with_an_hour_is_no_date_and_left_to_the_ledger() -> None:
    assert read_register(ID, NOON, formats={}).columns["died_on"] == ["46296.5"]


def test_a_number_in_a_date_column_refuses_the_file() -> None:
    with pytest.raises(InputError, match="I28 row 2 column 死亡日期"):
        read_register(ID, 46296, formats={})


def test_days_of_workbooks_that_count_from_1904() -> None:
    book = Workbook()
    book.epoch = YEAR_1904
    sheet = book.worksheets[0]
    sheet.append(["身份证号", "死亡日期"])
    sheet.append([ID, date(2026, 10, 1)])
    table = parse_xlsx(find_in("register-deaths").model_copy(update={"format": "xlsx"}), save(book))
    assert table.columns["死亡日期"] == ["2026-10-01"]


TITLES_103 = ["序号", "收款人姓名", "收款人证件号码", "收款账号", "金额(元)", "开户行行号", "备注"]


def read_103(third: list[Value], *, first: str = "代发工资及补贴清单", code: str = "General") -> Draft:
    rows: list[list[Value]] = [[first], [], third, [*TITLES_103], [1, "示例", ID, "62994024", 396.5, None, None]]
    raw = save_workbook(rows, {"D3": code})
    return parse_file(find_in("batchpay-103"), "PAY103_20261106_0001.xlsx", raw, COVER.encode())


def test_totals_stand_in_cells_above_the_titles() -> None:
    assert read_103(["总笔数", 1, "总金额(元)", 396.5]).fields["totals"] == {"count": 1, "fen": 39650}
    assert read_103(["总笔数", "1", "总金额(元)", "396.50"], code="@").fields["totals"] == {"count": 1, "fen": 39650}


@pytest.mark.parametrize("total", [396.555, "3.965E+2", "396.500", None, "", -1, 4e20])
def test_a_total_that_cannot_be_read_refuses_the_file(total: Value) -> None:
    with pytest.raises(InputError, match="I15"):
        read_103(["总笔数", 1, "总金额(元)", total])


@pytest.mark.parametrize("code", ["0", "0.00E+00", "0%", "yyyy-mm-dd"])
def test_a_total_that_was_shown_otherwise_refuses_the_file(code: str) -> None:
    with pytest.raises(InputError, match="I15"):
        read_103(["总笔数", 1, "总金额(元)", 396.5], code=code)


def test_the_words_of_title_rows_must_stand_where_they_do() -> None:
    with pytest.raises(InputError, match="I15"):
        read_103(["总笔数", 1, "总金额(元)", 396.5], first="别的清单")
    with pytest.raises(InputError, match="I15"):
        read_103([1, "总笔数", "总金额(元)", 396.5])


TITLES_403 = ["编号", "卡号", "姓名", "身份证号码", "实发金额", "村代码"]


def read_403(*rows: list[Value]) -> Table:
    raw = save_workbook([["惠农补贴发放表"], [*TITLES_403], *rows])
    return parse_xlsx(find_in("batchpay-403"), raw)


def test_a_last_row_of_totals_is_no_line() -> None:
    table = read_403([1, "62994024", "示例", ID, 396.5, None], ["合计", 1, None, None, 396.5])
    assert table.stated == {"count": "1", "yuan": "396.5"}
    assert table.rows == [3]


def test_a_last_row_of_totals_may_follow_an_empty_row() -> None:
    assert read_403([1, "62994024", "示例", ID, 396.5, None], [], ["合计", 1, None, None, 396.5]).rows == [3]


def test_a_missing_row_of_totals_refuses_the_file() -> None:
    with pytest.raises(InputError, match="I16"):
        read_403([1, "62994024", "示例", ID, 396.5, None])
    with pytest.raises(InputError, match="I16"):
        read_403()
    with pytest.raises(InputError, match="I17"):
        read_403(["合计", 0, None, None, 0])


def test_totals_that_differ_from_the_lines_are_left_to_the_ledger() -> None:
    raw = save_workbook(
        [["惠农补贴发放表"], TITLES_403, [1, "62994024", "示例", ID, 1, None], ["合计", 9, None, None, 9]]
    )
    draft = parse_file(find_in("batchpay-403"), "PAY403_20261106_0001.xlsx", raw, COVER.encode())
    assert draft.fields["totals"] == {"count": 9, "fen": 900}


def test_no_refusal_repeats_what_a_person_wrote() -> None:
    person = "魏槐仓"
    for raw in (save_lines(line(享受对象姓名=person, 账号=1)), save_lines([*line(享受对象姓名=person), person])):
        with pytest.raises(InputError) as caught:
            parse_file(find_in("bureau-batch"), "batch_1.xlsx", raw, COVER_TOTALS.encode())
        assert person not in str(caught.value)
