"""The list of reason codes: whole, in both languages, no number twice."""

import re
from pathlib import Path

import pytest

from schemas import codes
from schemas.codes import CODES, CodeText

SOURCE = Path(str(codes.__file__)).read_text(encoding="utf-8")
ROOT = Path(str(codes.__file__)).parents[1]


@pytest.mark.parametrize("code", CODES)
def test_a_code_says_what_it_means_and_what_to_do_next_in_both_languages(code: str) -> None:
    text: CodeText = CODES[code]
    assert re.fullmatch(r"[IDSH][0-9]{2}", code)
    for chinese in (text.zh, text.next_zh):
        assert re.search(r"[\u4e00-\u9fff]", chinese)
    for english in (text.en, text.next_en):
        assert re.search(r"[a-z]", english)
        assert not re.search(r"[\u4e00-\u9fff]", english)


def test_no_number_is_given_twice() -> None:
    written = re.findall(r'^    "([A-Z][0-9]{2})":', SOURCE, flags=re.MULTILINE)
    assert sorted(written) == sorted(set(written)) == sorted(CODES)


def test_no_two_codes_say_the_same() -> None:
    assert len({text.zh for text in CODES.values()}) == len({text.en for text in CODES.values()}) == len(CODES)


@pytest.mark.parametrize("package", ["schemas", "consolidator", "bank_adapters"])
def test_every_code_that_an_input_error_carries_is_in_the_list(package: str) -> None:
    raised = {
        code
        for path in (ROOT / package).rglob("*.py")
        for code in re.findall(r'InputError\(\s*"([A-Z][0-9]{2})"', path.read_text(encoding="utf-8"))
    }
    assert raised <= set(CODES)
