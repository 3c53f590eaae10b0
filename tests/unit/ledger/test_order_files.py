"""Order files within their banks' limits, and branch numbers that policy knows for a whole bank."""

from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.ledger.orders import cut_files
from schemas.orders import parse_order_part
from tests.support.world import HOUR, World, codes_of, make_account, make_id, make_programme

IDS = [make_id(number) for number in range(6)]
NO_LIMIT = 2**53 - 1


def make_world(**limits: object) -> World:
    """Make a county of six people whose bank 402 has limits; amounts up to 100 yuan are fine."""
    world = World()
    world.set_up(standard_kind="ceiling")
    world.set_policy("policy-2", [("bank", "402", {"name": "农商行", **limits})])
    world.settle_people(6)
    return world


def list_files(world: World) -> list[tuple[str, int, int, int]]:
    """Give id, number, count and fen of each order file, in order."""
    files = [file for step in world.steps for file in step.order_files]
    return [(file.file, file.number, file.count, file.fen) for file in files]


def list_lines(world: World) -> list[list[int]]:
    """Give the lines of each part of a list, in order."""
    return [parse_order_part(part.body).line for step in world.steps for part in step.order_parts]


# ---- cutting


@pytest.mark.parametrize(
    ("amounts", "lines_max", "fen_max", "sizes"),
    [
        ([1, 1, 1], 3, 3, [3]),
        ([1, 1, 1], 2, 3, [2, 1]),
        ([1, 1, 1], 3, 2, [2, 1]),
        ([1, 1, 1, 1], 2, 9, [2, 2]),
        ([5, 5, 5], 9, 5, [1, 1, 1]),
        ([5, 4, 1, 5], 9, 10, [3, 1]),
        ([5, 4, 2, 5], 9, 10, [2, 2]),
        ([3], 1, 3, [1]),
        ([1, 1], 1, 9, [1, 1]),
    ],
)
def test_a_list_is_cut_where_the_next_line_would_be_too_much(
    amounts: list[int], lines_max: int, fen_max: int, sizes: list[int]
) -> None:
    assert cut_files(amounts, lines_max, fen_max) == sizes


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 10), st.integers(50, 120))
def test_every_file_is_within_its_limits_and_none_is_cut_too_early(
    amounts: list[int], lines_max: int, fen_max: int
) -> None:
    sizes = cut_files(amounts, lines_max, fen_max)
    assert sum(sizes) == len(amounts)
    ends = list(accumulate(sizes))
    for start, end in zip([0, *ends], ends, strict=False):
        assert 1 <= end - start <= lines_max
        assert sum(amounts[start:end]) <= fen_max
        more = amounts[start : end + 1]
        assert end == len(amounts) or len(more) > lines_max or sum(more) > fen_max


# ---- files


def test_a_bank_that_takes_two_lines_in_a_file_gets_three_files_of_one_release() -> None:
    world = make_world(file_lines_max=2)
    world.send_batch("B-1", IDS[:5])
    assert codes_of(world.release("B-1", [("402", 5, 50_000)])) == [""]
    assert list_files(world) == [
        ("bank-402_B-1_402_001", 1, 2, 20_000),
        ("bank-402_B-1_402_001-2", 2, 2, 20_000),
        ("bank-402_B-1_402_001-3", 3, 1, 10_000),
    ]
    assert list_lines(world) == [[1, 2], [3, 4], [5]]
    fields = [(entry["file"], entry["number"], entry["count"], entry["fen"]) for entry in world.entries("orders")]
    assert fields == list_files(world)
    assert {entry["release"] for entry in world.entries("orders")} == {1}
    assert world.line_states("B-1") == ["ordered"] * 5
    entries = world.entries()
    for file in [file for step in world.steps for file in step.order_files]:
        assert entries[file.entry]["file"] == file.file


def test_files_are_cut_by_fen_too_and_numbers_begin_anew_with_each_bank_and_release() -> None:
    world = make_world(file_fen_max=25_000)
    world.set_policy("policy-3", [("programme", "FARM", make_programme(paying_banks=["402", "103"]))])
    world.take_census(IDS[4:], ["103"] * 2, [make_account(90), make_account(91)])
    world.designate(IDS[4:], ["103"] * 2, [make_account(90), make_account(91)])
    world.now += 7 * 24 * HOUR
    world.send_batch("B-1", IDS)
    world.review("reviewer", "hold", "B-1", [1])
    world.release("B-1", [("103", 2, 20_000), ("402", 3, 30_000)])
    world.clear("B-1", [1])
    world.release("B-1", [("402", 1, 10_000)], 2)
    assert list_files(world) == [
        ("bank-402_B-1_103_001", 1, 2, 20_000),
        ("bank-402_B-1_402_001", 1, 2, 20_000),
        ("bank-402_B-1_402_001-2", 2, 1, 10_000),
        ("bank-402_B-1_402_002", 1, 1, 10_000),
    ]


