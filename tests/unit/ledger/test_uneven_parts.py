"""Batches whose parts differ: a column that only one part has, an odd item in a later part."""

import json
from typing import Any

import pytest

from tests.support.world import World, codes_of, make_account, make_id

FIRST = 1_000  # lines of the first part
COLLECTOR, CARD = make_id(5_000), make_account(900)


@pytest.fixture
def world() -> World:
    """A county without registers: every line is held for want of a designation, and nothing else is the matter."""
    made = World()
    made.set_up()
    return made


def make_part(first: int, count: int, **columns: object) -> bytes:
    """Make a part of lines of different persons, with further columns."""
    ids = [make_id(first + number) for number in range(count)]
    rows = {"beneficiary_id": ids, "beneficiary_name": ["某甲"] * count, "amount_fen": [10_000] * count}
    return json.dumps(rows | columns).encode()


def send(world: World, **columns: object) -> list[str]:
    """Send a batch of a full part and one of six lines, which alone has the further columns; returns reason codes."""
    parts = [make_part(0, FIRST), make_part(FIRST, 6, **columns)]
    fields = world.batch_fields("B-1", FIRST + 6, 10_000 * (FIRST + 6))
    return codes_of(world.submit(world.sign_raw("adapter", fields, parts, FIRST + 6)))


def find_facts(world: World, code: str) -> dict[int, dict[str, Any]]:
    """Give, by line, the facts that a group rule compared."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    evidence = {entry["line"]: json.loads(private)["evidence"] for entry, private in pairs if entry["kind"] == "line"}
    return {line: facts[code] for line, facts in evidence.items() if "persons" in facts.get(code, {})}


LAST = range(FIRST + 1, FIRST + 7)


def test_a_collector_is_found_though_only_the_last_part_names_payees(world: World) -> None:
    assert send(world, payee_id=[COLLECTOR] * 6, payee_name=["某乙"] * 6) == [""]
    facts = {"day": "2026-11-01", "persons": 6, "persons_max": 5}
    assert find_facts(world, "R54") == dict.fromkeys(LAST, facts)


def test_an_account_of_many_is_found_though_only_the_last_part_states_accounts(world: World) -> None:
    assert send(world, account=[CARD] * 4 + [None] * 2) == [""]
    assert find_facts(world, "R11") == {line: {"persons": 4, "persons_max": 3} for line in LAST[:4]}


def test_an_odd_item_of_the_last_part_is_no_member_of_its_group(world: World) -> None:
    villages = ["511112001001"] * 2 + ["no village"] + ["511112001001"] * 3
    codes = send(world, payee_id=[COLLECTOR] * 6, payee_name=["某乙"] * 6, village=villages)
    assert codes == ["", "S01"]
    assert world.findings("B-1")[FIRST + 2] == ["S01:red"]
    assert find_facts(world, "R54") == {}
