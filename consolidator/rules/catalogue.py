"""Owns the catalogue of rule codes: default level, public or private, texts. Numbers are permanent."""

from collections.abc import Mapping
from dataclasses import dataclass

RED, ORANGE, YELLOW, BLUE = "red", "orange", "yellow", "blue"
STOPPING = frozenset((RED, ORANGE))  # levels that keep a line from being paid


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule is about. ``level`` is the default; a private rule shows only its level in the log."""

    level: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    public: bool = True


CATALOGUE: Mapping[str, RuleText] = {
    "R01": RuleText(
        RED, "身份证校验错误", "ID check digit or date wrong",
        "证件号码的校验位或日期不对;未知地区码只提示", "check character or date is wrong; an unknown region only informs",
    ),
    "R02": RuleText(
        RED, "姓名与身份证不符", "name-ID mismatch",
        "姓名与人口库登记的不同;人口库查无此人的拦截", "the name differs from the population register; unknown there: held",
    ),
    "R03": RuleText(
        RED, "不在补贴对象库", "not in beneficiary library",
        "补贴对象库中没有在册记录", "no active entry in the beneficiary library",
    ),
    "R05": RuleText(
        RED, "死亡人员领取", "paid to deceased",
        "补贴期间开始于死亡日期之后", "the period starts after the date of death",
    ),
    "R08": RuleText(
        YELLOW, "村干部本人享受异常", "village official as payee",
        "领款人在村干部名单中,且该项目不是普惠项目", "the payee is a village official and the programme is not universal",
    ),
    "R09": RuleText(
        YELLOW, "村干部亲属享受(优亲厚友)", "official's relative",
        "领款人在村干部申报的亲属名单中", "the payee is on the declared list of officials' relatives",
    ),
    "R13": RuleText(
        BLUE, "原账户与指定账户不一致", "stated account is not the designated one",
        "按指定账户改发;没有指定账户的拦截", "rerouted to the designated account; without one the line is held",
    ),
    "R16": RuleText(
        RED, "重复发放(同项同期)", "same item, period, person twice",
        "同一项目、期间、对象已有一笔在发或已发", "another line already holds this programme, period and person",
    ),
    "R18": RuleText(
        ORANGE, "一户多人重复(按户项目)", "per-household item to two members",
        "按户发放的项目,同户有两人以上;全部拦截", "a per-household item reached several members: every one is held",
    ),
    "R21": RuleText(
        RED, "超标准发放", "above standard",
        "金额大于标准乘以数量", "the amount is above rate times quantity",
    ),
    "R40": RuleText(
        RED, "批次总额不符", "batch totals differ",
        "笔数或金额与申报总数不符,或有金额无法读取", "count or sum differs from the stated totals, or an amount is unreadable",
    ),
    "R54": RuleText(
        ORANGE, "代领无依据/代领人过多", "collection without a relation, or for too many",
        "领款人不是享受对象,且没有监护、委托或户主关系;或代领人数过多",
        "the payee is not the beneficiary and has no valid relation; or collects for too many",
    ),
}  # fmt: skip


def render_finding(code: str, level: str) -> str:
    """Write a finding as the log shows it; a private code shows its level only. Codes other than rules are public.

    >>> render_finding("R13", "blue")
    'R13:blue'
    """
    text = CATALOGUE.get(code)
    return f"{code}:{level}" if text is None or text.public else f":{level}"


def is_stopping(finding: str) -> bool:
    """Say whether a finding keeps its line from being paid.

    >>> is_stopping("R18:orange"), is_stopping("R13:blue")
    (True, False)
    """
    return finding.rpartition(":")[2] in STOPPING
