"""Owns routing: which bank pays a line, and by which rail.

The designated account's bank pays itself (``on_us``) where the programme keeps money there; otherwise the programme's
agent bank pays across banks (``interbank``) and needs the 12-digit number of the payee's branch: the account's own, or
the one policy has for its bank.
"""

from collections.abc import Sequence

from consolidator.facts.accounts import Designation
from consolidator.facts.programmes import Programme
from consolidator.facts.state import State
from consolidator.rules.catalogue import ORANGE
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice
from schemas.parts import LINE_FEN_MAX

ON_US, INTERBANK = "on_us", "interbank"
NO_BRANCH, TOO_LARGE = "H02", "H04"


def find_paying_banks(part: Slice) -> Sequence[str]:
    """Give each line's paying bank; a line without designation gets the agent bank and is held anyway."""
    paying = frozenset(part.programme.paying_banks)
    agent = part.programme.agent_bank
    return [
        designation.terms.bank if designation is not None and designation.terms.bank in paying else agent
        for designation in part.designations
    ]


def find_paying_bank(programme: Programme, designation: Designation) -> str:
    """Give the bank that pays to one designated account."""
    return designation.bank if designation.bank in programme.paying_banks else programme.agent_bank


def hold_unroutable(part: Slice, hits: Hits) -> None:
    """Hold every line that cannot be paid.

    No designated account (R13), across banks without branch number (H02), or above what a bank's file takes (H04).
    No setting switches this off: a line that is ready has somewhere to go.
    """
    paying = frozenset(part.programme.paying_banks)
    undesignated = [item for item, chosen in enumerate(part.designations) if chosen is None]
    hits.add([item for item in undesignated if item not in part.odd], "R13", ORANGE)
    unreachable = [
        item
        for item, chosen in enumerate(part.designations)
        if chosen is not None and chosen.terms.bank not in paying and not find_branch(part.state, chosen)
    ]
    hits.add([item for item in unreachable if item not in part.odd], NO_BRANCH, ORANGE)
    _hold_too_large(part, hits)


def _hold_too_large(part: Slice, hits: Hits) -> None:
    """An amount is never split silently, so one that fits into no file of its bank waits for people."""
    banks = part.state.policy.banks
    limits = {bank: banks[bank].file_fen_max for bank in part.programme.paying_banks}
    if min(limits.values()) >= LINE_FEN_MAX:
        return
    amounts = zip(part.amount_fen, find_paying_banks(part), strict=True)
    too_large = [item for item, (fen, bank) in enumerate(amounts) if fen > limits[bank] and item not in part.odd]
    hits.add(too_large, TOO_LARGE, ORANGE)


def find_branch(state: State, designation: Designation) -> str:
    """Give the number that reaches an account across banks, empty when nobody knows it."""
    if designation.branch:
        return designation.branch
    bank = state.policy.banks.get(designation.bank)
    return "" if bank is None else bank.branch


def find_rail(bank: str, designation: Designation) -> str:
    """Say which rail reaches an account from its paying bank: an agent bank is never the account's own bank."""
    return ON_US if designation.bank == bank else INTERBANK
