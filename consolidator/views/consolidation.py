"""Owns the consolidation report: how many cards became one account, township by township, and who has none yet."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.accounts import find_payable
from consolidator.facts.state import State
from consolidator.views.census import KEPT_BY_OTHERS, find_town, name_person

COUNTY_ROW = "*"  # the row of the whole county
COUNTS = (
    "people",
    "holders",
    "cards",
    "designated",
    "saved",
    "kept_by_others",
    "named_by_several",
    "undesignated",
)


@dataclass(slots=True)
class Town:
    """A township's figures; ``statuses`` counts accounts by what their bank says (empty: never asked)."""

    code: str
    counts: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class SharedAccount:
    """An account kept by somebody else, or named by lines of several persons."""

    town: str
    account: str
    bank: str
    holder: str
    holder_name: str
    keeper: str
    persons: int


@dataclass(frozen=True, slots=True)
class Undesignated:
    """A person who may be paid, or holds cards, and has no account that may be paid to."""

    town: str
    village: str
    identity: str
    name: str
    cards: int


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The report: the county's row first, then its townships by code; persons and accounts for the file only."""

    towns: Sequence[Town]
    undesignated: Sequence[Undesignated]
    shared: Sequence[SharedAccount]


def build_report(state: State) -> Consolidation:
    """Count, in one pass over population, census and designations each."""
    towns: dict[str, Town] = {}

    def find(identity: str) -> Town:
        code = find_town(state, identity)
        return towns.setdefault(code, Town(code))

    cards = Counter(known.holder for known in state.accounts.values())
    payable = {payee for payee, newest in state.designations.items() if find_payable(newest, state.now) is not None}
    undesignated = list(_list_undesignated(state, cards, payable))
    shared = list(_list_shared(state))
    for identity in state.registers.population:
        find(identity).counts["people"] += 1
    for holder, count in cards.items():
        town = find(holder)
        town.counts["holders"] += 1
        town.counts["cards"] += count
        town.counts["saved"] += count - 1 if holder in payable else 0
    for payee in sorted(payable):
        find(payee).counts["designated"] += 1
    for known in state.accounts.values():
        find(known.holder).statuses[known.status] += 1
    for person in undesignated:
        find(person.identity).counts["undesignated"] += 1
    for account in shared:
        town = towns.setdefault(account.town, Town(account.town))
        town.counts["kept_by_others"] += account.keeper in KEPT_BY_OTHERS
        town.counts["named_by_several"] += account.persons > 1
    rows = [towns[code] for code in sorted(towns)]
    return Consolidation([_sum(rows), *rows], undesignated, shared)


def _sum(towns: Iterable[Town]) -> Town:
    county = Town(COUNTY_ROW)
    for town in towns:
        county.counts.update(town.counts)
        county.statuses.update(town.statuses)
    return county


def _list_undesignated(state: State, cards: Counter[str], payable: set[str]) -> Iterator[Undesignated]:
    """Give persons in the beneficiary library or with a card who have nowhere to be paid, by township and ID."""
    persons = sorted((find_town(state, identity), identity) for identity in {**state.registers.library, **cards})
    for town, identity in persons:
        if identity not in payable:
            person = state.registers.population.get(identity)
            village = state.registers.library.get(identity, "") if person is None else person.village
            yield Undesignated(town, village, identity, name_person(state, identity), cards[identity])


def _list_shared(state: State) -> Iterator[SharedAccount]:
    """Give accounts that others keep, or that lines of two persons or more name (the holder counts as one)."""
    named = {account: {beneficiary for beneficiary, _ in members} for account, members in state.claims.stated.items()}
    kept = {account for account, known in state.accounts.items() if known.keeper in KEPT_BY_OTHERS}
    for account in sorted({*named, *kept}):
        known = state.accounts.get(account)
        persons = named.get(account, set()) | (set() if known is None else {known.holder})
        if account in kept or len(persons) > 1:
            holder = "" if known is None else known.holder
            yield SharedAccount(
                town=find_town(state, holder or min(persons)),
                account=account,
                bank="" if known is None else known.bank,
                holder=holder,
                holder_name=name_person(state, holder),
                keeper="unknown" if known is None else known.keeper,
                persons=len(persons),
            )


def describe_town(town: Town) -> dict[str, Any]:
    """Give a row as ``--json`` shows it: figures, no persons."""
    return {
        "township": town.code,
        **{name: town.counts[name] for name in COUNTS},
        "statuses": {status or "unchecked": count for status, count in sorted(town.statuses.items())},
    }
