"""Owns the places of a batch's lines: stories get theirs by chance, the rest is left for ordinary lines."""

from collections.abc import Callable, Sequence

from consolidator.sample.dice import Dice
from consolidator.sample.lines import Line
from consolidator.sample.plan import Batch
from schemas.errors import invariant


class Slots:
    """The places of one batch, counted from 0; stories take at most half of them."""

    def __init__(self, batch: Batch, dice: Dice) -> None:
        """Lay out the places of a batch."""
        self.batch = batch
        self.rows: dict[int, Line] = {}
        self._free = dice.draw(range(batch.size), batch.size)
        self._room = batch.size // 2

    def has_room(self, count: int) -> bool:
        """Say whether so many more lines of stories fit."""
        return self._room >= count

    def put(self, lines: Sequence[Line]) -> list[int]:
        """Give lines places in their order; returns the places."""
        places = sorted(self._free.pop() for _ in lines)
        self._room -= len(lines)
        self.rows.update(zip(places, lines, strict=True))
        return places

    def reserve(self, accepts: Callable[[int], bool]) -> int | None:
        """Take a free place that is acceptable, or none."""
        place = next((place for place in self._free if accepts(place)), None)
        if place is not None:
            self._free.remove(place)
            self._room -= 1
        return place

    def list_free(self) -> list[int]:
        """Give the places still free, in order."""
        return sorted(self._free)


def choose_slots(slots: Sequence[Slots], turn: int, count: int = 1) -> Slots:
    """Give the batch whose turn it is, or the next one with room for ``count`` lines."""
    around = (slots[(turn + step) % len(slots)] for step in range(len(slots)))
    chosen = next((found for found in around if found.has_room(count)), None)
    invariant(chosen, "some batch has room for the story")
    return chosen  # type: ignore[return-value]  # the line above
