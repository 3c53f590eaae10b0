"""What a profile may say: each format has its own keys, and what does not fit is refused before any file comes."""

import pytest

from bank_adapters.profiles import parse_profile
from schemas.errors import ConfigurationError

IN = """
name = "own"
direction = "in"
kind = "batch"
file_name = '^own$'
columns = [["甲", "beneficiary_name"], ["乙", "beneficiary_id"], ["丙", "amount_fen"]]
"""
OUT = """
name = "own"
direction = "out"
bank = "402"
file_name = "{file}.txt"
encoding = "utf-8"
columns = ["account", "name", "amount", "order_id"]
"""
FIXED = 'format = "fixed"\nwidths = [4, 18, 8]\n'
FIXED_OUT = 'format = "fixed"\nwidths = [32, 64, 16, 110]\n'


@pytest.mark.parametrize(
    "keys",
    [
        'format = "delimited"\nheader = ["=H", "", "count", "fen"]',
        'format = "csv"\nalso = ["xlsx", "json"]',
        'format = "csv"\npreamble_rows = 2\ntrailer = ["count", "yuan"]',
        FIXED,
        FIXED + 'header = ["count", "yuan"]\nheader_widths = [4, 16]',
        'format = "xlsx"\npreamble_rows = 1\ncells = { B1 = "count", C1 = "yuan" }',
        'format = "json"',
    ],
)
def test_a_format_takes_its_own_keys(keys: str) -> None:
    assert parse_profile(IN + keys, "own.toml").name == "own"


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ('format = "delimited"\nwidths = [1]', "widths"),
        ('format = "delimited"\nalso = ["xlsx"]', "also"),
        ('format = "delimited"\ncells = { B1 = "count" }', "cells"),
        ('format = "fixed"\nseparator = "|"', "separator"),
        ('format = "fixed"\nwidths = [4, 18]', "its width"),
        (FIXED + 'trailer = ["=END"]', "its width"),
        (FIXED.replace("18", "0"), "widths"),
        ('format = "fixed"\nwidths = [400, 400, 400]', "at most 1000"),
        ('format = "xlsx"\nheader = ["=H"]', "header"),
        ('format = "xlsx"\ncells = { B = "count" }', "cells"),
        ('format = "json"\nencoding = "gb18030"', "encoding"),
        ('format = "csv"\nalso = ["json"]\ntrailer = ["=T"]', "one format only"),
        ('format = "csv"\nheader = ["count"]', "control totals"),
        ('format = "csv"\nheader = ["yuan"]', "control totals"),
        ('format = "csv"\nheader = ["count", "yuan", "fen"]', "control totals"),
        ('format = "tape"', "format"),
    ],
)
def test_a_key_of_another_format_is_refused(keys: str, word: str) -> None:
    with pytest.raises(ConfigurationError, match=word):
        parse_profile(IN + keys, "own.toml")


def test_two_columns_of_one_title_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="title stands twice"):
        parse_profile(IN.replace("乙", "甲") + 'format = "csv"', "own.toml")


@pytest.mark.parametrize("keys", ['separator = "|"', FIXED_OUT, FIXED_OUT + "zero_padded = true"])
def test_an_order_layout_is_delimited_or_fixed(keys: str) -> None:
    assert parse_profile(OUT + keys, "own.toml").name == "own"


@pytest.mark.parametrize(
    "keys",
    [
        "",
        FIXED_OUT + 'separator = "|"',
        FIXED_OUT + 'titles = ["一", "二", "三", "四"]',
        FIXED_OUT + 'header = ["count"]',
        'format = "fixed"\nwidths = [1]',
        'separator = "|"\nwidths = [1]',
        'separator = "|"\nzero_padded = true',
        'separator = "|"\nheader = ["=a|b"]',
        'separator = "|"\ntitles = ["一", "二", "三", "四|"]',
        'separator = "|"\npreamble = [""]',
    ],
)
def test_an_order_layout_that_contradicts_itself_is_refused(keys: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_profile(OUT + keys, "own.toml")
