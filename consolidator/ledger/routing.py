"""Owns routing: which bank pays a line, and by which rail.

The designated account's bank pays itself (``on_us``) where the programme keeps money there; otherwise the programme's
agent bank pays across banks (``interbank``) and needs the 12-digit number of the payee's branch.
"""

from collections.abc import Sequence

from consolidator.facts.accounts import Designation
from consolidator.rules.catalogue import ORANGE
from consolidator.rules.running import Hits
from consolidator.rules.slices import Slice

ON_US, INTERBANK = "on_us", "interbank"
NO_BRANCH = "H02"


def find_paying_banks(part: Slice) -> Sequence[str]:
    """Give each line's paying bank; a line without designation gets the agent bank and is held anyway."""
    paying = frozenset(part.programme.paying_banks)
    agent = part.programme.agent_bank
    return [
        designation.bank if designation is not None and designation.bank in paying else agent
        for designation in part.designations
    ]


def hold_unroutable(part: Slice, hits: Hits) -> None:
    """Hold every line that cannot be paid: no designated account (R13), or across banks without branch number (H02).

    No setting switches this off: a line that is ready has somewhere to go.
    """
    paying = frozenset(part.programme.paying_banks)
    choices = [(item, chosen) for item, chosen in enumerate(part.designations) if item not in part.odd]
    hits.add([item for item, chosen in choices if chosen is None], "R13", ORANGE)
    unreachable = [
        item for item, chosen in choices if chosen is not None and not chosen.branch and chosen.bank not in paying
    ]
    hits.add(unreachable, NO_BRANCH, ORANGE)


def find_rail(bank: str, designation: Designation) -> str:
    """Say which rail reaches an account from its paying bank: an agent bank is never the account's own bank."""
    return ON_US if designation.bank == bank else INTERBANK
