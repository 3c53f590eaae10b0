"""R01 R02 R05: is this the person the papers speak of, and was he alive.

They look at the beneficiary, and at a payee who collects for another.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from consolidator.rules.collection import find_collected
from consolidator.rules.slices import RESIDENT, Slice, find_in, is_resident

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_FIRM_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIRM_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
# First two digits of every region code there ever was (GB/T 2260): provinces keep them when counties are renamed.
_PROVINCES = frozenset(
    str(code)
    for codes in (
        range(11, 16),
        range(21, 24),
        range(31, 38),
        range(41, 47),
        range(50, 55),
        range(61, 66),
        (71, 81, 82, 83, 91),
    )
    for code in codes
)


def is_resident_id(value: str) -> bool:
    """Check shape, check digit (ISO 7064 MOD 11-2) and birth date of a resident ID (GB 11643).

    >>> is_resident_id("11010519491231002X"), is_resident_id("110105194912310021")
    (True, False)
    """
    if _RESIDENT.fullmatch(value) is None:
        return False
    if _CHECKS[sum(int(digit) * weight for digit, weight in zip(value[:17], _WEIGHTS, strict=True)) % 11] != value[17]:
        return False
    try:
        date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    return True


def is_firm_id(value: str) -> bool:
    """Check character (GB 32100, MOD 31) of a well-formed unified social credit code.

    >>> is_firm_id("91350100M000100Y43"), is_firm_id("91350100M000100Y44")
    (True, False)
    """
    total = sum(_FIRM_LETTERS.index(sign) * weight for sign, weight in zip(value[:17], _FIRM_WEIGHTS, strict=True))
    return _FIRM_LETTERS[-total % 31] == value[17]


def find_wrong_ids(part: Slice) -> Sequence[int]:
    """R01 red. The population register takes only right IDs, so an ID found there needs no arithmetic."""
    unknown = [item for item, person in enumerate(part.persons) if person is None]
    return [
        item for item in unknown if not _is_right(part.beneficiary_id[item], part.columns.beneficiary_id_type, item)
    ]


def find_wrong_payee_ids(part: Slice) -> Sequence[int]:
    """R01 red, for a payee who collects for another."""
    types = part.columns.payee_id_type
    return [item for item in find_collected(part) if not _is_right(part.payee_id[item], types, item)]


def _is_right(value: str, types: Sequence[str] | None, item: int) -> bool:
    return is_resident_id(value) if types is None or types[item] == RESIDENT else is_firm_id(value)


def find_unknown_regions(part: Slice) -> Sequence[int]:
    """R01 blue: a region nobody has; old codes survive, so it only informs."""
    if {value[:2] for value in part.beneficiary_id} <= _PROVINCES:
        return ()
    return [
        item
        for item, value in enumerate(part.beneficiary_id)
        if value[:2] not in _PROVINCES and is_resident(part, item)
    ]


def find_name_mismatches(part: Slice) -> Sequence[int]:
    """R02: the name differs from the population register, after NFC."""
    return [
        item
        for item, (person, name) in enumerate(zip(part.persons, part.columns.beneficiary_name, strict=True))
        if person is not None and person.name != name and fold_name(person.name) != fold_name(name)
    ]


def find_payee_name_mismatches(part: Slice) -> Sequence[int]:
    """R02, for a payee stated beside the beneficiary; on an own line he must bear the name stated there, too.

    The order goes to the payee's name, so a line that names the beneficiary rightly is not enough.
    """
    if part.columns.payee_name is None:
        return ()
    return [
        item
        for item, stated in enumerate(part.payee_name)
        if (name := _find_payee_name(part, item)) is not None and fold_name(name) != fold_name(stated)
    ]


def _find_payee_name(part: Slice, item: int) -> str | None:
    """Give the name that a line's payee must bear; None when nothing says it."""
    if part.payee_id[item] == part.beneficiary_id[item]:
        return part.columns.beneficiary_name[item]
    person = part.state.registers.population.get(part.payee_id[item])
    return None if person is None else person.name


def find_unregistered(part: Slice) -> Sequence[int]:
    """R02 orange: a person the population register does not know, so neither name nor household can be compared."""
    return [item for item, person in enumerate(part.persons) if person is None and is_resident(part, item)]


def find_deceased(part: Slice) -> Sequence[int]:
    """R05: the period starts after the day of death."""
    start, deaths = part.period_start, part.state.registers.deaths
    return [item for item in find_in(part, deaths) if start > deaths[part.beneficiary_id[item]]]


def find_deceased_payees(part: Slice) -> Sequence[int]:
    """R05, for a payee who collects for another: he must be alive on the day of the decision."""
    deaths = part.state.registers.deaths
    return [
        item
        for item in find_collected(part)
        if (died_on := deaths.get(part.payee_id[item])) is not None and died_on < part.day
    ]


def fold_name(name: str) -> str:
    """Fold a name for comparing: NFC only; the original is kept wherever it is shown or paid.

    >>> fold_name("e\u0301") == "\u00e9"
    True
    """
    return unicodedata.normalize("NFC", name)
