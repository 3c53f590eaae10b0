"""A bank that answers for the county of tests: its key in policy, and the results it signs about orders of B-1."""

import json
from collections.abc import Sequence
from typing import Any

from schemas.commits import Outcome
from tests.support.world import COUNTY, Columns, World, codes_of, make_account, officer

FEN = 10_000  # what a batch of tests pays each line unless said
_OPTIONAL = ("account", "why", "reason", "serial", "on")


def add_bank(world: World, bank: str = "402", name: str = "teller") -> None:
    """Register a bank's source, which speaks for this bank only, and its key."""
    source = ("source", f"bank-{bank}-results", {"name": "代发行", "type": "bank", "bank": bank})
    world.set_policy(f"policy-{name}", [source, officer(name, source[1], "adapter", ["results"])])


def result(line: int, status: str, fen: int = FEN, **fields: object) -> dict[str, Any]:
    """Make a result of an order of B-1."""
    base = {"order": f"{COUNTY}/bank-402/B-1/{line}/0", "status": status, "amount_fen": fen}
    return base | dict.fromkeys(_OPTIONAL) | fields


def paid_to(line: int) -> str:
    """Give the account that a line of B-1 was ordered to."""
    return make_account(line - 1)


def sign_results(
    world: World,
    rows: Sequence[dict[str, Any]],
    key: str = "teller",
    source: str = "bank-402-results",
    **fields: object,
) -> bytes:
    """Make a results document."""
    header = {"kind": "results", "source": source, "id": f"RES-{key}-{world.numbers.get(key, 0) + 1}", "salt": "0" * 32}
    columns: Columns = {name: [row[name] for row in rows] for name in ("order", "status", "amount_fen", *_OPTIONAL)}
    return world.sign(key, header | fields, columns)


def answer(world: World, *rows: dict[str, Any]) -> list[Outcome]:
    """Let the bank tell results."""
    return world.submit(sign_results(world, rows))


def order_four() -> World:
    """Make a county with four ordered lines in B-1, whose policy knows the bank that pays them."""
    world = World()
    world.set_up()
    add_bank(world)
    world.send_batch("B-1", world.settle_people(4))
    assert codes_of(world.release("B-1", [("402", 4, 4 * FEN)])) == [""]
    return world


def told(world: World, kind: str) -> list[Any]:
    """Give the private parts of a kind's entries."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    return [json.loads(private) for entry, private in pairs if entry["kind"] == kind and private]
