"""Owns the plan of batches: which programme, period and area, how many lines, who sends it and in which form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from consolidator.sample.dice import Dice
from consolidator.sample.lines import Line
from consolidator.sample.people import Ordinary
from consolidator.sample.places import TOWN_NAMES
from consolidator.sample.programmes import PROGRAMMES, Programme
from schemas.errors import invariant

LINES_PER_BATCH = 875  # the mean in a real county
BATCHES_MIN = 12
PLOTS_PER_HEAD = 6
_TOWNS = len(TOWN_NAMES)
_WEIGHTS = (6, 4, 12, 5, 7, 8, 4, 6, 5, 3, 5)  # sizes of batches relative to each other
_AREAS = (2, 1, 2, 2, 1, 2, 1)  # batches of each programme and period, the first of which carry the stories
_AREAS_LATER = (1, 2)
_ROOM = 3, 2  # an area should hold three people for two lines


@dataclass(slots=True)
class Batch:
    """A batch to be written. Its people live in ``towns``; two batches of one programme and period share none."""

    number: int
    programme: Programme
    period: str
    form: Literal["bank", "bureau"]
    towns: Sequence[int]
    size: int = 0
    lines: list[Line] = field(default_factory=list)
    stated_fen: int = 0  # what its cover or header says; the truth, but for one batch
    plan_fen: int = 0  # what its plan allows at first, where that is not what is stated
    published: bool = True
    codes: tuple[str, ...] = ()  # what must be found about the batch as a whole
    what: str = ""

    @property
    def call(self) -> tuple[str, str]:
        """Programme and period: what a household or person gets once."""
        return self.programme.id, self.period

    @property
    def source(self) -> str:
        """Who sends it."""
        return "bank-402" if self.form == "bank" else self.programme.department

    @property
    def document(self) -> str:
        """Its number with its sender."""
        return f"{'PAY402' if self.form == 'bank' else 'DB'}-202611-{self.number:04d}"

    @property
    def plan_number(self) -> str:
        """The number of the plan it is paid under."""
        return f"示财计〔2026〕{self.number}号"


def plan_batches(ordinary: Ordinary, lines: int, seed: int) -> list[Batch]:
    """Plan batches that together have ``lines`` lines, within what each area can hold."""
    dice = Dice(seed, "plan")
    count = max(BATCHES_MIN - 1, lines // LINES_PER_BATCH)
    batches: list[Batch] = []
    for programme, period, areas in _list_calls():
        if len(batches) == count:
            break
        area = min(areas, count - len(batches))
        towns = _choose_areas(ordinary, programme, area, lines // count, dice.below(_TOWNS))
        for chosen in towns:
            batches.append(Batch(len(batches) + 1, programme, period, _choose_form(programme, batches), chosen))
    _share_out(batches, ordinary, lines)
    return batches


def _list_calls() -> Iterator[tuple[Programme, str, int]]:
    """List programmes with a period and a number of areas; every programme's latest period comes first."""
    number = 0
    for back in range(max(len(programme.periods) for programme in PROGRAMMES)):
        for programme in PROGRAMMES:
            if back < len(programme.periods):
                later = _AREAS_LATER[number % len(_AREAS_LATER)]
                yield programme, programme.periods[back], _AREAS[number] if number < len(_AREAS) else later
                number += 1


def _choose_form(programme: Programme, batches: Sequence[Batch]) -> Literal["bank", "bureau"]:
    """A bank's file knows no quantity, plot or guardian; apart from that half of the batches come from the bank."""
    if programme.measure or programme.id == "ORPHAN-AID":
        return "bureau"
    banks = sum(batch.form == "bank" for batch in batches)
    return "bank" if 2 * banks <= len(batches) else "bureau"


def _choose_areas(ordinary: Ordinary, programme: Programme, areas: int, size: int, first: int) -> list[list[int]]:
    """Cut as many areas of as few neighbouring towns as hold enough people."""
    widest = _TOWNS // areas
    width = next(
        (
            width
            for width in range(1, widest)
            if _count_room(ordinary, programme, range(width)) * _ROOM[1] >= size * _ROOM[0]
        ),
        widest,
    )
    return [[(first + area * width + step) % _TOWNS for step in range(width)] for area in range(areas)]


def _count_room(ordinary: Ordinary, programme: Programme, towns: Sequence[int]) -> int:
    pools = ordinary.adults if programme.unit == "person" else ordinary.heads
    return sum(len(pools[town]) for town in towns) * (PLOTS_PER_HEAD if programme.unit == "plot" else 1)


def _share_out(batches: Sequence[Batch], ordinary: Ordinary, lines: int) -> None:
    """Give every batch its size: by weight, at most what its area holds, the rest where there is room."""
    rooms = [_count_room(ordinary, batch.programme, batch.towns) for batch in batches]
    weights = [_WEIGHTS[place % len(_WEIGHTS)] for place in range(len(batches))]
    for batch, room, weight in zip(batches, rooms, weights, strict=True):
        batch.size = min(room, lines * weight // sum(weights))
    left = lines - sum(batch.size for batch in batches)
    while left > 0:
        open_batches = [(batch, room) for batch, room in zip(batches, rooms, strict=True) if batch.size < room]
        invariant(open_batches, "the county has room for its lines")
        share = max(1, left // len(open_batches))
        for batch, room in open_batches:
            more = min(share, room - batch.size, left)
            batch.size += more
            left -= more
