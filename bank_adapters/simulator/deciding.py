"""Owns the making up of a bank's answers to an order file: which orders it pays, and why not the others.

The same orders always get the same answers: what becomes of an order hangs on its id alone. Asked again with no share
of unknown ones, a bank credits these and says of all others what it said before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from bank_adapters.formats.layouts import InLayout, Outcome
from bank_adapters.formats.orders import OrderRow
from bank_adapters.simulator.answers import Answer
from schemas.errors import ConfigurationError

HUNDRED = 100
_PAID: Outcome = ("credited", None)
_ODD = frozenset(("duplicate", "security"))  # a simulated bank neither sees an order twice nor doubts a signature
_REASONS: Mapping[str | None, str] = {
    "payee_data": "账号与户名不符",
    "account_state": "账户已销户",
    "limit": "超过账户限额",
    "channel": "渠道暂不可用",
    "ambiguous": "处理中",
    "return": "收款行退回",
}
_FAILED = "交易失败"  # where a bank's code does not say why


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of a hundred orders fail, stay unknown, or come back; the others are credited. Together at most 100."""

    failed: int = 0
    unknown: int = 0
    returned: int = 0


def decide_answers(layout: InLayout, orders: Sequence[OrderRow], shares: Shares, on: str) -> list[Answer]:
    """Give a bank's answer to each order, of the day ``on``; ConfigurationError if its layout cannot say such a thing.

    Serials count from 1 within the file.
    """
    choices = {status: _list_outcomes(layout, status) for status in ("failed", "unknown", "returned")}
    return [_answer(order, _decide(order, shares, choices), serial, on) for serial, order in enumerate(orders, start=1)]


def _list_outcomes(layout: InLayout, status: str) -> list[Outcome]:
    found = dict.fromkeys(layout.outcomes.values())
    return [outcome for outcome in found if outcome[0] == status and outcome[1] not in _ODD]


def _decide(order: OrderRow, shares: Shares, choices: Mapping[str, Sequence[Outcome]]) -> Outcome:
    digest = sha256(order.order_id.encode()).digest()
    number = int.from_bytes(digest[:4]) % HUNDRED
    for status, share in (("failed", shares.failed), ("returned", shares.returned), ("unknown", shares.unknown)):
        if number < share:
            return _choose(choices[status], status, digest[4])
        number -= share
    return _PAID


def _choose(outcomes: Sequence[Outcome], status: str, number: int) -> Outcome:
    if not outcomes:
        message = f"the bank's layout of results has no code for {status}"
        raise ConfigurationError(message)
    return outcomes[number % len(outcomes)]


def _answer(order: OrderRow, outcome: Outcome, serial: int, on: str) -> Answer:
    status, why = outcome
    paid = outcome == _PAID
    return Answer(
        order_id=order.order_id,
        account=order.account,
        name=order.name,
        amount_fen=order.amount_fen,
        status=status,
        why=why or "",
        reason="" if paid else _REASONS.get(why, _FAILED),
        serial=f"SIM-{on}-{serial}",
        on=on,
    )
