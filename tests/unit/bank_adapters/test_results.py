"""What banks answer, with the traps of their files: nothing unclear may pass for money that arrived."""

from collections.abc import Sequence
from datetime import date

import pytest

from bank_adapters.drafts import Draft
from bank_adapters.formats.layouts import AMBIGUOUS, InLayout
from bank_adapters.profiles import parse_profile
from bank_adapters.reading import parse_file
from schemas.documents import render_parts
from schemas.errors import ConfigurationError, InputError
from schemas.parts import ResultsPart, parse_part
from tests.golden.bank_files.regenerate import list_inputs
from tests.unit.bank_adapters.samples import find_in
from tests.unit.bank_adapters.workbooks import Value, number_cell, pack, save_workbook, write_row, write_sheet

ACCOUNT = "6299402447587213728"


def line_402(number: int = 1, code: str = "S000", amount: str = "396.00", on: str = "20261106", **more: str) -> str:
    account, reason, serial = (more.get(name, "") for name in ("account", "reason", "serial"))
    return f"{number}|511112/civil/DB-1/{number}/0|{account}|{amount}|{code}|{reason}|{serial}|{on}"


def file_402(*lines: str, count: str = "1", yuan: str = "396.00", end: str = "\r\n") -> bytes:
    text = end.join([f"H|B1|{count}|{yuan}|20261106", *lines, f"T|{count}|{yuan}|END", ""])
    return text.encode("gbk")


def read(bank: str, raw: bytes, name: str = "x", cover: bytes | None = None) -> Draft:
    return parse_file(find_in(f"results-{bank}"), name, raw, cover)


def refusal(bank: str, raw: bytes) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read(bank, raw)
    return caught.value.code, caught.value.position


@pytest.mark.parametrize(
    ("bank", "code", "meaning"),
    [
        ("402", "S000", ("credited", None)),
        ("402", "F001", ("failed", "payee_data")),
        ("402", "F012", ("failed", "account_state")),
        ("402", "F021", ("failed", "limit")),
        ("402", "F031", ("failed", "channel")),
        ("402", "W002", ("unknown", "channel")),
        ("402", "R001", ("returned", "return")),
        ("402", "0", AMBIGUOUS),
        ("402", "s000", AMBIGUOUS),
        ("402", "S0000", AMBIGUOUS),
        ("402", "成功", AMBIGUOUS),
        ("402", "", AMBIGUOUS),
    ],
)
def test_a_code_says_what_the_banks_table_says_and_nothing_otherwise(
    bank: str, code: str, meaning: tuple[str, str | None]
) -> None:
    columns = read(bank, file_402(line_402(code=code))).columns
    assert (columns["status"], columns["why"]) == ([meaning[0]], [meaning[1]])


def test_one_banks_zero_is_success_and_anothers_failure() -> None:
    assert find_in("results-105").outcomes["0"][0] == "credited"
    assert find_in("results-103").outcomes["0"][0] == "failed"


def test_no_cover_sheet_is_needed_and_none_may_say_something_else() -> None:
    raw = file_402(line_402())
    assert read("402", raw).fields["kind"] == read("402", raw, cover="键,值\n".encode()).fields["kind"] == "results"
    assert "id" not in read("402", raw).fields
    with pytest.raises(InputError, match="I12"):
        read("402", raw, cover="编号,R-1\n".encode())


@pytest.mark.parametrize("on", ["20261106", "2026-11-06", "2026/11/6", "2026.11.06", "2026年11月6日"])
def test_days_are_read_as_banks_write_them(on: str) -> None:
    assert read("402", file_402(line_402(on=on))).columns["on"] == ["2026-11-06"]


@pytest.mark.parametrize("on", ["20260230", "20261306", "2026-11", "06.11.2026", "今天", "2026 11 06", "00000000"])
def test_a_day_that_cannot_be_read_refuses_its_item_only(on: str) -> None:
    draft = read("402", file_402(line_402(1, on=on), line_402(2), count="2", yuan="792.00"))
    assert draft.columns["bad"] == [(0, "on", "I22")]
    assert refused(draft) == {0: ("on", "I22")}


@pytest.mark.parametrize("amount", ["396.005", "3.96E+2", "３９６", "1,396.00", "-396.00", "", "NaN", "396元"])
def test_an_amount_that_cannot_be_read_refuses_its_item_only(amount: str) -> None:
    draft = read("402", file_402(line_402(1, amount=amount), line_402(2), count="2", yuan="792.00"))
    assert draft.columns["amount_fen"] == [0, 39600]
    assert refused(draft) == {0: ("amount_fen", "I20")}


