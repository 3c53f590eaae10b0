"""Tables that office programs open: no text becomes a formula or a number, the same rows give the same bytes."""

import csv
import io
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from consolidator.returns.cells import TEXT_CHARACTERS_MAX, Cell, Yuan, is_formula_like
from consolidator.returns.sheets import Table, write_csv, write_xlsx

COLUMNS = [("姓名 name", 14), ("证件号码 ID", 22), ("金额 yuan", 12)]
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1", "  =1", '=HYPERLINK("http://x")']


def make_xlsx(rows: list[tuple[Cell, ...]], sheet_rows_max: int = 1_048_576) -> io.BytesIO:
    file = io.BytesIO()
    write_xlsx(file, [Table("清单", COLUMNS, iter(rows))], sheet_rows_max)
    return file


def load(file: io.BytesIO) -> Worksheet:
    """Read the first sheet back with another program's eyes."""
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def make_csv(rows: list[tuple[Cell, ...]]) -> bytes:
    file = io.BytesIO()
    write_csv(file, Table("清单", COLUMNS, iter(rows)))
    return file.getvalue()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_name_that_looks_like_a_formula_is_text(text: str) -> None:
    [_, row] = load(make_xlsx([(text, "1", None)])).iter_rows()
    assert (row[0].data_type, row[0].quotePrefix) == ("s", True)
    written = list(csv.reader(io.StringIO(make_csv([(text, "1", None)]).decode("utf-8-sig"), newline="")))
    assert written[1][0].startswith("'")


def test_an_ordinary_name_is_left_alone() -> None:
    [_, row] = load(make_xlsx([("示甲=乙", "1", None)])).iter_rows()
    assert (row[0].value, row[0].quotePrefix) == ("示甲=乙", False)
    assert "示甲=乙,1," in make_csv([("示甲=乙", "1", None)]).decode()


def test_an_id_is_text_and_an_amount_is_a_number_to_the_fen() -> None:
    [_, row] = load(make_xlsx([("示", "511199196001010000", Yuan(1230))])).iter_rows()
    assert (row[1].value, row[1].data_type, row[1].number_format) == ("511199196001010000", "s", "@")
    assert (row[2].value, row[2].data_type, row[2].number_format) == (12.3, "n", "0.00")
    assert "511199196001010000,12.30" in make_csv([("示", "511199196001010000", Yuan(1230))]).decode()


def test_the_header_is_frozen_and_columns_have_widths() -> None:
    sheet = load(make_xlsx([]))
    assert sheet.freeze_panes == "A2"
    assert [cell.value for cell in sheet[1]] == [title for title, _ in COLUMNS]
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [14, 22, 12]


def test_the_same_rows_give_the_same_bytes_without_a_date() -> None:
    rows: list[tuple[Cell, ...]] = [("示", "1", Yuan(5))]
    first = make_xlsx(rows)
    assert first.getvalue() == make_xlsx(rows).getvalue()
    assert {entry.date_time for entry in ZipFile(first).infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(("rows", "sheets"), [(0, [0]), (2, [2]), (3, [2, 1]), (4, [2, 2])])
def test_no_row_is_cut_off_at_the_end_of_a_sheet(rows: int, sheets: list[int]) -> None:
    book = openpyxl.load_workbook(make_xlsx([("示", str(row), row) for row in range(rows)], 3))
    assert [sheet.max_row - 1 for sheet in book] == sheets
    assert [row[2] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(rows))
    assert all(sheet["A1"].value == COLUMNS[0][0] for sheet in book)


def test_what_no_table_can_hold_becomes_a_space_and_long_texts_end() -> None:
    long = "长" * (TEXT_CHARACTERS_MAX + 1)
    [_, row] = load(make_xlsx([("甲\x00\ud800乙", long, None)])).iter_rows(values_only=True)
    assert row[0] == "甲  乙"
    assert len(str(row[1])) == TEXT_CHARACTERS_MAX


def test_a_text_that_looks_like_an_escape_of_the_format_is_escaped() -> None:
    archive = ZipFile(make_xlsx([("_x0041_", "1", None)]))
    assert b"_x005F_x0041_" in archive.read("xl/worksheets/sheet1.xml")


@given(st.text(max_size=40))
@example("\x08=")
@example("\ufffe +1")
def test_any_text_can_be_written_and_none_runs(text: str) -> None:
    [_, row] = load(make_xlsx([(text, "1", None)])).iter_rows()
    assert row[0].data_type in ("s", "n") if not text else row[0].data_type == "s"
    [_, (first, *_)] = csv.reader(io.StringIO(make_csv([(text, "1", None)]).decode("utf-8-sig"), newline=""))
    assert not is_formula_like(first)


_LARGE = """
import sys
from consolidator.bench.memory import measure_peak_bytes
from consolidator.returns.cells import Yuan
from consolidator.returns.sheets import Table, write_csv, write_xlsx
columns = [(f"c{n}", 12) for n in range(13)]
def rows():
    for n in range(int(sys.argv[3])):
        person = (f"示例{n}", f"5111991960{n:08d}", "", Yuan(n))
        yield ("B-1", "PAY.txt", n, n, *person, "退回", "R02;R03", "原因" * 20, "x" * 40, str(n))
with open(sys.argv[1], "w+b") as file:
    write_xlsx(file, [Table("t", columns, rows())])
with open(sys.argv[2], "w+b") as file:
    write_csv(file, Table("t", columns, rows()))
print(measure_peak_bytes())
"""


@pytest.mark.parametrize("rows", [20_000, pytest.param(200_000, marks=pytest.mark.soak)])
def test_rows_need_no_memory_however_many_they_are(tmp_path: Path, rows: int) -> None:
    words = [sys.executable, "-c", _LARGE, str(tmp_path / "a.xlsx"), str(tmp_path / "a.csv"), str(rows)]
    done = subprocess.run(words, capture_output=True, check=True, text=True)  # noqa: S603 -- fixed words
    assert int(done.stdout) < 150 * 2**20
    with (tmp_path / "a.csv").open("rb") as file:
        assert sum(1 for _ in file) == rows + 1
