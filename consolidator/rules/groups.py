"""Group rules: what only the whole document shows. They mark every member, wherever it stands, also in earlier batches.

Judged line by line in file order, the wife's line would pass and the entitled official's be held; hence one pass over
the document before any line is decided.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.programmes import Programme
from consolidator.facts.state import State
from consolidator.rules.collection import PERSONS_MAX

Evidence = Mapping[str, Any]
Member = tuple[str, int]  # beneficiary and place


@dataclass(frozen=True, slots=True)
class Roster:
    """All lines of a document: IDs by item, and the items that are refused for their shape and so do not count.

    ``first_place`` is the place of item 0, so the place of item i is ``first_place + i``.
    """

    state: State
    programme: Programme
    period: str
    first_place: int
    beneficiary_id: Sequence[str]
    payee_id: Sequence[str]
    odd: frozenset[int]


@dataclass(frozen=True, slots=True)
class GroupHits:
    """Places that a group rule hits, with the facts compared: lines of this document and of earlier ones alike."""

    code: str
    places: dict[int, Evidence] = field(default_factory=dict)


def find_shared_households(roster: Roster) -> GroupHits:
    """R18: a per-household programme reached two or more members of one household in one period."""
    hits = GroupHits("R18")
    if roster.programme.unit != "household":
        return hits
    earlier = roster.state.claims.households.get(roster.programme.id, {}).get(roster.period, {})
    for household, members in group_households(roster).items():
        everyone = [*earlier.get(household, ()), *members]
        if len(everyone) > 1 and len({beneficiary for beneficiary, _ in everyone}) > 1:
            _mark(hits, everyone, {"household": household, "members": len({member for member, _ in everyone})})
    return hits


def find_crowded_collectors(roster: Roster) -> GroupHits:
    """R54: one payee collects for more people than ``persons_max``, over this document's lines and earlier ones."""
    hits = GroupHits("R54")
    setting = roster.state.policy.rules.get("R54")
    persons_max = PERSONS_MAX if setting is None else setting.parameters.get("persons_max", PERSONS_MAX)
    for payee, members in group_collections(roster).items():
        everyone = [*roster.state.claims.collections.get(payee, ()), *members]
        persons = len({beneficiary for beneficiary, _ in everyone})
        if persons > persons_max:
            _mark(hits, everyone, {"persons": persons, "persons_max": persons_max})
    return hits


GROUP_RULES = (find_shared_households, find_crowded_collectors)


def group_households(roster: Roster) -> dict[str, list[Member]]:
    """Give the members of each household among the document's lines (persons outside the population have none)."""
    groups: dict[str, list[Member]] = {}
    persons = map(roster.state.registers.population.get, roster.beneficiary_id)
    for item, person in enumerate(persons):
        if person is not None and item not in roster.odd:
            groups.setdefault(person.household, []).append((person.id, roster.first_place + item))
    return groups


def group_collections(roster: Roster) -> dict[str, list[Member]]:
    """Give, for each payee who collects for others, whom for."""
    groups: dict[str, list[Member]] = {}
    if roster.payee_id is roster.beneficiary_id:
        return groups
    for item, (payee, beneficiary) in enumerate(zip(roster.payee_id, roster.beneficiary_id, strict=True)):
        if payee != beneficiary and item not in roster.odd:
            groups.setdefault(payee, []).append((beneficiary, roster.first_place + item))
    return groups


def _mark(hits: GroupHits, members: Sequence[Member], evidence: Evidence) -> None:
    for _, place in members:
        hits.places[place] = evidence
