"""Parts: taken in order, one document open per key; nothing takes effect before the document is whole and readable."""

import json
from dataclasses import replace
from typing import Any

import pytest

from schemas.commands import Command
from schemas.documents import derive_commands, parse_document
from tests.support.world import World, codes_of, digest_of, key_of, make_account, make_id

CENSUS = {"kind": "accounts", "source": "bureau", "id": "census-a", "snapshot_on": "2026-10-31"}
SIZE = 1_200


@pytest.fixture
def world() -> World:
    """A county with its usual policy."""
    made = World()
    made.set_up()
    return made


@pytest.fixture
def commands(world: World) -> list[Command]:
    """The commands of a census of two parts: its header and two parts."""
    columns = {
        "holder_id": [make_id(number) for number in range(SIZE)],
        "bank": ["402"] * SIZE,
        "account": [make_account(number) for number in range(SIZE)],
    }
    world.now += 1
    return derive_commands(parse_document(world.sign("clerk", CENSUS, columns)), world.now)


def ordinal(world: World) -> int:
    """Give the next command's ordinal."""
    return world.county.head().ordinal


def apply_all(world: World, commands: list[Command]) -> list[str]:
    """Apply commands; gives the reason codes."""
    return [code for command in commands for step in world.apply(command) for code in codes_of(step.outcomes)]


def test_a_document_takes_effect_at_its_last_part(world: World, commands: list[Command]) -> None:
    header, first, second = commands
    world.apply(header)
    (step,) = world.apply(first)
    assert (step.bundles, step.lines, world.state.accounts) == ((), 0, {})
    steps = world.apply(second)
    assert [step.lines for step in steps] == [1_000, 200, 0]
    assert len(world.state.accounts) == SIZE
    assert world.state.open == {}


def test_parts_out_of_order_repeated_or_with_another_digest_take_no_ordinal(
    world: World, commands: list[Command]
) -> None:
    header, first, second = commands
    assert apply_all(world, [first, second]) == []
    world.apply(header)
    before = ordinal(world)
    assert world.apply(second) == []
    assert world.apply(replace(first, body=second.body)) == []
    assert world.apply(replace(first, document="0" * 64)) == []
    assert world.apply(replace(first, index=-1)) == []
    assert ordinal(world) == before
    world.apply(first)
    assert world.apply(first) == []
    assert ordinal(world) == before + 1
    world.apply(second)
    assert world.apply(second) == []
    assert ordinal(world) == before + 2
    assert len(world.state.accounts) == SIZE


def test_a_repeated_header_leaves_its_unfinished_document_open(world: World, commands: list[Command]) -> None:
    header, first, second = commands
    world.apply(header)
    world.apply(first)
    assert world.apply(header) == []
    assert world.apply(first) == []
    world.apply(second)
    assert len(world.state.accounts) == SIZE


def test_the_keys_next_header_voids_its_unfinished_document(world: World, commands: list[Command]) -> None:
    header, first, second = commands
    world.apply(header)
    world.apply(first)
    outcomes = world.designate([make_id(1)], ["402"], [make_account(1)])
    assert [(outcome.word, outcome.code, outcome.document) for outcome in outcomes][:2] == [
        ("refused", "D07", "census-a"),
        ("new", "", "designations-2"),
    ]
    effect = world.entries("effect")[-2]
    assert (effect["document"], effect["accepted"], effect["refused"], effect["codes"], effect["cause"]) == (
        "census-a",
        0,
        SIZE,
        {"D07": SIZE},
        header.document,
    )
    assert apply_all(world, [header, first, second]) == []
    assert world.state.accounts == {}


def test_a_gap_or_conflict_does_not_void_the_unfinished_document(world: World, commands: list[Command]) -> None:
    world.apply(commands[0])
    fields = {"kind": "designations", "source": "bureau", "id": "designations-x"}
    columns = {"payee_id": [make_id(1)], "bank": ["402"], "account": [make_account(1)]}
    assert codes_of(world.submit(world.sign("clerk", fields, columns, seq=9))) == ["D02"]
    assert codes_of(world.submit(world.sign("clerk", fields, columns, seq=1))) == ["D01"]
    apply_all(world, commands[1:])
    assert len(world.state.accounts) == SIZE


def test_two_keys_may_have_a_document_open_each(world: World, commands: list[Command]) -> None:
    world.apply(commands[0])
    world.send(
        "adapter", CENSUS | {"source": "bank-402"}, {"holder_id": [make_id(1)], "bank": ["402"], "account": ["9" * 19]}
    )
    apply_all(world, commands[1:])
    assert len(world.state.accounts) == SIZE + 1


