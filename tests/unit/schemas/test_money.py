"""Money at the edges: exact, or refused; never nearly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError
from schemas.money import FEN_MAX, parse_fen, parse_yuan, render_yuan

FEN = st.integers(0, FEN_MAX)
# The traps of reading numbers in Python: separators, other scripts' digits, floats' words, signs, padding.
NO_NUMBER = ["", " ", "1_000", "１００", "²", "٣", "NaN", "inf", "1e3", "+1", "-1", "0x10", "1,000", " 1", "1 ", "1\n"]


@given(FEN)
def test_yuan_survives_writing_and_reading(fen: int) -> None:
    assert parse_yuan(render_yuan(fen)) == fen


@given(FEN)
def test_fen_survives_writing_and_reading(fen: int) -> None:
    assert parse_fen(str(fen)) == fen


@given(st.integers(0, 10**10), st.integers(0, 9))
def test_one_decimal_is_tens_of_fen(yuan: int, tenth: int) -> None:
    assert parse_yuan(f"{yuan}.{tenth}") == yuan * 100 + tenth * 10


@pytest.mark.parametrize(
    ("fen", "text"), [(0, "0.00"), (1, "0.01"), (99, "0.99"), (100, "1.00"), (FEN_MAX, "100000000000.00")]
)
def test_yuan_is_written_with_two_decimals(fen: int, text: str) -> None:
    assert render_yuan(fen) == text


@pytest.mark.parametrize("text", [*NO_NUMBER, "01", "00", "1.234", "1.", ".5", "1.２", "1..2", "1.2.3", "9" * 14])
def test_what_is_no_amount_in_yuan_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yuan(text)
    assert caught.value.code == "I20"


@pytest.mark.parametrize("text", [*NO_NUMBER, "01", "1.0", "9" * 15])
def test_what_is_no_amount_in_fen_is_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_fen(text)
    assert caught.value.code == "I20"


def test_the_limit_itself_is_an_amount_and_one_fen_more_is_not() -> None:
    assert parse_yuan("100000000000") == parse_fen("10000000000000") == FEN_MAX
    for parse, text in ((parse_yuan, "100000000000.01"), (parse_fen, "10000000000001")):
        with pytest.raises(InputError, match="above the limit"):
            parse(text)


@given(st.text(max_size=20))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        fen = parse_yuan(text)
    except InputError:
        return
    whole, _, decimals = text.partition(".")
    assert f"{whole}.{decimals:0<2}" == render_yuan(fen)


def test_a_refused_amount_is_not_repeated_in_the_message() -> None:
    with pytest.raises(InputError) as caught:
        parse_yuan("511199194912310021x")
    assert "5111" not in str(caught.value)
