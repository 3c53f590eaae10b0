"""The bureau's column 更正原明细 (which failed or returned line a line corrects), and columns that a file may lack."""

import json
from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.drafts import Draft
from bank_adapters.formats.layouts import InLayout
from bank_adapters.profiles import Profile, parse_profile
from bank_adapters.reading import parse_file
from schemas.documents import render_parts
from schemas.errors import ConfigurationError, InputError
from schemas.parts import BatchPart, Parsed, parse_part
from tests.unit.bank_adapters.samples import COVER_TOTALS, ID, TITLES, find_in
from tests.unit.bank_adapters.workbooks import save_workbook

TITLE = "更正原明细"
SOURCE = "civil/DB-202610-001/7"
ROW = {"享受对象姓名": "示例", "享受对象身份证号": ID, "金额(元)": "396.00"}
Write = Callable[[Sequence[str], Sequence[Mapping[str, str]]], bytes]


def write_csv(titles: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write a CSV file."""
    return "\n".join([",".join(titles), *[",".join(row.get(title, "") for title in titles) for row in rows]]).encode()


def write_xlsx(titles: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Save a workbook."""
    return save_workbook([titles, *[[row.get(title) for title in titles] for row in rows]])


def write_json(titles: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Write an array of objects."""
    return json.dumps([{title: row.get(title) for title in titles} for row in rows]).encode()


WRITERS: Mapping[str, Write] = {"csv": write_csv, "xlsx": write_xlsx, "json": write_json}
OLD = TITLES.split(",")
NEW = [*OLD, TITLE]


def read(ending: str, titles: Sequence[str], *rows: Mapping[str, str]) -> Draft:
    """Read rows that add to or change the usual row."""
    raw = WRITERS[ending](titles, [{**ROW, **row} for row in rows])
    return parse_file(find_in("bureau-batch"), f"batch_1.{ending}", raw, COVER_TOTALS.encode())


def parse(draft: Draft) -> Parsed[BatchPart]:
    """Turn a draft into a part, as the ledger reads it."""
    (raw,), _ = render_parts(draft.columns)
    return parse_part(BatchPart, raw)


@pytest.mark.parametrize("ending", WRITERS)
def test_the_column_names_the_line_that_is_corrected_and_an_empty_cell_names_none(ending: str) -> None:
    parsed = parse(read(ending, NEW, {TITLE: f" {SOURCE} "}, {}))
    assert parsed.columns.source_line == [SOURCE, None]
    assert parsed.refused == {}


@pytest.mark.parametrize("ending", WRITERS)
def test_the_column_may_stand_anywhere(ending: str) -> None:
    assert read(ending, [TITLE, *OLD], {TITLE: SOURCE}).columns["source_line"] == [SOURCE]


@pytest.mark.parametrize("ending", WRITERS)
@pytest.mark.parametrize(
    "odd",
    ["civil/DB-202610-001", "511112/civil/DB-1/7/0", "civil/DB-1/0", "civil/DB-1/07", "民政/DB-1/7", "7", "x" * 200],
)
def test_what_names_no_line_refuses_that_line_only(ending: str, odd: str) -> None:
    parsed = parse(read(ending, NEW, {}, {TITLE: odd}, {TITLE: SOURCE}))
    assert parsed.refused == {1: ("source_line", "S01")}
    assert parsed.columns.source_line == [None, None, SOURCE]
    assert parsed.columns.amount_fen == [39600] * 3


def test_a_number_is_no_line_and_costs_no_other_line() -> None:
    rows = [ROW | {TITLE: 7}, ROW]
    draft = parse_file(find_in("bureau-batch"), "batch_1.json", json.dumps(rows).encode(), COVER_TOTALS.encode())
    assert parse(draft).refused == {0: ("source_line", "S01")}


@pytest.mark.parametrize("ending", WRITERS)
def test_a_file_without_corrections_gives_the_same_document_with_and_without_the_column(ending: str) -> None:
    with_column, without = read(ending, NEW, {}, {"备注": "x"}), read(ending, OLD, {}, {"备注": "x"})
    assert "source_line" not in without.columns
    assert render_parts(with_column.columns) == render_parts(without.columns)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("titles", "detail"),
    [
        ([*NEW, TITLE], "21 columns, expected 20"),
        ([*OLD, "更正"], "20 columns, expected 19"),
        ([*OLD[:-1], TITLE], "column 备注 is missing"),
    ],
)
def test_the_other_titles_are_all_needed_still(ending: str, titles: list[str], detail: str) -> None:
    with pytest.raises(InputError, match="I15") as caught:
        read(ending, titles, {})
    assert detail in caught.value.detail


REFS = st.from_regex(r"[a-z][a-z0-9-]{0,31}/[A-Za-z0-9][A-Za-z0-9._-]{0,47}/[1-9][0-9]{0,6}", fullmatch=True)


@given(st.lists(st.none() | REFS, min_size=1, max_size=5), st.sampled_from(["csv", "json"]))
def test_whatever_lines_a_file_names_are_what_the_ledger_gets(refs: list[str | None], ending: str) -> None:
    parsed = parse(read(ending, NEW, *({} if ref is None else {TITLE: ref} for ref in refs)))
    assert parsed.columns.source_line == (refs if any(refs) else None)
    assert parsed.refused == {}


OWN = """
name = "own"
direction = "in"
kind = "batch"
file_name = '^own$'
columns = [
    ["甲", "beneficiary_name"], ["乙", "beneficiary_id"], ["丙", "amount_fen"], ["丁", "source_line"], ["戊", ""]
]
"""


def read_own(profile: Profile, raw: str) -> Draft:
    """Read a file of a county's own profile."""
    assert isinstance(profile, InLayout)
    return parse_file(profile, "own", raw.encode(), COVER_TOTALS.encode())


@pytest.mark.parametrize("format_", ["csv", "xlsx", "json"])
def test_a_format_with_titles_takes_optional_columns(format_: str) -> None:
    profile = parse_profile(f'{OWN}format = "{format_}"\noptional = ["source_line"]', "own.toml")
    assert profile.name == "own"


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ('format = "csv"\noptional = ["remark"]', "optional is no column"),
        ('format = "csv"\noptional = ["丁"]', "optional is no column"),
        ('format = "csv"\noptional = [""]', "optional is no column"),
        ('format = "csv"\noptional = ["amount_fen"]', "a document must have"),
        ('format = "delimited"\noptional = ["source_line"]', "does not belong to the format"),
    ],
)
def test_an_optional_column_that_cannot_be_left_out_is_refused(keys: str, word: str) -> None:
    with pytest.raises(ConfigurationError, match=word):
        parse_profile(OWN + keys, "own.toml")


