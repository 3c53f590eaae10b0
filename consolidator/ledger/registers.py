"""Owns ``register``: fills population, library, relations, deaths, officials, relatives and payroll."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from consolidator.facts.registers import Official, Person, Relation, Snapshot
from consolidator.facts.state import State, find_own_id
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Tally, read_parts
from consolidator.ledger.marks import index_households_again, judge_groups_again
from consolidator.rules.identity import is_resident_id
from schemas.errors import InputError
from schemas.headers import RegisterHeader
from schemas.instants import derive_day, is_date
from schemas.parts import (
    REGISTER_PARTS,
    DeathsPart,
    LibraryPart,
    OfficialsPart,
    PayrollPart,
    PopulationPart,
    RelationsPart,
    RelativesPart,
)

Table = dict[str, Any]
_WARNING = frozenset(("deaths", "officials", "relatives", "payroll"))


class Share:
    """What the filling of a document shares: one object for equal IDs, villages, households; the day it is true on."""

    def __init__(self, state: State, day: str) -> None:
        """Begin with what the population has."""
        self._state = state
        self._known: dict[str, str] = {}
        self.day = day

    def __call__(self, value: str) -> str:
        """Give the one object for a value."""
        known = self._known.get(value)
        return self._known.setdefault(value, find_own_id(self._state, value)) if known is None else known


def effect_register(act: Act[RegisterHeader]) -> Iterator[Emission]:
    """Fill a register, part by part. ``full`` builds a new table and swaps it in, ``delta`` adds to the old.

    Where a register warns of people, a refused item may be somebody's warning: then a ``full`` one takes none away.
    """
    name = act.header.register_name
    registers = act.state.registers
    code = _judge_date(act)
    if code:
        yield emit_refusal(act, code)
        return
    table: Table = {} if act.header.update == "full" else getattr(registers, name)
    tally = Tally()
    try:
        parts = read_parts(act, REGISTER_PARTS[name], tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    share = Share(act.state, act.header.snapshot_on)
    for items in parts:
        for index, number in items.numbers:
            tally.count(number, _FILL[name](table, items.columns, index, share))
        yield Emission(lines=items.size)
    if act.header.update == "full" and not tally.accepted:
        yield emit_refusal(act, "D22")
        return
    if name in _WARNING and tally.refused:
        table = getattr(registers, name) | table
    setattr(registers, name, table)
    registers.snapshots[name] = Snapshot(_find_newest(act), act.header.source, act.header.id)
    if name == "population":
        index_households_again(act.state)
        yield from judge_groups_again(act.state, act.cause)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _judge_date(act: Act[RegisterHeader]) -> str:
    """A full register is not older than the one held, and none is of a day to come."""
    held = act.state.registers.snapshots.get(act.header.register_name)
    older = held is not None and act.header.update == "full" and act.header.snapshot_on < held.snapshot_on
    return "D23" if older or act.header.snapshot_on > derive_day(act.state.now) else ""


def _find_newest(act: Act[RegisterHeader]) -> str:
    held = act.state.registers.snapshots.get(act.header.register_name)
    return act.header.snapshot_on if held is None else max(held.snapshot_on, act.header.snapshot_on)


def _fill_population(table: Table, part: PopulationPart, index: int, share: Share) -> str:
    """Only right IDs come in: R01 relies on it. One person twice with the same facts is no error."""
    identity = part.id[index]
    if not is_resident_id(identity):
        return "S11"
    table[identity] = Person(identity, part.name[index], share(part.household[index]), share(part.village[index]))
    return ""


def _fill_library(table: Table, part: LibraryPart, index: int, share: Share) -> str:
    if part.status[index] == "active":
        table[share(part.id[index])] = share(part.village[index])
    else:
        table.pop(part.id[index], None)
    return ""


def _fill_relations(table: Table, part: RelationsPart, index: int, _: Share) -> str:
    from_on, to_on = part.from_on[index], part.to_on[index]
    if not (is_date(from_on) and (to_on is None or is_date(to_on))):
        return "S07"
    found = table.setdefault(part.payee_id[index], {}).setdefault(part.beneficiary_id[index], [])
    relation = Relation(part.relation[index], from_on, to_on)
    if relation not in found:
        found.append(relation)
    return ""


def _fill_deaths(table: Table, part: DeathsPart, index: int, share: Share) -> str:
    if not is_date(part.died_on[index]) or part.died_on[index] > share.day:
        return "S07"
    table[part.id[index]] = part.died_on[index]
    return ""


def _fill_officials(table: Table, part: OfficialsPart, index: int, _: Share) -> str:
    table[part.id[index]] = Official(part.village[index], part.position[index])
    return ""


def _fill_relatives(table: Table, part: RelativesPart, index: int, _: Share) -> str:
    table[part.id[index]] = part.official_id[index]
    return ""


def _fill_payroll(table: Table, part: PayrollPart, index: int, _: Share) -> str:
    table[part.id[index]] = part.employer[index]
    return ""


_FILL: Mapping[str, Callable[[Table, Any, int, Share], str]] = {
    "population": _fill_population,
    "library": _fill_library,
    "relations": _fill_relations,
    "deaths": _fill_deaths,
    "officials": _fill_officials,
    "relatives": _fill_relatives,
    "payroll": _fill_payroll,
}
