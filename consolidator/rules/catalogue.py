"""Owns the catalogue of rule codes: default level, public or private, texts. Numbers are permanent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

RED, ORANGE, YELLOW, BLUE = "red", "orange", "yellow", "blue"
STOPPING = frozenset((RED, ORANGE))  # levels that keep a line from being paid


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a rule is about. ``level`` is the default; a private rule (not ``public``) shows only its level in the log.

    So does a ``discreet`` one of a sensitive programme's lines: it speaks of the person (age, death, office, another
    subsidy) or of the amount. ``parameters`` are its thresholds with their defaults; policy may set these and no others.
    ``brought_by`` is the kind of document that alone brings a finding, where no rule of this ledger sees it: a monitor,
    which looks at several counties, sends a ``finding``, a bank its ``results``. What was compared stands in the entry.
    """

    level: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    public: bool = True
    discreet: bool = False
    brought_by: str = ""
    parameters: Mapping[str, int] = field(default_factory=dict)


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
    "R04": RuleText(
        ORANGE, "村组不一致", "village mismatch",
        "明细写的村与补贴对象库登记的村不同", "the village stated differs from the one in the beneficiary library",
    ),
    "R05": RuleText(
        RED, "死亡人员领取", "paid to deceased",
        "补贴期间开始于死亡日期之后", "the period starts after the date of death",
        discreet=True,
    ),
    "R07": RuleText(
        RED, "财政供养人员违规享受", "public-payroll person on barred item",
        "享受对象在财政供养人员名单中,且该项目不许其享受", "the beneficiary is on the public payroll, and the programme bars such persons",
        discreet=True,
    ),
    "R08": RuleText(
        YELLOW, "村干部本人享受异常", "village official as payee",
        "领款人在村干部名单中,且该项目不是普惠项目", "the payee is a village official and the programme is not universal",
        discreet=True,
    ),
    "R09": RuleText(
        YELLOW, "村干部亲属享受(优亲厚友)", "official's relative",
        "领款人在村干部申报的亲属名单中", "the payee is on the declared list of officials' relatives",
        discreet=True,
    ),
    "R11": RuleText(
        ORANGE, "一卡多人", "one account, many persons",
        "多人的补贴写着同一个账户,而账户不是本人的;全部拦截", "lines of many persons name one account that is not their own: every one is held",
        parameters={"persons_max": 3},
    ),
    "R12": RuleText(
        RED, "账户非本人", "account holder is not the payee",
        "银行核验:指定账户的户名或证件与领款人不符", "the bank says that the designated account is not the payee's",
    ),
    "R13": RuleText(
        BLUE, "原账户与指定账户不一致", "stated account is not the designated one",
        "按指定账户改发;没有指定账户或已暂停的拦截", "rerouted to the designated account; without one, or suspended, the line is held",
    ),
    "R14": RuleText(
        ORANGE, "频繁更换账户", "frequent account change",
        "十二个月内多次更换指定账户,或发放前不久刚更换", "designated account changed too often in twelve months, or just before payment",
        parameters={"changes_max": 2, "quiet_days": 3},
    ),
    "R16": RuleText(
        RED, "重复发放(同项同期)", "same item, period, person twice",
        "同一项目、期间、对象已有一笔在发或已发", "another line already holds this programme, period and person",
    ),
    "R17": RuleText(
        ORANGE, "跨区域重复享受", "same item, period, person in another county",
        "监测方报来:同一项目、期间、对象在另一县区也有明细", "a monitor tells: a line of another county has the same programme, period and person",
        brought_by="finding",
    ),
    "R18": RuleText(
        ORANGE, "一户多人重复(按户项目)", "per-household item to two members",
        "按户发放的项目,同户有两人以上;全部拦截", "a per-household item reached several members: every one is held",
    ),
    "R19": RuleText(
        ORANGE, "互斥项目同享", "mutually exclusive items",
        "享受对象在重叠的期间已有互斥项目的补贴", "the beneficiary has an excluded programme's subsidy for an overlapping period",
        discreet=True,
    ),
    "R21": RuleText(
        RED, "超标准发放", "above standard",
        "金额大于标准乘以数量", "the amount is above rate times quantity",
        discreet=True,
    ),
    "R22": RuleText(
        ORANGE, "低于标准/克扣", "below standard",
        "金额小于标准乘以数量", "the amount is below rate times quantity",
        discreet=True,
    ),
    "R33": RuleText(
        RED, "年龄条件不符", "age condition not met",
        "整个补贴期间都不在项目规定的年龄内", "outside the programme's age range on every day of the period",
        discreet=True,
    ),
    "R35": RuleText(
        RED, "机具重复补贴", "same machine twice",
        "同一出厂编号已经补贴过;没有编号的拦截", "the machine's serial was paid for already; a line without serial is held",
    ),
    "R36": RuleText(
        ORANGE, "短期购多台", "many machines by one buyer",
        "同一购机者在期限内购置过多;全部拦截", "one buyer bought too many within the window: every one is held",
        parameters={"machines_max": 3, "window_days": 365},
    ),
    "R38": RuleText(
        ORANGE, "单笔大额异常", "unusual size",
        "金额超过项目单笔上限,或远大于以往", "the amount is above the programme's limit for a line, or far above earlier ones",
        discreet=True,
        parameters={"factor_percent": 300, "lines_min": 1000},
    ),
    "R40": RuleText(
        RED, "批次总额不符", "batch totals differ",
        "笔数或金额与申报总数不符,或有金额无法读取", "count or sum differs from the stated totals, or an amount is unreadable",
    ),
    "R41": RuleText(
        YELLOW, "超预算/超用款计划", "over plan",
        "本计划文号下的金额超过用款计划;比对时提示,审批时退回", "more than the payment plan: informs at assessment, refuses the release",
    ),
    "R42": RuleText(
        ORANGE, "未公示先发放", "paid before publicity ended",
        "没有公示,或公示尚未结束", "the list was not published, or its time has not ended",
    ),
    "R43": RuleText(
        YELLOW, "超时未发放/滞留", "late or stuck",
        "应报的批次逾期未报,或批次久未办结", "an announced batch did not come in time, or a batch stays unsettled",
        parameters={"age_days": 30, "orange_days": 15},
    ),
    "R44": RuleText(
        RED, "更正金额放大", "correction above the original",
        "更正行的金额大于原明细", "a line that corrects another has a higher amount than that one",
        discreet=True,
    ),
    "R45": RuleText(
        RED, "重复更正", "same failed line corrected twice",
        "原明细已有更正行在发或已发", "another line corrects the same line already",
    ),
    "R46": RuleText(
        ORANGE, "账户状态异常", "account abnormal",
        "银行核验:指定账户睡眠、销户或未激活", "the bank says that the designated account is dormant, closed or not activated",
    ),
    "R48": RuleText(
        YELLOW, "长期失败", "failed again and again",
        "同一笔款多次发放失败后再次更正", "the same money was ordered in vain several times",
        parameters={"rounds_min": 3},
    ),
    "R51": RuleText(
        RED, "回执金额/账号与指令不符", "result differs from the order",
        "银行回执的金额、账户或状态与指令不符;不改变明细状态", "a bank's result has another amount or account, or fits no state: it changes nothing",
        brought_by="results",
    ),
    "R53": RuleText(
        YELLOW, "成功后退票", "money came back after success",
        "银行回报退票:款项已退回", "the bank tells that the money came back",
        brought_by="results",
    ),
    "R54": RuleText(
        ORANGE, "代领无依据/代领人过多", "collection without a relation, or for too many",
        "领款人不是享受对象,且没有监护、委托或户主关系;或代领人数过多",
        "the payee is not the beneficiary and has no valid relation; or collects for too many",
        parameters={"persons_max": 5},
    ),
    "R55": RuleText(
        YELLOW, "名单激增/骤减", "roster jump",
        "某村本项目人数比上一期增减过多", "a village's lines of this programme jumped against the last period",
        parameters={"jump_percent": 30, "lines_min": 10},
    ),
}  # fmt: skip


