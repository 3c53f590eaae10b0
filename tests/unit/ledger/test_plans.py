"""R41 and R55 as a county lives them: plans that inform, refuse a release and stop a standing approval; rosters."""

from typing import Any

import pytest

from tests.support.world import VILLAGE, World, codes_of, make_account, make_id, make_programme

IDS = [make_id(number) for number in range(4)]
ALL = [("402", 3, 30_000)]
TOWN = "511112001002"


def make_world(plan_fen: int | None = None, **programme: object) -> World:
    """Make a county of four people with a plan PLAN-1, unless told that there is none."""
    world = World()
    world.set_up(**programme)
    if plan_fen is not None:
        world.set_policy("policy-2", [("plan", "PLAN-1", {"programme": "FARM", "fen": plan_fen})])
    world.settle_people(4)
    return world


def assessed(world: World, name: str = "B-1") -> dict[str, Any]:
    """Give a batch's entry as assessed."""
    return next(entry for entry in world.entries("batch") if entry["document"] == name)


# ---- R41


def test_a_batch_within_its_plan_says_nothing_of_it() -> None:
    world = make_world(30_000)
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert not {"findings", "plan_fen", "used_fen", "jumps"} & set(entry)
    assert "R41" not in entry["not_checked"]
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_a_batch_over_its_plan_informs_and_its_release_is_refused() -> None:
    world = make_world(29_999)
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert (entry["findings"], entry["plan_fen"], entry["used_fen"]) == (["R41:yellow"], 29_999, 30_000)
    assert world.line_states("B-1") == ["ready"] * 3
    assert codes_of(world.release("B-1", ALL)) == ["", "D21"]
    (release,) = world.entries("release")
    assert (release["outcome"], release["code"], release["banks"]) == ("refused", "D21", [["402", 3, 30_000]])
    assert world.line_states("B-1") == ["ready"] * 3
    world.set_policy("policy-3", [("plan", "PLAN-1", {"programme": "FARM", "fen": 30_000})])
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_fewer_ready_lines_fit_the_plan_again() -> None:
    world = make_world(20_000)
    world.send_batch("B-1", IDS[:3])
    world.review("reviewer", "hold", "B-1", [3])
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == [""]


def test_what_is_paid_of_a_plan_counts_for_the_next_batch() -> None:
    world = make_world(40_000)
    world.send_batch("B-1", IDS[:3])
    world.release("B-1", ALL)
    world.send_batch("B-2", IDS[:2], fields={"period": "2025"})
    entry = assessed(world, "B-2")
    assert (entry["findings"], entry["used_fen"]) == (["R41:yellow"], 50_000)
    assert codes_of(world.release("B-2", [("402", 2, 20_000)])) == ["", "D21"]
    assert world.state.plan_use == {"FARM|PLAN-1": [50_000, 30_000]}


@pytest.mark.parametrize(("action", "use"), [("hold", [30_000, 0]), ("stop", [20_000, 0])])
def test_a_held_line_still_uses_its_plan_and_a_stopped_one_does_not(action: str, use: list[int]) -> None:
    world = make_world(40_000)
    world.send_batch("B-1", IDS[:3])
    world.review("reviewer", "hold", "B-1", [1])
    if action == "stop":
        world.review("reviewer", "stop", "B-1", [1])
    assert world.state.plan_use == {"FARM|PLAN-1": use}


def test_a_refused_line_uses_nothing_of_a_plan() -> None:
    world = make_world(40_000)
    world.send_batch("B-1", [*IDS[:2], make_id(900)], [10_000, 10_001, 10_000])
    assert world.state.plan_use == {"FARM|PLAN-1": [10_000, 0]}


def test_a_release_with_another_number_or_nothing_ready_is_refused_for_that_first() -> None:
    world = make_world(1)
    world.send_batch("B-1", IDS[:3])
    assert codes_of(world.release("B-1", ALL, 2)) == ["", "D19"]
    world.review("reviewer", "hold", "B-1", [1, 2, 3])
    assert codes_of(world.release("B-1", ALL)) == ["", "D18"]


def test_a_release_over_its_plan_is_refused_for_that_before_its_figures() -> None:
    world = make_world(1)
    world.send_batch("B-1", IDS[:3])
    assert codes_of(world.release("B-1", [("402", 1, 1)])) == ["", "D21"]


def test_a_plan_of_another_programme_allows_nothing() -> None:
    world = make_world()
    plan = ("plan", "PLAN-1", {"programme": "HOME", "fen": 90_000})
    world.set_policy("policy-2", [("programme", "HOME", make_programme()), plan])
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert (entry["findings"], entry["plan_fen"], entry["used_fen"]) == (["R41:yellow"], 0, 30_000)
    assert codes_of(world.release("B-1", ALL)) == ["", "D21"]
    assert world.line_states("B-1") == ["ready"] * 3


