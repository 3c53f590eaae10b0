"""R16 R35: an entitlement, and a machine's serial, is held by at most one line. Refusal and stop free it.

Only a rebuild raises an entitlement's round; a serial is paid for once in the machine's life.
"""

import re
import unicodedata
from collections.abc import Callable, Container, Mapping, Sequence

from consolidator.rules.slices import Slice

_FILLING = re.compile(r"[\W_]+")  # all but letters and digits, whatever people put between them
_BETWEEN_FIGURES = re.compile(rf"(?<=\d){_FILLING.pattern}(?=\d)")
# Nobody sees these, so they separate nothing.
# Nobody sees these, so they separate nothing.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]+")
_SEPARATOR = "-"
NUMBERED = frozenset(("plot", "machine"))  # units in which one person may have several, told apart by their number


def derive_claim_keys(part: Slice) -> Sequence[str]:
    """Give each line's key within programme and period: the beneficiary, and where units are numbered the number.

    Elsewhere a plot number does not count, or one person would be paid as often as somebody invents numbers.
    """
    plots = part.columns.plot
    if plots is None or part.programme.unit not in NUMBERED:
        return part.beneficiary_id
    fold = fold_plot if part.programme.unit == "plot" else fold_serial
    pairs = zip(part.beneficiary_id, _fold_all(plots, fold), strict=True)
    return [beneficiary if plot is None else f"{beneficiary}|{plot}" for beneficiary, plot in pairs]


def fold_serial(number: str) -> str:
    """Fold a machine's serial for comparing: the same serial written otherwise is the same machine.

    >>> fold_serial("sn 100"), fold_serial("\uff33\uff2e-100")
    ('SN100', 'SN100')
    """
    return _FILLING.sub("", _fold_signs(number))


def fold_plot(number: str) -> str:
    """Fold a plot's number for comparing: as a serial, but where two figures meet they stay apart, 1-12 is not 11-2.

    >>> fold_plot("Sn-100"), fold_plot("1\u30fb12"), fold_plot(" 1_12"), fold_plot("11-2")
    ('SN100', '1-12', '1-12', '11-2')
    """
    return _SEPARATOR.join(map(fold_serial, _BETWEEN_FIGURES.split(_fold_signs(number))))


def _fold_signs(number: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", number).upper())


def derive_serials(part: Slice) -> Sequence[str | None]:
    """Give each line's machine serial; none outside programmes per machine."""
    plots = part.columns.plot
    if plots is None or part.programme.unit != "machine":
        return [None] * len(part)
    return _fold_all(plots, fold_serial)


def _fold_all(numbers: Sequence[str | None], fold: Callable[[str], str]) -> list[str | None]:
    """Fold numbers; one without letter or digit is none."""
    return [None if number is None else fold(number) or None for number in numbers]


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
