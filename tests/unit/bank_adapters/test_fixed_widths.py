"""Files of fixed width: bytes are not characters, and no boundary may lie inside one."""

import pytest

from bank_adapters.drafts import Draft
from bank_adapters.reading import parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER, ID, find_in


def line_102(name: str = "魏槐仓", fen: str = "39600", room: int = 60) -> str:
    filled = name + " " * (room - len(name.encode("gb18030")))
    return f"D{1:08}{'6299402447587213728':32}{filled}{ID}{fen:0>16}{' ' * 20}"


def file_102(*lines: str, fen: int = 39600, count: int = 1, end: str = "END") -> bytes:
    head = f"F{'6299000000000000102':32}{'0017':10}BT01{fen:016}{count:08}20261106"
    return "\r\n".join([head, *lines, f"E{fen:016}{count:08}{end}", ""]).encode("gb18030")


def read_102(raw: bytes) -> Draft:
    return parse_file(find_in("batchpay-102"), "PAY102_20261106_0001.dat", raw, COVER.encode())


def read_105(*lines: str) -> Draft:
    head = f"{len(lines):08}{'396.00':0>16}20261106{'6299000000000000105':32}"
    raw = "\n".join([head, *lines, ""]).encode()
    return parse_file(find_in("batchpay-105-fixed"), "DF105_20261106_0001.txt", raw, COVER.encode())


def line_105(name: str, amount: str = "396.00") -> str:
    return f"{name:30}{'6299402447587213728':32}{ID}{amount:0>16}{' ' * 20}"


def refusal(raw: bytes) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_102(raw)
    return caught.value.code, caught.value.position


def test_widths_in_bytes_hold_chinese_names_of_two_and_four_bytes() -> None:
    names = ["魏槐仓", "迪丽·热巴", "𠀀某"]
    draft = read_102(file_102(*map(line_102, names), fen=118800, count=3))
    assert draft.columns["beneficiary_name"] == names
    assert draft.columns["amount_fen"] == [39600] * 3
    assert draft.fields["totals"] == {"count": 3, "fen": 118800}


def test_widths_in_characters_count_a_chinese_character_once() -> None:
    draft = read_105(line_105("魏槐仓"), line_105("𠀀某"))
    assert draft.columns["beneficiary_name"] == ["魏槐仓", "𠀀某"]
    assert draft.columns["account"] == ["6299402447587213728"] * 2


def test_a_name_filled_up_by_characters_where_bytes_count_is_refused_with_its_row() -> None:
    by_characters = line_102(room=63)
    assert refusal(file_102(line_102(), by_characters)) == ("I14", "row 3")


def test_a_boundary_inside_a_character_is_refused_with_its_row() -> None:
    shifted = f"D{1:08}{'6299402447587213728':31}{'甲' * 30} {ID}{39600:016}{' ' * 20}"
    assert len(shifted.encode("gb18030")) == len(line_102().encode("gb18030"))
    assert refusal(file_102(line_102(), shifted)) == ("I14", "row 3")


def test_a_boundary_inside_a_character_of_the_header_is_refused() -> None:
    raw = file_102(line_102())
    assert refusal(raw[:32] + "甲".encode("gb18030") + raw[34:]) == ("I14", "row 1")


def test_a_line_cut_short_is_refused_with_its_row() -> None:
    assert refusal(file_102(line_102(), line_102()[:-1])) == ("I14", "row 3")
    with pytest.raises(InputError, match="I14 row 3"):
        read_105(line_105("甲"), line_105("甲")[:-1])


def test_filling_zeros_belong_to_no_number() -> None:
    assert read_105(line_105("甲", "0.05"), line_105("乙", "0")).columns["amount_fen"] == [5, 0]
    assert read_102(file_102(line_102(fen="0"))).columns["amount_fen"] == [0]


def test_an_amount_filled_up_with_something_else_cannot_be_read() -> None:
    assert read_102(file_102(line_102(fen="-39600"))).columns["bad"] == [(0, "amount_fen", "I20")]


def test_a_line_of_another_record_type_is_refused_with_row_and_column() -> None:
    assert refusal(file_102(line_102(), "X" + line_102()[1:])) == ("I14", "row 3 column 记录类型")


def test_a_file_without_its_end_mark_is_refused() -> None:
    assert refusal(file_102(line_102(), end="EN ")) == ("I16", "row 3")
    assert refusal(file_102(line_102())[:-10])[0] == "I14"


def test_every_truncation_is_refused() -> None:
    raw = file_102(line_102(), line_102(), fen=79200, count=2)
    assert {refusal(raw[:length])[0] for length in range(len(raw) - 2)} <= {"I13", "I14", "I15", "I16", "I17"}


def test_more_lines_than_a_block_are_read_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bank_adapters.formats.fixed.BLOCK_LINES", 2)
    names = ["甲", "乙", "丙", "丁", "戊"]
    assert read_105(*map(line_105, names)).columns["beneficiary_name"] == names
    with pytest.raises(InputError, match="I14 row 5"):
        read_105(*map(line_105, names[:3]), "短")