def test_what_another_programme_did_under_a_plans_number_is_not_counted() -> None:
    world = make_world(30_000)
    world.set_policy("policy-3", [("programme", "HOME", make_programme())])
    world.send_batch("B-1", IDS[:3], fields={"programme": "HOME"})
    world.send_batch("B-2", IDS[:3])
    assert world.state.plan_use == {"HOME|PLAN-1": [30_000, 0], "FARM|PLAN-1": [30_000, 0]}
    assert "findings" not in assessed(world, "B-2")
    assert codes_of(world.release("B-2", ALL)) == [""]


def test_spaces_around_a_plans_number_do_not_lead_past_the_plan() -> None:
    world = make_world(29_999)
    world.send_batch("B-1", IDS[:3], fields={"plan_number": " PLAN-1\u3000"})
    assert assessed(world)["findings"] == ["R41:yellow"]
    assert world.state.plan_use == {"FARM|PLAN-1": [30_000, 0]}
    assert codes_of(world.release("B-1", ALL)) == ["", "D21"]


def test_without_a_plan_the_batch_says_that_nothing_was_compared() -> None:
    world = make_world()
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert entry["not_checked"] == ["R05", "R08", "R09", "R41"]
    assert "findings" not in entry
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_a_county_that_requires_plans_pays_nothing_without_one() -> None:
    world = make_world()
    world.set_policy("policy-2", [("rule", "R41", {"required": True})])
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert (entry["findings"], entry["plan_fen"], entry["used_fen"]) == (["R41:yellow"], 0, 30_000)
    assert "R41" in entry["not_checked"]
    assert codes_of(world.release("B-1", ALL)) == ["", "D21"]


def test_a_county_that_switched_plans_off_misses_none_that_it_does_not_know() -> None:
    world = make_world()
    world.set_policy("policy-2", [("rule", "R41", {"enabled": False})])
    world.send_batch("B-1", IDS[:3])
    assert assessed(world)["not_checked"] == ["R05", "R08", "R09"]


def test_a_county_that_switched_plans_off_looks_at_none() -> None:
    world = make_world(1)
    world.set_policy("policy-3", [("rule", "R41", {"enabled": False})])
    world.send_batch("B-1", IDS[:3])
    entry = assessed(world)
    assert "findings" not in entry
    assert "R41" not in entry["not_checked"]
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_a_county_sets_the_level_of_a_clue_on_a_batch() -> None:
    world = make_world(1)
    world.set_policy("policy-3", [("rule", "R41", {"level": "orange"})])
    world.send_batch("B-1", IDS[:3])
    assert assessed(world)["findings"] == ["R41:orange"]
    assert world.line_states("B-1") == ["ready"] * 3


def test_a_standing_approval_ends_at_the_plan() -> None:
    world = make_world(30_000, review_window_hours=0)
    world.send_batch("B-1", IDS[:3])
    assert world.line_states("B-1") == ["ordered"] * 3
    world.send_batch("B-2", IDS[:1], fields={"period": "2025"})
    assert world.line_states("B-2") == ["ready"]
    assert (assessed(world, "B-2")["findings"], world.batch("B-2").state) == (["R41:yellow"], "assessed")
    assert len(world.entries("orders")) == 1
    world.set_policy("policy-3", [("plan", "PLAN-1", {"programme": "FARM", "fen": 40_000})])
    assert codes_of(world.release("B-2", [("402", 1, 10_000)])) == [""]


def test_a_withdrawn_plan_refuses_nothing_unless_it_is_required() -> None:
    world = make_world(1)
    world.send_batch("B-1", IDS[:3])
    world.set_policy("policy-3", [("plan", "PLAN-1", None)])
    assert codes_of(world.release("B-1", ALL)) == [""]


# ---- R55


def fill(world: World, period: str, count: int, first: int = 0, **columns: Any) -> str:  # noqa: ANN401 -- as for send_batch
    """Send a batch of a period for so many people; gives its name."""
    name = f"B-{len(world.state.batches) + 1}"
    world.send_batch(
        name, [make_id(number) for number in range(first, first + count)], fields={"period": period}, **columns
    )
    return name


@pytest.fixture
def villages() -> World:
    """A county of forty people in one village."""
    world = World()
    world.set_up()
    world.settle_people(40)
    return world


def test_a_village_whose_lines_jumped_is_a_clue_on_the_batch(villages: World) -> None:
    fill(villages, "2025", 20)
    name = fill(villages, "2026", 40)
    entry = assessed(villages, name)
    assert (entry["findings"], entry["jumps"]) == (["R55:yellow"], [[VILLAGE, 20, 40]])
    assert set(villages.line_states(name)) == {"ready"}
    assert "findings" not in assessed(villages, "B-1")