def refused(draft: Draft) -> dict[int, tuple[str, str]]:
    """Give what the ledger would refuse, with reasons."""
    (raw,), _ = render_parts(draft.columns)
    return dict(parse_part(ResultsPart, raw).refused)


@pytest.mark.parametrize(
    ("field", "line"),
    [
        ("account", line_402(account="1.23E+18")),
        ("account", line_402(account="1234")),
        ("order", line_402().replace("/DB-1/1/0", "/DB-1/1")),
        ("order", line_402().replace("511112/civil/DB-1/1/0", "")),
        ("serial", line_402(serial="x" * 65)),
        ("reason", line_402(reason="账户\x01异常")),
    ],
)
def test_anything_else_that_is_odd_is_passed_on_and_its_item_refused(field: str, line: str) -> None:
    draft = read("402", file_402(line, line_402(2), count="2", yuan="792.00"))
    assert refused(draft) == {0: (field, "S01")}


def test_an_order_told_twice_is_passed_on_for_the_ledger_to_refuse() -> None:
    draft = read("402", file_402(line_402(), line_402(), count="2", yuan="792.00"))
    assert draft.columns["order"] == ["511112/civil/DB-1/1/0"] * 2


@pytest.mark.parametrize(
    ("count", "yuan"), [("2", "396.00"), ("0", "396.00"), ("1", "396.01"), ("1", "39600"), ("1", "0"), ("1", "395.99")]
)
def test_totals_that_are_not_the_lines_refuse_the_file(count: str, yuan: str) -> None:
    assert refusal("402", file_402(line_402(), count=count, yuan=yuan)) == ("I15", "")


@pytest.mark.parametrize("yuan", ["3.96E+2", "396.000", "", "三百"])
def test_a_total_that_cannot_be_read_refuses_the_file(yuan: str) -> None:
    assert refusal("402", file_402(line_402(), yuan=yuan))[0] == "I15"


def test_where_an_amount_cannot_be_read_the_others_come_to_the_sum_at_most() -> None:
    lines = [line_402(1, amount="?"), line_402(2)]
    assert read("402", file_402(*lines, count="2", yuan="396.00")).columns["status"] == ["credited"] * 2
    assert refusal("402", file_402(*lines, count="2", yuan="395.99"))[0] == "I15"
    assert refusal("402", file_402(*lines, count="3", yuan="792.00"))[0] == "I15"


def test_every_truncation_is_refused() -> None:
    raw = file_402(line_402(1), line_402(2), count="2", yuan="792.00")
    assert {refusal("402", raw[:length])[0] for length in range(len(raw) - 2)} <= {"I13", "I14", "I15", "I16", "I17"}


def test_a_line_taken_out_is_noticed_in_every_layout_of_text() -> None:
    for bank, name in (("102", "HP102"), ("105", "RET105"), ("402", "RS402"), ("403", "RES403")):
        raw = read_golden(bank, name)
        lines = raw.splitlines(keepends=True)
        for number in range(len(lines) - 4, len(lines) - 1):
            assert refusal(bank, b"".join(lines[:number] + lines[number + 1 :]))[0] in ("I14", "I15", "I16")


def read_golden(bank: str, name: str) -> bytes:
    (path,) = list_inputs(f"results-{bank}")
    assert path.name.startswith(name)
    return path.read_bytes()


TRAILED = """
name = "own"
direction = "in"
kind = "results"
bank = "777"
format = "delimited"
file_name = '^HP[A-Za-z0-9._-]+$'
answer_name = "HP{file}"
separator = "|"
columns = [["指令号", "order"], ["金额", "amount_fen"], ["代码", "status"]]
trailer = ["=T", "count", "yuan"]
[results]
"0" = "credited"
"""


def parse_own(text: str) -> InLayout:
    profile = parse_profile(text, "own.toml")
    assert isinstance(profile, InLayout)
    return profile


def test_totals_of_a_trailer_alone_refuse_as_a_trailer() -> None:
    layout = parse_own(TRAILED)
    lines = ["511112/civil/DB-1/1/0|1.00|0", "T|1|1.00"]
    assert parse_file(layout, "x", "\n".join(lines).encode(), None).columns["amount_fen"] == [100]
    for trailer in ("T|2|1.00", "T|1|1.01"):
        with pytest.raises(InputError, match="I16"):
            parse_file(layout, "x", "\n".join([lines[0], trailer]).encode(), None)


