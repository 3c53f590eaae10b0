"""Owns the views of the card census: one person's three questions, and the list that a bank is asked to verify.

The three questions: how many cards, where, and who keeps and uses them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.facts.accounts import CensusAccount, Designation, find_current, list_versions
from consolidator.facts.state import State
from consolidator.privacy.masking import mask_account_for_owner, mask_name
from schemas.errors import UsageError

KEPT_BY_OTHERS = frozenset(("village", "other"))
TOWN_DIGITS = 9  # of a village's code


@dataclass(frozen=True, slots=True)
class Question:
    """An account a bank is asked about: does it stand so in its books. The name is empty when no register has it."""

    name: str
    identity: str
    bank: str
    account: str


def list_questions(state: State, bank: str) -> list[Question]:
    """Give a bank's accounts that somebody designated or that it never verified, by holder.

    UsageError when policy has no such bank.
    """
    if bank not in state.policy.banks:
        known = "、".join(sorted(state.policy.banks)) or "-"
        message = f"没有这家银行;已登记 {known} / no such bank; policy has {known}: name one with --bank"
        raise UsageError(message)
    chosen = {designation.account for designation in _list_standing(state)}
    asked = [
        Question(name_person(state, known.holder), known.holder, bank, account)
        for account, known in state.accounts.items()
        if known.bank == bank and (not known.checked_on or account in chosen)
    ]
    return sorted(asked, key=lambda question: (question.identity, question.account))


def _list_standing(state: State) -> Iterator[Designation]:
    """Give the designations that are in force or will be."""
    for newest in state.designations.values():
        current = find_current(newest, state.now)
        if current is not None:
            yield current
        yield newest


def name_person(state: State, identity: str) -> str:
    """Give a person's registered name, empty when the population register does not know him."""
    person = state.registers.population.get(identity)
    return "" if person is None else person.name


def find_town(state: State, identity: str) -> str:
    """Give the code of the township a person is registered in, empty when unknown."""
    person = state.registers.population.get(identity)
    return "" if person is None else person.village[:TOWN_DIGITS]


def show_person(state: State, identity: str, *, full: bool) -> dict[str, Any]:
    """Answer the three questions for one person; name and accounts are masked and the ID left out unless ``full``."""
    newest = state.designations.get(identity)
    versions = {entry.account: entry.version for entry in list_versions(newest)}
    current = find_current(newest, state.now)
    found = sorted(
        (known.bank, account, known) for account, known in state.accounts.items() if known.holder == identity
    )
    name = name_person(state, identity)
    cards = [
        _describe_card(state, account, known, full=full)
        | {"designation": versions.get(account, 0), "in_force": current is not None and current.account == account}
        for _, account, known in found
    ]
    shown = {"id": identity, "name": name} if full else {"name": mask_name(name) if name else ""}
    return shown | {
        "township": find_town(state, identity),
        "cards": len(cards),
        "banks": sorted({bank for bank, _, _ in found}),
        "kept_by_others": sum(card["keeper"] in KEPT_BY_OTHERS for card in cards),
        "suspended": current is not None and current.suspended,
        "accounts": cards,
    }


def _describe_card(state: State, account: str, known: CensusAccount, *, full: bool) -> dict[str, Any]:
    bank = state.policy.banks.get(known.bank)
    return {
        "bank": known.bank,
        "bank_name": "" if bank is None else bank.name,
        "account": account if full else mask_account_for_owner(account),
        "branch": known.branch,
        "keeper": known.keeper,
        "programmes": list(known.programmes),
        "programme_names": [_name_programme(state, each) for each in known.programmes],
        "status": known.status,
        "checked_on": known.checked_on,
    }


def _name_programme(state: State, identifier: str) -> str:
    programme = state.policy.programmes.get(identifier)
    return "" if programme is None else programme.name


def list_histories(state: State, identity: str, *, full: bool) -> list[Mapping[str, Any]]:
    """Give a payee's designations, oldest first: version, account, instants, and how each stands now."""
    history = list_versions(state.designations.get(identity))
    current = find_current(history[-1], state.now) if history else None
    return [
        {
            "version": entry.version,
            "bank": entry.bank,
            "account": entry.account if full else mask_account_for_owner(entry.account),
            "branch": entry.branch,
            "recorded_at": entry.recorded_at,
            "effective_at": entry.effective_at,
            "suspended": entry.suspended,
            "standing": _find_standing(entry, current, state.now, history),
        }
        for entry in history
    ]


def _find_standing(entry: Designation, current: Designation | None, now: int, history: Sequence[Designation]) -> str:
    """Say how a version stands: in force, suspended, cooling off, taken back before it took effect, or replaced."""
    if entry is current:
        return "suspended" if entry.suspended else "in_force"
    if entry.effective_at > now and entry is history[-1]:
        return "cooling_off"
    return "taken_back" if entry.effective_at > now else "replaced"
