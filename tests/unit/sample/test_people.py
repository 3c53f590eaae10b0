"""People and numbers: nobody real, check digits right, households and cards as in a county."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from consolidator.rules.identity import is_resident_id
from consolidator.sample.numbers import derive_check_character, render_branch, render_card, spoil_check_character
from tests.unit.sample.office import Office


def _is_luhn(number: str) -> bool:
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def test_everybody_registered_has_a_right_id_of_a_county_nobody_has(office: Office) -> None:
    ids = [row["身份证号"] for row in office.table("register_population")]
    assert all(map(is_resident_id, ids))
    assert len(set(ids)) == len(ids)
    old = [value for value in ids if not value.startswith("511199")]
    assert {value[:6] for value in old} == {"841199"}
    assert len(old) <= 4


def test_households_have_one_to_five_members_of_one_village(office: Office) -> None:
    people = office.table("register_population")
    sizes = Counter(row["户号"] for row in people)
    homes = {(row["户号"], row["村代码"]) for row in people}
    assert set(sizes.values()) == {1, 2, 3, 4, 5}
    assert len(homes) == len(sizes)
    assert all(row["村代码"].startswith("511112") and len(row["村代码"]) == 12 for row in people)


def test_people_hold_several_cards_at_several_banks_and_choose_one_of_their_own(office: Office) -> None:
    cards = office.table("census_")
    per_person = Counter(row["持卡人身份证号"] for row in cards)
    assert max(per_person.values()) >= 3
    assert {row["银行代码"] for row in cards} == {"102", "103", "105", "402", "403"}
    assert len({row["保管人"] for row in cards}) == 5
    owned = {(row["持卡人身份证号"], row["银行代码"], row["账号"], row["行号"]) for row in cards}
    chosen = {
        (row["领款人身份证号"], row["银行代码"], row["账号"], row["行号"]) for row in office.table("designations_")
    }
    assert chosen <= owned


def test_no_account_number_comes_twice_and_all_pass_luhn(office: Office) -> None:
    numbers = [row["账号"] for row in office.table("census_")]
    assert len(set(numbers)) == len(numbers)
    assert all(map(_is_luhn, numbers))


def test_a_bank_file_states_only_its_own_cards(office: Office) -> None:
    banks = {row["账号"]: row["银行代码"] for row in office.table("census_")}
    stated = [row.account for row in office.rows if row.source == "bank-402"]
    assert stated
    assert {banks.get(account, "402") for account in stated} == {"402"}


def test_some_names_are_written_with_a_middle_dot(office: Office) -> None:
    assert any("·" in row["姓名"] for row in office.table("register_population"))


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_a_spoilt_check_character_is_never_the_right_one(first: str) -> None:
    right = first + derive_check_character(first)
    spoilt = spoil_check_character(right)
    assert spoilt[:17] == first
    assert spoilt != right


@given(st.sampled_from(["102", "103", "105", "402", "403"]), st.integers(0, 10**11 - 1))
def test_cards_have_nineteen_digits_and_pass_luhn(bank: str, serial: int) -> None:
    card = render_card(bank, serial)
    assert len(card) == 19
    assert _is_luhn(card)


@given(st.sampled_from(["102", "103", "105", "402", "403"]), st.integers(0, 11))
def test_branch_numbers_pass_mod_11_10(bank: str, town: int) -> None:
    branch = render_branch(bank, town)
    product = 10
    for digit in branch[:-1]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    assert len(branch) == 12
    assert (int(branch[-1]) + product) % 10 == 1
