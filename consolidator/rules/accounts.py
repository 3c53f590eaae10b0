"""R12 R13 R14 R46: the designated account. Is it his, does it work, is it the stated one, was it just changed."""

from collections.abc import Sequence
from itertools import pairwise

from consolidator.facts.accounts import Designation, list_versions
from consolidator.rules.slices import Slice, find_parameter
from schemas.instants import derive_day_number

YEAR_DAYS = 365
MISMATCH = "mismatch"


def find_undesignated(part: Slice) -> Sequence[int]:
    """R13 orange: the payee has no designated account, or it is suspended, so there is nowhere to pay."""
    return [item for item, designation in enumerate(part.designations) if designation is None]


def find_rerouted(part: Slice) -> Sequence[int]:
    """R13 blue: the line names another account; it is paid to the designated one."""
    stated = part.columns.account
    if stated is None:
        return ()
    return [
        item
        for item, (account, designation) in enumerate(zip(stated, part.designations, strict=True))
        if account is not None and designation is not None and account != designation.account
    ]


def find_foreign(part: Slice) -> Sequence[int]:
    """R12: the bank answered that name or ID do not fit the account."""
    faults = part.state.faults
    return [item for item, account in _list_faulty(part) if faults[account] == MISMATCH]


def find_abnormal(part: Slice) -> Sequence[int]:
    """R46: the bank answered that the account is dormant, closed or not activated."""
    faults = part.state.faults
    return [item for item, account in _list_faulty(part) if faults[account] != MISMATCH]


def _list_faulty(part: Slice) -> Sequence[tuple[int, str]]:
    """Give the items whose designated account has something wrong, with the account; usually a county has few."""
    faults = part.state.faults
    if not faults:
        return ()
    return [
        (item, designation.account)
        for item, designation in enumerate(part.designations)
        if designation is not None and designation.account in faults
    ]


def find_restless(part: Slice) -> Sequence[int]:
    """R14: more than ``changes_max`` changes within a year, or one that took effect less than ``quiet_days`` ago."""
    changed = [
        item for item, chosen in enumerate(part.designations) if chosen is not None and chosen.before is not None
    ]
    if not changed:
        return ()
    changes_max = find_parameter(part.state, "R14", "changes_max")
    quiet_days = find_parameter(part.state, "R14", "quiet_days")
    restless = []
    for item in changed:
        ages = list_change_ages(part, item)
        if len(ages) > changes_max or any(age < quiet_days for age in ages):
            restless.append(item)
    return restless


def list_change_ages(part: Slice, item: int) -> list[int]:
    """Give the ages in days of a payee's changes in force within a year: versions that name another account."""
    today = derive_day_number(part.state.now)
    history = list_versions(part.state.designations[part.payee_id[item]])
    # A later version that takes effect first takes a change back: it was never in force.
    in_force = [
        version
        for place, version in enumerate(history)
        if all(later.effective_at > version.effective_at for later in history[place + 1 :])
    ]
    changes = [after for before, after in pairwise(in_force) if _is_change(before, after)]
    ages = [today - derive_day_number(change.effective_at) for change in changes]
    return [age for age in ages if 0 <= age <= YEAR_DAYS]


def _is_change(before: Designation, after: Designation) -> bool:
    return (before.bank, before.account) != (after.bank, after.account)
