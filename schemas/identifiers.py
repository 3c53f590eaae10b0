"""Owns the shapes of identifiers (GB 11643 IDs, GB 32100 firms, region, account and branch numbers, our references).

Shapes only: check digits and dates are rules. Digits are always ``[0-9]``; Python's own digit tests accept others.
"""

import re
from typing import Annotated

from pydantic import StringConstraints

County = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
DocumentId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$")]
ProgrammeId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]{0,15}$")]
Period = Annotated[str, StringConstraints(pattern=r"^(19|20)[0-9]{2}(-(0[1-9]|1[0-2])|Q[1-4]|H[12])?$")]
# 18 characters: 17 digits and a check character (resident), or the letters and digits of GB 32100 (firm).
PersonId = Annotated[str, StringConstraints(pattern=r"^([0-9]{17}[0-9X]|[0-9A-HJ-NPQRTUWXY]{18})$")]
PersonName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
Account = Annotated[str, StringConstraints(pattern=r"^[0-9]{8,32}$")]
BankCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{3}$")]
BranchNumber = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
TownCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
IsoDate = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
RuleCode = Annotated[str, StringConstraints(pattern=r"^R[0-9]{2}$")]
KeyId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
# Source, document, line: what :func:`derive_line_ref` writes.
LineRef = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,31}/[A-Za-z0-9][A-Za-z0-9._-]{0,47}/[1-9][0-9]{0,6}$"),
]
# County, source, document, line, round: what :func:`derive_order_id` writes.
OrderId = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{6}/[a-z][a-z0-9-]{0,31}/[A-Za-z0-9][A-Za-z0-9._-]{0,47}/[1-9][0-9]{0,6}/[0-9]{1,2}$"
    ),
]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
ShortText = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,200}$")]
Number = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]

COUNTY = re.compile(r"[0-9]{6}")
SOURCE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_LONG_DIGITS = re.compile(r"[0-9]{15}")


def holds_long_number(text: str) -> bool:
    """Say whether text holds 15 digits in a row, as an ID or account number would; such text may not become public.

    >>> holds_long_number("DB-20261105-001"), holds_long_number("DB-511199194912310021")
    (False, True)
    """
    return _LONG_DIGITS.search(text) is not None


def derive_line_ref(source: str, document: str, line: int) -> str:
    """Name a line for people and for the log: ``source/document/line`` (line counts from 1).

    >>> derive_line_ref("bank-102", "PAY-1", 7)
    'bank-102/PAY-1/7'
    """
    return f"{source}/{document}/{line}"


def split_line_ref(ref: str) -> tuple[str, str, int]:
    """Give source, document and line of a line's name of the right shape.

    >>> split_line_ref("bank-102/PAY-1/7")
    ('bank-102', 'PAY-1', 7)
    """
    source, document, line = ref.split("/")
    return source, document, int(line)


def derive_order_id(county: str, source: str, document: str, line: int, round_: int) -> str:
    """Name an order: county, source, document, line, round. No personal data, no log position.

    >>> derive_order_id("511112", "bank-102", "PAY-1", 7, 0)
    '511112/bank-102/PAY-1/7/0'
    """
    return f"{county}/{source}/{document}/{line}/{round_}"


def split_order_id(order: str) -> tuple[str, str, str, int, int]:
    """Give county, source, document, line and round of an order id of the right shape.

    >>> split_order_id("511112/bank-102/PAY-1/7/0")
    ('511112', 'bank-102', 'PAY-1', 7, 0)
    """
    county, source, document, line, round_ = order.split("/")
    return county, source, document, int(line), int(round_)
