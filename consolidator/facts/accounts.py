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


class Terms(Struct, frozen=True, array_like=True, gc=False):
    """What a designation says apart from whose account it is: few different ones, many payees.

    ``version`` counts a payee's designations from 1. A ``suspended`` one says that nothing may be paid to the account
    any more.
    """

    version: int
    bank: str
    branch: str
    recorded_at: int
    effective_at: int
    suspended: bool = False


class Designation(Struct, frozen=True, array_like=True, gc=False):
    """The payee's one account from ``effective_at`` (instant) on, and the designation ``before`` it, if there was one.

    A payee's history is his newest designation. Loops over columns read ``terms`` themselves.
    """

    account: str
    terms: Terms
    before: "Designation | None" = None

    @property
    def version(self) -> int:
        """Its number in the payee's history, from 1."""
        return self.terms.version

    @property
    def bank(self) -> str:
        """The bank's code."""
        return self.terms.bank

    @property
    def branch(self) -> str:
        """The branch's number, or empty."""
        return self.terms.branch

    @property
    def recorded_at(self) -> int:
        """The instant it was recorded."""
        return self.terms.recorded_at

    @property
    def effective_at(self) -> int:
        """The instant it takes effect."""
        return self.terms.effective_at

    @property
    def suspended(self) -> bool:
        """Whether it says that nothing may be paid to the account."""
        return self.terms.suspended


def list_versions(newest: Designation | None) -> list[Designation]:
    """Give a payee's designations by his newest one, oldest first."""
    versions = []
    while newest is not None:
        versions.append(newest)
        newest = newest.before
    return versions[::-1]


def find_current(newest: Designation | None, now: int) -> Designation | None:
    """Give the designation in force at an instant, by the payee's newest one, or None.

    >>> first = Designation("6217000000000001", Terms(1, "402", "", 10, 10))
    >>> find_current(Designation("6222000000000002", Terms(2, "102", "", 20, 50), first), 30).version
    1
    """
    while newest is not None and newest.terms.effective_at > now:
        newest = newest.before
    return newest


def find_payable(newest: Designation | None, now: int) -> Designation | None:
    """Give the designation that may be paid to at an instant: the one in force, unless it is suspended."""
    current = find_current(newest, now)
    return None if current is None or current.suspended else current


def find_all_payable(column: Iterable[Designation | None], now: int) -> list[Designation | None]:
    """Do :func:`find_payable` for a column; the usual case, the newest is the one, costs no call."""
    return [
        newest
        if newest is not None and (terms := newest.terms).effective_at <= now and not terms.suspended
        else find_payable(newest, now)
        for newest in column
    ]
