"""Owns accounts: the card census (持卡台账) and designations with their history."""

from collections.abc import Iterable

from msgspec import Struct


class Card(Struct, frozen=True, array_like=True, gc=False):
    """What a census says of an account, apart from its number and holder: few different ones, many accounts.

    ``branch`` may be empty. ``status`` is the bank's last answer (normal, mismatch, dormant, closed, inactive) of the
    day ``checked_on``; both are empty before it answered. ``programmes`` were paid to it by the census.
    """

    bank: str
    branch: str = ""
    keeper: str = "unknown"
    programmes: tuple[str, ...] = ()
    status: str = ""
    checked_on: str = ""


class CensusAccount(Struct, frozen=True, array_like=True, gc=False):
    """An account the census found, and who holds it."""

    holder: str
    card: Card

    @property
    def bank(self) -> str:
        """The bank's code."""
        return self.card.bank

    @property
    def branch(self) -> str:
        """The branch's number, or empty."""
        return self.card.branch

    @property
    def keeper(self) -> str:
        """Who keeps and uses the card."""
        return self.card.keeper

    @property
    def programmes(self) -> tuple[str, ...]:
        """What was paid to it."""
        return self.card.programmes

    @property
    def status(self) -> str:
        """The bank's last answer, or empty."""
        return self.card.status

    @property
    def checked_on(self) -> str:
        """The day of that answer, or empty."""
        return self.card.checked_on


class Designation(Struct, frozen=True, array_like=True, gc=False):
    """The payee's one account from ``effective_at`` (instant) on; ``version`` counts from 1.

    A ``suspended`` version says that nothing may be paid to the account any more.
    """

    version: int
    bank: str
    account: str
    branch: str
    recorded_at: int
    effective_at: int
    suspended: bool = False


History = tuple[Designation, ...]  # versions from 1 on, in order


def find_current(history: History | None, now: int) -> Designation | None:
    """Give the designation in force at an instant, or None.

    >>> first = Designation(1, "402", "6217000000000001", "", 10, 10)
    >>> find_current((first, Designation(2, "102", "6222000000000002", "", 20, 50)), 30).version
    1
    """
    if history is None:
        return None
    return next((entry for entry in reversed(history) if entry.effective_at <= now), None)


def find_payable(history: History | None, now: int) -> Designation | None:
    """Give the designation that may be paid to at an instant: the one in force, unless it is suspended."""
    current = find_current(history, now)
    return None if current is None or current.suspended else current


def find_all_payable(histories: Iterable[History | None], now: int) -> list[Designation | None]:
    """Do :func:`find_payable` for a column; the usual history of one entry, never a suspension, costs no call."""
    return [
        history[0]
        if history is not None and len(history) == 1 and history[0].effective_at <= now
        else find_payable(history, now)
        for history in histories
    ]
