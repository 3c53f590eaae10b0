"""Adding a bank touches its two profiles and nothing else: here a sixth bank joins as a county would add it."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from bank_adapters.formats.orders import parse_order_file, render_order_file
from bank_adapters.profiles import (
    find_order_profile,
    find_results_profile,
    load_own_profiles,
    load_profiles,
    match_profiles,
)
from bank_adapters.reading import parse_file
from bank_adapters.simulator.answers import Answer, render_results
from consolidator.bootstrap import Office, make_desk, open_gate
from consolidator.home.paths import Home
from consolidator.keys import make_signer, write_signer
from consolidator.settings import Adapter, Settings
from schemas.errors import ConfigurationError
from tests.unit.bank_adapters.samples import COVER, make_order_file, make_orders

if TYPE_CHECKING:
    from streams.embedded.journal import SqliteJournal

FIXTURES = Path(__file__).parents[2] / "fixtures" / "bank_files"
NO_JOURNAL = cast("SqliteJournal", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A county's own profiles."""
    target = tmp_path / "profiles"
    target.mkdir()
    for path in FIXTURES.glob("*.toml"):
        shutil.copy(path, target)
    return target


def test_a_sixth_banks_file_becomes_a_draft(folder: Path) -> None:
    path = FIXTURES / "DF777_20261106.txt"
    (profile,) = match_profiles(path.name, load_own_profiles(folder))
    draft = parse_file(profile, path.name, path.read_bytes(), COVER.encode())
    assert draft.fields["totals"] == {"count": 2, "fen": 39601}
    assert draft.columns["beneficiary_name"] == ["魏槐仓", "迪丽·热巴"]
    assert draft.columns["account"] == ["6299402447587213728", "0062994024475872"]
    assert draft.columns["amount_fen"] == [39600, 1]
    assert draft.columns["row"] == [3, 4]


def test_a_sixth_banks_order_file_is_written_and_read_back(folder: Path) -> None:
    layout = find_order_profile("777", load_own_profiles(folder))
    assert layout is not None
    rendered = render_order_file(layout, make_order_file(2, 2468), [make_orders(["魏槐仓", "甲"])])
    assert rendered.name == "DF777_bank-402_PAY-1_402_001.txt"
    lines = rendered.content.decode("gbk").split("\r\n")
    assert lines[:3] == ["代发", "V2", "6299000000000000777 00000200000000002468"]
    assert lines[3].startswith("000001魏槐仓" + " " * 34 + "6299402400000000000")
    assert [row.name for row in parse_order_file(layout, rendered.content)] == ["魏槐仓", "甲"]


def test_a_sixth_banks_answer_becomes_a_draft_and_a_simulated_one_writes_such(folder: Path) -> None:
    path = FIXTURES / "HP777_bank-777_DF-1_777_001.txt"
    (profile,) = match_profiles(path.name, load_own_profiles(folder))
    assert find_results_profile("777", load_own_profiles(folder)) == profile
    draft = parse_file(profile, path.name, path.read_bytes(), None)
    assert draft.columns["status"] == ["credited", "failed"]
    assert draft.columns["why"] == [None, "account_state"]
    assert draft.columns["on"] == ["2026-11-06", None]
    assert "account" not in draft.columns
    answers = [
        Answer("511112/bank-777/DF-1/1/0", "", "", 39600, "credited", "", "", "", "2026-11-06"),
        Answer("511112/bank-777/DF-1/2/0", "", "", 1, "failed", "account_state", "账户已销户", "", ""),
    ]
    assert render_results(profile, answers) == path.read_bytes()


def test_a_home_takes_its_own_profiles_for_files_and_orders(folder: Path) -> None:
    home = Home(folder.parent)
    home.keys.mkdir()
    write_signer(home.keys / "bank-777.key", make_signer("bank-777"))
    adapter = Adapter(source="bank-777", key="keys/bank-777.key", profiles=["batchpay-777"])
    office = Office(home, Settings(county="511112", origin="example.cn/511112", adapter=[adapter]))
    (reader,) = make_desk(office, NO_JOURNAL).readers
    assert [*reader.profiles] == ["batchpay-777"]
    with open_gate(office, NO_JOURNAL) as gate:
        assert find_order_profile("777", gate.profiles) is not None


def test_a_home_without_profiles_has_the_programs(tmp_path: Path) -> None:
    assert load_own_profiles(tmp_path / "profiles") == load_profiles()


def test_a_countys_own_order_layout_goes_before_the_programs(folder: Path) -> None:
    text = (FIXTURES / "orders-777.toml").read_text(encoding="utf-8").replace('bank = "777"', 'bank = "402"')
    (folder / "orders-777.toml").write_text(text, encoding="utf-8")
    found = find_order_profile("402", load_own_profiles(folder))
    assert found is not None
    assert found.name == "orders-777"


@pytest.mark.parametrize("name", ["batchpay-777", "batchpay-402"])
def test_a_name_that_stands_twice_is_refused(folder: Path, name: str) -> None:
    text = (FIXTURES / "batchpay-777.toml").read_text(encoding="utf-8").replace("batchpay-777", name)
    (folder / "other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=name):
        load_own_profiles(folder)


def test_two_own_order_layouts_for_a_bank_are_refused(folder: Path) -> None:
    text = (FIXTURES / "orders-777.toml").read_text(encoding="utf-8").replace("orders-777", "orders-777-b")
    (folder / "other.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="777"):
        load_own_profiles(folder)


def test_a_profile_that_is_no_text_is_refused_by_name(folder: Path) -> None:
    (folder / "other.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"other\.toml"):
        load_own_profiles(folder)
