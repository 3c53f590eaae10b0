"""Owns the words for what banks say became of their orders: why one was not paid, and what follows by class."""

from collections.abc import Mapping

from consolidator.views.facts import Words
from consolidator.views.words import STATES
from schemas.results import RESULT_STATUSES

# States that a line comes to by what its bank tells.
TOLD_STATES = frozenset(RESULT_STATUSES)
# States in which somebody has to do something before the money is there.
OPEN_STATES = TOLD_STATES - {"credited"}
SETTLE: Words = (
    "与银行逐笔核实实际付给哪个账户、多少金额,由银行重报回执",
    "settle with the bank what was really paid to which account; the bank sends the right result",
)
WHYS: Mapping[str, Words] = {
    "payee_data": ("收款人信息有误", "wrong data of the payee"),
    "account_state": ("账户状态异常", "state of the account"),
    "limit": ("账户限额", "a limit of the account"),
    "channel": ("通道原因", "the bank's channel"),
    "ambiguous": ("结果不明", "no clear answer yet"),
    "duplicate": ("银行称重复", "the bank says it has it already"),
    "return": ("退票", "money came back"),
    "security": ("签名或证书有误", "signature or certificate"),
}
# The money is paid again by a line that names the failed one (更正重发): what R44, R45 and S27 would refuse is said.
_AGAIN: Words = (
    "由报送单位或财政局更正重发:新批次的「更正原明细」填本明细编号(同项目、同期间、同一人,不超原额)",
    "sender or bureau pays again: a new batch names this line in 更正原明细 (same programme, period, person; no more)",
)
_BY_WHY: Mapping[str, Words] = {
    "payee_data": (
        f"退乡镇:请本人确认账户,再{_AGAIN[0]}",
        f"back to the township: let the citizen confirm an account, then {_AGAIN[1]}",
    ),
    "account_state": (
        f"通知本人恢复账户或另选账户,恢复后{_AGAIN[0]}",
        f"tell the citizen; when the account works again, or another is chosen, {_AGAIN[1]}",
    ),
    "limit": (
        f"不拆分;请本人改用不受限的账户,再{_AGAIN[0]}",
        f"never split it; let the citizen choose another account, then {_AGAIN[1]}",
    ),
    "channel": (
        f"与收款人无关:由银行确认未入账后,再{_AGAIN[0]}",
        f"not the payee's fault: let the bank confirm that nothing was paid, then {_AGAIN[1]}",
    ),
    "duplicate": (
        "先查首次那一笔,以其结果为准,不要重发",
        "look up the first payment, its result counts; do not send it again",
    ),
    "return": (
        f"款项退回财政零余额账户;请本人确认账户,再{_AGAIN[0]}",
        f"the money is back in the zero-balance account; let the citizen confirm an account, then {_AGAIN[1]}",
    ),
    "security": (
        "停用该银行通道,查清签名与证书后再发",
        "stop that bank's channel until signature and certificate are cleared up",
    ),
}
_BY_STATE: Mapping[str, Words] = {
    "failed": (f"核对账户后{_AGAIN[0]}", f"check the account; then {_AGAIN[1]}"),
    "returned": _BY_WHY["return"],
    "unknown": ("向银行查询直至有最终结果,不要重发", "ask the bank until it is final; do not send it again"),
}
_UNSURE = frozenset(("duplicate", "security"))  # classes that ask for the same while nothing is final


def advise(state: str, why: str) -> Words:
    """Say what is to be done about a failed, unknown or returned line, by the class of its failure.

    >>> advise("failed", "duplicate")[0], advise("unknown", "channel")[1]
    ('先查首次那一笔,以其结果为准,不要重发', 'ask the bank until it is final; do not send it again')
    """
    by_state = _BY_STATE[state]
    return by_state if state == "unknown" and why not in _UNSURE else _BY_WHY.get(why, by_state)


def name_successor(ref: str, state: str) -> Words:
    """Say that a line needs no correction any more, since another one corrects it, and how that one stands.

    >>> name_successor("civil/FIX-1/2", "ready")[0]
    '已有更正行 civil/FIX-1/2(待发放),本明细无须另行更正'
    """
    return (
        f"已有更正行 {ref}({STATES[state]}),本明细无须另行更正",
        f"line {ref} ({state}) corrects it: it needs no other correction",
    )


def name_rebuilding(ref: str) -> Words:
    """Say which line pays the money of a rebuilt one.

    >>> name_rebuilding("civil/FIX-1/2")[0]
    '已由更正行 civil/FIX-1/2 重发'
    """
    return f"已由更正行 {ref} 重发", f"line {ref} pays it again"


def name_why(why: str) -> Words:
    """Give a class its words; nothing where the bank told none.

    >>> name_why("limit"), name_why("")
    (('账户限额', 'a limit of the account'), ('', ''))
    """
    return WHYS.get(why, (why, why))
