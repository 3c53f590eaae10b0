"""A state that contradicts itself stops the county, rather than that money follows it."""

from collections.abc import Callable

import pytest

from consolidator.facts.lines import READY, Batch, derive_place
from consolidator.facts.state import State
from consolidator.ledger.changes import reopen_part
from consolidator.ledger.moves import check_conservation, derive_bank_index, move_lines, settle
from consolidator.ledger.orders import OrderBook, finish_batch
from schemas.errors import InvariantError
from tests.support.world import World, make_id, make_programme

IDS = [make_id(number) for number in range(4)]


@pytest.fixture
def world() -> World:
    """Three lines of batch B-1, a machine each, the last one held."""
    made = World()
    made.set_up()
    made.set_policy("policy-2", [("programme", "FARM", make_programme(unit="machine"))])
    made.settle_people(4)
    made.send_batch("B-1", IDS[:3], plot=["M-1", "M-2", "M-3"])
    made.review("reviewer", "hold", "B-1", [3])
    return made


def test_a_stop_of_a_line_whose_entitlement_another_line_holds(world: World) -> None:
    key = f"{IDS[2]}|M3"
    assert world.state.claims.entitlements["FARM"]["2026"][key] == derive_place(0, 3)
    world.state.claims.entitlements["FARM"]["2026"][key] = derive_place(0, 1)
    with pytest.raises(InvariantError, match="entitlement"):
        world.review("reviewer", "stop", "B-1", [3])


def test_a_stop_of_a_machine_whose_serial_another_line_holds(world: World) -> None:
    world.state.claims.serials["FARM"]["M3"] = derive_place(0, 1)
    with pytest.raises(InvariantError, match="serial"):
        world.review("reviewer", "stop", "B-1", [3])


def test_lines_of_two_states_that_are_to_move_together(world: World) -> None:
    with pytest.raises(InvariantError, match="one state"):
        move_lines(world.state, world.batch("B-1"), [1, 3], READY)


def test_an_order_for_a_line_without_designation(world: World) -> None:
    del world.state.designations[IDS[0]]
    batch = world.batch("B-1")
    part = reopen_part(world.state, batch, 0, 1)
    OrderBook(world.state, batch).add(part, [1])
    with pytest.raises(InvariantError, match="designation"):
        OrderBook(world.state, batch).add(part, [0, 1])


def _change_a_state(batch: Batch) -> None:
    batch.states[0] = 5


def _change_a_count(batch: Batch) -> None:
    batch.sums[READY][0] += 1


def _lose_a_line(batch: Batch) -> None:
    batch.control_count += 1


def _lose_a_fen(batch: Batch) -> None:
    batch.control_fen += 1


@pytest.mark.parametrize(
    ("break_it", "told"),
    [
        (_change_a_state, "counts by state"),
        (_change_a_count, "counts by state"),
        (_lose_a_line, "every line"),
        (_lose_a_fen, "control total"),
    ],
)
def test_a_batch_whose_lines_and_sums_differ(world: World, break_it: Callable[[Batch], None], told: str) -> None:
    batch = world.batch("B-1")
    check_conservation(batch)
    break_it(batch)
    with pytest.raises(InvariantError, match=told):
        check_conservation(batch)


def test_a_county_with_254_paying_banks_gets_one_more_and_then_no_other() -> None:
    state = State("511112", "", [], bank_codes=[f"{number:03d}" for number in range(254)])
    assert derive_bank_index(state, "253") == 253
    assert derive_bank_index(state, "254") == 254
    with pytest.raises(InvariantError, match="255"):
        derive_bank_index(state, "255")
    assert derive_bank_index(state, "254") == 254


def test_a_settled_batch_does_not_settle_again(world: World) -> None:
    batch = world.batch("B-1")
    assert not settle(batch)
    world.review("reviewer", "hold", "B-1", [1, 2])
    world.review("reviewer", "stop", "B-1", [1, 2, 3])
    assert batch.state == "settled"
    assert not settle(batch)


def test_a_batch_whose_sums_are_off_when_it_could_settle(world: World) -> None:
    world.batch("B-1").control_fen += 1
    with pytest.raises(InvariantError, match="control total"):
        finish_batch(world.state, world.batch("B-1"))
