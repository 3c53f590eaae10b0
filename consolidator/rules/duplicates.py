"""R16 R35: an entitlement, and a machine's serial, is held by at most one line. Refusal and stop free it.

Only a rebuild raises an entitlement's round; a serial is paid for once in the machine's life.
"""

import re
import unicodedata
from collections.abc import Container, Mapping, Sequence

from consolidator.rules.slices import Slice

_FILLING = re.compile(r"[\W_]+")  # all but letters and digits, whatever people put between them
NUMBERED = frozenset(("plot", "machine"))  # units in which one person may have several, told apart by their number


def derive_claim_keys(part: Slice) -> Sequence[str]:
    """Give each line's key within programme and period: the beneficiary, and where units are numbered the number.

    Elsewhere a plot number does not count, or one person would be paid as often as somebody invents numbers.
    """
    plots = part.columns.plot
    if plots is None or part.programme.unit not in NUMBERED:
        return part.beneficiary_id
    pairs = zip(part.beneficiary_id, _fold_all(plots), strict=True)
    return [beneficiary if plot is None else f"{beneficiary}|{plot}" for beneficiary, plot in pairs]


def fold_number(number: str) -> str:
    """Fold a plot's or machine's number for comparing: the same number written otherwise is the same claim.

    >>> fold_number("sn 100"), fold_number("\uff33\uff2e-100")
    ('SN100', 'SN100')
    """
    return _FILLING.sub("", unicodedata.normalize("NFKC", number).upper())


def derive_serials(part: Slice) -> Sequence[str | None]:
    """Give each line's machine serial; none outside programmes per machine."""
    plots = part.columns.plot
    if plots is None or part.programme.unit != "machine":
        return [None] * len(part)
    return _fold_all(plots)


def _fold_all(numbers: Sequence[str | None]) -> list[str | None]:
    """Fold numbers; one without letter or digit is none."""
    return [None if number is None else fold_number(number) or None for number in numbers]


def find_without_serial(part: Slice) -> Sequence[int]:
    """R35 orange: a machine without a serial cannot be told from another."""
    return [item for item, serial in enumerate(derive_serials(part)) if serial is None]


def claim_in_order(
    keys: Sequence[str | None], first_place: int, refused: Container[int], held: dict[str, int]
) -> Mapping[int, int]:
    """Let each line claim its key, in file order; write the claims into ``held`` (key → place).

    Returns the lines that came too late: item → place of the line that holds the claim. A line that is refused for
    another reason claims nothing, but still learns that it is a repeat. No key, no claim.
    """
    late: dict[int, int] = {}
    for item, key in enumerate(keys):
        if key is None:
            continue
        holder = held.get(key)
        if holder is not None:
            late[item] = holder
        elif item not in refused:
            held[key] = first_place + item
    return late
