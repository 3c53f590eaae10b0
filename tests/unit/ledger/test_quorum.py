"""Changes of the quorum: refused as a whole, or said publicly and kept with the entry that set them."""

import json
from typing import Any

import pytest

from consolidator.facts.state import QuorumTerm
from consolidator.sealing import County
from schemas.quorum import render_quorum
from tests.support.witnesses import LOG_VKEY, describe_quorum, make_quorum
from tests.support.world import EPOCHS, ORIGIN, World, codes_of, make_signer

FOUR, THREE = describe_quorum(), describe_quorum(("w1", "w2", "w3"), 3)


@pytest.fixture
def world() -> World:
    """A county whose genesis pins the log's key and asks for nobody yet."""
    made = World(pinned={"key": LOG_VKEY})
    made.set_up()
    return made


def set_quorum(world: World, name: str, value: dict[str, Any]) -> list[str]:
    """Have the root officers set a quorum; gives the outcomes' codes."""
    return codes_of(world.set_policy(name, [("quorum", "quorum", value)]))


def test_a_quorum_is_kept_with_the_entry_that_set_it(world: World) -> None:
    assert world.state.quorums == [QuorumTerm(0, "none")]
    assert set_quorum(world, "policy-2", FOUR) == ["", ""]
    entries = world.entries()
    index = next(number for number, entry in enumerate(entries) if entry["kind"] == "quorum")
    assert world.state.quorums == [QuorumTerm(0, "none"), QuorumTerm(index, render_quorum(make_quorum()))]
    entry = entries[index]
    assert (entry["number"], entry["quorum"], entry["source"], entry["document"]) == (2, FOUR, "root", "policy-2")
    assert entry["cause"] == entries[index - 2]["digest"]
    assert world.state.policy.quorum == world.state.quorums[-1].quorum


def test_the_same_quorum_again_is_no_change(world: World) -> None:
    assert set_quorum(world, "policy-2", {"type": "none"}) == ["", ""]
    assert set_quorum(world, "policy-3", FOUR) == ["", ""]
    assert set_quorum(world, "policy-4", FOUR) == ["", ""]
    assert len(world.entries("quorum")) == 1


def test_going_back_to_nobody_is_a_change_like_any_other(world: World) -> None:
    for name, value in (("policy-2", FOUR), ("policy-3", THREE), ("policy-4", {"type": "none"})):
        set_quorum(world, name, value)
    assert [entry["number"] for entry in world.entries("quorum")] == [2, 3, 4]
    assert world.entries("quorum")[-1]["quorum"] == "none"
    assert [json.loads(term.quorum)["quorum"] for term in world.state.quorums[1:-1]] == ["enough", "enough"]


@pytest.mark.parametrize("value", [describe_quorum(threshold=2), describe_quorum(("w1",), 1)])
def test_a_quorum_that_cannot_be_trusted_refuses_the_whole_policy(world: World, value: dict[str, Any]) -> None:
    digest, outcomes = world.propose_policy("policy-2", [("bank", "105", {"name": "建行"}), ("quorum", "q", value)])
    assert codes_of(outcomes) == ["", "S02", "S02"]
    assert any("2k - n" in outcome.detail for outcome in outcomes)
    assert codes_of(world.confirm("root-2", "root", digest, "c")) == ["D15"]
    assert "105" not in world.state.policy.banks
    assert world.state.quorums == [QuorumTerm()]


def test_a_county_whose_genesis_pins_no_key_cannot_have_witnesses() -> None:
    old = World()
    old.set_up()
    assert "S02" in codes_of(old.propose_policy("policy-2", [("quorum", "q", FOUR)])[1])


def test_the_genesis_shows_the_first_quorum_and_the_logs_key() -> None:
    world = World(pinned={"key": LOG_VKEY, "quorum": FOUR})
    (genesis,) = world.entries("genesis")
    assert (genesis["quorum"], genesis["key"]) == (FOUR, LOG_VKEY)
    assert world.state.quorums == [QuorumTerm(0, render_quorum(make_quorum()))]
    world.set_up()
    assert set_quorum(world, "policy-2", THREE) == ["", ""]
    assert world.entries("quorum")[0]["number"] == 2


def test_a_snapshot_keeps_all_quorums(world: World) -> None:
    set_quorum(world, "policy-2", FOUR)
    again = County(EPOCHS, make_signer(ORIGIN))
    again.restore(world.county.snapshot())
    assert (again.state.quorums, again.state.log_key) == (world.state.quorums, LOG_VKEY)


@pytest.mark.parametrize("value", [None, FOUR])
def test_under_a_quorum_an_order_files_entry_pins_all_that_the_file_says(world: World, value: Any) -> None:  # noqa: ANN401 -- a value or None
    if value:
        set_quorum(world, "policy-2", value)
    ids = world.settle_people(2)
    world.send_batch("PAY", ids)
    world.release("PAY", [("402", 2, 20_000)])
    kinds = [entry["kind"] for entry in world.entries()]
    private = json.loads(world.privates()[kinds.index("orders")])
    pinned = {"county": "511112", "summary": "地力补贴"} if value else {}
    assert {key: text for key, text in private.items() if key != "parts"} == pinned
