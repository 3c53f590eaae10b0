"""R13: the stated account and the payee's designated account."""

from collections.abc import Sequence

from consolidator.rules.slices import Slice


def find_undesignated(part: Slice) -> Sequence[int]:
    """R13 orange: the payee has no designated account, so there is nowhere to pay."""
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
