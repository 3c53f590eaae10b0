"""Owns ``designations``: the payee's one account. A first choice takes effect at once, a change after cooling off.

A suspension takes effect at once, too; naming the suspended account again ends it.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from consolidator.facts.accounts import Designation, Terms, find_current
from consolidator.ledger.acts import Act
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import carry_out
from consolidator.ledger.powers import find_regions, is_outside
from schemas.headers import DesignationsHeader
from schemas.instants import HOUR_SECONDS
from schemas.parts import DesignationsPart
from schemas.policy import SETTINGS

_UNUSABLE = frozenset(("mismatch", "closed"))  # what a bank has said of an account that nobody may choose


def effect_designations(act: Act[DesignationsHeader]) -> Iterator[Emission]:
    """Record choices, part by part. The account must be one of the payee's own in the census."""
    seen: set[str] = set()
    return carry_out(act, DesignationsPart, partial(_record, act, find_regions(act.state, act.key), seen))


def _record(
    act: Act[DesignationsHeader], regions: tuple[str, ...], seen: set[str], part: DesignationsPart, index: int
) -> str:
    """Record one choice. A payee stated twice in one document has not chosen: the second is refused."""
    payee = part.payee_id[index]
    if payee in seen:
        return "S10"
    seen.add(payee)
    if is_outside(act.state, payee, regions):
        return "S18"
    choose = _ACTIONS["set" if part.action is None else part.action[index]]
    branch = None if part.branch is None else part.branch[index]
    return choose(act, payee, part.bank[index], part.account[index], branch)


def _suspend(act: Act[DesignationsHeader], payee: str, bank: str, account: str, _branch: str | None) -> str:
    """Stop paying to the account in force, from now on; a change that is cooling off is taken back with it."""
    newest = act.state.designations.get(payee)
    current = find_current(newest, act.state.now)
    if newest is None or current is None or (current.bank, current.account) != (bank, account):
        return "S14"
    if not (current.suspended and newest is current):
        now = act.state.now
        terms = Terms(newest.version + 1, bank, current.branch, now, now, suspended=True)
        act.state.designations[payee] = Designation(account, terms, newest)
    return ""


def _designate(act: Act[DesignationsHeader], payee: str, bank: str, account: str, branch: str | None) -> str:
    """Add one choice to the payee's history; the same choice again adds nothing. Returns a reason code or empty.

    Naming the account in force takes back a change that is cooling off, or fills in its branch number: the money's
    way does not change, so it takes effect at once.
    """
    state = act.state
    known = state.accounts.get(account)
    if known is None or known.bank != bank:
        return "S05"
    if known.holder != payee:
        return "S06"
    if known.status in _UNUSABLE:
        return "S15"
    newest = state.designations.get(payee)
    choice = (bank, account, branch or known.branch)
    if newest is not None and _describe(newest) == choice and not newest.suspended:
        return ""
    cooling = state.policy.settings.get("cooling_off_hours", SETTINGS["cooling_off_hours"]) * HOUR_SECONDS
    current = find_current(newest, state.now)
    stays = current is None or (current.bank, current.account) == (bank, account)
    effective_at = state.now if stays else state.now + cooling
    terms = Terms(1 if newest is None else newest.version + 1, bank, choice[2], state.now, effective_at)
    state.designations[known.holder] = Designation(account, terms, newest)
    return ""


def _describe(designation: Designation) -> tuple[str, str, str]:
    """Give what is chosen: bank, account, branch."""
    return designation.bank, designation.account, designation.branch


_Choose = Callable[[Act[DesignationsHeader], str, str, str, str | None], str]
_ACTIONS: Mapping[str, _Choose] = {"set": _designate, "suspend": _suspend}
