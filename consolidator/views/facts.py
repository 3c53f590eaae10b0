"""Owns how the facts behind a finding are shown: what each is called, how its value reads, and what is masked.

Facts are the evidence in an entry's private part. A key that is not listed here is shown as it is, and a test names it.
"""

from collections.abc import Mapping
from typing import Any

from consolidator.privacy.masking import mask_account_for_owner, mask_name
from consolidator.views.words import STATES
from schemas.money import render_milli, render_yuan
from schemas.results import RESULT_STATUSES

Words = tuple[str, str]  # Chinese, English

FACTS: Mapping[str, Words] = {
    "snapshot_on": ("登记册日期", "register of"),
    "registered_name": ("登记姓名", "registered name"),
    "registered_payee_name": ("领款人登记姓名", "payee's registered name"),
    "registered_village": ("登记村", "registered village"),
    "died_on": ("死亡日期", "died on"),
    "payee_died_on": ("领款人死亡日期", "payee died on"),
    "period_start": ("期间开始", "period starts"),
    "day": ("判定日期", "day of decision"),
    "employer": ("供养单位", "employer"),
    "position": ("职务", "position"),
    "official_id": ("村干部证件", "official's ID"),
    "status": ("银行核验", "bank's answer"),
    "checked_on": ("核验日期", "answered on"),
    "suspended": ("已暂停的指定账户版本", "suspended designation"),
    "pending": ("未生效的指定账户版本", "designation not yet in force"),
    "changes": ("一年内变更次数", "changes within a year"),
    "changes_max": ("变更上限", "changes at most"),
    "quiet_days": ("静默天数", "quiet days"),
    "last_days_ago": ("距上次变更天数", "days since the last change"),
    "has": ("已享受", "has already"),
    "standard_fen": ("标准(元)", "standard, yuan"),
    "quantity_milli": ("数量", "quantity"),
    "born_after": ("出生晚于", "born after"),
    "born_until": ("出生不晚于", "born no later than"),
    "limit_fen": ("通常上限(元)", "usual limit, yuan"),
    "publicity_until": ("公示截止", "publicity until"),
    "source_line": ("所更正的原明细", "the line it corrects"),
    "source_fen": ("原明细金额(元)", "that line's amount, yuan"),
    "round": ("第几次更正", "which correction it is"),
    "held_by": ("已占用的明细", "held by"),
    "other_county": ("另一县区", "other county"),
    "other_entry": ("该县条目", "entry there"),
    "entry": ("本县条目", "entry here"),
    "differs": ("不符之处", "what differs"),
    "told_status": ("回执结果", "told result"),
    "told_fen": ("回执金额(元)", "told, yuan"),
    "told_account": ("回执账户", "told account"),
    "household": ("户号", "household"),
    "members": ("涉及人数", "members"),
    "persons": ("涉及人数", "persons"),
    "persons_max": ("人数上限", "persons at most"),
    "machines": ("购置台数", "machines"),
    "machines_max": ("台数上限", "machines at most"),
    "window_days": ("期限(天)", "window, days"),
    "plan_fen": ("用款计划(元)", "plan, yuan"),
    "used_fen": ("已用(元)", "used, yuan"),
    "jumps": ("增减的村(村、上期、本期)", "villages that jumped (village, before, now)"),
    "what": ("事项", "what"),
    "since_on": ("自", "since"),
    "due_on": ("应报日期", "due on"),
    "field": ("字段", "field"),
    "not_checked": ("缺登记册", "register missing"),
    "suppressed_until": ("免提至", "suppressed until"),
    "assessed_designation": ("比对时的指定账户版本", "designation assessed with"),
    "stated_count": ("申报笔数", "stated count"),
    "stated_fen": ("申报金额(元)", "stated, yuan"),
    "count": ("实际笔数", "actual count"),
    "fen": ("可读金额(元)", "readable, yuan"),
}
REGISTERS: Mapping[str, Words] = {
    "population": ("人口库", "population register"),
    "library": ("补贴对象库", "beneficiary library"),
    "relations": ("代领关系库", "register of relations"),
    "deaths": ("死亡登记册", "register of deaths"),
    "officials": ("村干部名册", "list of village officials"),
    "relatives": ("村干部亲属名册", "list of officials' relatives"),
    "payroll": ("财政供养人员名册", "public payroll list"),
}
STATUSES: Mapping[str, Words] = {
    "normal": ("正常", "normal"),
    "mismatch": ("不符", "mismatch"),
    "dormant": ("睡眠", "dormant"),
    "closed": ("销户", "closed"),
    "inactive": ("未激活", "inactive"),
    "": ("未核验", "never verified"),
}
RESULTS: Mapping[str, Words] = {name: (STATES[name], name) for name in RESULT_STATUSES}
DIFFERENCES: Mapping[str, Words] = {
    "account": ("账户", "account"),
    "amount": ("金额", "amount"),
    "state": ("状态", "state"),
}
_VALUES: Mapping[str, Mapping[str, Words]] = {
    "status": STATUSES,
    "not_checked": REGISTERS,
    "told_status": RESULTS,
    "differs": DIFFERENCES,
}
_NAMES = ("registered_name", "registered_payee_name")
_ACCOUNTS = ("told_account",)
_IDENTITIES = ("official_id",)
_COMPACT_DAY = 8  # births are compared as an ID writes them, 19600101
_PLACES: Mapping[str, int] = {name: place for place, name in enumerate(FACTS)}


