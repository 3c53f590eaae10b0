"""Cover sheets: what a clerk may get wrong, and what he is told."""

import pytest

from bank_adapters.reading import parse_file
from schemas.errors import InputError
from tests.unit.bank_adapters.samples import (
    COVER,
    COVER_TOTALS,
    ID,
    bureau_row,
    find_in,
    pay_text,
    read_bureau,
    read_pay,
)

LINE = f"1|魏槐仓|6299402447587213728|{ID}|396.00|农村低保|"
PAY = pay_text(LINE).encode("gb18030")


def refusal(cover: str) -> InputError:
    with pytest.raises(InputError) as caught:
        read_pay(PAY, cover)
    return caught.value


def test_a_missing_cover_is_its_own_reason() -> None:
    with pytest.raises(InputError, match="I11"):
        parse_file(find_in("batchpay-402"), "PAY402_20261106_0001.txt", PAY, None)


def test_a_cover_may_have_a_bom_blank_rows_and_wide_brackets() -> None:
    wide = COVER_TOTALS.replace("(", "\uff08").replace(")", "\uff09").replace("录入人", "\n录入人")
    assert read_pay(PAY, "\ufeff" + wide).fields["id"] == "PAY-1"


@pytest.mark.parametrize(
    ("cover", "word"),
    [
        (COVER.replace("编号,PAY-1\n", ""), "编号"),
        (COVER.replace("期间,2026-10", "期间,"), "期间"),
        (f"{COVER}电话,1\n", "unknown"),
        (f"{COVER}登记册,人口\n", "does not belong"),
        (f"{COVER}编号,PAY-2\n", "twice"),
        (f"{COVER}公示开始,2026-10-01\n", "公示"),
        (f"{COVER}一,二,三\n", "key and a value"),
        (f'{COVER}"备注,x\n', "quotation"),
        (COVER + "x" * 70_000, "too large"),
        (f"{COVER}总笔数,2\n总金额(元),396.00\n", "file's own"),
        (f"{COVER}总笔数,x\n总金额(元),396.00\n", "whole number"),
        (f"{COVER}总笔数,1\n", "amount"),
        (f"{COVER}总金额(元),396.00\n", "whole number"),
    ],
)
def test_a_wrong_cover_says_what_is_wrong(cover: str, word: str) -> None:
    error = refusal(cover)
    assert error.code == "I12"
    assert word in error.detail


def test_a_row_of_titles_and_empty_rows_are_passed_over() -> None:
    assert read_pay(PAY, f"键,值\n,\n{COVER}").fields["id"] == "PAY-1"


def test_a_cover_in_another_encoding_is_named_as_the_cover() -> None:
    with pytest.raises(InputError, match=r"I12.*cover"):
        parse_file(find_in("batchpay-402"), "PAY402_20261106_0001.txt", PAY, COVER.encode("gb18030"))


def test_publicity_goes_into_the_header() -> None:
    cover = f"{COVER}公示开始,2026-10-01\n公示结束,2026-10-08\n公示地点,公开栏\n"
    expected = {"from_on": "2026-10-01", "to_on": "2026-10-08", "place": "公开栏"}
    assert read_pay(PAY, cover).fields["publicity"] == expected


def test_a_csv_batch_needs_totals_on_its_cover() -> None:
    assert read_bureau(bureau_row()).fields["totals"] == {"count": 1, "fen": 39600}
    with pytest.raises(InputError, match="I12"):
        read_bureau(bureau_row(), cover=COVER)


def test_totals_that_differ_from_the_lines_are_left_to_the_ledger() -> None:
    raw = pay_text(LINE, count="9", yuan="1.00").encode("gb18030")
    assert read_pay(raw).fields["totals"] == {"count": 9, "fen": 100}
