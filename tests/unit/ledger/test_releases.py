"""Releases: judged at the confirm's position, checked again, exact figures or none."""

from typing import Any

import pytest

from consolidator.ledger.releases import list_figures
from schemas.documents import derive_commands, parse_document
from schemas.errors import InvariantError
from schemas.instants import render_instant
from schemas.orders import parse_order_part
from tests.support.world import (
    HOUR,
    World,
    codes_of,
    digest_of,
    key_of,
    make_account,
    make_id,
    make_name,
    make_programme,
)

IDS = [make_id(number) for number in range(3)]


@pytest.fixture
def world() -> World:
    """Batch B-1 of three ready lines."""
    made = World()
    made.set_up()
    made.settle_people(3)
    made.send_batch("B-1", IDS)
    return made


ALL = [("402", 3, 30_000)]


def wait_release(world: World, rows: list[tuple[str, int, int]], number: int = 1) -> str:
    """Send a release without its confirm; gives its digest."""
    raw = world.sign_release("B-1", rows, number)
    assert codes_of(world.submit(raw)) == [""]
    return digest_of(raw)


def test_right_figures_order_what_is_ready(world: World) -> None:
    assert list_figures(world.state, world.batch("B-1")) == ALL
    digest = wait_release(world, ALL)
    assert world.entries("orders") == []
    world.confirm("approver", "bureau", digest, "c-1")
    (release,) = world.entries("release")
    assert (release["outcome"], release["release"], release["banks"], release["by"]) == (
        "accepted",
        1,
        [["402", 3, 30_000]],
        key_of("approver"),
    )
    assert "code" not in release
    (orders,) = world.entries("orders")
    assert (orders["count"], orders["fen"], orders["parts"], orders["release"]) == (3, 30_000, 1, 1)
    assert world.line_states("B-1") == ["ordered"] * 3
    assert world.batch("B-1").state == "released"
    (part,) = [part for step in world.steps for part in step.order_parts]
    columns = parse_order_part(part.body)
    assert (columns.line, columns.account) == ([1, 2, 3], [make_account(number) for number in range(3)])


def test_each_order_is_for_its_own_lines_payee_account_and_amount(world: World) -> None:
    card, branch = make_account(90), "103000000001"
    world.set_policy("policy-2", [("programme", "FARM", make_programme(standard_kind="ceiling"))])
    world.take_census(IDS[1:2], ["103"], [card])
    world.designate(IDS[1:2], ["103"], [card], [branch])
    world.now += 7 * 24 * HOUR
    world.send_batch("B-2", IDS, [7_000, 8_000, 9_000], fields={"period": "2025"})
    assert codes_of(world.release("B-2", [("402", 3, 24_000)])) == [""]
    (part,) = [part for step in world.steps for part in step.order_parts]
    columns = parse_order_part(part.body)
    assert columns.line == [1, 2, 3]
    assert columns.amount_fen == [7_000, 8_000, 9_000]
    assert columns.name == [make_name(number) for number in range(3)]
    assert columns.account == [make_account(0), card, make_account(2)]
    assert columns.bank == ["402", "103", "402"]
    assert columns.branch == ["", branch, ""]


def test_the_banks_of_a_release_may_stand_in_any_order(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(paying_banks=["402", "103"]))])
    world.take_census(IDS[1:2], ["103"], [make_account(90)])
    world.designate(IDS[1:2], ["103"], [make_account(90)])
    world.now += 7 * 24 * HOUR
    world.send_batch("B-2", IDS, fields={"period": "2025"})
    assert list_figures(world.state, world.batch("B-2")) == [("103", 1, 10_000), ("402", 2, 20_000)]
    assert codes_of(world.release("B-2", [("402", 2, 20_000), ("103", 1, 10_000)])) == [""]
    assert world.line_states("B-2") == ["ordered"] * 3


