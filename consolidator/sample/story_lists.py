"""Owns short batches made for one story each, where the list as a whole counts: machines, exclusion, plan."""

from collections.abc import Sequence

from consolidator.sample.cases import Cast
from consolidator.sample.county import County, Watched
from consolidator.sample.filling import make_line
from consolidator.sample.lines import Line, plant
from consolidator.sample.places import TOWN_NAMES
from consolidator.sample.plan import Batch
from consolidator.sample.programmes import BATH_AID, MACHINE, RELOCATE, Programme
from consolidator.sample.slots import Slots, choose_slots

_MACHINES = 4  # one more than a buyer may have
_BUYERS_ONE_IN = 10
_BUILT = 2
_BATHED, _BATHED_LATER = 3, 15  # a village's people in one month, and in the next
_WHAT_JUMPED = "名单骤增,并超出用款计划 / the list jumped, and is over its payment plan"


def count_story_lines(each: int) -> int:
    """Give how many lines all these batches have together; ``each`` of a single case."""
    machines = 3 * each + _MACHINES * _count_buyers(each)
    relocated = _BUILT + each + _count_unpublished(each)
    return machines + relocated + _BATHED + _BATHED_LATER


def _count_buyers(each: int) -> int:
    return 1 + each // _BUYERS_ONE_IN


def _count_unpublished(each: int) -> int:
    return 2 + each // 4


def add_story_lists(county: County, cast: Cast, slots: Sequence[Slots], each: int) -> None:
    """Add the batches behind the ordinary ones; ``slots`` are of those, for what people have already."""
    _add_machines(_open(county, cast, MACHINE, "2026"), cast, each)
    _add_relocated(county, cast, slots, each)
    _add_unpublished(_open(county, cast, RELOCATE, "2026"), cast, each)
    _add_jump(county, cast)


def _open(county: County, cast: Cast, programme: Programme, period: str) -> Batch:
    """Begin the next batch, of one town."""
    town = cast.dice.below(len(TOWN_NAMES))
    batch = Batch(len(county.batches) + 1, programme, period, "bureau", [town])
    county.batches.append(batch)
    return batch


def _close(batch: Batch, lines: Sequence[Line]) -> None:
    batch.lines, batch.size = list(lines), len(lines)
    batch.stated_fen = sum(line.amount_fen for line in lines)


def _add_machines(batch: Batch, cast: Cast, each: int) -> None:
    """Machines paid for once, machines stated again by another buyer or without serial, and who bought too many."""
    bought = [_make_machine(cast, batch, f"NJ{number:06d}") for number in range(1, each + 1)]
    again = [
        plant(_make_machine(cast, batch, line.plot), ("R35",), "机具重复补贴 / one machine twice") for line in bought
    ]
    without = [plant(_make_machine(cast, batch, ""), ("R35",), "没有出厂编号 / no serial") for _ in range(each)]
    for line in without:
        line.state = "held"  # the milder form: nobody can tell which machine it is
    hoards = [line for number in range(_count_buyers(each)) for line in _make_hoard(cast, batch, number)]
    _close(batch, [*bought, *again, *without, *hoards])


def _make_machine(cast: Cast, batch: Batch, serial: str) -> Line:
    line = cast.make_adult(batch)
    line.plot = serial
    return line


def _make_hoard(cast: Cast, batch: Batch, number: int) -> list[Line]:
    """Make the lines of one buyer of too many machines."""
    buyer = cast.registry.add_adult(cast.choose_town(batch))
    lines = [cast.make_own(batch, buyer) for _ in range(_MACHINES)]
    for machine, line in enumerate(lines, start=1):
        line.plot = f"NK{number:05d}{machine}"
        plant(line, ("R36",), "短期购多台 / too many machines by one buyer")
    return lines


def _add_relocated(county: County, cast: Cast, slots: Sequence[Slots], each: int) -> None:
    """People who moved into a new house, and people whose old one was repaired as well."""
    batch = _open(county, cast, RELOCATE, "2026")
    repaired = [found for found in slots if found.batch.programme.id in RELOCATE.excludes]
    lines = [cast.make_adult(batch) for _ in range(_BUILT)]
    for turn in range(each):
        chosen = choose_slots(repaired, turn)
        before = cast.make_adult(chosen.batch)
        before.look_alike = "互斥项目中先报的一笔 / the earlier of two that exclude each other"
        chosen.put([before])
        line = make_line(batch, before.beneficiary, before.payee, cast.dice)
        lines.append(plant(line, ("R19",), "互斥项目同享 / a programme that excludes another he has"))
    county.excluded += [Watched(batch, number) for number, line in enumerate(lines, start=1) if line.codes]
    _close(batch, lines)


def _add_unpublished(batch: Batch, cast: Cast, each: int) -> None:
    """A list that never hung in the village: every line of it waits."""
    batch.published = False
    lines = [cast.make_adult(batch) for _ in range(_count_unpublished(each))]
    _close(batch, [plant(line, ("R42",), "未公示先发放 / the list never hung in public") for line in lines])


def _add_jump(county: County, cast: Cast) -> None:
    """One village's list of two months: the second is five times as long, and over its plan."""
    before = _open(county, cast, BATH_AID, "2026-09")
    now = _open(county, cast, BATH_AID, "2026-10")
    now.towns = before.towns
    village = cast.registry.villages[before.towns[0]][0]
    people = [cast.registry.add_adult(before.towns[0]) for _ in range(_BATHED_LATER)]
    for person in people:
        person.village = village
    _close(before, [cast.make_own(before, person) for person in people[:_BATHED]])
    _close(now, [cast.make_own(now, person) for person in people])
    now.plan_fen = before.stated_fen
    now.codes, now.what = ("R41", "R55"), _WHAT_JUMPED
