"""The bureau's batch as JSON: an array of objects with the titles of the CSV."""

import json
from typing import Any

import pytest

from bank_adapters.drafts import Draft
from bank_adapters.formats import json_files
from bank_adapters.reading import choose_format, parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER_TOTALS, ID, find_in

ROW: dict[str, Any] = {"享受对象姓名": "示例", "享受对象身份证号": ID, "金额(元)": "396.00"}


def read(raw: bytes | str) -> Draft:
    content = raw.encode() if isinstance(raw, str) else raw
    return parse_file(find_in("bureau-batch"), "batch_1.json", content, COVER_TOTALS.encode())


def read_rows(*rows: object) -> Draft:
    return read(json.dumps(rows, ensure_ascii=False))


def refusal(raw: bytes | str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read(raw)
    return caught.value.code, caught.value.position


def test_objects_become_lines_and_absent_or_null_keys_are_empty() -> None:
    draft = read_rows(ROW, ROW | {"备注": None, "数量": "12.35"})
    assert draft.columns["amount_fen"] == [39600, 39600]
    assert draft.columns["quantity_milli"] == [None, 12350]
    assert draft.columns["remark"] == [None, None]
    assert draft.columns["row"] == [1, 2]


def test_numbers_keep_the_text_they_were_written_with() -> None:
    text = '[{"享受对象姓名":"示例","享受对象身份证号":"%s","金额(元)":%s}]'
    assert read(text % (ID, "396.10")).columns["amount_fen"] == [39610]
    assert read(text % (ID, "396")).columns["amount_fen"] == [39600]
    for wrong in ("396.001", "3.96e2", "-1", "1E+18"):
        assert read(text % (ID, wrong)).columns["bad"] == [(0, "amount_fen", "I20")]


def test_an_id_or_account_written_as_a_number_is_refused_with_its_place() -> None:
    assert refusal(json.dumps([ROW, ROW | {"账号": 6299402447587213728}])) == ("I24", "row 2 column 账号")
    assert refusal(json.dumps([ROW | {"享受对象身份证号": 511199196112210017}])) == (
        "I24",
        "row 1 column 享受对象身份证号",
    )
    assert refusal(json.dumps([ROW | {"编号": 7}])) == ("I24", "row 1 column 编号")


@pytest.mark.parametrize("value", [True, ["x"], {"a": "b"}])
def test_values_that_are_no_text_and_no_number_are_refused(value: object) -> None:
    assert refusal(json.dumps([ROW | {"备注": value}])) == ("I28", "row 1 column 备注")


def test_wide_brackets_in_keys_are_the_same_keys() -> None:
    wide = {key.replace("(", "\uff08").replace(")", "\uff09"): value for key, value in ROW.items()}
    assert read_rows(wide).columns["amount_fen"] == [39600]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "I29"),
        (b"{}", "I29"),
        (b"[", "I29"),
        (b"[]", "I17"),
        (b" [ ] ", "I17"),
        (b"[1]", "I29"),
        (b"[[]]", "I29"),
        (b"[{}", "I29"),
        (b"[{},]", "I29"),
        (b"[{} {}]", "I29"),
        (b"[{},1]", "I29"),
        (b"[{}] []", "I29"),
        (b'[{"a":NaN}]', "I29"),
        (b'[{"a":"x","a":"y"}]', "I29"),
        ('[{"金额(元)":"1","金额(元)":"2"}]'.encode(), "I29"),
        ('[{"金额(元)":"1","金额\uff08元\uff09":"2"}]'.encode(), "I29"),
        (b'[{"a":"x"}]', "I15"),
        ('[{"备注":"\\ud800"}]'.encode(), "I29"),
        ('[{"备注":"x\ny"}]'.encode(), "I29"),
        ('[{"备注":"名"}]'.encode("gb18030"), "I13"),
        (b"[" * 100_000, "I29"),
        (b'[{"a":' + b"[" * 100_000, "I29"),
    ],
)
def test_what_is_no_array_of_rows_is_refused(raw: bytes, code: str) -> None:
    assert refusal(raw)[0] == code


def test_a_bom_before_the_array_is_no_part_of_it() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps([ROW]).encode()).columns["amount_fen"] == [39600]


def test_a_row_that_is_too_long_is_refused_with_its_number() -> None:
    assert refusal(json.dumps([ROW, ROW | {"备注": "x" * 1001}])) == ("I14", "row 2")


def test_a_file_longer_than_a_chunk_is_read_row_by_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "_CHUNK_BYTES", 1_000)
    monkeypatch.setattr(json_files, "_ROW_CHARACTERS", 500)
    raw = json.dumps([ROW] * 50, ensure_ascii=False) + " " * 1_500
    assert read(raw).columns["row"] == [*range(1, 51)]
    for behind in ("[]", "x"):
        assert refusal(raw + behind) == ("I29", "")


def test_a_file_above_the_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_files, "ROWS_MAX", 2)
    assert refusal(json.dumps([ROW] * 3))[0] == "I02"
    monkeypatch.setattr(json_files, "FILE_BYTES_MAX", 10)
    assert refusal(json.dumps([ROW]))[0] == "I02"


def test_the_ending_of_the_name_tells_the_format_where_a_profile_takes_several() -> None:
    profile = find_in("bureau-batch")
    endings = {"batch_1.csv": "csv", "batch_1.JSON": "json", "batch_1.xlsx": "xlsx", "batch_1.xls": "xlsx"}
    assert {name: choose_format(profile, name) for name in endings} == endings
    assert choose_format(find_in("batchpay-402"), "x.json") == "delimited"
