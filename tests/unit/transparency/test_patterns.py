"""The shared patterns: base64 and sizes have one spelling each."""

import re
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.patterns import BASE64, BASE64_32_BYTES, SIZE

ALPHABET = "ABQgwcEz019+/=-_ \n"


def is_canonical(text: str) -> bool:
    """Say whether decoding and encoding give the text back, which is what canonical means."""
    try:
        return b64encode(b64decode(text, validate=True)).decode() == text
    except ValueError:
        return False


@given(st.binary(min_size=1, max_size=80))
def test_what_the_library_encodes_is_matched(raw: bytes) -> None:
    text = b64encode(raw).decode()
    assert re.fullmatch(BASE64, text)
    assert bool(re.fullmatch(BASE64_32_BYTES, text)) == (len(raw) == 32)


@given(st.text(ALPHABET, min_size=1, max_size=12) | st.text(ALPHABET[:-5], min_size=4, max_size=4))
def test_nothing_but_canonical_base64_is_matched(text: str) -> None:
    assert bool(re.fullmatch(BASE64, text)) == is_canonical(text)


@pytest.mark.parametrize("last", range(256))
def test_every_last_byte_is_matched_in_its_one_spelling(last: int) -> None:
    for length in (1, 2, 3):
        text = b64encode(bytes(length - 1) + bytes([last])).decode()
        assert re.fullmatch(BASE64, text)


@given(st.integers(0, 10**18 - 1))
def test_a_size_is_matched_as_python_writes_it_and_in_no_other_way(size: int) -> None:
    assert re.fullmatch(SIZE, str(size))
    for other in (f"0{size}", f"+{size}", f"{size} ", f"{size}\n"):
        assert re.fullmatch(SIZE, other) is None