# Codes that are no rules and speak of the amount, like the discreet ones: it is zero, it is above what a file may hold.
_DISCREET_CODES = frozenset(("S12", "H04"))
# What a suppression cannot quiet: without an account there is nowhere to pay, without publicity nothing may be paid.
NEVER_QUIET = frozenset(("R13", "R42"))


def render_finding(code: str, level: str) -> str:
    """Write a finding, ``CODE:level``. The log may show less: :func:`show_findings`.

    >>> render_finding("R13", "blue")
    'R13:blue'
    """
    return f"{code}:{level}"


def list_private() -> frozenset[str]:
    """Give the codes of which the log shows the level only, wherever they are found."""
    return frozenset(code for code, text in CATALOGUE.items() if not text.public)


def list_monitored() -> frozenset[str]:
    """Give the codes that monitors find, and they only.

    >>> sorted(list_monitored())
    ['R17']
    """
    return frozenset(code for code, text in CATALOGUE.items() if text.brought_by == "finding")


def list_brought() -> frozenset[str]:
    """Give the codes that no rule of a ledger finds: they come with documents.

    >>> sorted(list_brought())
    ['R17', 'R51', 'R53']
    """
    return frozenset(code for code, text in CATALOGUE.items() if text.brought_by)


def list_discreet() -> frozenset[str]:
    """Give the codes of which the log shows the level only where a sensitive programme's lines have them."""
    return _DISCREET_CODES | {code for code, text in CATALOGUE.items() if text.discreet or not text.public}


def show_findings(findings: Sequence[str], hidden: Collection[str]) -> list[str]:
    """Write findings as the log shows them: of a hidden code the level only. Without any, they are as they were.

    >>> show_findings(["R16:red", "R33:red", "R05:red"], {"R33", "R05"})
    [':red', 'R16:red']
    """
    shown = [f":{level}" if code in hidden else f"{code}:{level}" for code, level in map(_cut, findings)]
    return sorted(set(shown)) if shown != list(findings) else shown


def _cut(finding: str) -> tuple[str, str]:
    code, _, level = finding.partition(":")
    return code, level


def is_stopping(finding: str) -> bool:
    """Say whether a finding keeps its line from being paid.

    >>> is_stopping("R18:orange"), is_stopping("R13:blue")
    (True, False)
    """
    return finding.rpartition(":")[2] in STOPPING
