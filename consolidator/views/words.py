"""Owns the words that screens show for states, levels and rails, Chinese and English (DESIGN section 3)."""

from collections.abc import Mapping, Sequence

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
KEEPERS: Mapping[str, str] = {
    "self": "本人",
    "family": "家人",
    "village": "村组",
    "other": "他人",
    "unknown": "不详",
}
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


def render_findings(findings: Sequence[str]) -> str:
    """Write findings for a person.

    >>> render_findings(["R13:blue"])
    'R13 原账户与指定账户不一致(蓝)'
    """
    texts = []
    for finding in findings:
        code, _, level = finding.partition(":")
        texts.append(f"{code} {explain_code(code)[0]}({LEVELS.get(level, level)})".strip())
    return ";".join(texts)
