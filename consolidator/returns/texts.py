"""Owns what a list says in words: titles of its columns, states, reasons, and what its reader is to do next."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.ledger.corrections import DIFFERENT, TWICE
from consolidator.returns.store import SUCCESSOR, SUCCESSOR_STATE, Standing
from consolidator.rules.catalogue import CATALOGUE, YELLOW
from consolidator.views.answers import OPEN_STATES, SETTLE, advise, name_rebuilding, name_successor, name_why
from consolidator.views.facts import Words, render_facts
from consolidator.views.words import BATCH_STATES, LEVELS, STATES, explain_finding
from schemas.codes import CODES

COLUMNS: Sequence[tuple[str, int]] = (
    ("报送件 document", 20),
    ("原文件 file", 28),
    ("原文件行号 row", 14),
    ("明细序号 line", 12),
    ("姓名 name", 14),
    ("证件号码 ID", 22),
    ("领款人 payee", 14),
    ("金额(元) yuan", 14),
    ("状态 state", 18),
    ("原因代码 code", 14),
    ("原因 reason", 48),
    ("比对依据 compared", 48),
    ("下一步 next", 60),
    ("明细编号 reference", 40),
)
_DOCUMENT_STATES: Mapping[str, str] = {"gap": "等待前件", "conflict": "冲突", "new": "已受理"}
_BY_STATE: Mapping[str, Words] = {
    "refused": ("更正后以新编号重报该行", "correct the line and send it with a new document"),
    "held": ("补充证明材料,由两人复核放行或停发", "send supporting papers; two persons clear the line or one stops it"),
    "stopped": ("已停发,不再支付;有异议的向财政局提出", "stopped for good; tell the bureau if you disagree"),
    "void": ("更正整个文件后以新编号重报", "correct the whole file and send it with a new id"),
}
_SENT_AGAIN = frozenset(("refused", "void"))  # what a code asks for is all that is to be done
UNCHECKED = "not_checked"  # among the facts of a finding: the register that was never filled
_UNCHECKED_STEP: Words = (
    "无须更正;待财政局补齐所缺登记册后复核",
    "nothing to correct: the bureau sends the missing register, and the line is reviewed then",
)
_TOLD: Mapping[str, str] = {"on": "银行日期 on", "serial": "银行流水号 serial"}
_CLUE: Words = ("不影响支付;核实后反馈财政局", "payment goes on; look into it and tell the bureau")
_BY_CODE: Mapping[str, Words] = {
    "R01": ("更正证件号码后重报", "correct the ID number and send the line again"),
    "R02": ("核对姓名与证件号码,更正后重报", "check name and ID number, correct, send again"),
    "R03": ("先录入补贴对象库再重报", "enter the person into the beneficiary library, then send again"),
    "R04": ("核对村组代码", "check the village code"),
    "R05": (
        "核实后不再申报;登记有误的先更正登记册",
        "do not send it again; if the register is wrong, have it corrected first",
    ),
    "R07": (
        "不符合条件,不再申报;名册有误的先更正",
        "not entitled: do not send it again; if the list is wrong, have it corrected",
    ),
    "R12": ("请本人改报本人账户", "let the payee designate an account of his own"),
    "R13": ("先办理指定账户", "have an account designated first"),
    "R16": ("同项同期已有一笔,核对后删除重复行", "another line holds it already: remove the repeated line"),
    "R17": (
        "另一县区已有同项同期,与对方核实后由财政局复核",
        "another county has the same: settle with it which one pays, then the bureau reviews the line",
    ),
    "R21": ("核对数量、标准与金额后重报", "check quantity, standard and amount, then send it again"),
    "R22": ("核对数量、标准与金额,说明少发原因", "check quantity, standard and amount, and say why it is less"),
    "R33": ("核对出生日期;不符合条件的不再申报", "check the date of birth; who is not entitled is not sent again"),
    "R40": ("核对笔数、金额后整批重报", "check count and amounts, then send the whole batch again"),
    "R42": ("公示期满后再报", "send it after the publicity has ended"),
    "R43": ("尽快办结本批次", "settle the batch"),
    "R44": ("金额改为不超过原明细,再以新编号重报", "no more than the original's amount: correct it, send it again"),
    TWICE: ("原明细已有更正行:本行不要再报", "another line corrects that one already: do not send this one again"),
    "R46": ("请本人激活账户或另选账户", "let the payee activate the account or choose another"),
    DIFFERENT: SETTLE,
}


def render_state(state: str) -> str:
    """Write a state for a person.

    >>> render_state("held"), render_state("gap")
    ('存疑拦截 held', '等待前件 gap')
    """
    zh = STATES.get(state) or _DOCUMENT_STATES.get(state) or BATCH_STATES.get(state, "")
    return f"{zh} {state}".strip()


def render_reasons(standing: Standing) -> str:
    """Write why, code by code, in both languages; then the class of what a bank told, and the bank's own words.

    >>> render_reasons(Standing("refused", findings=["R05:red"]))
    '死亡人员领取(红) / paid to deceased'
    """
    reasons = [_render_reason(finding, standing.facts) for finding in standing.findings]
    why, reason = standing.told.get("why", ""), standing.told.get("reason", "")
    if why:
        reasons.append(" / ".join(name_why(why)))
    return ";".join([*reasons, f"银行 bank: {reason}"] if reason else reasons)


def _render_reason(finding: str, facts: Mapping[str, Mapping[str, Any]]) -> str:
    code, _, level = finding.partition(":")
    zh, en = explain_finding(finding, facts.get(code, {}))
    shown = f"({LEVELS.get(level, level)})" if level else ""
    return f"{zh}{shown} / {en}"


def render_codes(findings: Sequence[str]) -> str:
    """Write the codes alone, for sorting; a private one is a dash.

    >>> render_codes(["R02:red", ":red"])
    'R02;-'
    """
    return ";".join(finding.partition(":")[0] or "-" for finding in findings)


def render_compared(standing: Standing) -> str:
    """Write the facts compared, code by code, with the register's date; then the bank's day and number."""
    facts = [f"{code}: {render_facts(facts)[0]}" for code, facts in standing.facts.items() if facts]
    told = [f"{words} {value}" for name, words in _TOLD.items() if (value := standing.told.get(name))]
    return ";".join(facts + told)


def render_next(standing: Standing) -> str:
    """Write what to do: what the code asks for, else what the state asks for; a clue asks to look into it.

    Of a line that was not paid it is what the class of the bank's answer asks for.
    """
    zh, en = zip(*dict.fromkeys(_list_steps(standing)), strict=True)
    return f"{';'.join(zh)} / {'; '.join(en)}"


def _list_steps(standing: Standing) -> list[Words]:
    if standing.state in OPEN_STATES:
        successor = standing.told.get(SUCCESSOR, "")
        advice = advise(standing.state, standing.told.get("why", ""))
        if successor:
            advice = name_successor(successor, standing.told[SUCCESSOR_STATE])
        return [SETTLE, advice] if _differs(standing) else [advice]
    if standing.findings and all(finding.endswith(f":{YELLOW}") for finding in standing.findings):
        steps = [_CLUE]
    else:
        codes = [finding.partition(":")[0] for finding in standing.findings]
        steps = [step for code in codes if (step := _find_step(code, standing.facts.get(code, {}))) is not None]
    state_step = None if _is_only_unchecked(standing) else _BY_STATE.get(standing.state)
    if SUCCESSOR in standing.told:
        steps.append(name_rebuilding(standing.told[SUCCESSOR]))
    if state_step is not None and not (steps and standing.state in _SENT_AGAIN):
        steps.append(state_step)
    return steps or [_CLUE]


def _differs(standing: Standing) -> bool:
    return any(finding.startswith(f"{DIFFERENT}:") for finding in standing.findings)


def _is_only_unchecked(standing: Standing) -> bool:
    """Say whether nothing stops a line but registers that the bureau has not sent yet."""
    stopping = [finding for finding in standing.findings if not finding.endswith(f":{YELLOW}")]
    facts = [standing.facts.get(finding.partition(":")[0], {}) for finding in stopping]
    return bool(facts) and all(UNCHECKED in each for each in facts)


def _find_step(code: str, facts: Mapping[str, Any]) -> Words | None:
    if UNCHECKED in facts:
        return _UNCHECKED_STEP
    if code in CATALOGUE:
        return _BY_CODE.get(code)
    text = CODES.get(code)
    return None if text is None else (text.next_zh, text.next_en)


def render_solved(count: int) -> str:
    """Write the note of a list in which nothing is open any more."""
    return f"已处理:{count} 条均已放行、发放或受理 / all {count} solved: cleared, paid or accepted"
