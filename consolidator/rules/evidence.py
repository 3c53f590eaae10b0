"""Owns the facts compared by a line rule, as they go into a line's private part. Asked for hits only.

The date of the register that a rule looked at is added by the running of rules.
"""

from typing import Any

from consolidator.rules.accounts import list_change_ages
from consolidator.rules.amounts import find_usual_limit
from consolidator.rules.conditions import find_births, find_rivals
from consolidator.rules.slices import Slice

Facts = dict[str, Any]


def tell_names(part: Slice, item: int) -> Facts:
    """R02: the registered names; nothing for somebody the register does not know."""
    population = part.state.registers.population
    payee, beneficiary = part.payee_id[item], part.beneficiary_id[item]
    persons = {"registered_name": population.get(beneficiary)}
    if payee != beneficiary:
        persons["registered_payee_name"] = population.get(payee)
    return {field: person.name for field, person in persons.items() if person is not None}


def tell_village(part: Slice, item: int) -> Facts:
    """R04: the village that the library has."""
    return {"registered_village": part.state.registers.library[part.beneficiary_id[item]]}


def tell_deaths(part: Slice, item: int) -> Facts:
    """R05: who was dead, beneficiary or payee, and the day that counts for him; a lawful death is not named."""
    deaths = part.state.registers.deaths
    payee, beneficiary = part.payee_id[item], part.beneficiary_id[item]
    facts: Facts = {}
    died_on = deaths.get(beneficiary)
    if died_on is not None and died_on < part.period_start:
        facts |= {"died_on": died_on, "period_start": part.period_start}
    died_on = deaths.get(payee)
    if payee != beneficiary and died_on is not None and died_on < part.day:
        facts |= {"payee_died_on": died_on, "day": part.day}
    return facts


def tell_employer(part: Slice, item: int) -> Facts:
    """R07: who pays the salary."""
    return {"employer": part.state.registers.payroll[part.beneficiary_id[item]]}


def tell_position(part: Slice, item: int) -> Facts:
    """R08: the office held."""
    return {"position": part.state.registers.officials[part.payee_id[item]].position}


def tell_official(part: Slice, item: int) -> Facts:
    """R09: whose relative."""
    return {"official_id": part.state.registers.relatives[part.payee_id[item]]}


def tell_account_status(part: Slice, item: int) -> Facts:
    """R12 R46: the bank's answer, and its day."""
    designation = part.designations[item]
    account = None if designation is None else part.state.accounts.get(designation.account)
    return {} if account is None else {"status": account.status, "checked_on": account.checked_on}


def tell_suspension(part: Slice, item: int) -> Facts:
    """R13: the designation that is suspended, or the one that is not in force yet, if there is any."""
    newest = part.state.designations.get(part.payee_id[item])
    return {} if newest is None else {"suspended" if newest.suspended else "pending": newest.version}


def tell_changes(part: Slice, item: int) -> Facts:
    """R14: how often the account changed within a year, and how many days ago last."""
    ages = list_change_ages(part, item)
    return {"changes": len(ages), "last_days_ago": min(ages)}


def tell_rivals(part: Slice, item: int) -> Facts:
    """R19: what the beneficiary has already."""
    return {"has": find_rivals(part, item)}


def tell_quantity(part: Slice, item: int) -> Facts:
    """R21 R22: standard and quantity."""
    quantities = part.columns.quantity_milli
    milli = None if quantities is None else quantities[item]
    return {"standard_fen": part.programme.standard_fen, "quantity_milli": 1000 if milli is None else milli}


def tell_births(part: Slice, _: int) -> Facts:
    """R33: the births between which one is of age."""
    earliest, latest = find_births(part)
    return {"born_after": earliest, "born_until": latest}


def tell_usual_limit(part: Slice, _: int) -> Facts:
    """R38: the fen above which a line is unusual."""
    return {"limit_fen": find_usual_limit(part)}


def tell_publicity(part: Slice, _: int) -> Facts:
    """R42: until when the list hangs; empty if it never did."""
    return {"publicity_until": part.publicity_until, "day": part.day}


def tell_relations(part: Slice, _: int) -> Facts:
    """R54: the day on which a relation had to be valid, and the date of the relations if there are any."""
    snapshot = part.state.registers.snapshots.get("relations")
    return {"day": part.day} | ({} if snapshot is None else {"snapshot_on": snapshot.snapshot_on})
