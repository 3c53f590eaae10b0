"""What stands around the lines: preamble, header with totals in any order and unit, trailer with its end mark."""

import pytest

from bank_adapters.drafts import Draft
from bank_adapters.reading import parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import COVER, ID, find_in

LINE_105 = f"6299※0017※BT01※魏槐仓※6299402447587213728※示例行※402665500015※{ID}※396.00※"


def file_105(*lines: str, end: str = "#END#※1") -> str:
    return "\n".join(["惠农补贴批量代发", "请勿修改", "B1※1※396.00※20261106", *lines, end, ""])


def read_105(text: str) -> Draft:
    return parse_file(find_in("batchpay-105"), "PAY105_20261106_0001.txt", text.encode(), COVER.encode())


def read_403(*lines: str) -> Draft:
    raw = "\r\n".join([*lines, ""]).encode("utf-8-sig")
    return parse_file(find_in("batchpay-403-csv"), "PAY403_20261106_0001.csv", raw, COVER.encode())


HEAD_403 = ("00,396.00,1,0017", "序号,卡号,姓名,身份证号码,实发金额,用途")
LINE_403 = f"1,6299402447587213728,魏槐仓,{ID},396.00,"


def refusal(text: str) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_105(text)
    return caught.value.code, caught.value.position


def test_a_text_preamble_is_passed_over_and_the_payer_stands_first() -> None:
    draft = read_105(file_105(LINE_105))
    assert draft.fields["totals"] == {"count": 1, "fen": 39600}
    assert draft.columns["account"] == ["6299402447587213728"]
    assert draft.columns["row"] == [4]


def test_a_file_of_preamble_only_is_refused() -> None:
    assert refusal("惠农\n请勿\n")[0] == "I15"


def test_the_end_mark_must_stand() -> None:
    assert refusal(file_105(LINE_105, end="#EN#※1")) == ("I16", "row 5")
    assert refusal(file_105(LINE_105, end="#END#※2"))[0] == "I16"
    assert refusal(file_105()) == ("I17", "")


def test_sum_before_count_is_read_by_name() -> None:
    draft = read_403(*HEAD_403, LINE_403, "99,1,396.00")
    assert draft.fields["totals"] == {"count": 1, "fen": 39600}
    assert draft.columns["row"] == [3]


def test_a_csv_with_header_and_trailer_is_refused_row_by_row() -> None:
    with pytest.raises(InputError, match="I16 row 4"):
        read_403(*HEAD_403, LINE_403, "99,2,396.00,")
    with pytest.raises(InputError, match="I15 row 2"):
        read_403(HEAD_403[0], HEAD_403[1].replace("用途", "用"), LINE_403, "99,1,396.00")
    with pytest.raises(InputError, match="I14 row 1"):
        read_403('00,"396.00,1,0017', *HEAD_403[1:], LINE_403, "99,1,396.00")
    with pytest.raises(InputError, match="I16"):
        read_403(HEAD_403[0])


def test_an_unusual_separator_in_a_name_shifts_the_columns_and_is_seen() -> None:
    assert refusal(file_105(LINE_105.replace("魏槐仓", "魏※仓"))) == ("I14", "row 4")


def test_a_total_in_fen_must_be_whole() -> None:
    raw = f"01;396.00;1;\n02;62994024;甲;{ID};39600\n99;1;396.00;EOF\n"
    profile = find_in("batchpay-402").model_copy(
        update={
            "separator": ";",
            "header": ["=01", "fen", "count", ""],
            "trailer": ["=99", "count", "fen", "=EOF"],
            "columns": [
                ("类型", "=02"),
                ("卡号", "account"),
                ("姓名", "beneficiary_name"),
                ("证件号", "beneficiary_id"),
                ("金额", "amount_fen"),
            ],
            "amount_unit": "fen",
        }
    )
    with pytest.raises(InputError, match=r"I15.*fen"):
        parse_file(profile, "x.txt", raw.encode("gb18030"), COVER.encode())
    draft = parse_file(profile, "x.txt", raw.replace("396.00", "39600").encode("gb18030"), COVER.encode())
    assert draft.fields["totals"] == {"count": 1, "fen": 39600}


def test_no_refusal_shows_the_payers_account() -> None:
    account = "6299000000000000105"
    profile = find_in("batchpay-105")
    columns = [(title, f"={account}" if title == "付款账号" else field) for title, field in profile.columns]
    for update in ({"columns": columns}, {"header": [f"={account}", "count", "yuan", ""]}):
        with pytest.raises(InputError, match="expected a fixed number") as caught:
            parse_file(profile.model_copy(update=update), "x.txt", file_105(LINE_105).encode(), COVER.encode())
        assert account not in str(caught.value)
