"""Owns ``accounts``: the card census, and banks' answers to verification lists.

One account has one holder; a second one is refused, never taken over. Only its own bank says how an account stands.
"""

from collections.abc import Iterator
from functools import partial

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.state import find_own_id
from consolidator.ledger.acts import Act
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import carry_out
from consolidator.ledger.powers import find_regions, is_outside
from schemas.headers import AccountsHeader
from schemas.parts import AccountsPart

NORMAL = "normal"


def effect_accounts(act: Act[AccountsHeader]) -> Iterator[Emission]:
    """Take a census or a bank's answers in, part by part."""
    shared: dict[Card, Card] = {}
    return carry_out(act, AccountsPart, partial(_take, act, find_regions(act.state, act.key), shared))


def _take(
    act: Act[AccountsHeader], regions: tuple[str, ...], shared: dict[Card, Card], part: AccountsPart, index: int
) -> str:
    """Enter one account. What a document does not say stays as it was known. Returns a reason code or empty.

    ``shared`` makes equal cards one object: few different ones, many accounts.
    """
    accounts = act.state.accounts
    account, holder = part.account[index], part.holder_id[index]
    known = accounts.get(account)
    if is_outside(act.state, holder, regions):
        return "S18"
    if known is not None and known.holder != holder:
        return "S06"
    if known is not None and known.bank != part.bank[index]:
        return "S19"
    before = Card(part.bank[index]) if known is None else known.card
    status = None if part.status is None else part.status[index]
    if status is not None:
        code = _judge_answer(act, known, part.bank[index])
        if code:
            return code
        _note_fault(act, account, status)
    card = Card(
        bank=part.bank[index],
        branch=(None if part.branch is None else part.branch[index]) or before.branch,
        keeper=before.keeper if part.keeper is None else part.keeper[index],
        programmes=before.programmes if part.programmes is None else tuple(part.programmes[index]),
        status=status or before.status,
        checked_on=act.header.snapshot_on if status else before.checked_on,
    )
    accounts[account] = CensusAccount(find_own_id(act.state, holder), shared.setdefault(card, card))
    return ""


def _judge_answer(act: Act[AccountsHeader], known: CensusAccount | None, bank: str) -> str:
    """A bank answers for accounts that the census knows to be its own."""
    if known is None:
        return "S05"
    source = act.state.policy.sources.get(act.header.source)
    return "" if source is not None and source.type == "bank" and source.bank in ("", bank) else "S13"


def _note_fault(act: Act[AccountsHeader], account: str, status: str) -> None:
    """Keep apart the few accounts of which their bank says that something is wrong (R12, R46)."""
    if status == NORMAL:
        act.state.faults.pop(account, None)
    else:
        act.state.faults[account] = status