def test_a_file_without_totals_is_read_as_it_is() -> None:
    layout = parse_own(TRAILED.replace('trailer = ["=T", "count", "yuan"]', ""))
    draft = parse_file(layout, "x", b"511112/civil/DB-1/1/0|1.00|0", None)
    assert draft.columns["status"] == ["credited"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('bank = "777"\n', "", "bank, answer_name and a table"),
        ('answer_name = "HP{file}"\n', "", "bank, answer_name and a table"),
        ('[results]\n"0" = "credited"\n', "", "bank, answer_name and a table"),
        ('"HP{file}"', '"HP"', "answer_name"),
        ('"HP{file}"', '"XX{file}"', "no file_name"),
        ('"credited"', '"paid"', "no status"),
        ('"credited"', '"credited/limit"', "no status"),
        ('"credited"', '"failed/weather"', "no status"),
        ('"credited"', '"failed/"x', "not TOML"),
        ('"0" =', '"" =', "neither success nor failure"),
        ('"0" = "credited"', '"0" = "credited"\n"00" = "failed"', "zeros"),
        ('"0" = "credited"', '"1" = "credited"\n"01" = "failed"', "zeros"),
        (', ["代码", "status"]', "", "missing: status"),
        ('["代码", "status"]', '["代码", "status"], ["类", "why"]', "unknown or stands twice"),
        ('"count", "yuan"]', '"count"]\nheader = ["yuan", "fen"]', "control totals"),
        ('kind = "results"', 'kind = "designations"', "bank, answer_name and a table"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(old: str, new: str, word: str) -> None:
    assert old in TRAILED
    with pytest.raises(ConfigurationError, match=word):
        parse_profile(TRAILED.replace(old, new, 1), "own.toml")


def test_a_code_without_a_meaning_may_be_listed_as_unknown() -> None:
    text = TRAILED + '"" = "unknown"\n"7" = "unknown/ambiguous"\n"8" = "returned"\n"9" = "failed"\n'
    assert parse_own(text).outcomes[""] == ("unknown", None)


def test_the_wrong_encoding_is_refused_before_any_line_is_split() -> None:
    assert refusal("402", file_402(line_402(reason="户名不符")).decode("gbk").encode())[0] == "I13"
    assert refusal("105", "回单\nB※20261106※1※1.00\n户名".encode("gb18030"))[0] == "I13"
    assert refusal("402", file_402(line_402(reason="x")).replace(b"|x|", b"|\xff|"))[0] == "I13"


def test_a_cut_character_that_swallows_its_separator_refuses_the_file_with_its_row() -> None:
    raw = file_402(line_402(reason="户名不符"))
    cut = raw.replace("符|".encode("gbk"), "符".encode("gbk")[:1] + b"|")
    assert cut != raw
    assert refusal("402", cut) == ("I14", "row 2")


def test_a_boundary_inside_a_character_is_refused() -> None:
    raw = read_golden("102", "HP102")
    reason = "交易成功".encode("gb18030")
    assert refusal("102", raw.replace(b"0000" + reason + b" ", b"000" + reason + b"  ", 1)) == ("I14", "row 2")


def test_a_byte_order_mark_belongs_to_no_title() -> None:
    raw = read_golden("403", "RES403")
    assert raw.startswith(b"\xef\xbb\xbf")
    assert read("403", raw).columns == read("403", raw[3:]).columns


def test_mixed_line_ends_are_read() -> None:
    raw = file_402(line_402(), line_402(2), count="2", yuan="792.00").replace(b"\r\n", b"\n", 1)
    assert read("402", raw).columns["amount_fen"] == [39600] * 2


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"H|B1|0|0|20261106\r\nT|0|0|END\r\n", b"\x1a"])
def test_an_empty_file_is_refused(raw: bytes) -> None:
    assert refusal("402", raw)[0] == "I17"


def test_a_huge_file_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bank_adapters.formats.text.FILE_BYTES_MAX", 100)
    assert refusal("402", b"\xff" * 101)[0] == "I02"


def test_an_answer_of_many_parts_keeps_its_bad_items_in_place() -> None:
    lines = [line_402(number, amount="?" if number == 1500 else "1.00") for number in range(1, 2001)]
    draft = read("402", file_402(*lines, count="2000", yuan="2000.00"))
    parts, count = render_parts(draft.columns)
    assert count == 2000
    assert [dict(parse_part(ResultsPart, raw).refused) for raw in parts] == [{}, {499: ("amount_fen", "I20")}]


