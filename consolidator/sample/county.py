"""Owns the whole sample county as one value: people, registers, batches, and what the acts need to know later."""

from dataclasses import dataclass, field

from consolidator.sample.people import Card, Person, Registry
from consolidator.sample.plan import Batch


@dataclass(frozen=True, slots=True)
class Family:
    """An official's family of three in one batch: the line numbers of official, spouse and child."""

    batch: Batch
    official: int
    spouse: int
    child: int


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who changes his designated account to ``card`` after assessment, and the line he is paid in."""

    batch: Batch
    line: int
    payee: Person
    card: Card


@dataclass(frozen=True, slots=True)
class Watched:
    """A line that somebody acts on by hand."""

    batch: Batch
    line: int


@dataclass(slots=True)
class County:
    """Everything the sample is about.

    ``relations``: payee, beneficiary, word. ``officials``: person, post. ``relatives``: person, official, word.
    ``watched``: ready lines that oversight holds. ``excluded``: held ones of who has a programme that rules them out.
    """

    registry: Registry
    batches: list[Batch]
    relations: list[tuple[Person, Person, str]] = field(default_factory=list)
    officials: list[tuple[Person, str]] = field(default_factory=list)
    relatives: list[tuple[Person, Person, str]] = field(default_factory=list)
    families: list[Family] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    watched: list[Watched] = field(default_factory=list)
    excluded: list[Watched] = field(default_factory=list)
