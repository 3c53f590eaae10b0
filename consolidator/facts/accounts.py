"""Owns accounts: the card census (持卡台账) and designations with their history."""

from collections.abc import Iterable

from msgspec import Struct


class CensusAccount(Struct, frozen=True, array_like=True, gc=False):
    """An account the census found: who holds it, at which bank, who keeps the card. ``branch`` may be empty."""

    holder: str
    bank: str
    branch: str
    keeper: str


class Designation(Struct, frozen=True, array_like=True, gc=False):
    """The payee's one account from ``effective_at`` (instant) on; ``version`` counts from 1."""

    version: int
    bank: str
    account: str
    branch: str
    recorded_at: int
    effective_at: int


def find_current(history: list[Designation] | None, now: int) -> Designation | None:
    """Give the designation in force at an instant, or None.

    >>> first = Designation(1, "402", "6217000000000001", "", 10, 10)
    >>> find_current([first, Designation(2, "102", "6222000000000002", "", 20, 50)], 30).version
    1
    """
    if history is None:
        return None
    return next((entry for entry in reversed(history) if entry.effective_at <= now), None)


def find_all_current(histories: Iterable[list[Designation] | None], now: int) -> list[Designation | None]:
    """Do :func:`find_current` for a column; the usual history of one entry costs no call."""
    return [
        history[0]
        if history is not None and len(history) == 1 and history[0].effective_at <= now
        else find_current(history, now)
        for history in histories
    ]
