"""The state: found again by name, and the same after a snapshot."""

import pytest

from consolidator.facts.snapshots import parse_snapshot, render_snapshot
from consolidator.facts.state import State, find_batch, find_own_id
from tests.support.world import World, make_account, make_id, make_programme


@pytest.fixture(scope="module")
def world() -> World:
    """A county with people, two of them with several designations, and batches by household, plot and machine."""
    made = World()
    made.set_up(unit="household")
    units = [("programme", unit.upper(), make_programme(unit=unit)) for unit in ("plot", "machine")]
    made.set_policy("policy-2", units)
    ids = made.settle_people(6, household_size=2)
    made.designate(ids[:1], ["402"], ["6217000000000000"], ["402651000013"])
    suspend = {"payee_id": ids[1:2], "bank": ["402"], "account": [make_account(1)], "action": ["suspend"]}
    made.send("clerk", {"kind": "designations", "source": "bureau", "id": "suspension"}, suspend)
    made.take_census(["91350100M000100Y43"], ["103"], [make_account(70)])
    made.register("library", {"id": [make_id(900)], "village": ["511112001002"], "status": ["active"]}, "delta")
    made.send_batch("PLOTS", [ids[2], ids[2], ids[3]], fields={"programme": "PLOT"}, plot=["P|1", None, "P|1"])
    made.send_batch("MACHINES", ids[2:4], fields={"programme": "MACHINE", "period": "2025"}, plot=["M-1", "M-2"])
    made.send_batch("STRANGER", [make_id(900)], fields={"period": "2024"})
    made.send_batch("B-1", ids, [10_000, 10_000, 20_000, 10_000, 0, 10_000])
    made.review("clerk", "hold", "PLOTS", [2])
    made.review("reviewer", "clear", "PLOTS", [2])
    return made


def test_a_snapshot_gives_the_same_state(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    assert restored == world.state
    assert restored.batches[-1].fen.typecode == "q"
    assert list(restored.batches[-1].fen) == [10_000, 10_000, 20_000, 10_000, 0, 10_000]


def test_a_snapshot_keeps_order_and_kind_of_every_table(world: World) -> None:
    state, restored = world.state, parse_snapshot(render_snapshot(world.state))
    for name in ("accounts", "designations"):
        assert list(getattr(restored, name).items()) == list(getattr(state, name).items())
    for name in ("population", "library"):
        assert list(getattr(restored.registers, name).items()) == list(getattr(state.registers, name).items())
    assert repr(restored.claims) == repr(state.claims)
    assert set(state.claims.entitlements["PLOT"]["2026"]) == {f"{make_id(2)}|P1", make_id(2), f"{make_id(3)}|P1"}


def test_a_snapshot_keeps_when_a_line_was_held_and_what_waits_for_its_second_person(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    held = restored.batches[restored.batch_index["bank-402/PLOTS"]]
    assert held.open is not None
    assert list(held.open.told) == [2]
    (waiting,) = restored.pending.values()
    assert waiting.person == "P-reviewer"
    assert waiting.proposed == world.state.ordinal
    assert 0 < held.open.told[2] < waiting.proposed


def test_writing_a_snapshot_leaves_the_state_as_it_was(world: World) -> None:
    before = repr(world.state)
    render_snapshot(world.state)
    assert repr(world.state) == before


def test_a_restored_state_has_one_object_for_a_value_that_stands_in_many_places(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    identity = make_id(2)
    person = restored.registers.population[identity]
    keys = {key: key for key in (*restored.designations, *restored.claims.entitlements["FARM"]["2026"])}
    assert keys[identity] is person.id
    assert find_own_id(restored, make_id(2)) is person.id
    assert restored.accounts[make_account(2)].holder is person.id
    assert restored.accounts[make_account(2)].card is restored.accounts[make_account(3)].card


def test_an_empty_county_has_a_snapshot() -> None:
    state = State("511112", "consolidator.example/511112", [])
    assert parse_snapshot(render_snapshot(state)) == state


def test_an_id_is_shared_with_the_population_where_it_stands_there(world: World) -> None:
    known, unknown = make_id(2), make_id(901)
    assert find_own_id(world.state, known) is world.state.registers.population[known].id
    assert find_own_id(world.state, unknown) is unknown


def test_a_restored_state_does_not_share_what_can_change(world: World) -> None:
    restored = parse_snapshot(render_snapshot(world.state))
    restored.batches[-1].fen[0] = 7
    restored.claims.entitlements.clear()
    assert world.state.batches[-1].fen[0] == 10_000
    assert world.state.claims.entitlements


def test_a_batch_is_found_by_source_and_id(world: World) -> None:
    found = find_batch(world.state, "bank-402", "B-1")
    assert found is world.state.batches[-1]
    assert find_batch(world.state, "bank-402", "B-2") is None
    assert find_batch(world.state, "bureau", "B-1") is None


def test_what_has_no_snapshot_form_is_not_written() -> None:
    state = State("511112", "consolidator.example/511112", [])
    state.policy.settings["cooling_off_hours"] = object()  # type: ignore[assignment]  # what no snapshot holds
    with pytest.raises(NotImplementedError, match="no snapshot form for object"):
        render_snapshot(state)
