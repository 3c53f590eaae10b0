"""Owns the making of the county: stories first, each at a place of its own, then ordinary lines, then repeats."""

from collections.abc import Sequence

from consolidator.sample.cases import LOOK_ALIKES, PLANTED, Cast
from consolidator.sample.county import County, Move, Watched
from consolidator.sample.dice import Dice
from consolidator.sample.families import POSITIONS, plant_families, plant_split_families
from consolidator.sample.filling import draw_ordinary, note_old_programmes
from consolidator.sample.lines import plant
from consolidator.sample.people import Ordinary, Registry, settle_ordinary
from consolidator.sample.places import COUNTY, TOWN_NAMES
from consolidator.sample.plan import Batch, plan_batches
from consolidator.sample.programmes import PROGRAMMES
from consolidator.sample.repeats import Repeat, is_plain, make_repeat, reserve_repeats
from consolidator.sample.sharing import plant_shared_cards
from consolidator.sample.slots import Slots, choose_slots
from consolidator.sample.story_lists import add_story_lists, count_story_lines

PEOPLE_MIN = 700  # what the smallest sample's batches need
LINES_PER_PERSON = 3
_LIE_FEN = 100_000  # what the lying batch states too much


def build_county(lines: int, seed: int, code: str = COUNTY) -> County:
    """Build the county whose batches have exactly ``lines`` lines together."""
    registry = Registry(seed, code)
    ordinary = settle_ordinary(registry, seed, max(PEOPLE_MIN, lines // LINES_PER_PERSON))
    void_size = max(10, lines // 1000)
    each = _count_each(lines)
    few = max(2, each // 3)  # of the cases that stand in lists of their own
    planned = plan_batches(ordinary, lines - void_size - count_story_lines(few), seed)
    county = County(registry, planned)
    dice = Dice(seed, "stories")
    county.officials += [(person, dice.pick(POSITIONS)) for person in ordinary.officials]
    slots = [Slots(batch, dice) for batch in county.batches]
    cast = Cast(registry, dice, county.relations)
    repeats = _plant_stories(county, slots, cast, lines)
    add_story_lists(county, cast, slots, few)
    _fill(slots, ordinary, repeats, Dice(seed, "lines"))
    _mark_old_cards(county, each)
    _watch(county)
    county.batches.append(_make_void(county, ordinary, void_size, dice))
    for batch in county.batches:
        note_old_programmes(batch)
    return county


def _count_each(lines: int) -> int:
    """Give how many of each single case are planted: with all cases together about one line in a hundred."""
    return max(2, lines // 1500)


def _plant_stories(county: County, slots: Sequence[Slots], cast: Cast, lines: int) -> dict[int, list[Repeat]]:
    plant_families(county, cast, slots, max(1, lines // 15_000))
    plant_split_families(county, cast, slots, lines // 2000)
    plant_shared_cards(cast, slots, max(1, lines // 10_000))
    each = _count_each(lines)
    repeats = reserve_repeats(slots, {"part": each, "document": each // 4, "batches": each})
    for offset, case in enumerate((*PLANTED, *LOOK_ALIKES)):
        fitting = [found for found in slots if case.fits(found.batch)]
        for turn in range(each):
            chosen = choose_slots(fitting, turn + offset)
            chosen.put([case.make(cast, chosen.batch)])
    _plant_moves(county, slots, cast, min(3, 1 + lines // 20_000))
    return repeats


def _plant_moves(county: County, slots: Sequence[Slots], cast: Cast, count: int) -> None:
    """Plant people who change their account between assessment and release, in batches far apart."""
    for turn in range(count):
        chosen = choose_slots(slots, 1 + turn * len(slots) // count)
        line = plant(
            cast.make_adult(chosen.batch), ("H01",), "发放前变更指定账户 / designation changed just before pay-out"
        )
        (place,) = chosen.put([line])
        card = cast.registry.give_second_card(line.payee)
        county.moves.append(Move(chosen.batch, place + 1, line.payee, card))


def _fill(slots: Sequence[Slots], ordinary: Ordinary, repeats: dict[int, list[Repeat]], dice: Dice) -> None:
    """Put ordinary lines at the free places, then the repeats, which look at lines before them."""
    for found in slots:
        batch, places = found.batch, found.list_free()
        found.rows.update(zip(places, draw_ordinary(batch, ordinary, len(places), dice), strict=True))
        for repeat in repeats.get(batch.number, []):
            found.rows[repeat.place] = make_repeat(repeat, batch, found.rows, dice)
        batch.lines = [found.rows[place] for place in range(batch.size)]
        batch.stated_fen = sum(line.amount_fen for line in batch.lines)


def _mark_old_cards(county: County, count: int) -> None:
    """Name some of the many lines whose stated account is an old card; that alone is no reason to hold them."""
    for batch in county.batches:
        for line in batch.lines:
            if count and is_plain(line) and line.stated is not line.payee.designated:
                line.look_alike = "原账户是旧卡 / the stated account is an old card"
                count -= 1
                break


def _watch(county: County) -> None:
    """Choose the line that oversight holds by hand, and that two persons let go."""
    batch = county.batches[0]
    number, line = next((number, line) for number, line in enumerate(batch.lines, start=1) if is_plain(line))
    plant(line, ("H03",), "监督机构人工拦截,核实后放行 / held by oversight, cleared later")
    county.watched.append(Watched(batch, number))


def _make_void(county: County, ordinary: Ordinary, size: int, dice: Dice) -> Batch:
    """Make the batch whose header states more money than its lines hold."""
    programme = PROGRAMMES[1]
    batch = Batch(len(county.batches) + 1, programme, programme.periods[1], "bank", range(len(TOWN_NAMES)), size)
    batch.lines = draw_ordinary(batch, ordinary, size, dice)
    batch.stated_fen = sum(line.amount_fen for line in batch.lines) + _LIE_FEN
    for line in batch.lines:
        plant(line, ("R40",), "批次总额不符,整批作废 / the batch's totals lie")
    return batch
