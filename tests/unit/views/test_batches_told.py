"""A batch shows what each bank said became of its lines, in count and fen."""

import pytest

from consolidator.views.batches import require_batch, show_batch
from tests.support.told import add_bank, result, tell
from tests.support.world import World, make_account


@pytest.fixture
def world() -> World:
    """A county with three lines ordered at bank 402 and one at bank 103, and nobody who tells."""
    world = World()
    world.set_up(paying_banks=["402", "103"])
    ids = world.settle_people(4)
    world.take_census(ids[:1], ["103"], [make_account(50)])
    world.designate(ids[:1], ["103"], [make_account(50)])
    world.now += 40 * 86_400  # a changed account cools off
    world.send_batch("B-1", ids)
    return world


def show(world: World) -> list[tuple[str, str, int, int]]:
    """Give what is shown of B-1, by bank and state."""
    rows = show_batch(world.state, require_batch(world.state, "bank-402/B-1"))["told_by_bank"]
    return [(row["bank"], row["state"], row["count"], row["fen"]) for row in rows]


def test_nothing_is_told_before_anything_was_ordered(world: World) -> None:
    assert show(world) == []


def test_lines_stand_by_bank_and_by_what_became_of_them(world: World) -> None:
    add_bank(world)
    add_bank(world, "bank-103", "103")
    world.release("B-1", [("103", 1, 10_000), ("402", 3, 30_000)])
    assert show(world) == [("103", "ordered", 1, 10_000), ("402", "ordered", 3, 30_000)]
    tell(world, result("credited", 2), result("unknown", 3), result("returned", 4))
    assert show(world) == [
        ("103", "ordered", 1, 10_000),
        ("402", "credited", 1, 10_000),
        ("402", "unknown", 1, 10_000),
        ("402", "returned", 1, 10_000),
    ]
    tell(world, result("failed", 1, account=make_account(50)), name="bank-103", bank="103")
    assert show(world)[0] == ("103", "failed", 1, 10_000)
