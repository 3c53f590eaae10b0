"""truth.json against a naive look at the files: everything planted is there, and nothing else is wrong."""

from functools import cache
from typing import Any

import pytest

from consolidator.sample.casting import build_county
from consolidator.sample.writing import render_truth
from tests.unit.sample.naive import find_all
from tests.unit.sample.office import Office

BY_HAND = {"H01", "H03"}  # not in the files: a later change of account, a person's hold
INFORMING = {"R08", "R09"}
CASES = (
    *(
        {"R01", "R03"},
        {"R02"},
        {"R03"},
        {"R04"},
        {"R05"},
        {"R07"},
        {"R11"},
        {"R12"},
        {"R13"},
        {"R16"},
        {"R21"},
        {"R22"},
    ),
    *({"R19"}, {"R33"}, {"R35"}, {"R36"}, {"R38"}, {"R40"}, {"R42"}, {"R46"}, {"R54"}, {"H01"}, {"H03"}),
)
WHOLE_BATCH = {"R41", "R55"}  # over its plan, and a village's list jumped
FAMILY = ({"R08", "R18"}, {"R09", "R18"})
LOOK_ALIKES = ("监护人", "有委托", "死亡前", "生僻字", "旧地区码", "旧卡")


@cache
def _tell_truth(lines: int) -> dict[str, Any]:
    return render_truth(build_county(lines, 77))


def test_a_naive_look_at_the_files_finds_what_is_planted_and_nothing_else(office: Office) -> None:
    planted = {(p["source"], p["document"], p["line"]): set(p["codes"]) for p in office.truth["planted"]}
    expected = {place: codes - BY_HAND - INFORMING for place, codes in planted.items() if codes - BY_HAND}
    found = find_all(office)
    assert found.keys() == expected.keys()
    assert all(expected[place] <= found[place] for place in expected)


@pytest.mark.parametrize("lines", [500, 2000, 60_000])
def test_every_case_and_every_look_alike_is_there_more_than_once(lines: int) -> None:
    truth = _tell_truth(lines)
    kinds = [set(planted["codes"]) for planted in truth["planted"]]
    assert all(kinds.count(case) >= 2 for case in CASES if not case & BY_HAND)
    assert all(kinds.count(case) >= 1 for case in CASES)
    assert kinds.count(WHOLE_BATCH) == 1
    assert kinds.count(FAMILY[0]) >= 6
    assert kinds.count(FAMILY[1]) >= 12
    words = [look_alike["what"] for look_alike in truth["look_alikes"]]
    assert all(sum(word.startswith(("原账户是" + start, start)) for word in words) >= 2 for start in LOOK_ALIKES)


def test_about_one_line_in_a_hundred_is_planted_in_a_large_sample() -> None:
    assert 600 <= len(_tell_truth(60_000)["planted"]) <= 1000


def test_a_large_sample_repeats_an_entitlement_in_one_part_across_parts_and_across_batches() -> None:
    whats = {planted["what"] for planted in _tell_truth(60_000)["planted"] if planted["codes"] == ["R16"]}
    assert len(whats) == 3


def test_the_family_of_three_comes_in_every_order_of_its_lines(office: Office) -> None:
    homes = {row["身份证号"]: row["户号"] for row in office.table("register_population")}
    officials = {row["身份证号"] for row in office.table("register_officials")}
    posts = {row["身份证号"]: row["关系"] for row in office.table("register_relatives")}
    in_family = {(p["source"], p["document"], p["line"]) for p in office.truth["planted"] if "R18" in p["codes"]}
    orders: dict[tuple[str, str], list[str]] = {}
    for row in office.rows:
        if row.place in in_family:
            role = "本人" if row.beneficiary_id in officials else posts[row.beneficiary_id]
            orders.setdefault((row.document, homes[row.beneficiary_id]), []).append(role)
    assert len({tuple(order) for order in orders.values() if len(order) == 3}) == 6


def test_look_alikes_are_not_planted(office: Office) -> None:
    planted = {(p["source"], p["document"], p["line"]) for p in office.truth["planted"]}
    innocent = {(p["source"], p["document"], p["line"]) for p in office.truth["look_alikes"]}
    assert not planted & innocent


def test_the_rare_name_has_four_bytes_in_gb18030(office: Office) -> None:
    names = [row["姓名"] for row in office.table("register_population")]
    rare = [sign for name in names for sign in name if ord(sign) > 0xFFFF]
    assert len(rare) >= 2
    assert {len(sign.encode("gb18030")) for sign in rare} == {4}


def test_truth_counts_people_cards_and_designations_as_the_files_hold_them(office: Office) -> None:
    first_choices = {row["领款人身份证号"] for row in office.table("designations_")}
    assert office.truth["people"] == len(office.table("register_population"))
    assert office.truth["cards"] == len(office.table("census_"))
    assert office.truth["designated"] == len(first_choices)
