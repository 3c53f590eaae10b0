"""Group rules: what only the whole document shows. They mark every member, wherever it stands, also in earlier batches.

Judged line by line in file order, the wife's line would pass and the entitled official's be held; hence one pass over
the document before any line is decided. Each rule groups the document's lines by a key, adds the members that earlier
lines left in its index, and judges the group.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.lines import HELD, READY, split_place
from consolidator.facts.programmes import Programme
from consolidator.facts.state import Members, State
from consolidator.rules.slices import Slice, find_parameter

DAY_SECONDS = 86_400
_OPEN = (READY, HELD)
Evidence = Mapping[str, Any]
Member = tuple[str, int]  # beneficiary and place


@dataclass(frozen=True, slots=True)
class Roster:
    """All lines of a document: IDs by item, and the items that are refused for their shape and so do not count.

    ``corrections`` are the items that pay again what an earlier line was to pay.

    ``first_place`` is the place of item 0, so the place of item i is ``first_place + i``. ``account`` (stated) is None
    when no line names one.
    """

    state: State
    programme: Programme
    period: str
    first_place: int
    beneficiary_id: Sequence[str]
    payee_id: Sequence[str]
    account: Sequence[str | None] | None
    odd: frozenset[int]
    corrections: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class GroupHits:
    """Places that a group rule hits, each with its beneficiary and the facts compared; earlier lines included."""

    code: str
    places: dict[int, tuple[str, Evidence]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GroupRule:
    """A rule about several lines.

    ``group`` gives the document's members by key; ``index`` the members that earlier lines left, of a programme and
    period, ``list_indexes`` all of them; ``judge`` the facts that make a group a hit, or None; ``find_keys`` where a
    line's own member may stand.
    """

    code: str
    group: Callable[[Roster], Members]
    index: Callable[[State, str, str], Members]
    judge: Callable[[State, str, Sequence[Member]], Evidence | None]
    find_keys: Callable[[Slice, int, Members, int], Sequence[str]]
    list_indexes: Callable[[State], Iterable[Members]]
    counts_persons: bool = True  # not lines


def run_group_rule(rule: GroupRule, roster: Roster, groups: Members) -> GroupHits:
    """Judge every group that the document touches (``rule.group(roster)``), and mark all its members."""
    hits = GroupHits(rule.code)
    if not groups:
        return hits
    earlier = rule.index(roster.state, roster.programme.id, roster.period)
    for key, members in groups.items():
        everyone = [*earlier.get(key, ()), *members]
        facts = rule.judge(roster.state, key, everyone)
        if facts is not None:
            hits.places.update((place, (beneficiary, facts)) for beneficiary, place in everyone)
    return hits


def judge_index(rule: GroupRule, state: State) -> GroupHits:
    """Judge all that earlier lines left: what the registers or the county's settings say may have changed since.

    Only groups of which a line can still be held: who lives together today did not when old lines were paid.
    """
    hits = GroupHits(rule.code)
    for index in rule.list_indexes(state):
        for key, members in index.items():
            if not any(_is_open(state, place) for _, place in members):
                continue
            facts = rule.judge(state, key, members)
            if facts is not None:
                hits.places.update((place, (beneficiary, facts)) for beneficiary, place in members)
    return hits


def prune(state: State, members: Sequence[Member]) -> list[Member]:
    """Leave out paid lines of persons who have a newer one: a list is as long as its persons, not as their history."""
    newest = dict(members)
    return [
        (beneficiary, place) for beneficiary, place in members if newest[beneficiary] == place or _is_open(state, place)
    ]


def _is_open(state: State, place: int) -> bool:
    index, line = split_place(place)
    batch = state.batches[index]
    return batch.open is not None and batch.states[line - 1] in _OPEN


# ---- R18: one household


def group_households(roster: Roster) -> Members:
    """Give the members of each household among the document's lines (persons outside the population have none)."""
    groups: Members = {}
    if roster.programme.unit != "household":
        return groups
    persons = map(roster.state.registers.population.get, roster.beneficiary_id)
    for item, person in enumerate(persons):
        if person is not None and item not in roster.odd:
            groups.setdefault(person.household, []).append((person.id, roster.first_place + item))
    return groups


def judge_household(_: State, household: str, members: Sequence[Member]) -> Evidence | None:
    """R18: a per-household programme reached two or more members of one household in one period."""
    persons = len({member for member, _ in members})
    return {"household": household, "members": persons} if persons > 1 else None


def _index_households(state: State, programme: str, period: str) -> Members:
    return state.claims.households.setdefault(programme, {}).setdefault(period, {})


def _list_households(state: State) -> Iterable[Members]:
    return (index for periods in state.claims.households.values() for index in periods.values())


