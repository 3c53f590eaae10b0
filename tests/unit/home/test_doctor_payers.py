"""What the doctor says of a county's own profiles, of who pays the banks, and of the settings that policy gave."""

import shutil
from dataclasses import replace
from pathlib import Path

from msgspec import structs

import bank_adapters.profiles
from consolidator.bootstrap import load_view, open_home
from consolidator.home.doctor.examining import examine
from consolidator.home.doctor.trust import check_payers

NOW = 1_798_761_600  # 2027-01-01, after the sample's month
FIXTURES = Path(__file__).parents[2] / "fixtures" / "bank_files"
PROFILES = Path(bank_adapters.profiles.__file__).parent


def list_payers(root: Path) -> list[tuple[str, str]]:
    """Give level and text of what is said of payers."""
    return [(finding.level, finding.en) for finding in examine(root, NOW).findings if finding.check == "payers"]


def test_banks_whose_order_files_state_a_made_up_payer_are_noted_until_the_county_writes_its_own(home: Path) -> None:
    assert [level for level, _ in list_payers(home)] == ["note", "note"]
    (home / "profiles").mkdir()
    for bank in ("103", "105"):
        text = (PROFILES / f"orders-{bank}.toml").read_text(encoding="utf-8").replace("sample_payer = true\n", "")
        (home / "profiles" / f"own-{bank}.toml").write_text(text.replace(f"orders-{bank}", f"own-{bank}"))
    assert [level for level, _ in list_payers(home)] == ["ok"]


def test_where_the_money_is_real_a_made_up_payer_is_an_error(ran: Path) -> None:
    office = open_home(ran)
    real = replace(office, settings=office.settings.model_copy(update={"origin": "finance.example/511112"}))
    assert {each.level for each in check_payers(real, load_view(office).state)} == {"error"}


def test_a_paying_bank_without_any_layout_is_an_error(ran: Path) -> None:
    office = open_home(ran)
    state = load_view(office).state
    state.policy.programmes["X"] = structs.replace(state.policy.programmes["FARM-LAND"], paying_banks=["999"])
    assert ("error", "999") in {(each.level, each.en[12:15]) for each in check_payers(office, state)}


def test_a_county_s_own_profiles_count(home: Path) -> None:
    (home / "profiles").mkdir()
    shutil.copy(FIXTURES / "batchpay-777.toml", home / "profiles")
    settings = home / "consolidator.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('"batchpay-402"', '"batchpay-777"'))
    assert {each.level for each in examine(home, NOW).findings if each.check != "payers"} == {"ok"}


def test_what_policy_set_is_told_beside_what_the_program_has(ran: Path) -> None:
    told = {each.key: (each.value, each.source) for each in examine(ran, NOW).settings}
    assert told["setting.cooling_off_hours"] == ("72", "policy")
    assert told["rule.R11"] == ("orange, persons_max = 3", "default")
