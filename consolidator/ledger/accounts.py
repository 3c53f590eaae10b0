"""Owns ``accounts``: the card census, and banks' answers to verification lists.

One account has one holder; a second one is refused, never taken over. Only its own bank says how an account stands.
"""

from collections.abc import Iterator

from consolidator.facts.accounts import Card, CensusAccount
from consolidator.facts.state import find_own_id
from consolidator.ledger.acts import Act, emit_effect, emit_refusal
from consolidator.ledger.emission import Emission
from consolidator.ledger.items import Items, Tally, read_parts
from consolidator.ledger.powers import find_regions, is_outside
from schemas.errors import InputError
from schemas.headers import AccountsHeader
from schemas.parts import AccountsPart

NORMAL = "normal"


def effect_accounts(act: Act[AccountsHeader]) -> Iterator[Emission]:
    """Take a census or a bank's answers in, part by part."""
    tally = Tally()
    try:
        parts = read_parts(act, AccountsPart, tally)
    except InputError as error:
        yield emit_refusal(act, error.code, error.detail)
        return
    shared: dict[Card, Card] = {}
    for items in parts:
        for index, number in items.numbers:
            tally.count(number, _take(act, items, index, shared))
        yield Emission(lines=items.size)
    yield emit_effect(act, tally.accepted, sorted(tally.refused))


def _take(act: Act[AccountsHeader], items: Items[AccountsPart], index: int, shared: dict[Card, Card]) -> str:
    """Enter one account. What a document does not say stays as it was known. Returns a reason code or empty.

    ``shared`` makes equal cards one object: few different ones, many accounts.
    """
    accounts, part = act.state.accounts, items.columns
    account, holder = part.account[index], part.holder_id[index]
    known = accounts.get(account)
    if is_outside(act.state, holder, find_regions(act.state, act.key)):
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
