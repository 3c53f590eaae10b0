"""Owns the rule book page: every rule with its level, what it looks at, thresholds and texts, written from the code."""

from collections.abc import Iterator

from consolidator.rules.catalogue import (
    BLUE,
    CATALOGUE,
    NEVER_QUIET,
    ORANGE,
    RED,
    YELLOW,
    RuleText,
    list_brought,
    list_discreet,
    list_monitored,
)
from consolidator.rules.groups import GROUP_RULES
from consolidator.rules.running import LINE_RULES

LEVELS = {
    RED: "红 red:退回该行 refuses the line",
    ORANGE: "橙 orange:拦截复核 holds it for review",
    YELLOW: "黄 yellow:照发并记线索 pays and opens a clue",
    BLUE: "蓝 blue:只提示 informs",
}
_SCOPES = {
    "R16": "本县全部明细 all lines of the county",
    "R17": "各县区全部明细 all lines of all counties",
    "R35": "本县全部明细 all lines of the county",
    "R40": "整个批次 the whole batch",
    "R41": "计划文号下全部批次 all batches of a plan number",
    "R43": "应报批次与未办结批次 announced and unsettled batches",
    "R44": "更正行与原明细 a line and the one it corrects",
    "R45": "更正行与原明细 a line and the one it corrects",
    "R51": "已送银行的明细 ordered lines",
    "R53": "已发放的明细 credited lines",
    "R55": "村与项目 a village's lines of a programme",
}
_HEAD = """# 规则手册 / Rule book

由 `consolidator rules write --to docs/rules.md` 生成,不手工修改。
Written by `consolidator rules write --to docs/rules.md`; not edited by hand.

一条疑点只是疑问,不是结论。级别、开关与阈值由各县 `policy` 调整(`rule` 项)。
所需登记册缺失时记“未比对”,设为必需(`required`)的则拦截。
A finding is a doubt and never a verdict. A county's `policy` sets level, switch and thresholds (subject `rule`); a rule
whose register was never filled is recorded as not checked, and holds the line where policy requires it.

级别 levels: {levels}

{columns}
| --- | --- | --- | --- | --- | --- | --- |
"""
_COLUMNS = (
    "代码 code",
    "规则 rule",
    "级别 level",
    "看什么 looks at",
    "登记册 register",
    "阈值 thresholds",
    "内容 meaning",
)
_FOOT = """
敏感项目(政策中 `sensitive`)的明细,以下代码涉及个人情况或金额,公开日志只显示级别;不公开的规则在任何项目都只显示级别。
Of a sensitive programme's lines (`sensitive` in policy) the public log tells these codes by their level only, for they
tell of the person or of the amount; of a private rule it tells the level only, whatever the programme: {discreet}
由监测方以 `finding` 报送,本县账本自己看不到 sent by a monitor as a `finding`, no ledger sees them itself: {monitored}
由银行回执(`results`)带来 brought by a bank's `results`: {told}
不能免提的疑点 cannot be suppressed: {never}
红色疑点不能放行也不能免提。A red finding can be neither cleared nor suppressed.
多行规则给所有成员加疑点,包括以前批次中未送银行的明细;已送银行的只记线索。
A rule about several lines marks every member, also in earlier batches; what was ordered already gets a clue.
"""


def render_rule_book() -> str:
    """Write the page."""
    head = _HEAD.format(levels=" · ".join(LEVELS.values()), columns=f"| {' | '.join(_COLUMNS)} |")
    rows = "".join(_render_row(code, text) for code, text in sorted(CATALOGUE.items()))
    named = {
        "discreet": list_discreet(),
        "monitored": list_monitored(),
        "told": list_brought() - list_monitored(),
        "never": NEVER_QUIET,
    }
    return head + rows + _FOOT.format(**{name: ", ".join(sorted(codes)) for name, codes in named.items()})


def _render_row(code: str, text: RuleText) -> str:
    cells = (
        code if text.public else f"{code}(不公开 private)",
        f"{text.zh}<br>{text.en}",
        "<br>".join(dict.fromkeys([text.level, *_list_levels(code)])),
        _describe_scope(code),
        "<br>".join(sorted(_list_registers(code))),
        "<br>".join(f"`{name}` = {value}" for name, value in text.parameters.items()),
        f"{text.why_zh}<br>{text.why_en}",
    )
    return f"| {' | '.join(cells)} |\n"


def _list_levels(code: str) -> Iterator[str]:
    """Give the levels of a rule's milder and sharper forms."""
    return (rule.level for rule in LINE_RULES if rule.code == code and rule.level is not None)


def _list_registers(code: str) -> set[str]:
    return {rule.register for rule in LINE_RULES if rule.code == code and rule.register is not None}


def _describe_scope(code: str) -> str:
    if code in _SCOPES:
        return _SCOPES[code]
    groups = "多行 several lines" if any(rule.code == code for rule in GROUP_RULES) else ""
    lines = "单行 one line" if any(_looks_at_lines(code)) else ""
    return "<br>".join(word for word in (lines, groups) if word)


def _looks_at_lines(code: str) -> Iterator[bool]:
    """A group rule stands among the line rules only for its register; it tells nothing there."""
    grouped = {rule.code for rule in GROUP_RULES}
    return (rule.tell is not None or code not in grouped for rule in LINE_RULES if rule.code == code)