TITLES = [title for title, _ in find_in("results-103").columns]


def book_103(*lines: Sequence[Value], count: Value = 1, yuan: Value = 396.5) -> bytes:
    head: list[Sequence[Value]] = [["代发工资及补贴结果清单"], [], ["总笔数", count, "总金额(元)", yuan], [*TITLES]]
    return save_workbook([*head, *lines])


def row_103(
    flag: Value = "1", on: Value = None, account: Value = ACCOUNT, order: Value = "511112/civil/DB-1/1/0"
) -> list[Value]:
    return [1, "示例", account, 396.5, flag, None, "T1", on, order]


@pytest.mark.parametrize(
    ("flag", "status"),
    [("1", "credited"), (1, "credited"), (0, "failed"), ("01", "unknown"), (1.5, "unknown"), (None, "unknown")],
)
def test_a_flag_may_be_a_number_or_a_text(flag: Value, status: str) -> None:
    assert read("103", book_103(row_103(flag))).columns["status"] == [status]


@pytest.mark.parametrize("on", [20261106, "2026-11-06", date(2026, 11, 6)])
def test_a_day_may_be_a_number_a_text_or_a_date(on: Value) -> None:
    assert read("103", book_103(row_103(on=on))).columns["on"] == ["2026-11-06"]


def test_a_day_kept_as_a_count_of_days_refuses_its_item() -> None:
    assert read("103", book_103(row_103(on=46332))).columns["bad"] == [(0, "on", "I22")]


@pytest.mark.parametrize(("count", "yuan"), [(2, 396.5), (1, 396.4), (1, "3.965E+2"), (None, 396.5), (1, None)])
def test_totals_in_cells_that_are_not_the_lines_refuse_the_workbook(count: Value, yuan: Value) -> None:
    assert refusal("103", book_103(row_103(), count=count, yuan=yuan))[0] == "I15"


def test_an_account_or_order_or_serial_kept_as_a_number_refuses_the_workbook() -> None:
    assert refusal("103", book_103(row_103(account=6299402447587213728)))[0] == "I24"
    assert refusal("103", book_103(row_103(order=1)))[0] == "I24"
    row = row_103()
    row[TITLES.index("交易流水号")] = 20261106000000001
    assert refusal("103", book_103(row))[0] == "I24"


def pack_103(cell: str = "", attributes: str = "") -> bytes:
    texts = [
        "1",
        "示例",
        ACCOUNT,
        cell or number_cell("D5", "396.5"),
        "1",
        "",
        "T1",
        "20261106",
        "511112/civil/DB-1/1/0",
    ]
    head = [write_row(1, ["代发工资及补贴结果清单"]), write_row(3, ["总笔数", "1", "总金额(元)", "396.5"])]
    return pack(write_sheet(*head, write_row(4, TITLES), write_row(5, texts, attributes)))


def test_formulas_and_hidden_rows_refuse_the_workbook() -> None:
    assert read("103", pack_103()).columns["status"] == ["credited"]
    assert refusal("103", pack_103('<c r="D5"><f>1+1</f><v>396.5</v></c>'))[0] == "I19"
    assert refusal("103", pack_103(attributes='hidden="1"'))[0] == "I25"


def test_an_amount_of_which_a_person_saw_less_refuses_its_item() -> None:
    raw = save_workbook(
        [
            ["代发工资及补贴结果清单"],
            [],
            ["总笔数", 1, "总金额(元)", 396.5],
            [*TITLES],
            [1, "示例", ACCOUNT, 396.505, "1", None, "T1", None, "511112/civil/DB-1/1/0"],
        ],
        {"D5": "0.00"},
    )
    assert read("103", raw).columns["bad"] == [(0, "amount_fen", "I20")]


def test_no_refusal_repeats_what_stands_in_the_file() -> None:
    raw = file_402(line_402(account=ACCOUNT, reason="示例姓名"))
    for bad in (raw.replace(b"|396.00|S", b"|S"), raw.replace(b"T|1", b"T|2"), raw.replace(b"|396.00|S", b"|396.01|S")):
        with pytest.raises(InputError) as caught:
            read("402", bad)
        assert not {ACCOUNT, "示例姓名"} & set(str(caught.value).split())
        assert ACCOUNT not in str(caught.value)
