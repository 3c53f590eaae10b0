"""The traps of text files that banks and departments really send."""

import pytest

from bank_adapters.formats import text
from bank_adapters.formats.text import decode, split_lines
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER, ID, bureau_row, pay_text, read_bureau, read_pay

LINE = f"1|魏槐仓|6299402447587213728|{ID}|396.00|农村低保|"


def refusal(raw: bytes, cover: str = COVER) -> InputError:
    with pytest.raises(InputError) as caught:
        read_pay(raw, cover)
    return caught.value


def test_a_file_as_the_bank_writes_it_is_read() -> None:
    draft = read_pay(pay_text(LINE).encode("gb18030"))
    assert draft.fields["totals"] == {"count": 1, "fen": 39600}
    assert draft.columns["beneficiary_name"] == ["魏槐仓"]
    assert draft.columns["amount_fen"] == [39600]
    assert draft.columns["row"] == [2]
    assert draft.columns["bad"] == []


def test_a_cut_lead_byte_that_swallows_the_separator_refuses_the_file_with_its_row() -> None:
    raw = pay_text(LINE).encode("gb18030").replace("仓|".encode("gb18030"), "仓".encode("gb18030")[:1] + b"|")
    error = refusal(raw)
    assert (error.code, error.position) == ("I14", "row 2")


def test_bytes_that_are_no_gb18030_are_refused_with_the_row() -> None:
    header, rest = pay_text(LINE).encode("gb18030").split(b"\r\n", 1)
    error = refusal(header + b"\r\n" + rest.replace(b"396.00|", b"396.00\xff|", 1))
    assert (error.code, error.position) == ("I13", "row 2")


def test_utf8_read_as_gb18030_is_recognised() -> None:
    assert refusal(pay_text(LINE).encode()).code == "I13"


def test_gb18030_read_as_utf8_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        decode("姓名".encode("gb18030"), "utf-8-sig")
    assert (caught.value.code, caught.value.position) == ("I13", "row 1")


def test_mixed_line_ends_are_read() -> None:
    mixed = pay_text(LINE, LINE, count="2", yuan="792.00").replace("\r\n", "\n", 1)
    assert read_pay(mixed.encode("gb18030")).columns["row"] == [2, 3]


def test_a_four_byte_name_and_a_middle_dot_are_kept() -> None:
    names = ["𠀀𠮷", "迪丽·热巴"]
    lines = [f"{number}|{name}|6299402447587213728|{ID}|1.00||" for number, name in enumerate(names, start=1)]
    draft = read_pay(pay_text(*lines, count="2", yuan="2.00").encode("gb18030"))
    assert draft.columns["beneficiary_name"] == names


def test_padding_around_fields_is_dropped_and_inside_names_kept() -> None:
    line = f" 1 |\u3000欧 阳\u3000| 6299402447587213728|{ID} |396.00||"
    draft = read_pay(pay_text(line).encode("gb18030"))
    assert draft.columns["beneficiary_name"] == ["欧 阳"]
    assert draft.columns["beneficiary_id"] == [ID]


def test_a_small_check_character_is_folded() -> None:
    line = "1|示|6299402447587213728|51119919730410001x|396.00||"
    assert read_pay(pay_text(line).encode("gb18030")).columns["beneficiary_id"] == ["51119919730410001X"]


@pytest.mark.parametrize("account", ["1.23E+18", "62994024", "", "6299 4024", "6299402447587213728"])
def test_accounts_are_passed_on_as_they_stand(account: str) -> None:
    line = f"1|示|{account}|{ID}|396.00||"
    assert read_pay(pay_text(line).encode("gb18030")).columns["account"] == [account or None]


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "1.234",
        "-1.00",
        "+1",
        "1,000.00",
        "1e3",
        "NaN",
        "\uff13\uff19\uff16",
        "１２",
        "1_000",
        "01.00",
        ".5",
        "1.",
        "∞",
    ],
)
def test_an_amount_that_cannot_be_read_is_null_and_named(amount: str) -> None:
    draft = read_pay(pay_text(f"1|示|6299402447587213728|{ID}|{amount}||").encode("gb18030"))
    assert draft.columns["amount_fen"] == [None]
    assert draft.columns["bad"] == [(0, "amount_fen", "I20")]


