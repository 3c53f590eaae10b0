"""Makes designations for tests that set a state up by hand."""

from consolidator.facts.accounts import Designation, Terms
from consolidator.facts.state import State


def make_first(bank: str, account: str, branch: str, recorded_at: int, effective_at: int) -> Designation:
    """Make a payee's first designation."""
    return Designation(account, Terms(1, bank, branch, recorded_at, effective_at))


def redesignate(  # noqa: PLR0913, PLR0917 -- the columns of a designation
    state: State,
    payee: str,
    bank: str,
    account: str,
    branch: str,
    recorded_at: int,
    effective_at: int,
    *,
    suspended: bool = False,
) -> None:
    """Add a designation to those a payee has."""
    before = state.designations[payee]
    terms = Terms(before.version + 1, bank, branch, recorded_at, effective_at, suspended)
    state.designations[payee] = Designation(account, terms, before)