@pytest.mark.parametrize(
    "rows",
    [
        [("402", 3, 29_999)],
        [("402", 2, 30_000)],
        [("103", 3, 30_000)],
        [("402", 2, 20_000), ("402", 1, 10_000)],
        [("402", 3, 30_000), ("103", 1, 1)],
    ],
)
def test_other_figures_are_refused_with_the_right_ones(world: World, rows: list[tuple[str, int, int]]) -> None:
    (_, outcome) = world.release("B-1", rows)
    assert (outcome.code, outcome.detail) == ("D17", "402: 3 lines, 30000 fen")
    (release,) = world.entries("release")
    assert (release["outcome"], release["code"], release["banks"]) == ("refused", "D17", [["402", 3, 30_000]])
    assert world.line_states("B-1") == ["ready"] * 3
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_a_batch_whose_sums_are_off_stops_the_county_also_when_its_release_is_refused(world: World) -> None:
    digest = wait_release(world, [("402", 1, 1)])
    world.batch("B-1").control_fen += 1
    fields = {"kind": "confirm", "source": "bureau", "id": "c-1", "document": digest}
    (command,) = derive_commands(parse_document(world.sign("approver", fields)), world.now)
    with pytest.raises(InvariantError, match="control total"):
        list(world.county.apply(command))
    assert world.entries("release") == []


@pytest.mark.parametrize(("seconds", "code", "state"), [(-1, "D25", "ready"), (0, "", "ordered")])
def test_nobody_releases_before_the_review_window_is_over(world: World, seconds: int, code: str, state: str) -> None:
    """The window is the one in force at the confirm: here it grew while the release waited."""
    digest = wait_release(world, ALL)
    world.set_policy("policy-2", [("programme", "FARM", make_programme(review_window_hours=2))])
    opens_at = world.batch("B-1").assessed_at + 2 * HOUR
    raw = world.sign("approver", {"kind": "confirm", "source": "bureau", "id": "c-1", "document": digest})
    outcome = world.submit(raw, opens_at + seconds)[-1]
    assert (outcome.code, outcome.detail) == (code, f"from {render_instant(opens_at)}" if code else "")
    assert world.line_states("B-1") == [state] * 3
    assert [entry.get("code", "") for entry in world.entries("release")] == [code]


def test_a_wrong_number_is_refused(world: World) -> None:
    assert codes_of(world.release("B-1", ALL, 2))[-1] == "D19"
    assert world.line_states("B-1") == ["ready"] * 3


def test_nothing_ready_is_refused(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [1, 2, 3])
    (_, outcome) = world.release("B-1", ALL)
    assert (outcome.code, outcome.detail) == ("D18", "")


def test_two_releases_may_wait_and_the_second_finds_nothing(world: World) -> None:
    first, second = wait_release(world, ALL), wait_release(world, ALL)
    assert codes_of(world.confirm("approver", "bureau", first, "c-1")) == [""]
    assert codes_of(world.confirm("approver", "bureau", second, "c-2")) == ["", "D16"]
    assert len(world.entries("orders")) == 1
    effect = world.entries("effect")[-1]
    assert (effect["of"], effect["codes"]) == ("release", {"D16": 1})


def test_of_two_releases_that_wait_the_second_has_the_wrong_number_while_a_line_is_held(world: World) -> None:
    first, second = (wait_release(world, [("402", 2, 20_000)]) for _ in range(2))
    world.review("reviewer", "hold", "B-1", [1])
    assert codes_of(world.confirm("approver", "bureau", first, "c-1")) == [""]
    assert codes_of(world.confirm("approver", "bureau", second, "c-2")) == ["", "D19"]
    world.clear("B-1", [1])
    assert codes_of(world.release("B-1", [("402", 1, 10_000)], 2)) == [""]
    assert [entry["file"] for entry in world.entries("orders")] == ["bank-402_B-1_402_001", "bank-402_B-1_402_002"]
    assert [part.file for step in world.steps for part in step.order_parts] == [
        "bank-402_B-1_402_001",
        "bank-402_B-1_402_002",
    ]


def test_a_changed_designation_holds_its_line_and_a_third_act_pays_it_with_number_two(world: World) -> None:
    world.take_census([IDS[1]], ["103"], [make_account(50)])
    world.designate([IDS[1]], ["103"], [make_account(50)], ["103000000001"])
    world.now += 73 * HOUR
    (_, outcome) = world.release("B-1", ALL)
    assert (outcome.code, outcome.detail) == ("D17", "402: 2 lines, 20000 fen")
    assert world.line_states("B-1") == ["ready", "held", "ready"]
    (change,) = world.entries("change")
    assert (change["findings"], change["bank"], change["route"]) == (["H01:orange", "R14:orange"], "402", "on_us")
    assert b'"H01":{"assessed_designation":1}' in b"".join(world.privates())
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == [""]
    assert codes_of(world.clear("B-1", [2])) == [""]
    assert codes_of(world.release("B-1", [("402", 1, 10_000)], 2)) == [""]
    part = parse_order_part([part for step in world.steps for part in step.order_parts][-1].body)
    assert (part.account, part.bank, part.branch, part.line) == ([make_account(50)], ["103"], ["103000000001"], [2])