@pytest.mark.parametrize("total", ["3.96E+2", "396.000", "", "-396.00", "３９６"])
def test_totals_in_another_notation_refuse_the_file(total: str) -> None:
    assert refusal(pay_text(LINE, yuan=total).encode("gb18030")).code == "I15"


def test_a_total_with_a_dropped_zero_is_the_same_total() -> None:
    assert read_pay(pay_text(LINE, yuan="396.0").encode("gb18030")).fields["totals"]["fen"] == 39600


@pytest.mark.parametrize("count", ["", "1.0", "一", "²", "00000001", "-1"])
def test_a_count_that_is_no_number_refuses_the_file(count: str) -> None:
    assert refusal(pay_text(LINE, count=count).encode("gb18030")).code == "I15"


def test_a_half_written_file_is_refused_at_every_length() -> None:
    raw = pay_text(LINE, LINE, count="2", yuan="792.00").encode("gb18030")
    codes = {refusal(raw[:length]).code for length in range(len(raw) - 2)}
    assert codes <= {"I13", "I14", "I15", "I16", "I17"}


def test_a_trailer_with_other_totals_is_refused() -> None:
    raw = pay_text(LINE).replace("T|1|396.00", "T|1|396.01").encode("gb18030")
    assert refusal(raw).code == "I16"


def test_a_header_alone_has_no_trailer() -> None:
    assert refusal(b"H|B1|0017|1|396.00|20261106\r\n").code == "I16"


def test_a_frame_line_of_another_kind_is_refused() -> None:
    raw = pay_text(LINE).encode("gb18030")
    assert refusal(b"X" + raw[1:]).code == "I15"
    assert refusal(raw.replace(b"|END", b"|E N D")).code == "I16"


def test_a_file_without_lines_is_refused() -> None:
    assert refusal(pay_text().encode("gb18030")).code == "I17"
    assert refusal(b"").code == "I17"


def test_blank_lines_and_ctrl_z_behind_the_trailer_are_no_lines() -> None:
    assert read_pay(pay_text(LINE).encode("gb18030") + b"\r\n \r\n\x1a").columns["row"] == [2]


def test_a_blank_line_is_a_wrong_number_of_columns() -> None:
    assert refusal(pay_text(LINE, "").encode("gb18030")).code == "I14"


def test_a_huge_row_is_refused_with_its_place() -> None:
    error = refusal(pay_text(LINE, LINE.replace("魏槐仓", "魏" * 1001)).encode("gb18030"))
    assert (error.code, error.position) == ("I14", "row 3")


def test_a_file_above_the_bound_is_refused_before_it_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = pay_text(LINE).encode("gb18030")
    monkeypatch.setattr(text, "FILE_BYTES_MAX", len(raw) - 1)
    with pytest.raises(InputError, match="I02"):
        decode(raw, "gb18030")


def test_too_many_lines_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "ROWS_MAX", 2)
    with pytest.raises(InputError, match="I02"):
        split_lines("a\n" * 5)


def test_control_characters_in_a_name_are_passed_on_for_the_ledger_to_refuse() -> None:
    line = f"1|示\x00例|6299402447587213728|{ID}|396.00||"
    assert read_pay(pay_text(line).encode("gb18030")).columns["beneficiary_name"] == ["示\x00例"]


def test_a_bom_before_the_first_title_is_no_part_of_it() -> None:
    titles = "\ufeff序号,村代码,组,户主姓名,户主身份证号,领款人姓名,领款人身份证号,享受对象姓名,享受对象身份证号,关系,数量,单位,标准(元),金额(元),账号,开户行,行号,编号,备注"  # noqa: E501 -- one line of a file
    assert read_bureau(bureau_row(), titles=titles).columns["amount_fen"] == [39600]


def test_no_refusal_repeats_what_a_person_wrote() -> None:
    person = "魏槐仓"
    for raw in (pay_text(LINE + "|"), pay_text(LINE, yuan=person), pay_text(LINE, count=person)):
        assert person not in str(refusal(raw.encode("gb18030")))
