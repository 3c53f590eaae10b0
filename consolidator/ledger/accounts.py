"""Owns ``accounts``: the card census. One account has one holder; a second one is refused, never taken over."""

from collections.abc import Iterator

from consolidator.facts.accounts import CensusAccount
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Items, Tally, read_parts
from schemas.errors import InputError
from schemas.headers import AccountsHeader
from schemas.parts import AccountsPart


def effect_accounts(act: Act[AccountsHeader]) -> Iterator[Emission]:
    """Take a census in, part by part."""
    tally = Tally()
    try:
        parts = read_parts(act, AccountsPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    for items in parts:
        _take(act, items, tally)
        yield Emission(lines=items.size)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _take(act: Act[AccountsHeader], items: Items[AccountsPart], tally: Tally) -> None:
    accounts, part = act.state.accounts, items.columns
    branches = part.branch or [None] * len(part)
    keepers = part.keeper or ["unknown"] * len(part)
    for index, number in items.numbers:
        known = accounts.get(part.account[index])
        holder = part.holder_id[index]
        if known is not None and known.holder != holder:
            tally.count(number, "S06")
            continue
        branch = branches[index] or ("" if known is None else known.branch)
        accounts[part.account[index]] = CensusAccount(holder, part.bank[index], branch, keepers[index])
        tally.count(number, "")
