"""The state: found again by name, and the same after a snapshot."""

import pytest

from consolidator.facts.state import State, find_batch, parse_snapshot, render_snapshot
from tests.support.world import World


@pytest.fixture(scope="module")
def world() -> World:
    """A county with people, an open batch and a finding of each table."""
    made = World()
    made.set_up(unit="household")
    ids = made.settle_people(6, household_size=2)
    made.designate(ids[:1], ["402"], ["6217000000000000"], ["402651000013"])
    made.send_batch("B-1", ids, [10_000, 10_000, 20_000, 10_000, 0, 10_000])
    return made


def test_a_snapshot_gives_the_same_state(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    assert restored == world.state
    assert restored.batches[0].fen.typecode == "q"
    assert list(restored.batches[0].fen) == [10_000, 10_000, 20_000, 10_000, 0, 10_000]


def test_a_restored_state_does_not_share_what_can_change(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    restored.batches[0].fen[0] = 7
    restored.claims.entitlements.clear()
    assert world.state.batches[0].fen[0] == 10_000
    assert world.state.claims.entitlements


def test_a_batch_is_found_by_source_and_id(world: World) -> None:
    found = find_batch(world.state, "bank-402", "B-1")
    assert found is world.state.batches[0]
    assert find_batch(world.state, "bank-402", "B-2") is None
    assert find_batch(world.state, "bureau", "B-1") is None


def test_what_has_no_snapshot_form_is_not_written() -> None:
    state = State("511112", "consolidator.example/511112", [])
    state.policy.settings["cooling_off_hours"] = object()  # type: ignore[assignment]  # what no snapshot holds
    with pytest.raises(NotImplementedError, match="no snapshot form for object"):
        render_snapshot(state)
