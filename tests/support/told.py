"""A bank that says what became of its orders, for the county of tests: its officer in policy, and results it signs."""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.commits import Outcome
from schemas.identifiers import derive_order_id
from tests.support.world import World, digest_of, make_account, officer

SALT = "5" * 32
BANK = "bank-402"


def add_bank(world: World, name: str = BANK, bank: str = "402") -> None:
    """Let an adapter of a bank send results, for its own orders."""
    source = ("source", name, {"name": "农商行", "type": "bank", "bank": bank})
    world.set_policy(f"policy-{name}", [source, officer(f"teller-{bank}", name, "adapter", ["results"])])


def result(status: str, line: int, batch: str = "B-1", **told: Any) -> dict[str, Any]:  # noqa: ANN401 -- as JSON
    """Say what became of a line: to the account it was ordered to (see ``settle_people``), 100 yuan, unless said."""
    order = told.pop("order", derive_order_id("511112", BANK, batch, line, 0))
    return {"order": order, "status": status, "amount_fen": 10_000, "account": make_account(line - 1), **told}


def sign_results(world: World, results: Sequence[Mapping[str, Any]], name: str = BANK, bank: str = "402") -> bytes:
    """Make a results document."""
    key = f"teller-{bank}"
    fields = {"kind": "results", "source": name, "id": f"RES-{world.numbers.get(key, 0) + 1}", "salt": SALT}
    names = ["order", "status", "amount_fen", "account", "why", "reason", "serial", "on"]
    columns = {column: [each.get(column) for each in results] for column in names}
    return world.sign(key, fields, columns)


def tell(world: World, *results: Mapping[str, Any], name: str = BANK, bank: str = "402") -> list[Outcome]:
    """Send results; gives what became of them."""
    return world.submit(sign_results(world, results, name, bank))


def tell_one(world: World, status: str, line: int, batch: str = "B-1", **told: Any) -> str:  # noqa: ANN401 -- as JSON
    """Send one result; gives the document's digest."""
    raw = sign_results(world, [result(status, line, batch, **told)])
    world.submit(raw)
    return digest_of(raw)


def order_lines(world: World, count: int, batch: str = "B-1") -> list[str]:
    """Have so many people's lines ordered at bank 402, whose adapter may tell results; gives their IDs."""
    add_bank(world)
    ids = world.settle_people(count)
    world.send_batch(batch, ids)
    world.release(batch, [("402", count, 10_000 * count)])
    return ids
