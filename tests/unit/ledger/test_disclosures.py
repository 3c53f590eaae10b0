"""What the private part of a line's entry holds: who and where to, at its assessment and at each later change."""

import json
from typing import Any

import pytest

from tests.support.world import World, make_account, make_id, make_name

HEAD, CARD = make_id(9), "6222000000000000"
KINDS = ("line", "change")


@pytest.fixture
def world() -> World:
    """A county of four registered people, each with a designated account at bank 402."""
    made = World()
    made.set_up()
    made.settle_people(4)
    return made


def read_privates(world: World, kind: str) -> list[dict[str, Any]]:
    """Read the private parts of all entries of a kind."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    return [json.loads(private) for entry, private in pairs if entry["kind"] == kind]


def expect(number: int, **more: object) -> dict[str, object]:
    """Give the private part of a line for person ``number`` that says nothing beside."""
    return {
        "account": make_account(number),
        "beneficiary_id": make_id(number),
        "beneficiary_name": make_name(number),
        "designation": 1,
        "evidence": {},
        "head_id": "",
        "payee_id": make_id(number),
        "payee_name": make_name(number),
        "stated_account": "",
    } | more


def test_head_and_account_stand_in_a_lines_private_part_where_the_line_states_them(world: World) -> None:
    ids = [make_id(0), make_id(1)]
    world.send_batch("B-1", ids, head_id=[HEAD, None], account=[None, CARD])
    assert read_privates(world, "line") == [expect(0, head_id=HEAD), expect(1, stated_account=CARD)]


def test_a_batch_that_states_neither_head_nor_account_leaves_both_empty(world: World) -> None:
    world.send_batch("B-1", [make_id(0), make_id(1)])
    assert read_privates(world, "line") == [expect(0), expect(1)]


def test_a_line_without_designation_shows_no_account_and_designation_zero(world: World) -> None:
    del world.state.designations[make_id(1)]
    world.send_batch("B-1", [make_id(0), make_id(1)])
    assert read_privates(world, "line") == [expect(0), expect(1, account="", designation=0)]


def test_a_later_change_shows_the_same_persons_and_accounts_with_its_reason(world: World) -> None:
    world.send_batch("B-1", [make_id(0), make_id(1)], head_id=[HEAD, None], account=[None, CARD])
    world.review("reviewer", "hold", "B-1", [1, 2])
    assert read_privates(world, "change") == [
        expect(0, head_id=HEAD, reason="核实"),
        expect(1, stated_account=CARD, reason="核实"),
    ]


def test_a_later_change_of_a_line_that_states_neither_leaves_both_empty(world: World) -> None:
    world.send_batch("B-1", [make_id(0)])
    world.review("reviewer", "hold", "B-1", [1])
    assert read_privates(world, "change") == [expect(0, reason="核实")]


def test_a_change_that_nobody_gave_a_reason_for_has_none(world: World) -> None:
    world.send_batch("B-1", [make_id(0)])
    fields = {"kind": "designations", "source": "bureau", "id": "suspension"}
    row = {"payee_id": [make_id(0)], "bank": ["402"], "account": [make_account(0)], "action": ["suspend"]}
    world.send("clerk", fields, row)
    world.release("B-1", [("402", 1, 10_000)])
    (private,) = read_privates(world, "change")
    assert private == expect(0, account="", designation=0, evidence={"R13": {"suspended": 2}})
