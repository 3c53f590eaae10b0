"""Owns the facts compared by a rule, as they go into a line's private part: value, register and its date."""

from collections.abc import Mapping
from typing import Any

from consolidator.rules.slices import Slice

Facts = dict[str, Any]
_REGISTERS: Mapping[str, str] = {
    "R02": "population",
    "R03": "library",
    "R05": "deaths",
    "R08": "officials",
    "R09": "relatives",
    "R54": "relations",
}
WITH_EVIDENCE = frozenset((*_REGISTERS, "R21"))


def find_evidence(part: Slice, code: str, item: int) -> Facts:
    """Give what a line rule compared for one item. Called only for hits."""
    facts = _date(part, code)
    registers = part.state.registers
    payee, beneficiary = part.payee_id[item], part.beneficiary_id[item]
    if code == "R02":
        facts |= _names(part, beneficiary, payee)
    elif code == "R05":
        facts |= _deaths(part, beneficiary, payee)
    elif code == "R08":
        facts["position"] = registers.officials[payee].position
    elif code == "R09":
        facts["official_id"] = registers.relatives[payee]
    elif code == "R21":
        facts |= _quantity(part, item)
    elif code == "R54":
        facts["day"] = part.day
    return facts


def _date(part: Slice, code: str) -> Facts:
    snapshot = part.state.registers.snapshots.get(_REGISTERS.get(code, ""))
    return {} if snapshot is None else {"snapshot_on": snapshot.snapshot_on}


def _names(part: Slice, beneficiary: str, payee: str) -> Facts:
    """Give the registered names; nothing for somebody the register does not know."""
    population = part.state.registers.population
    persons = {"registered_name": population.get(beneficiary)}
    if payee != beneficiary:
        persons["registered_payee_name"] = population.get(payee)
    return {field: person.name for field, person in persons.items() if person is not None}


def _deaths(part: Slice, beneficiary: str, payee: str) -> Facts:
    """Give who was dead, beneficiary or payee, and the day that counts for him; a lawful death is not named."""
    deaths = part.state.registers.deaths
    facts: Facts = {}
    died_on = deaths.get(beneficiary)
    if died_on is not None and died_on < part.period_start:
        facts |= {"died_on": died_on, "period_start": part.period_start}
    died_on = deaths.get(payee)
    if payee != beneficiary and died_on is not None and died_on < part.day:
        facts |= {"payee_died_on": died_on, "day": part.day}
    return facts


def _quantity(part: Slice, item: int) -> Facts:
    quantities = part.columns.quantity_milli
    milli = None if quantities is None else quantities[item]
    return {"standard_fen": part.programme.standard_fen, "quantity_milli": 1000 if milli is None else milli}
