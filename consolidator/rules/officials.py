"""R08 R09: village officials and their declared relatives as payees. Both open a clue and pay."""

from collections.abc import Sequence

from consolidator.rules.slices import Slice, find_payees_in


def find_officials(part: Slice) -> Sequence[int]:
    """R08: the payee is a village official, and the programme is not for everybody."""
    if part.programme.universal:
        return ()
    return find_payees_in(part, part.state.registers.officials)


def find_relatives(part: Slice) -> Sequence[int]:
    """R09: the payee is on an official's declared list."""
    return find_payees_in(part, part.state.registers.relatives)
