"""What a clearing covers: what its proposal knew of and nothing that came up later."""

import pytest

from consolidator.ledger.moves import open_lines
from tests.support.world import HOUR, VILLAGE, World, codes_of, make_account, make_id, make_name, make_programme

IDS = [make_id(number) for number in range(4)]
HOME, OTHER = {"programme": "HOME"}, {"programme": "OTHER"}
ONE_LINE = [("402", 1, 10_000)]


@pytest.fixture
def world() -> World:
    """A county of four people in two households; HOME is per household, and OTHER, AGED and FARM exclude each other."""
    made = World()
    made.set_up()
    items = [
        ("programme", "HOME", make_programme(unit="household")),
        ("programme", "OTHER", make_programme()),
        ("programme", "AGED", make_programme()),
        ("programme", "FARM", make_programme(excludes=["OTHER", "AGED"])),
        ("source", "bank-402", {"name": "农商行", "type": "bank", "bank": "402"}),
    ]
    made.set_policy("policy-2", items)
    made.settle_people(4, household_size=2)
    return made


def confirm(world: World, digest: str) -> list[str]:
    """Have the approver confirm; gives the codes."""
    return codes_of(world.confirm("approver", "bureau", digest, f"c-{world.numbers.get('approver', 0) + 1}"))


# ---- between proposal and confirm


def test_a_line_that_was_let_go_and_held_again_needs_a_new_proposal(world: World) -> None:
    world.send_batch("B-1", IDS[:1])
    world.review("reviewer", "hold", "B-1", [1])
    first, second = (world.review("reviewer", "clear", "B-1", [1]) for _ in range(2))
    assert confirm(world, first) == [""]
    world.review("supervisor", "hold", "B-1", [1], source="oversight")
    assert confirm(world, second) == ["", "S17"]
    assert world.line_states("B-1") == ["held"]
    assert world.entries("effect")[-1]["positions"] == [[1, "S17"]]
    assert codes_of(world.clear("B-1", [1])) == [""]


def test_a_held_line_that_was_told_something_new_needs_a_new_proposal(world: World) -> None:
    world.send_batch("B-1", [IDS[0], IDS[2]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [1, 2])
    digest = world.review("reviewer", "clear", "B-1", [1, 2])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert confirm(world, digest) == ["", "S17"]
    assert world.line_states("B-1") == ["held", "ready"]
    assert codes_of(world.clear("B-1", [1])) == [""]


def test_what_was_told_before_the_proposal_is_known_to_it(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.review("reviewer", "hold", "B-1", [1])
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    assert codes_of(world.clear("B-1", [1])) == [""]


def test_what_a_line_knows_already_is_not_news_to_its_proposal(world: World) -> None:
    world.send_batch("B-1", [IDS[0]], fields=HOME)
    world.send_batch("B-2", [IDS[1]], fields=HOME)
    digest = world.review("reviewer", "clear", "B-1", [1])
    people = {
        "id": IDS,
        "name": [make_name(number) for number in range(4)],
        "household": ["ONE"] * 4,
        "village": [VILLAGE] * 4,
    }
    world.register("population", people)
    assert confirm(world, digest) == [""]


def test_a_line_that_a_release_held_after_the_proposal_needs_a_new_one(world: World) -> None:
    world.send_batch("B-1", IDS[:1])
    world.review("reviewer", "hold", "B-1", [1])
    first, second = (world.review("reviewer", "clear", "B-1", [1]) for _ in range(2))
    assert confirm(world, first) == [""]
    world.take_census([IDS[0]], ["402"], [make_account(50)])
    world.designate([IDS[0]], ["402"], [make_account(50)])
    world.now += 6 * 24 * HOUR
    world.release("B-1", ONE_LINE)
    assert world.entries("change")[-1]["findings"] == ["H01:orange"]
    assert confirm(world, second) == ["", "S17"]


# ---- between clearing and release


def test_clearing_one_rival_does_not_clear_another(world: World) -> None:
    world.send_batch("B-1", IDS[:1], fields=OTHER)
    world.send_batch("B-2", IDS[:1])
    assert world.findings("B-2") == [["R19:orange"]]
    world.clear("B-2", [1])
    assert open_lines(world.batch("B-2")).cleared == {1: ["R19:orange|has=['OTHER 2026']"]}
    world.send_batch("B-3", IDS[:1], fields={"programme": "AGED"})
    assert codes_of(world.release("B-2", ONE_LINE)) == ["", "D18"]
    change = world.entries("change")[-1]
    assert (change["document"], change["to"], change["findings"]) == ("B-2", "held", ["R19:orange"])
    assert codes_of(world.clear("B-2", [1])) == [""]
    assert codes_of(world.release("B-2", ONE_LINE)) == [""]


def test_the_same_rival_is_not_news_at_release(world: World) -> None:
    world.send_batch("B-1", IDS[:1], fields=OTHER)
    world.send_batch("B-2", IDS[:1])
    world.clear("B-2", [1])
    assert codes_of(world.release("B-2", ONE_LINE)) == [""]


def test_clearing_that_deaths_were_not_checked_does_not_clear_a_death(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R05", {"level": "orange", "required": True})])
    world.send_batch("B-1", IDS[:2])
    assert world.findings("B-1") == [["R05:orange"]] * 2
    world.clear("B-1", [1, 2])
    assert open_lines(world.batch("B-1")).cleared == {line: ["R05:orange|not_checked=deaths"] for line in (1, 2)}
    world.register("deaths", {"id": [IDS[0]], "died_on": ["2025-06-01"]})
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == ["", "D17"]
    assert world.line_states("B-1") == ["held", "ready"]
    assert world.entries("change")[-1]["findings"] == ["R05:orange"]


def test_what_was_not_checked_and_cleared_is_not_news_while_it_still_cannot_be_checked(world: World) -> None:
    world.set_policy("policy-3", [("rule", "R05", {"level": "orange", "required": True})])
    world.send_batch("B-1", IDS[:1])
    world.clear("B-1", [1])
    assert codes_of(world.release("B-1", ONE_LINE)) == [""]


def test_clearing_a_dormant_account_does_not_clear_a_closed_one(world: World) -> None:
    def answer(status: str, day: str) -> None:
        fields = {"kind": "accounts", "source": "bank-402", "id": f"answer-{status}", "snapshot_on": day}
        columns = {"holder_id": [IDS[0]], "bank": ["402"], "account": [make_account(0)], "status": [status]}
        assert codes_of(world.send("adapter", fields, columns)) == [""]

    answer("dormant", "2026-11-01")
    world.send_batch("B-1", IDS[:1])
    assert world.findings("B-1") == [["R46:orange"]]
    world.clear("B-1", [1])
    answer("closed", "2026-11-01")
    assert codes_of(world.release("B-1", ONE_LINE)) == ["", "D18"]
    assert world.entries("change")[-1]["findings"] == ["R46:orange"]


def test_a_cleared_finding_whose_figures_alone_changed_is_not_news(world: World) -> None:
    world.send_batch("B-1", IDS[:1], [9_000])
    assert world.findings("B-1") == [["R22:orange"]]
    world.clear("B-1", [1])
    world.set_policy("policy-3", [("programme", "FARM", make_programme(standard_fen=9_500))])
    assert codes_of(world.release("B-1", [("402", 1, 9_000)])) == [""]
