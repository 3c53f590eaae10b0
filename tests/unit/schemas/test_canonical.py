"""Canonical JSON against an independent implementation of RFC 8785."""

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import render_canonical, render_string

SAFE = 2**53 - 1
KEYS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = st.none() | st.booleans() | st.integers(-SAFE, SAFE) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=8
)


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_every_value_we_use_is_written_as_rfc_8785_asks(value: dict[str, Any]) -> None:
    assert render_canonical(value) == rfc8785.dumps(value)


@given(TEXTS)
def test_a_single_string_is_written_as_rfc_8785_asks(text: str) -> None:
    assert render_string(text).encode() == rfc8785.dumps(text)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_what_json_has_no_form_for_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        render_canonical({"amount": number})


def test_the_order_of_making_does_not_reach_the_bytes() -> None:
    assert render_canonical({"b": 1, "a": {"d": 2, "c": 3}}) == render_canonical({"a": {"c": 3, "d": 2}, "b": 1})


def test_half_of_a_surrogate_pair_has_no_bytes() -> None:
    with pytest.raises(UnicodeEncodeError):
        render_canonical({"name": "\ud800"})
