"""Owns the county's people: households in villages, cards at several banks, one of them designated."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from consolidator.sample.dice import Dice
from consolidator.sample.names import inherit_name, make_name
from consolidator.sample.numbers import (
    REGION,
    derive_check_character,
    render_branch,
    render_card,
    spoil_check_character,
)
from consolidator.sample.places import BANK_NAMES, COUNTY, TOWN_NAMES, list_villages, read_town

VILLAGE_BANK = "402"  # everybody's first card: the passbook that farm subsidies were once paid to
_OTHER_BANKS = tuple(bank for bank in BANK_NAMES if bank != VILLAGE_BANK)
_CARDS_MORE = (0, 1, 1, 1, 2, 2, 3)  # a person's further cards
_KEEPERS = ("self", "self", "self", "self", "self", "family", "family", "village", "other", "unknown")
ADULT_BORN = (1946, 2006)
CHILD_BORN = (2011, 2022)
YOUTH_BORN = (2009, 2010)  # old enough for a card, too young for what only adults get
_COUPLE = 2  # who comes after the couple in a household is their child or parent


@dataclass(slots=True)
class Card:
    """An account the census finds. ``programmes`` were paid to it before."""

    bank: str
    number: str
    branch: str
    keeper: str
    programmes: list[str]


@dataclass(slots=True, eq=False)
class Person:
    """Somebody fictional. ``listed``: active in the beneficiary library; ``designated``: the account he chose."""

    id: str
    name: str
    household: str
    village: str
    cards: list[Card] = field(default_factory=list)
    designated: Card | None = None
    listed: bool = True
    died_on: str = ""
    employer: str = ""  # of who is on the public payroll
    answer: str = ""  # what the bank says of his designated account, where it is not 正常

    @property
    def town_code(self) -> str:
        """The 9-digit code of the town he lives in."""
        return self.village[:9]


class Registry:
    """Makes households and keeps everybody that the population register has, in order of making."""

    def __init__(self, seed: int, county: str = COUNTY) -> None:
        """Start an empty county; ``villages`` are its villages' codes by town."""
        self.county = county
        self.villages = list_villages(county)
        self._dice = Dice(seed, "people")
        self._orders: dict[str, int] = {}
        self._serial = 0
        self._households = 0
        self.people: list[Person] = []

    def add_household(self, town: int, births: Sequence[tuple[int, int]], region: str = REGION) -> list[Person]:
        """Make a household in a town; ``births`` gives each member's first and last possible year of birth.

        Adults get cards and choose one; children have none, their guardians collect for them.
        """
        self._households += 1
        village = self._dice.pick(self.villages[town])
        members = [self._make_person(village, region, years, town) for years in births]
        for place, member in enumerate(members):
            if place >= _COUPLE or births[place] == CHILD_BORN:
                member.name = inherit_name(members[0].name, member.name)
        self.people += members
        return members

    def _make_person(self, village: str, region: str, years: tuple[int, int], town: int) -> Person:
        dice = self._dice
        born = f"{dice.between(*years)}{dice.between(1, 12):02d}{dice.between(1, 28):02d}"
        order = self._orders[born] = self._orders.get(born, 0) + 1
        first = f"{region}{born}{order:03d}"
        household = f"H{self._households:07d}"
        person = Person(first + derive_check_character(first), make_name(dice), household, village)
        if years != CHILD_BORN:
            person.cards = self._issue_cards(town)
            person.designated = dice.pick(person.cards)
        return person

    def _issue_cards(self, town: int) -> list[Card]:
        others = self._dice.draw(_OTHER_BANKS, self._dice.pick(_CARDS_MORE))
        return [self._issue_card(bank, town) for bank in (VILLAGE_BANK, *others)]

    def _issue_card(self, bank: str, town: int) -> Card:
        self._serial += 1
        return Card(bank, render_card(bank, self._serial), render_branch(bank, town), self._dice.pick(_KEEPERS), [])

    def add_adult(self, town: int, region: str = REGION) -> Person:
        """Make an adult who lives alone; ``region`` begins his ID."""
        return self.add_household(town, [ADULT_BORN], region)[0]

    def make_stranger(self, town: int) -> Person:
        """Make an adult nobody has registered: his ID has a wrong check character, his card is in no census."""
        stranger = self.add_adult(town)
        self.people.pop()
        stranger.id, stranger.designated = spoil_check_character(stranger.id), None
        return stranger

    def give_second_card(self, person: Person) -> Card:
        """Give a card at another bank than the designated one, a new one if he has none."""
        chosen = person.designated
        other = next((card for card in person.cards if chosen is not None and card.bank != chosen.bank), None)
        if other is None:
            other = self._issue_card(_OTHER_BANKS[0], find_town(person))
            person.cards.append(other)
        return other


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Ordinary people by town (counted from 0): adults who may be paid, and heads of household among them.

    ``officials`` are adults who ask for nothing.
    """

    adults: Sequence[list[Person]]
    heads: Sequence[list[Person]]
    officials: list[Person]


_COMPOSITIONS: Sequence[Sequence[tuple[int, int]]] = (
    (ADULT_BORN,),
    (ADULT_BORN, ADULT_BORN),
    (ADULT_BORN, ADULT_BORN),
    (ADULT_BORN, ADULT_BORN, CHILD_BORN),
    (ADULT_BORN, ADULT_BORN, CHILD_BORN, CHILD_BORN),
    (ADULT_BORN, ADULT_BORN, ADULT_BORN, CHILD_BORN, CHILD_BORN),
)
_UNDECIDED_ONE_IN = 60  # so many adults have not chosen an account yet, and are not paid
_OFFICIAL_ONE_IN = 90


def settle_ordinary(registry: Registry, seed: int, count: int) -> Ordinary:
    """Fill the towns with ordinary households until there are ``count`` people."""
    dice = Dice(seed, "households")
    towns = len(TOWN_NAMES)
    ordinary = Ordinary([[] for _ in range(towns)], [[] for _ in range(towns)], [])
    while len(registry.people) < count:
        town = dice.below(towns)
        members = registry.add_household(town, dice.pick(_COMPOSITIONS))
        payable = [person for person in members if person.cards and _may_be_paid(person, ordinary, dice)]
        ordinary.adults[town] += payable
        ordinary.heads[town] += [person for person in payable if person is members[0]]
    return ordinary


def _may_be_paid(person: Person, ordinary: Ordinary, dice: Dice) -> bool:
    """Let a few adults have no account yet, and a few be officials; the others may be paid."""
    if dice.below(_UNDECIDED_ONE_IN) == 0:
        person.designated = None
        return False
    if dice.below(_OFFICIAL_ONE_IN) == 0:
        ordinary.officials.append(person)
        return False
    return True


def sort_people(people: Sequence[Person]) -> list[Person]:
    """Give people the way offices list them: by village, household, ID."""
    return sorted(people, key=lambda person: (person.village, person.household, person.id))


def find_town(person: Person) -> int:
    """Give the number of the town a person lives in, from 0."""
    return read_town(person.town_code)
