"""Owns the one rule of showing persons on screens and in files that others may see. Never used for entries of the log.

ID numbers are never shown, not even in part: there is no function for them.
"""

ACCOUNT_DIGITS_MIN = 8  # fewer, and the last four would be most of the number


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
