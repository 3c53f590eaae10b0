"""Owns lines of the sample: who is paid what, and what is wrong or only looks wrong about it."""

from dataclasses import dataclass
from typing import Literal

from consolidator.sample.people import Card, Person
from consolidator.sample.programmes import Programme

LineState = Literal["ready", "held", "refused", "stopped", "ordered"]
_REFUSING = frozenset(("R01", "R02", "R03", "R05", "R07", "R12", "R16", "R21", "R33", "R35", "R40"))
_HOLDING = frozenset(("R04", "R11", "R13", "R18", "R19", "R22", "R36", "R38", "R42", "R46", "R54"))


@dataclass(slots=True, eq=False)
class Line:
    """One line. ``codes`` are what must be found about it, ``what`` says why; ``look_alike`` is an innocent reason."""

    beneficiary: Person
    payee: Person
    amount_fen: int
    stated: Card | None
    relation: str = ""
    quantity_milli: int | None = None
    plot: str = ""
    name: str = ""  # as written, where it is not the beneficiary's own
    stated_village: str = ""  # as written, where it is not the beneficiary's own
    codes: tuple[str, ...] = ()
    what: str = ""
    look_alike: str = ""
    state: LineState = "ready"

    @property
    def beneficiary_name(self) -> str:
        """The beneficiary's name as the file writes it."""
        return self.name or self.beneficiary.name

    @property
    def village(self) -> str:
        """The village as the file writes it."""
        return self.stated_village or self.beneficiary.village

    @property
    def payee_name(self) -> str:
        """The payee's name as the file writes it."""
        return self.beneficiary_name if self.payee is self.beneficiary else self.payee.name


def plant(line: Line, codes: tuple[str, ...], what: str) -> Line:
    """Mark a line as planted: what must be found, and so what it comes to at assessment."""
    line.codes, line.what = codes, what
    if _REFUSING.intersection(codes):
        line.state = "refused"
    elif _HOLDING.intersection(codes):
        line.state = "held"
    return line


def find_paying_bank(programme: Programme, line: Line) -> str:
    """Give the bank that pays a line: the designated account's own where it may, else the programme's agent."""
    chosen = line.payee.designated
    return chosen.bank if chosen is not None and chosen.bank in programme.paying_banks else programme.paying_banks[0]
