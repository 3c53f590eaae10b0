"""What each profile reads and writes, byte for byte.

``python -m tests.golden.bank_files.regenerate`` writes it anew.
"""

from pathlib import Path

import pytest

from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.profiles import load_profiles, match_profiles
from bank_adapters.reading import parse_file
from tests.golden.bank_files.inputs import PEOPLE, make_inputs
from tests.golden.bank_files.regenerate import DRAFT, FOLDER, INPUTS, list_inputs, render_draft, render_orders
from tests.unit.bank_adapters.samples import find_cover, find_in

IN = [name for name, profile in load_profiles().items() if isinstance(profile, InLayout)]
OUT = [name for name, profile in load_profiles().items() if isinstance(profile, OrderLayout)]
FILES = [path for name in IN for path in list_inputs(name)]


def name_file(path: Path) -> str:
    return path.relative_to(INPUTS).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_a_file_says_what_was_recorded(path: Path) -> None:
    profile = find_in(path.parent.name)
    assert render_draft(profile, path) == path.with_name(path.name + DRAFT).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=name_file)
def test_a_recorded_file_is_found_by_its_own_profile_alone(path: Path) -> None:
    assert [profile.name for profile in match_profiles(path.name, load_profiles())] == [path.parent.name]


@pytest.mark.parametrize("path", [path for path in FILES if find_in(path.parent.name).kind == "batch"], ids=name_file)
def test_however_a_bank_writes_a_list_it_is_the_same_list(path: Path) -> None:
    profile = find_in(path.parent.name)
    columns = parse_file(profile, path.name, path.read_bytes(), find_cover(profile)).columns
    fields = ("beneficiary_name", "beneficiary_id", "account", "amount_fen")
    assert [*zip(*(columns[field] or () for field in fields), strict=True)] == PEOPLE


@pytest.mark.parametrize("path", [path for path in FILES if find_in(path.parent.name).kind == "results"], ids=name_file)
def test_however_a_bank_writes_its_answers_they_are_about_the_same_orders(path: Path) -> None:
    profile = find_in(path.parent.name)
    columns = parse_file(profile, path.name, path.read_bytes(), None).columns
    orders = [f"511112/civil/DB-202610-001/{line}/0" for line in (1, 2, 3)]
    assert columns["order"] == orders
    assert columns["amount_fen"] == [fen for *_, fen in PEOPLE]
    assert (columns["status"] or ())[:2] == ["credited", "failed"]
    assert columns["bad"] == []


@pytest.mark.parametrize("name", OUT)
def test_the_bytes_of_each_bank_are_the_recorded_ones(name: str) -> None:
    assert render_orders(load_profiles()[name]) == (FOLDER / f"{name}.golden").read_bytes()


def test_every_profile_and_format_has_its_file() -> None:
    assert sorted(make_inputs()) == sorted(map(name_file, FILES))
    assert {path.parent.name for path in FILES} == set(IN)


def test_the_five_banks_are_really_different() -> None:
    banks = [find_in(name) for name in IN if name.startswith("batchpay")]
    assert {profile.format for profile in banks} == {"delimited", "csv", "fixed", "xlsx"}
    assert {profile.encoding for profile in banks} == {"gb18030", "utf-8", "utf-8-sig"}
    assert {profile.separator for profile in banks} == {"|", ",", "※"}
    assert {profile.width_unit for profile in banks if profile.format == "fixed"} == {"bytes", "characters"}
    assert {profile.amount_unit for profile in banks} == {"yuan", "fen"}


def test_the_five_banks_answer_in_really_different_ways() -> None:
    banks = [find_in(name) for name in IN if find_in(name).kind == "results"]
    assert {profile.format for profile in banks} == {"delimited", "csv", "fixed", "xlsx"}
    assert {profile.encoding for profile in banks} == {"gb18030", "gbk", "utf-8", "utf-8-sig"}
    assert {profile.amount_unit for profile in banks} == {"yuan", "fen"}
    zero = {profile.outcomes["0"][0] for profile in banks if "0" in profile.outcomes}
    assert zero == {"credited", "failed"}
    assert {"account" in dict(profile.columns).values() for profile in banks} == {True, False}
