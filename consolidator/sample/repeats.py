"""Owns repeats: one entitlement twice, in one part, in one document, or in two batches. Only the later is wrong."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from consolidator.sample.dice import Dice
from consolidator.sample.filling import choose_stated
from consolidator.sample.lines import Line, plant
from consolidator.sample.plan import Batch
from consolidator.sample.slots import Slots
from schemas.headers import PART_ITEMS_MAX

Reach = Literal["part", "document", "batches"]
_WHATS = {
    "part": "同一批次内重复 / twice in one part of a file",
    "document": "同一批次前后重复 / twice in one file, far apart",
    "batches": "两个批次重复 / twice, in two batches",
}


@dataclass(frozen=True, slots=True)
class Repeat:
    """A place kept for a repeat; ``earlier`` is the batch whose line it repeats (its own, or one before)."""

    place: int
    reach: Reach
    earlier: Batch


def reserve_repeats(slots: Sequence[Slots], counts: dict[Reach, int]) -> dict[int, list[Repeat]]:
    """Keep places for repeats; returns them by batch number. Batches too small for a kind are passed over."""
    kept: dict[int, list[Repeat]] = {}
    for reach, count in counts.items():
        chances = [(found, earlier) for found in slots if (earlier := _find_earlier(reach, found, slots)) is not None]
        for turn in range(count if chances else 0):
            found, earlier = chances[turn % len(chances)]
            place = found.reserve(lambda place, reach=reach, size=found.batch.size: _is_late(reach, place, size))  # type: ignore[misc]  # a lambda's defaults have no type
            if place is not None:
                kept.setdefault(found.batch.number, []).append(Repeat(place, reach, earlier))
    return kept


def _find_earlier(reach: Reach, found: Slots, slots: Sequence[Slots]) -> Batch | None:
    batch = found.batch
    if reach == "part":
        return batch
    if reach == "document":
        return batch if batch.size > PART_ITEMS_MAX + PART_ITEMS_MAX // 10 else None
    return next((other.batch for other in slots if _is_before(other.batch, batch)), None)


def _is_before(other: Batch, batch: Batch) -> bool:
    return other.number < batch.number and other.call == batch.call


def _is_late(reach: Reach, place: int, size: int) -> bool:
    """Leave room before the place for the line that is repeated."""
    first = place // PART_ITEMS_MAX * PART_ITEMS_MAX
    if reach == "part":
        return place - first >= min(PART_ITEMS_MAX, size - first) // 2
    return reach == "batches" or first > 0


def make_repeat(repeat: Repeat, batch: Batch, rows: dict[int, Line], dice: Dice) -> Line:
    """Make the later line of a pair: the same person and entitlement, maybe to another old card."""
    first = repeat.place // PART_ITEMS_MAX * PART_ITEMS_MAX
    if repeat.reach == "batches":
        candidates = [line for line in repeat.earlier.lines if is_plain(line)]
    elif repeat.reach == "part":
        candidates = [line for place, line in rows.items() if first <= place < repeat.place and is_plain(line)]
    else:
        candidates = [line for place, line in rows.items() if place < first and is_plain(line)]
    original = dice.pick(candidates)
    line = replace(original, stated=choose_stated(batch, original.payee, dice))
    return plant(line, ("R16",), _WHATS[repeat.reach])


def is_plain(line: Line) -> bool:
    """Say whether nothing at all is special about a line."""
    return not line.codes and not line.look_alike