def test_a_bank_file_without_titles_may_have_the_column_too() -> None:
    profile = parse_profile(f'{OWN}format = "delimited"\nseparator = "|"', "own.toml")
    draft = read_own(profile, f"示例|{ID}|396.00|{SOURCE}|\n示例|{ID}|396.00||\n")
    assert draft.columns["source_line"] == [SOURCE, None]


@pytest.mark.parametrize(("titles", "cell", "expected"), [("", "", None), (",丁", ",0001.00", [100])])
def test_a_number_that_may_be_left_out_is_absent_where_it_is(
    titles: str, cell: str, expected: list[int] | None
) -> None:
    keys = 'format = "csv"\noptional = ["rate_fen"]\nzero_padded = true'
    profile = parse_profile(OWN.replace("source_line", "rate_fen") + keys, "own.toml")
    draft = read_own(profile, f"甲,乙,丙,戊{titles}\n示例,{ID},396.00,{cell}\n")
    assert draft.columns.get("rate_fen") == expected
    assert draft.columns["bad"] == []


@pytest.mark.parametrize(
    ("titles", "cells", "expected"),
    [("", ("", ""), None), (",丁", (",normal", ","), ["normal", None]), (",丁", (",", ","), None)],
)
def test_an_empty_cell_of_any_column_that_may_be_left_out_is_null(
    titles: str, cells: tuple[str, str], expected: list[str | None] | None
) -> None:
    columns = 'columns = [["甲", "holder_id"], ["乙", "bank"], ["丙", "account"], ["丁", "status"]]'
    keys = f'format = "csv"\noptional = ["status"]\n{columns}'
    profile = parse_profile(OWN[: OWN.index("columns")].replace("batch", "accounts") + keys, "own.toml")
    assert isinstance(profile, InLayout)
    raw = "\n".join([f"甲,乙,丙{titles}", *[f"{ID},402,6299402447587213728{cell}" for cell in cells]])
    draft = parse_file(profile, "own", raw.encode(), "编号,C-1\n截至日期,2026-10-31\n".encode())
    assert draft.columns.get("status") == expected
