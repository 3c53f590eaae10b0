"""Owns number formats of spreadsheets: what a person saw of a number, told from its code (ECMA-376 18.8.30)."""

import re
from collections.abc import Mapping
from enum import Enum
from functools import lru_cache

_AS_IT_IS = frozenset(("general", "@", ""))
_SIGNS = "[¥￥$元 ]*"
# [Red] and [$¥-804] show nothing or a currency; _x and *x are space.
_SILENT = re.compile(
    r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]+|\$[^\]]*)\]|[_*].", re.IGNORECASE
)
_FIXED = re.compile(rf'"{_SIGNS}"|\\{_SIGNS[:-1]}')
_WORDS = re.compile(r'"[^"]*"|\\.|\[(?!h|m|s)[^\]]*\]|[_*].', re.IGNORECASE)
_TIME = re.compile(r"[dmhyse]", re.IGNORECASE)
_EXPONENT = re.compile(r"e[+-]", re.IGNORECASE)
_PLAIN = re.compile(rf"{_SIGNS}[#0?,]*[#0?](?:\.([0#?]*))?{_SIGNS}")
_CODE_CHARACTERS_MAX = 255  # as Excel bounds it
_DATE = "yyyy-mm-dd"
# Built-in formats by number; 27 to 36 and 50 to 58 are dates by the country's custom.
_BUILTIN: Mapping[int, str] = {
    **dict.fromkeys((1, 3, 5, 6, 37, 38, 41, 42), "0"),
    **dict.fromkeys((2, 4, 7, 8, 39, 40, 43, 44), "0.00"),
    **dict.fromkeys((9, 10), "0%"),
    **dict.fromkeys((11, 48), "0.00E+00"),
    **dict.fromkeys((12, 13), "# ?/?"),
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), _DATE),
}


class Odd(Enum):
    """Formats that do not show a number as it is."""

    DATE = "date"
    DISGUISE = "percent, fraction, scientific, thousands or words"


@lru_cache(maxsize=4096)
def read_format(code: str) -> int | Odd | None:
    """Give how many decimals a format shows, None for all of them, or in what way it shows something else.

    Only the first section, for positive numbers, counts: nothing else can be an amount.

    >>> read_format("#,##0.00_);[Red](#,##0.00)"), read_format("General"), read_format("0.00%").name
    (2, None, 'DISGUISE')
    """
    if code.lower() in _AS_IT_IS:
        return None
    if len(code) > _CODE_CHARACTERS_MAX:
        return Odd.DISGUISE
    if _TIME.search(_EXPONENT.sub("", _WORDS.sub("", code).split(";")[0])):
        return Odd.DATE
    match = _PLAIN.fullmatch(_FIXED.sub("", _SILENT.sub("", code)).split(";")[0])
    return Odd.DISGUISE if match is None else len(match[1] or "")


def find_builtin(number: int) -> str:
    """Give the code that says what a built-in format shows.

    >>> find_builtin(10), find_builtin(31)
    ('0%', 'yyyy-mm-dd')
    """
    return _BUILTIN.get(number, "")