GOOD: dict[str, dict[str, list[Any]]] = {
    "accounts": {"holder_id": [make_id(1)], "bank": ["402"], "account": [make_account(1)]},
    "designations": {"payee_id": [make_id(0)], "bank": ["402"], "account": ["9" * 19]},
    "review": {"line": [1], "reason": ["核实"]},
    "clear": {"line": [1], "reason": ["核实"]},
    "register": {"id": [make_id(1)], "died_on": ["2025-01-01"]},
    "release": {
        "bank": ["402"],
        "application": ["A-1"],
        "voucher": ["V-1"],
        "voucher_on": ["2026-11-05"],
        "count": [2],
        "fen": [20_000],
    },
}
FIELDS: dict[str, dict[str, Any]] = {
    "accounts": {"snapshot_on": "2026-10-31"},
    "designations": {},
    "review": {"action": "hold", "batch": {"source": "bank-402", "id": "B-1"}},
    "clear": {"kind": "review", "action": "clear", "batch": {"source": "bank-402", "id": "B-1"}},
    "register": {"register_name": "deaths", "update": "delta", "snapshot_on": "2026-10-31"},
    "release": {"batch": {"source": "bank-402", "id": "B-1"}, "number": 1},
}


@pytest.mark.parametrize("kind", GOOD)
@pytest.mark.parametrize(
    ("parts", "count", "code"),
    [(2, 1_000, "D10"), (1, 2, "D10"), (0, 2, "D09")],
    ids=["fewer items than stated", "the same in one part", "second part is no part"],
)
def test_a_document_with_a_wrong_part_or_count_has_no_effect_at_all(
    world: World, kind: str, parts: int, count: int, code: str
) -> None:
    world.send_batch("B-1", world.settle_people(2))
    world.take_census([make_id(0)], ["402"], ["9" * 19])
    body = json.dumps(GOOD[kind]).encode()
    bodies = [body] * parts or [body, b'{"nothing":[1]}']
    fields = {"kind": kind, "source": "bureau", "id": "document-x", **FIELDS[kind]}
    raw = world.sign_raw("reviewer" if kind == "clear" else "clerk", fields, bodies, count)
    *taken, last = derive_commands(parse_document(raw), world.now + 1)
    apply_all(world, taken)
    before = (
        world.state.accounts.copy(),
        repr(world.state.designations),
        repr(world.state.registers),
        repr(world.state.batches),
    )
    steps = world.apply(last)
    assert [code for step in steps for code in codes_of(step.outcomes)] == [code]
    effect = world.entries("effect")[-1]
    assert (effect["document"], effect["accepted"], effect["codes"]) == ("document-x", 0, {code: count})
    assert before == (
        world.state.accounts,
        repr(world.state.designations),
        repr(world.state.registers),
        repr(world.state.batches),
    )
    assert digest_of(raw) not in world.state.pending


def test_odd_items_are_refused_by_their_number_in_the_document_and_the_rest_counts(world: World) -> None:
    count = 1_100
    columns = {
        "holder_id": [make_id(number) for number in range(count)],
        "bank": ["402"] * count,
        "account": ["not an account" if number in (3, 1_050) else make_account(number) for number in range(count)],
    }
    outcomes = world.send("clerk", CENSUS, columns)
    assert [(outcome.word, outcome.code, outcome.position) for outcome in outcomes[1:]] == [
        ("item", "S01", "item 4"),
        ("item", "S01", "item 1051"),
    ]
    effect = world.entries("effect")[-1]
    assert (effect["accepted"], effect["refused"], effect["codes"]) == (count - 2, 2, {"S01": 2})
    assert effect["positions"] == [[4, "S01"], [1_051, "S01"]]


def test_an_entry_lists_the_first_hundred_odd_items_and_the_outcomes_all(world: World) -> None:
    columns = {
        "holder_id": [make_id(number) for number in range(151)],
        "bank": ["402"] + ["x"] * 150,
        "account": [make_account(number) for number in range(151)],
    }
    outcomes = world.send("clerk", CENSUS, columns)
    effect = world.entries("effect")[-1]
    assert (effect["refused"], len(effect["positions"]), effect["positions"][-1]) == (150, 100, [101, "S01"])
    assert sum(outcome.word == "item" for outcome in outcomes) == 150


def test_a_code_that_an_adapter_made_up_does_not_reach_the_log(world: World) -> None:
    columns = {**GOOD["accounts"], "bad": [[0, make_id(7), make_account(7)]]}
    assert codes_of(world.send("clerk", CENSUS, columns)) == ["", "D09"]
    assert make_id(7) not in str(world.entries())
    assert make_account(7) not in str(world.entries())


def test_the_key_of_an_open_document_is_its_signers(world: World, commands: list[Command]) -> None:
    world.apply(commands[0])
    assert list(world.state.open) == [key_of("clerk")]


def test_an_item_that_its_sender_could_not_read_is_refused_and_not_carried_out(world: World) -> None:
    rows = {"holder_id": [make_id(1), make_id(2)], "bank": ["402"] * 2, "account": [make_account(1), make_account(2)]}
    part = json.dumps(rows | {"bad": [[0, "account", "I20"]]}).encode()
    fields = {"kind": "accounts", "source": "bureau", "id": "census-b", "snapshot_on": "2026-10-31"}
    outcomes = world.submit(world.sign_raw("clerk", fields, [part], 2))
    assert [(outcome.code, outcome.position) for outcome in outcomes[1:]] == [("I20", "item 1")]
    assert list(world.state.accounts) == [make_account(2)]