def test_a_standing_approval_keeps_the_limits() -> None:
    world = make_world(file_lines_max=4)
    world.set_policy("policy-3", [("programme", "FARM", make_programme(review_window_hours=0))])
    world.send_batch("B-1", IDS)
    assert [(number, count) for _, number, count, _ in list_files(world)] == [(1, 4), (2, 2)]


def test_a_file_of_more_than_a_thousand_lines_has_parts_and_the_next_begins_anew() -> None:
    world = make_world(file_lines_max=1_500)
    ids = world.settle_people(2_600)
    world.send_batch("B-1", ids)
    world.release("B-1", [("402", 2_600, 26_000_000)])
    files = [file for step in world.steps for file in step.order_files]
    assert [(file.count, file.parts) for file in files] == [(1_500, 2), (1_100, 2)]
    parts = [
        (part.file, part.index, len(parse_order_part(part.body).line))
        for step in world.steps
        for part in step.order_parts
    ]
    assert parts == [
        ("bank-402_B-1_402_001", 0, 1_000),
        ("bank-402_B-1_402_001", 1, 500),
        ("bank-402_B-1_402_001-2", 0, 1_000),
        ("bank-402_B-1_402_001-2", 1, 100),
    ]
    assert [line for lines in list_lines(world) for line in lines] == list(range(1, 2_601))
    assert [step.lines for step in world.steps if step.order_parts] == [1_000, 500, 1_000, 100]


def test_an_order_file_says_what_it_is_about() -> None:
    world = make_world()
    world.send_batch("B-1", IDS[:1])
    world.release("B-1", [("402", 1, 10_000)])
    (file,) = [file for step in world.steps for file in step.order_files]
    about = file.model_dump(exclude={"entry"})
    assert about == {
        "file": "bank-402_B-1_402_001",
        "county": "511112",
        "source": "bank-402",
        "document": "B-1",
        "programme": "FARM",
        "period": "2026",
        "bank": "402",
        "release": 1,
        "number": 1,
        "summary": "地力补贴",
        "count": 1,
        "fen": 10_000,
        "parts": 1,
        "ordered_at": world.now,
    }
    (entry,) = world.entries("orders")
    assert set(entry) == set(about) - {"county", "summary", "ordered_at"} | {"v", "kind", "at", "sealed"}


# ---- too large for any file


@pytest.mark.parametrize(("fen", "state", "found"), [(8_000, "ready", []), (8_001, "held", ["H04:orange"])])
def test_an_amount_above_what_its_bank_takes_in_a_file_is_held(fen: int, state: str, found: list[str]) -> None:
    world = make_world(file_fen_max=8_000)
    world.send_batch("B-1", IDS[:2], [fen, 1])
    assert world.line_states("B-1") == [state, "ready"]
    assert world.findings("B-1") == [found, []]


def test_an_odd_line_is_told_its_shape_and_not_its_size() -> None:
    world = make_world(file_fen_max=8_000)
    world.send_batch("B-1", ["no id", IDS[1]], [9_000, 9_000])
    assert world.findings("B-1") == [["S01:red"], ["H04:orange"]]


def test_nobody_can_let_go_what_fits_into_no_file() -> None:
    world = make_world(file_fen_max=8_000)
    world.send_batch("B-1", IDS[:1], [9_000])
    assert codes_of(world.clear("B-1", [1])) == ["", "H04"]
    assert world.line_states("B-1") == ["held"]
    world.set_policy("policy-3", [("bank", "402", {"name": "农商行", "file_fen_max": 9_000})])
    assert codes_of(world.clear("B-1", [1])) == [""]
    assert world.line_states("B-1") == ["ready"]


def test_a_limit_that_came_after_the_assessment_holds_the_line_at_release() -> None:
    world = make_world()
    world.send_batch("B-1", IDS[:2], [9_000, 5_000])
    world.set_policy("policy-3", [("bank", "402", {"name": "农商行", "file_fen_max": 8_999})])
    assert codes_of(world.release("B-1", [("402", 2, 14_000)])) == ["", "D17"]
    assert world.entries("change")[-1]["findings"] == ["H04:orange"]


