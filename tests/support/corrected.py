"""Corrections in the county of tests: lines of B-1 that were not paid, and batches that pay them again."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.ledger.releases import list_figures
from schemas.commits import Outcome
from schemas.identifiers import derive_order_id
from schemas.orders import parse_order_part
from tests.support.answered import FEN, answer, order_four, result
from tests.support.world import COUNTY, World, codes_of, make_id

IDS = [make_id(number) for number in range(4)]


def leave_unpaid() -> World:
    """Make a county with four ordered lines in B-1: the first two failed, the third came back, the fourth is paid."""
    made = order_four()
    rows = [result(1, "failed"), result(2, "failed"), result(3, "returned"), result(4, "credited")]
    assert codes_of(answer(made, *rows)) == [""]
    return made


def name(line: int, batch: str = "B-1") -> str:
    """Name a line."""
    return f"bank-402/{batch}/{line}"


def correct(  # noqa: PLR0913 -- a batch with its usual values
    world: World,
    lines: Sequence[int],
    batch: str = "C-1",
    *,
    source: str = "B-1",
    amounts: Sequence[int] | None = None,
    fields: Mapping[str, Any] | None = None,
    **columns: Sequence[Any],
) -> list[Outcome]:
    """Send a batch that corrects lines of B-1, each for its own person, unless said."""
    columns.setdefault("source_line", [name(line, source) for line in lines])
    return world.send_batch(batch, [IDS[line - 1] for line in lines], amounts, fields, **columns)


def pay(world: World, batch: str, count: int, fen: int = FEN) -> None:
    """Release all lines of a batch."""
    assert codes_of(world.release(batch, [("402", count, count * fen)])) == [""]


def find_facts(world: World, batch: str = "C-1") -> list[dict[str, Any]]:
    """Give the facts compared, of each line of a batch as it was assessed."""
    pairs = zip(world.entries(), world.privates(), strict=True)
    entries = [json.loads(private) for entry, private in pairs if _is_line(entry, batch)]
    return [entry["evidence"] for entry in entries]


def _is_line(entry: Mapping[str, Any], batch: str) -> bool:
    return (entry["kind"], entry.get("document")) == ("line", batch)


def list_rounds(world: World, batch: str) -> list[list[int]]:
    """Give the rounds in each part of a batch's order lists, as they are stored."""
    parts = [part for step in world.steps for part in step.order_parts if f"_{batch}_" in part.file]
    return [parse_order_part(part.body).round for part in parts]


def order_failed(
    world: World,
    batch: str,
    ids: Sequence[str],
    fields: Mapping[str, Any],
    amounts: Sequence[int] | None = None,
    **columns: list[Any],
) -> None:
    """Order a batch, and let its banks tell that nothing was paid."""
    world.send_batch(batch, ids, amounts, fields, **columns)
    assert codes_of(world.release(batch, list_figures(world.state, world.batch(batch)))) == [""]
    rows = [
        result(line, "failed", fen, order=derive_order_id(COUNTY, "bank-402", batch, line, 0))
        for line, fen in enumerate(world.batch(batch).fen, start=1)
    ]
    assert codes_of(answer(world, *rows)) == [""]


def stop(world: World, batch: str, line: int = 1) -> None:
    """Hold and stop a line."""
    world.review("reviewer", "hold", batch, [line])
    world.review("reviewer", "stop", batch, [line])
    assert world.line_states(batch)[line - 1] == "stopped"