def mask_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts hold registered names and IDs of third persons: names keep a character, IDs go, accounts keep four digits.

    >>> mask_facts({"registered_name": "示甲", "official_id": "511199196001010000", "position": "村主任"})
    {'registered_name': '示*', 'position': '村主任'}
    """
    return {name: _mask(name, value) for name, value in facts.items() if name not in _IDENTITIES}


def _mask(name: str, value: Any) -> Any:  # noqa: ANN401 -- a fact may be anything that JSON can write
    if name in _NAMES:
        return mask_name(value)
    return mask_account_for_owner(value) if name in _ACCOUNTS and value else value


def name_fact(name: str) -> Words:
    """Give what a fact is called; an unlisted one is called as its key."""
    return FACTS.get(name, (name, name))


def render_value(name: str, value: object) -> Words:
    """Write a fact's value for a person: fen as yuan, thousandths as a decimal, known words in both languages.

    >>> render_value("standard_fen", 12050), render_value("status", "closed")
    (('120.50', '120.50'), ('销户', 'closed'))
    """
    words = _VALUES.get(name, {})
    if isinstance(value, str) and value in words:
        return words[value]
    if words and isinstance(value, list):
        zh, en = zip(*(words.get(each, (each, each)) for each in value), strict=True)
        return "、".join(zh), ", ".join(en)
    text = _render_plain(name, value)
    return text, text


def _render_plain(name: str, value: object) -> str:
    if isinstance(value, int):
        if name.endswith("fen"):
            return render_yuan(value)
        if name.endswith("_milli"):
            return render_milli(value)
    if isinstance(value, str) and name.startswith("born_") and len(value) == _COMPACT_DAY:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if isinstance(value, list | tuple):
        return "、".join(_render_plain("", each) for each in value)
    return "-" if value in ("", None) else str(value)


def _find_place(name: str) -> tuple[int, str]:
    """Facts are shown in the order of the table above, unlisted ones at the end."""
    return (_PLACES.get(name, len(_PLACES)), name)


def render_facts(facts: Mapping[str, Any]) -> Words:
    """Write facts as one line in each language.

    >>> render_facts({"died_on": "2025-01-02", "period_start": "2026-01-01"})[0]
    '死亡日期 2025-01-02,期间开始 2026-01-01'
    """
    named = [(name_fact(name), render_value(name, facts[name])) for name in sorted(facts, key=_find_place)]
    zh = ",".join(f"{label[0]} {value[0]}" for label, value in named)
    return zh, ", ".join(f"{label[1]} {value[1]}" for label, value in named)
