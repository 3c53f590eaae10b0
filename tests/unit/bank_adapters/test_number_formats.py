"""What a person saw of a number; the spreadsheet library's own tables are the other opinion."""

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from bank_adapters.formats.number_formats import Odd, find_builtin, read_format


@pytest.mark.parametrize(
    ("code", "shows"),
    [
        ("General", None),
        ("@", None),
        ("", None),
        ("0", 0),
        ("00000", 0),
        ("0.0", 1),
        ("#,##0.00", 2),
        ("#,##0.00_);[Red](#,##0.00)", 2),
        ('_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', 2),
        ("[$¥-804]#,##0.00", 2),
        ('0.00"元"', 2),
        ("\\¥0.000", 3),
        ("0;0.00", 0),
        ("0%", Odd.DISGUISE),
        ("0.00E+00", Odd.DISGUISE),
        ("# ?/?", Odd.DISGUISE),
        ("0,", Odd.DISGUISE),
        ("0.00,,", Odd.DISGUISE),
        ('0"万"', Odd.DISGUISE),
        ('"1"0.00', Odd.DISGUISE),
        ("-0.00", Odd.DISGUISE),
        ("(0.00)", Odd.DISGUISE),
        ("[>100]0.00;0", Odd.DISGUISE),
        ("[DBNum1]0", Odd.DISGUISE),
        (";;;", Odd.DISGUISE),
        ('"x"', Odd.DISGUISE),
        ("0" * 256, Odd.DISGUISE),
        ("yyyy-mm-dd", Odd.DATE),
        ('yyyy"年"m"月"', Odd.DATE),
        ("[h]:mm", Odd.DATE),
        ("[$-804]yyyy/m/d", Odd.DATE),
    ],
)
def test_a_format_says_how_many_decimals_it_shows(code: str, shows: Odd | int | None) -> None:
    assert read_format(code) == shows


@pytest.mark.parametrize("number", [*BUILTIN_FORMATS, *range(27, 37), *range(50, 59), 163])
def test_built_in_formats_are_what_the_library_knows(number: int) -> None:
    code = BUILTIN_FORMATS.get(number, "" if number == 163 else "yyyy-mm-dd")
    own = read_format(find_builtin(number))
    assert (own is Odd.DATE) == (is_date_format(code) or is_timedelta_format(code))
    if "$" not in code:
        assert own == read_format(code)