def test_the_batches_of_a_period_are_counted_together(villages: World) -> None:
    fill(villages, "2025", 40)
    first = fill(villages, "2026", 20)
    second = fill(villages, "2026", 20, first=20)
    assert assessed(villages, first)["jumps"] == [[VILLAGE, 40, 20]]
    assert "jumps" not in assessed(villages, second)


def test_refused_lines_are_not_counted(villages: World) -> None:
    fill(villages, "2025", 20)
    name = fill(villages, "2026", 40, amounts=[10_000] * 20 + [10_001] * 20)
    assert "jumps" not in assessed(villages, name)
    assert villages.state.history.rosters["FARM"]["2026"] == {VILLAGE: 20}


def test_a_stated_village_counts_before_the_registered_one(villages: World) -> None:
    fill(villages, "2026", 3, village=[TOWN, None, TOWN])
    assert villages.state.history.rosters["FARM"]["2026"] == {TOWN: 2, VILLAGE: 1}


def test_a_county_sets_level_and_switch_of_rosters(villages: World) -> None:
    fill(villages, "2025", 20)
    villages.set_policy("policy-2", [("rule", "R55", {"level": "blue"})])
    assert assessed(villages, fill(villages, "2026", 40))["findings"] == ["R55:blue"]
    villages.set_policy("policy-3", [("rule", "R55", {"enabled": False})])
    assert "findings" not in assessed(villages, fill(villages, "2027", 10))
    assert villages.state.history.rosters["FARM"]["2027"] == {VILLAGE: 10}


def test_two_clues_stand_together(villages: World) -> None:
    villages.set_policy("policy-2", [("plan", "PLAN-1", {"programme": "FARM", "fen": 1})])
    fill(villages, "2025", 20)
    entry = assessed(villages, fill(villages, "2026", 40))
    assert entry["findings"] == ["R41:yellow", "R55:yellow"]
    assert (entry["plan_fen"], entry["used_fen"], entry["jumps"]) == (1, 600_000, [[VILLAGE, 20, 40]])


def test_an_entry_lists_the_first_hundred_villages_that_jumped(villages: World) -> None:
    villages.set_policy("policy-2", [("rule", "R55", {"parameters": {"lines_min": 1, "jump_percent": 0}})])
    names = [f"511112001{number:03d}" for number in range(101)]
    villages.state.history.rosters = {"FARM": {"2025": {}}}
    villages.send_batch("B-1", villages.settle_people(101), village=names)
    assert [tuple(row) for row in assessed(villages)["jumps"]] == [(name, 0, 1) for name in names[:100]]


# ---- R38


def test_sizes_are_remembered_by_programme_without_refused_lines() -> None:
    world = make_world()
    world.set_policy("policy-2", [("rule", "R38", {"parameters": {"lines_min": 3, "factor_percent": 100}})])
    world.send_batch("B-1", IDS, [10_000, 10_001, 10_000, 9_000])
    assert sum(world.state.history.sizes["FARM"].values()) == 3
    world.set_policy("policy-3", [("programme", "FARM", make_programme(standard_fen=None))])
    world.send_batch("B-2", IDS[:2], [10_240, 10_239], fields={"period": "2025"})
    assert world.findings("B-2") == [["R38:orange"], []]


def test_a_line_is_compared_with_earlier_batches_not_with_its_own() -> None:
    world = make_world(standard_fen=None)
    world.set_policy("policy-2", [("rule", "R38", {"parameters": {"lines_min": 1}})])
    world.send_batch("B-1", IDS[:3], [100, 100, 1_000_000])
    assert world.findings("B-1") == [[], [], []]


# ---- stated accounts and machines over several batches


def test_an_account_that_many_state_holds_them_all_also_in_earlier_batches() -> None:
    world = make_world()
    card = make_account(500)
    for number, name in enumerate("ABC"):
        world.send_batch(name, [IDS[number]], account=[card])
    assert [world.line_states(name) for name in "ABC"] == [["ready"]] * 3
    world.send_batch("D", [IDS[3]], account=[card])
    assert [world.line_states(name) for name in "ABCD"] == [["held"]] * 4
    assert world.findings("D") == [["R11:orange", "R13:blue"]]
    assert [entry["findings"] for entry in world.entries("change")] == [["R11:orange"]] * 3
    assert b'"R11":{"persons":4,"persons_max":3}' in b"".join(world.privates())


def test_a_stopped_line_leaves_the_account_it_stated() -> None:
    world = make_world()
    card = make_account(500)
    world.send_batch("A", IDS[:2], account=[card, None])
    world.send_batch("B", IDS[2:3], fields={"period": "2025"}, account=[card])
    world.review("reviewer", "hold", "A", [1, 2])
    world.review("reviewer", "stop", "A", [1, 2])
    assert [member[0] for member in world.state.claims.stated[card]] == [IDS[2]]
