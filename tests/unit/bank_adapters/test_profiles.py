"""Profiles are data: what comes with the program, what a county adds, and what is refused."""

from pathlib import Path

import pytest

from bank_adapters.formats.layouts import InLayout
from bank_adapters.profiles import find_order_profile, load_profile, load_profiles, match_profiles, parse_profile
from bank_adapters.reading import parse_file
from schemas.errors import ConfigurationError

REGISTER = """
name = "own-deaths"
direction = "in"
kind = "register"
register_name = "deaths"
format = "csv"
file_name = '^own_.*$'
encoding = "gb18030"
columns = [["证件号码", "id"], ["死亡日期", "died_on"]]
"""


def test_a_county_adds_its_own_profile(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(REGISTER, encoding="utf-8")
    profile = load_profile(path)
    assert isinstance(profile, InLayout)
    assert match_profiles("own_1.csv", {profile.name: profile}) == [profile]


def test_a_delimited_file_may_have_neither_header_nor_trailer() -> None:
    profile = parse_profile(REGISTER.replace('format = "csv"', 'format = "delimited"\nseparator = "※"'), "own.toml")
    assert isinstance(profile, InLayout)
    cover = "编号,R-1\n登记册,死亡\n更新方式,全量\n截至日期,2026-10-31\n".encode()
    draft = parse_file(profile, "own_1.txt", "511199196112210017※2026-01-01\n".encode("gb18030"), cover)
    assert draft.columns["died_on"] == ["2026-01-01"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "register"', 'kind = "registre"'),
        ('register_name = "deaths"', ""),
        ('kind = "register"', 'kind = "batch"'),
        ("encoding", "encodings"),
        ("columns = [[", "columns = [7, ["),
        ('[["证件号码", "id"], ["死亡日期", "died_on"]]', '"x"'),
        ('name = "own-deaths"', "name ="),
        ("'^own_.*$'", "'^own_(.*$'"),
        ('"died_on"', '"died_at"'),
        ('"died_on"', '"id"'),
        ('"died_on"', '""'),
        ('"deaths"', '"births"'),
    ],
)
def test_a_wrong_profile_is_refused_by_name(old: str, new: str) -> None:
    with pytest.raises(ConfigurationError, match=r"own\.toml"):
        parse_profile(REGISTER.replace(old, new, 1), "own.toml")


def test_an_order_layout_must_say_everything() -> None:
    text = 'name = "o"\ndirection = "out"\nbank = "402"\nfile_name = "x"\nencoding = "utf-8"\nseparator = "|"\n'
    text = text.replace('"x"', '"{file}.txt"')
    right = 'columns = ["account", "name", "amount", "order_id"]\n'
    assert parse_profile(text + right, "o.toml").name == "o"
    for wrong in (
        right.replace(', "order_id"', ""),
        right.replace('"name"', '"nam"'),
        right + 'titles = ["one"]\n',
        right + 'header = ["serial"]\n',
    ):
        with pytest.raises(ConfigurationError):
            parse_profile(text + wrong, "o.toml")
    with pytest.raises(ConfigurationError):
        parse_profile(text.replace("{file}", "{date}") + right, "o.toml")


def test_each_file_name_has_one_profile() -> None:
    names = ["PAY402_20261106_0001.txt", "batch_1.csv", "register_deaths_1.csv", "census_1.csv", "designations_1.csv"]
    found = [[profile.name for profile in match_profiles(name, load_profiles())] for name in names]
    assert found == [["batchpay-402"], ["bureau-batch"], ["register-deaths"], ["census"], ["designations"]]
    assert match_profiles("else.csv", load_profiles()) == []


def test_each_bank_has_its_order_layout() -> None:
    for bank in ("102", "103", "105", "402", "403"):
        profile = find_order_profile(bank, load_profiles())
        assert profile is not None
        assert profile.bank == bank
    assert find_order_profile("999", load_profiles()) is None
