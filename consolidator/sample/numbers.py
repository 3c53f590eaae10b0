"""Owns the numbers of fictional people: IDs (GB 11643), cards (Luhn), bank branches. None of them is anybody's."""

from functools import cache

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
REGION = "511199"  # a county code nobody has
OLD_REGION = "841199"  # a province code nobody has any more
_BRAND = "6299"  # no bank's
_SERIALS = 10**11
_STEP = 387_420_489  # a power of three: coprime to the number of serials, so no serial comes twice


def derive_check_character(first: str) -> str:
    """Give the check character (ISO 7064 MOD 11-2) of the first 17 digits of a resident ID.

    >>> derive_check_character("11010519491231002")
    'X'
    """
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def spoil_check_character(identity: str) -> str:
    """Give the ID with a wrong check character.

    >>> spoil_check_character("11010519491231002X")
    '110105194912310029'
    """
    return identity[:17] + _CHECKS[(_CHECKS.index(identity[17]) + 1) % 11]


def render_card(bank: str, serial: int) -> str:
    """Give the 19-digit card number of a serial at a bank; its last digit is Luhn's.

    >>> render_card("402", 1)
    '6299402003874204894'
    """
    first = f"{_BRAND}{bank}{serial * _STEP % _SERIALS:011d}"
    digits = [int(digit) for digit in reversed(first)]
    total = sum(digits[1::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])
    return first + str(-total % 10)


@cache
def render_branch(bank: str, town: int) -> str:
    """Give the 12-digit branch number of a bank in a town: bank, city, branch, check (ISO 7064 MOD 11,10).

    >>> render_branch("402", 0)
    '402665500015'
    """
    first = f"{bank}6655{town + 1:04d}"
    product = 10
    for digit in first:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return first + str((11 - product) % 10)
