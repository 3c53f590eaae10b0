"""Owns the one rule of showing persons on screens and in files that others may see. Never used for entries of the log.

ID numbers are never shown, not even in part: there is no function for them.
"""

import re

ACCOUNT_DIGITS_MIN = 8  # fewer, and the last four would be most of the number
_NUMBERS = re.compile(rf"[0-9](?: ?[0-9]){{{ACCOUNT_DIGITS_MIN - 1},}}[Xx]?")


def mask_name(name: str) -> str:
    """Keep the first character and hide how many follow.

    One rule for all names, so that no exception tells anything: compound surnames and names with ``·`` lose the rest
    too.

    >>> mask_name("王小明"), mask_name("迪丽·热巴"), mask_name("")
    ('王*', '迪*', '*')
    """
    return name.strip()[:1] + "*"


def mask_account_for_owner(account: str) -> str:
    """Keep the last four digits, for the account's owner to recognise it. Never show this to anybody else.

    >>> mask_account_for_owner("6222000000001234")
    '****1234'
    """
    return "****" + (account[-4:] if len(account) >= ACCOUNT_DIGITS_MIN else "")


def mask_numbers(text: str) -> str:
    """Hide what may be an account or an ID number in words that others wrote, like a bank's reason.

    >>> mask_numbers("账户6222000000001234已销户"), mask_numbers("代码 4012")
    ('账户****已销户', '代码 4012')
    """
    return _NUMBERS.sub("****", text)
