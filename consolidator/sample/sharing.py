"""Owns the card that several people's subsidies were paid to: somebody kept it for them."""

from collections.abc import Sequence

from consolidator.sample.cases import Cast
from consolidator.sample.filling import make_line
from consolidator.sample.lines import plant
from consolidator.sample.slots import Slots, choose_slots

_PERSONS = 5


def plant_shared_cards(cast: Cast, slots: Sequence[Slots], count: int) -> None:
    """Plant people whose lines all name the first one's card; his own line is in order."""
    fitting = [found for found in slots if found.batch.form == "bureau"]
    for turn in range(count):
        chosen = choose_slots(fitting, turn, _PERSONS)
        batch = chosen.batch
        people = [cast.registry.add_adult(cast.choose_town(batch)) for _ in range(_PERSONS)]
        lines = [make_line(batch, person, person, cast.dice) for person in people]
        for line in lines:
            line.stated = people[0].cards[0]
        lines[0].look_alike = "持卡人本人 / the shared card's own holder"
        for line in lines[1:]:
            plant(line, ("R11",), "一卡多人 / one card, many persons")
        chosen.put(lines)