def _find_households(part: Slice, item: int, index: Members, place: int) -> Sequence[str]:
    """Find the household by the line: the register may have moved the person since, which costs a look at all."""
    person = part.persons[item]
    if person is not None and any(at == place for _, at in index.get(person.household, ())):
        return [person.household]
    return [key for key, members in index.items() if any(at == place for _, at in members)]


# ---- R54: one collector


def group_collections(roster: Roster) -> Members:
    """Give, for each payee who collects for others, whom for."""
    groups: Members = {}
    if roster.payee_id is roster.beneficiary_id:
        return groups
    for item, (payee, beneficiary) in enumerate(zip(roster.payee_id, roster.beneficiary_id, strict=True)):
        if payee != beneficiary and item not in roster.odd:
            groups.setdefault(payee, []).append((beneficiary, roster.first_place + item))
    return groups


def judge_collector(state: State, _: str, members: Sequence[Member]) -> Evidence | None:
    """R54: one payee collects for more people than ``persons_max``, over this document's lines and earlier ones."""
    persons = len({beneficiary for beneficiary, _ in members})
    persons_max = find_parameter(state, "R54", "persons_max")
    return {"persons": persons, "persons_max": persons_max} if persons > persons_max else None


def _index_collections(state: State, _programme: str, _period: str) -> Members:
    return state.claims.collections


def _find_collector(part: Slice, item: int, _index: Members, _place: int) -> Sequence[str]:
    return [part.payee_id[item]]


# ---- R11: one stated account


def group_stated(roster: Roster) -> Members:
    """Give, for each stated account, the lines of others than the holder that the census knows.

    A line that names its beneficiary's own account is the usual case, and is neither looked at nor remembered.
    """
    groups: Members = {}
    if roster.account is None:
        return groups
    found = map(roster.state.accounts.get, roster.account)  # type: ignore[arg-type]  # no account, no holder
    others = [
        item
        for item, (known, beneficiary) in enumerate(zip(found, roster.beneficiary_id, strict=True))
        if known is None or known.holder != beneficiary
    ]
    for item in others:
        account = roster.account[item]
        if account is not None and item not in roster.odd:
            groups.setdefault(account, []).append((roster.beneficiary_id[item], roster.first_place + item))
    return groups


def judge_account(state: State, account: str, members: Sequence[Member]) -> Evidence | None:
    """R11: holder and beneficiaries of one stated account are more than ``persons_max`` persons."""
    holder = state.accounts.get(account)
    persons = len({beneficiary for beneficiary, _ in members} | (set() if holder is None else {holder.holder}))
    persons_max = find_parameter(state, "R11", "persons_max")
    return {"persons": persons, "persons_max": persons_max} if persons > persons_max else None


def _index_stated(state: State, _programme: str, _period: str) -> Members:
    return state.claims.stated


def _find_stated(part: Slice, item: int, _index: Members, _place: int) -> Sequence[str]:
    account = None if part.columns.account is None else part.columns.account[item]
    return [] if account is None else [account]


# ---- R36: one buyer of machines


def group_buyers(roster: Roster) -> Members:
    """Give, in programmes per machine, each buyer's lines; to correct one is to buy nothing."""
    groups: Members = {}
    if roster.programme.unit != "machine":
        return groups
    for item, buyer in enumerate(roster.beneficiary_id):
        if item not in roster.odd and item not in roster.corrections:
            groups.setdefault(buyer, []).append((buyer, roster.first_place + item))
    return groups


def judge_buyer(state: State, _: str, members: Sequence[Member]) -> Evidence | None:
    """R36: more than ``machines_max`` machines within ``window_days``."""
    machines_max, window_days = (find_parameter(state, "R36", name) for name in ("machines_max", "window_days"))
    since = state.now - window_days * DAY_SECONDS
    machines = sum(state.batches[split_place(place)[0]].assessed_at >= since for _, place in members)
    facts = {"machines": machines, "machines_max": machines_max, "window_days": window_days}
    return facts if machines > machines_max else None


def _index_buyers(state: State, _programme: str, _period: str) -> Members:
    return state.claims.buyers


def _find_buyer(part: Slice, item: int, _index: Members, _place: int) -> Sequence[str]:
    return [part.beneficiary_id[item]]


GROUP_RULES = (
    GroupRule("R18", group_households, _index_households, judge_household, _find_households, _list_households),
    GroupRule(
        "R54",
        group_collections,
        _index_collections,
        judge_collector,
        _find_collector,
        lambda state: [state.claims.collections],
    ),
    GroupRule("R11", group_stated, _index_stated, judge_account, _find_stated, lambda state: [state.claims.stated]),
    GroupRule(
        "R36",
        group_buyers,
        _index_buyers,
        judge_buyer,
        _find_buyer,
        lambda state: [state.claims.buyers],
        counts_persons=False,
    ),
)
