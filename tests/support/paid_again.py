"""A county of tests that pays again: lines of bank 402 fail, and later batches correct them."""

from collections.abc import Sequence

from schemas.commits import Outcome
from schemas.identifiers import derive_line_ref
from tests.support.told import BANK, order_lines, result, tell
from tests.support.world import World


def fail_lines(world: World, count: int) -> list[str]:
    """Have so many lines of B-1 ordered at bank 402, and all of them fail; gives the IDs."""
    ids = order_lines(world, count)
    tell(world, *(result("failed", line, why="account_state", reason="已销户") for line in range(1, count + 1)))
    return ids


def correct(world: World, batch: str, ids: Sequence[str], sources: Sequence[int], of: str = "B-1") -> list[Outcome]:
    """Send a batch whose lines, of these people, correct lines of an earlier one, 100 yuan each."""
    return world.send_batch(batch, ids, source_line=[derive_line_ref(BANK, of, line) for line in sources])
