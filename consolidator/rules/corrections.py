"""R48: a line that corrects another (更正重发) whose money was ordered in vain again and again."""

from collections.abc import Container, Mapping, Sequence

from consolidator.facts.lines import derive_round
from consolidator.facts.state import find_line
from consolidator.rules.slices import Slice, find_parameter
from schemas.parts import BatchPart


def list_corrections(columns: BatchPart, odd: Container[int]) -> Mapping[int, str]:
    """Give the items that correct a line, each with the name of that line as stated; nearly always none.

    An ``odd`` item corrects nothing.
    """
    stated = columns.source_line
    if stated is None:
        return {}
    return {item: ref for item, ref in enumerate(stated) if ref is not None and item not in odd}


def find_repeated(part: Slice) -> Sequence[int]:
    """R48: this is at least the ``rounds_min``-th time that the money is to be paid again."""
    rounds_min = find_parameter(part.state, "R48", "rounds_min")
    corrections = list_corrections(part.columns, part.odd)
    return [item for item, ref in corrections.items() if _derive_round(part, ref) >= rounds_min]


def tell_round(part: Slice, item: int) -> Mapping[str, int]:
    """R48: which time it is. A line that the rule hits names another."""
    stated = part.columns.source_line or []
    return {"round": _derive_round(part, str(stated[item]))}


def _derive_round(part: Slice, ref: str) -> int:
    source = find_line(part.state, ref)
    return 0 if source is None else 1 + derive_round(part.state.batches, source)
