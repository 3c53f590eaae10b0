"""Owns the words that screens show for states, levels and rails, Chinese and English (DESIGN section 3)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from consolidator.language import speaks
from consolidator.rules.catalogue import CATALOGUE
from schemas.codes import CODES

STATES: Mapping[str, str] = {
    "undecided": "待比对",
    "ready": "待发放",
    "held": "存疑拦截",
    "refused": "退回",
    "stopped": "停发",
    "ordered": "已送银行",
    "credited": "发放成功",
    "failed": "发放失败",
    "unknown": "待查询",
    "returned": "已退票",
    "rebuilt": "已更正重发",
}
BATCH_STATES: Mapping[str, str] = {
    "open": "比对中",
    "assessed": "已比对",
    "released": "已审批",
    "settled": "已办结",
    "void": "作废",
}
LEVELS: Mapping[str, str] = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
ROUTES: Mapping[str, str] = {"on_us": "本行", "interbank": "跨行", "": ""}
# What a person's fields in an entry's private part are called on screens.
LABELS: Mapping[str, str] = {
    "beneficiary_name": "享受对象 beneficiary",
    "beneficiary_id": "享受对象证件 beneficiary's ID",
    "payee_name": "领款人 payee",
    "payee_id": "领款人证件 payee's ID",
    "account": "指定账户 designated account",
    "stated_account": "原发放账户 stated account",
}
# What a bank told with a result is called so instead: its account is not the designated one but the one that it names.
TOLD_LABELS: Mapping[str, str] = {
    "account": "回执账户 account told",
    "on": "银行日期 the bank's day",
    "reason": "银行所述原因 the bank's reason",
    "serial": "银行流水号 the bank's number",
    "why": "原因类别 class of the reason",
}
KEEPERS: Mapping[str, str] = {
    "self": "本人",
    "family": "家人",
    "village": "村组",
    "other": "他人",
    "unknown": "不详",
}
# What a code means at another level than its usual one: a milder or sharper form of the rule.
FORMS: Mapping[str, tuple[str, str]] = {
    "R01:blue": ("证件号码为旧地区码或未知地区码", "an old or unknown region code"),
    "R02:orange": ("人口库中查无此人", "not in the population register"),
    "R13:orange": ("没有可用的指定账户", "no designated account that may be paid to"),
    "R35:orange": ("机具没有出厂编号", "a machine without serial"),
}
_USUAL_FACTS = {"R02": "registered_name", "R35": "held_by"}  # with these it is the usual form, whatever the level
_UNCHECKED = "not_checked"
_PRIVATE = ("不公开的疑点", "a finding that is not public")


def name_in(words: Mapping[str, str], name: str) -> str:
    """Give the Chinese word for a state, level or rail; where only English is spoken, the name itself.

    >>> name_in(STATES, "held")
    '存疑拦截'
    """
    return name if speaks("en") else words.get(name, name)


def explain_code(code: str) -> tuple[str, str]:
    """Give a code's short text, Chinese and English; an empty code is a private one.

    >>> explain_code("R18")[0]
    '一户多人重复(按户项目)'
    """
    if code in CATALOGUE:
        return CATALOGUE[code].zh, CATALOGUE[code].en
    if code in CODES:
        return CODES[code].zh, CODES[code].en
    return _PRIVATE


def explain_finding(finding: str, facts: Mapping[str, object] = MappingProxyType({})) -> tuple[str, str]:
    """Give a finding's short text (``CODE:level``), in the form of the rule that it stands for.

    A rule that policy requires, and whose register was never filled, accuses nobody.

    >>> explain_finding("R13:orange")[0], explain_finding("R08:orange", {"not_checked": "officials"})[0]
    ('没有可用的指定账户', '本县规定必须比对,但未能比对:村干部本人享受异常')
    """
    code = finding.partition(":")[0]
    zh, en = explain_code(code)
    if _UNCHECKED in facts:
        return f"本县规定必须比对,但未能比对:{zh}", f"required here but could not be checked: {en}"
    is_usual = _USUAL_FACTS.get(code, "") in facts
    return (zh, en) if is_usual else FORMS.get(finding, (zh, en))


def render_findings(findings: Sequence[str]) -> str:
    """Write findings for a person.

    >>> render_findings(["R13:blue"])
    'R13 原账户与指定账户不一致(蓝)'
    """
    texts = []
    for finding in findings:
        code, _, level = finding.partition(":")
        texts.append(f"{code} {explain_finding(finding)[0]}({LEVELS.get(level, level)})".strip())
    return ";".join(texts)
