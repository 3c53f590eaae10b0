"""Masking: one rule, and nothing of the rest of a name or number gets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.privacy.masking import mask_account_for_owner, mask_name, mask_numbers


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("王小明", "王*"),
        ("王明", "王*"),
        ("欧阳小明", "欧*"),
        ("迪丽·热巴", "迪*"),
        ("\U00020bb7野小明", "\U00020bb7*"),
        (" 王小明 ", "王*"),
        ("王", "王*"),
        ("", "*"),
        ("  ", "*"),
    ],
)
def test_a_name_keeps_its_first_character_only(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@given(st.text(st.characters(blacklist_characters="*"), max_size=20), st.text(max_size=20))
def test_two_names_that_begin_alike_look_alike(rest: str, other: str) -> None:
    assert mask_name("王" + rest) == mask_name("王" + other) == "王*"


@pytest.mark.parametrize(
    ("account", "masked"),
    [("6222000000001234", "****1234"), ("62220012", "****0012"), ("6222001", "****"), ("1234", "****"), ("", "****")],
)
def test_an_account_shows_its_owner_four_digits_at_most(account: str, masked: str) -> None:
    assert mask_account_for_owner(account) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("账户6222000000001234已销户", "账户****已销户"),
        ("6222 0000 0000 1234", "****"),
        ("证件51119919600101000X不符", "证件****不符"),
        ("代码 4012,第 1234567 笔", "代码 4012,第 1234567 笔"),
        ("", ""),
    ],
)
def test_numbers_as_long_as_an_account_are_hidden_in_words(text: str, masked: str) -> None:
    assert mask_numbers(text) == masked