def test_a_designation_that_changes_again_after_a_clearing_holds_again(world: World) -> None:
    for version in (50, 51):
        world.take_census([IDS[1]], ["402"], [make_account(version)])
        world.designate([IDS[1]], ["402"], [make_account(version)])
        world.now += 73 * HOUR
        world.release("B-1", ALL)
        assert world.line_states("B-1")[1] == "held"
        world.clear("B-1", [2])
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_paying_banks_that_policy_changed_meanwhile_hold_the_lines(world: World) -> None:
    world.set_policy("policy-2", [("programme", "FARM", make_programme(paying_banks=["103"], agent_bank="103"))])
    world.release("B-1", ALL)
    assert world.line_states("B-1") == ["held"] * 3
    assert world.entries("orders") == []
    assert world.entries("change")[0]["findings"] == ["H01:orange", "H02:orange"]


def test_a_death_learned_between_assessment_and_release_holds_its_line(world: World) -> None:
    world.register("deaths", {"id": [IDS[2]], "died_on": ["2025-06-01"]})
    assert codes_of(world.release("B-1", ALL))[-1] == "D17"
    assert world.line_states("B-1") == ["ready", "ready", "held"]
    (change,) = world.entries("change")
    assert (change["findings"], change["to"], change["by"]) == (["R05:red"], "held", key_of("approver"))
    assert codes_of(world.release("B-1", [("402", 2, 20_000)])) == [""]


def test_a_collector_who_died_after_the_assessment_is_not_paid(world: World) -> None:
    mandate: dict[str, list[Any]] = {"relation": ["mandate"], "from_on": ["2020-01-01"], "to_on": [None]}
    world.register("relations", {"payee_id": [IDS[1]], "beneficiary_id": [IDS[0]], **mandate})
    world.send_batch("B-2", IDS[:1], fields={"period": "2025"}, payee_id=[IDS[1]], payee_name=[make_name(1)])
    assert world.line_states("B-2") == ["ready"]
    world.register("deaths", {"id": [IDS[1]], "died_on": ["2026-10-30"]})
    assert codes_of(world.release("B-2", [("402", 1, 10_000)]))[-1] == "D18"
    assert world.entries("change")[-1]["findings"] == ["R05:red"]


def test_the_line_rules_run_again_over_every_part(world: World) -> None:
    ids = world.settle_people(1_001)
    world.send_batch("B-2", ids, fields={"period": "2025"})
    world.review("reviewer", "hold", "B-2", range(1, 1_001))
    world.register("deaths", {"id": [ids[0], ids[-1]], "died_on": ["2024-06-01"] * 2})
    world.release("B-2", [("402", 1, 10_000)])
    assert world.line_states("B-2")[1_000] == "held"
    assert world.entries("release")[-1]["code"] == "D18"


def test_each_line_of_a_later_part_is_compared_with_its_own_designation(world: World) -> None:
    ids = world.settle_people(1_001)
    card = make_account(5_000)
    world.take_census(ids[-1:], ["402"], [card])
    world.designate(ids[-1:], ["402"], [card])
    world.now += 10 * 24 * HOUR
    world.send_batch("B-2", ids, fields={"period": "2025"})
    assert codes_of(world.release("B-2", [("402", 1_001, 10_010_000)])) == [""]
    assert set(world.line_states("B-2")) == {"ordered"}


def test_an_own_claim_is_no_repeat_at_release(world: World) -> None:
    world.send_batch("B-2", IDS)
    assert codes_of(world.release("B-1", ALL)) == [""]


def test_a_release_with_an_odd_item_is_refused_before_it_waits(world: World) -> None:
    outcomes = world.submit(world.sign_release("B-1", [("402", 0, 30_000)]))
    assert [(outcome.code, outcome.detail) for outcome in outcomes] == [("", ""), ("D09", "item 1")]
    assert world.state.pending == {}


def test_figures_count_ready_lines_only(world: World) -> None:
    world.review("reviewer", "hold", "B-1", [2])
    assert list_figures(world.state, world.batch("B-1")) == [("402", 2, 20_000)]
    world.release("B-1", [("402", 2, 20_000)])
    assert list_figures(world.state, world.batch("B-1")) == []
