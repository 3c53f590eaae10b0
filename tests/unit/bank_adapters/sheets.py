"""Batches of the bureau and of bank 403 as workbooks, for tests."""

from collections.abc import Mapping, Sequence

from bank_adapters.drafts import Draft
from bank_adapters.reading import parse_file
from tests.unit.bank_adapters.samples import COVER_TOTALS, ID, TITLES, find_in
from tests.unit.bank_adapters.workbooks import (
    Value,
    number_cell,
    pack,
    save_workbook,
    write_row,
    write_sheet,
    write_styles,
)

COLUMNS = TITLES.split(",")
AMOUNT = "N"  # where 金额(元) stands
ACCOUNT = "O"


def read_book(raw: bytes, name: str = "batch_1.xlsx") -> Draft:
    """Read a workbook of the bureau."""
    return parse_file(find_in("bureau-batch"), name, raw, COVER_TOTALS.encode())


def line(**fields: Value) -> list[Value]:
    """Give one line by titles."""
    values: dict[str, Value] = {"享受对象姓名": "示例", "享受对象身份证号": ID, "金额(元)": 396}
    values |= fields
    return [values.get(title) for title in COLUMNS]


def save_lines(*lines: Sequence[Value], formats: Mapping[str, str] = {}) -> bytes:
    """Save lines under the bureau's titles, as a spreadsheet program would."""
    return save_workbook([COLUMNS, *lines], formats)


def write_line(number: int, cell: str = "", attributes: str = "") -> str:
    """Write a line's XML; ``cell`` stands for the amount."""
    values = [""] * len(COLUMNS)
    values[COLUMNS.index("享受对象姓名")] = "示例"
    values[COLUMNS.index("享受对象身份证号")] = ID
    values[COLUMNS.index("金额(元)")] = cell or number_cell(f"{AMOUNT}{number}", "396")
    return write_row(number, values, attributes)


def pack_lines(*rows: str, before: str = "", after: str = "", codes: Sequence[str] = ()) -> bytes:
    """Zip lines' XML under the bureau's titles; ``codes`` are the number formats of styles 1, 2, …."""
    sheet = write_sheet(write_row(1, COLUMNS), *rows, before=before, after=after)
    return pack(sheet, styles=write_styles(*codes) if codes else None)
