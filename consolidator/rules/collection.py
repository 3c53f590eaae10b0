"""R54: collecting for another. By line: is there a relation valid today. As a group: for how many people."""

from collections.abc import Sequence

from consolidator.facts.registers import is_related
from consolidator.rules.slices import Slice


def find_collected(part: Slice) -> Sequence[int]:
    """Give the items whose payee is not the beneficiary."""
    if part.payee_id is part.beneficiary_id:
        return ()
    pairs = zip(part.payee_id, part.beneficiary_id, strict=True)
    return [item for item, (payee, beneficiary) in enumerate(pairs) if payee != beneficiary]


def find_unrelated(part: Slice) -> Sequence[int]:
    """R54: no guardianship, mandate or household-head relation that is valid on the day of the decision."""
    relations = part.state.registers.relations
    return [
        item
        for item in find_collected(part)
        if not is_related(relations.get(part.payee_id[item], {}).get(part.beneficiary_id[item]), part.day)
    ]