def test_each_line_is_measured_by_the_bank_that_pays_it() -> None:
    world = make_world(file_fen_max=5_000)
    world.set_policy(
        "policy-3", [("programme", "FARM", make_programme(paying_banks=["402", "103"], standard_kind="ceiling"))]
    )
    world.take_census(IDS[:1], ["103"], [make_account(90)])
    world.designate(IDS[:1], ["103"], [make_account(90)])
    world.now += 7 * 24 * HOUR
    world.send_batch("B-1", IDS[:2], [9_000, 9_000])
    assert world.findings("B-1") == [[], ["H04:orange"]]


@pytest.mark.parametrize(("limit", "found"), [(4_999_999_999, ["H04:orange"]), (5_000_000_000, [])])
def test_the_greatest_amount_there_is_fits_where_the_limit_is_as_great(limit: int, found: list[str]) -> None:
    world = make_world(file_fen_max=limit)
    world.set_policy("policy-3", [("programme", "FARM", make_programme(standard_fen=None))])
    world.send_batch("B-1", IDS[:1], [5_000_000_000])
    assert world.findings("B-1") == [found]


# ---- branch numbers


@pytest.fixture
def elsewhere() -> World:
    """A county where person 1 has his account at bank 103, whose branch nobody knows."""
    world = World()
    world.set_up()
    world.take_census(IDS[:1], ["103"], [make_account(90)])
    world.designate(IDS[:1], ["103"], [make_account(90)])
    return world


def set_branch(world: World, branch: str | None) -> None:
    """Set the number that reaches bank 103 as a whole."""
    value: dict[str, Any] = {"name": "农行"} | ({} if branch is None else {"branch": branch})
    world.set_policy(f"policy-{world.state.policy.version + 1}", [("bank", "103", value)])


def test_a_banks_own_number_reaches_an_account_whose_branch_is_not_known(elsewhere: World) -> None:
    set_branch(elsewhere, "103000000009")
    elsewhere.send_batch("B-1", IDS[:1])
    (line,) = elsewhere.entries("line")
    assert (line["state"], line["bank"], line["route"], line["findings"]) == ("ready", "402", "interbank", [])
    elsewhere.release("B-1", [("402", 1, 10_000)])
    (part,) = [parse_order_part(part.body) for step in elsewhere.steps for part in step.order_parts]
    assert (part.bank, part.branch) == (["103"], ["103000000009"])


def test_an_accounts_own_branch_goes_before_its_banks(elsewhere: World) -> None:
    set_branch(elsewhere, "103000000009")
    elsewhere.designate(IDS[:1], ["103"], [make_account(90)], ["103000000001"])
    elsewhere.send_batch("B-1", IDS[:1])
    elsewhere.release("B-1", [("402", 1, 10_000)])
    (part,) = [parse_order_part(part.body) for step in elsewhere.steps for part in step.order_parts]
    assert part.branch == ["103000000001"]


def test_a_line_held_for_its_branch_number_can_be_cleared_once_policy_has_one(elsewhere: World) -> None:
    elsewhere.send_batch("B-1", IDS[:1])
    assert elsewhere.findings("B-1") == [["H02:orange"]]
    assert codes_of(elsewhere.clear("B-1", [1])) == ["", "H02"]
    set_branch(elsewhere, "103000000009")
    assert codes_of(elsewhere.clear("B-1", [1])) == [""]
    (change,) = elsewhere.entries("change")
    assert (change["to"], change["bank"], change["route"]) == ("ready", "402", "interbank")


def test_a_number_that_policy_took_away_again_holds_the_line_at_release(elsewhere: World) -> None:
    set_branch(elsewhere, "103000000009")
    elsewhere.send_batch("B-1", IDS[:1])
    set_branch(elsewhere, None)
    assert codes_of(elsewhere.release("B-1", [("402", 1, 10_000)])) == ["", "D18"]
    assert elsewhere.entries("change")[-1]["findings"] == ["H02:orange"]


def test_an_account_at_a_bank_that_policy_does_not_know_has_no_number(elsewhere: World) -> None:
    elsewhere.take_census(IDS[1:2], ["999"], [make_account(91)])
    elsewhere.designate(IDS[1:2], ["999"], [make_account(91)])
    elsewhere.send_batch("B-1", IDS[1:2])
    assert elsewhere.findings("B-1") == [["H02:orange"]]


def test_the_greatest_limit_is_that_of_a_bank_that_says_none() -> None:
    world = make_world()
    assert (world.state.policy.banks["402"].file_lines_max, world.state.policy.banks["402"].file_fen_max) == (
        200_000,
        NO_LIMIT,
    )
