"""Owns the case the system was born from: an official's family of three, all paid where the household gets it once."""

from collections.abc import Sequence
from itertools import pairwise, permutations

from consolidator.sample.cases import Cast
from consolidator.sample.county import County, Family
from consolidator.sample.filling import make_line
from consolidator.sample.lines import Line, plant
from consolidator.sample.people import ADULT_BORN
from consolidator.sample.plan import Batch
from consolidator.sample.slots import Slots, choose_slots

POSITIONS = ("村委会主任", "村党支部书记", "村文书")
_GROWN_CHILD_BORN = (2002, 2006)
_WHATS = (
    "村干部一家三口重复领取:本人 / an official's family of three: himself",
    "村干部一家三口重复领取:配偶 / an official's family of three: his spouse",
    "村干部一家三口重复领取:子女 / an official's family of three: his child",
)


def plant_families(county: County, cast: Cast, slots: Sequence[Slots], sets: int) -> None:
    """Plant ``sets`` times six families, one for each order of the three lines in a file."""
    fitting = [found for found in slots if is_per_household(found.batch)]
    for turn, order in enumerate(tuple(permutations(range(3))) * sets):
        chosen = choose_slots(fitting, turn, 3)
        members = _make_family(county, cast, chosen.batch)
        places = chosen.put([members[role] for role in order])
        by_role = [places[order.index(role)] + 1 for role in range(3)]
        county.families.append(Family(chosen.batch, *by_role))


def plant_split_families(county: County, cast: Cast, slots: Sequence[Slots], count: int) -> None:
    """Plant families whose official stands in one batch, and whose other two stand in the next one of the same item."""
    pairs = [
        (one, two) for one, two in pairwise(slots) if is_per_household(one.batch) and one.batch.call == two.batch.call
    ]
    for turn in range(count):
        one, two = pairs[turn % len(pairs)]
        if one.has_room(1) and two.has_room(2):
            official, spouse, child = _make_family(county, cast, one.batch)
            one.put([official])
            two.put([spouse, child])


def is_per_household(batch: Batch) -> bool:
    """Say whether a batch is where the family's case can happen: once per household, and not for everybody."""
    return batch.programme.unit == "household" and not batch.programme.universal


def _make_family(county: County, cast: Cast, batch: Batch) -> list[Line]:
    """Make official, spouse and grown child of one household, each paid for the same land or house."""
    births = [ADULT_BORN, ADULT_BORN, _GROWN_CHILD_BORN]
    official, spouse, child = cast.registry.add_household(cast.choose_town(batch), births)
    county.officials.append((official, cast.dice.pick(POSITIONS)))
    county.relatives += [(spouse, official, "配偶"), (child, official, "子女")]
    lines = [make_line(batch, person, person, cast.dice) for person in (official, spouse, child)]
    for line, codes, what in zip(lines, (("R08", "R18"), ("R09", "R18"), ("R09", "R18")), _WHATS, strict=True):
        line.amount_fen, line.quantity_milli = lines[0].amount_fen, lines[0].quantity_milli
        plant(line, codes, what)
    return lines
