"""Owns the page's first half: what came in, how it was decided, and why. Names are masked; no ID, no account."""

from collections.abc import Sequence

from consolidator.demo.page import STATES, Section, Table, render_money, render_sum
from consolidator.demo.story import Member, Story, Sum, choose_family, count_findings
from consolidator.views.words import explain_finding
from schemas.identifiers import derive_line_ref

_LEVELS = {
    "red": "退回 refused",
    "orange": "拦截 held",
    "yellow": "发放并核查 paid, looked into",
    "blue": "提示 informs",
}
_OF_BATCHES = {
    "R41:yellow": "超用款计划(整批提示) over plan, told of the batch",
    "R55:yellow": "名单激增或骤减(整批提示) roster jump, told of the batch",
}
_TOLD_BY_BANKS = {
    "R51:red": "不记入,与银行核实 changes nothing, settled with the bank",
    "R53:yellow": "清单退报送单位 back to the sender",
}
_LEVEL_ORDER = tuple(_LEVELS)
_KINDS = {
    "policy:office": "项目、人员与权限 policy",
    "register:office": "登记册 registers",
    "accounts:office": "持卡台账 card census",
    "accounts:bank": "银行核验结果 a bank's answers about accounts",
    "designations:office": "指定账户 designated accounts",
    "expected:office": "应报批次预告 batches announced",
    "batch:bank": "银行批量代发文件 bank's batch-pay files",
    "batch:office": "部门发放批次 departments' batches",
    "results:bank": "银行回执 banks' results",
    "review:office": "复核 reviews",
    "release:office": "支付审批 releases",
    "confirm:office": "第二人确认 second person's confirms",
    "disposition:office": "疑点处置 what became of findings",
}


def tell_incoming(story: Story) -> Section:
    """Say how many files of each kind came in."""
    rows = [
        (name, f"{story.documents[kind]:,}", f"{story.items[kind]:,}")
        for kind, name in _KINDS.items()
        if story.documents[kind]
    ]
    sentences = (
        "每份文件先验签、登记,再处理。",
        "Every file is authenticated and recorded before anything is decided.",
    )
    return Section(
        "一、收到什么 What came in", sentences, Table(("报送件 documents", "件数 files", "条数 items"), rows, 2)
    )


def tell_decisions(story: Story) -> Section:
    """Say how the lines were decided at first."""
    total = Sum()
    for part in story.assessed.values():
        total.add(part.count, part.fen)
    rows = [(STATES[name], *render_sum(part)) for name, part in story.assessed.items()]
    rows.append(("合计 total", *render_sum(total)))
    sentences = ["先比对,后发放;逐笔拦截,不拖累整批。", "Compared before paid; doubtful lines are held one by one."]
    for void in story.voids:
        sentences.append(f"批次 {void} 申报总额与明细不符,整批作废,计入退回。")
        sentences.append("Its totals differ from its lines: the whole batch is void and counts as refused.")
    heads = ("比对结果 as assessed", "笔数 lines", "金额(元) yuan")
    return Section("二、逐笔比对 Every line decided", sentences, Table(heads, rows, 2))


def tell_reasons(story: Story) -> Section:
    """Say what was found, the gravest first."""
    counts = count_findings(story)
    ordered = sorted(counts, key=lambda finding: (_LEVEL_ORDER.index(finding.partition(":")[2]), finding))
    rows = [(*_name_finding(finding), f"{counts[finding]:,}") for finding in ordered]
    sentences = ("疑点只是疑点,不是结论,由人复核。", "A finding is a doubt and never a verdict: people review it.")
    heads = ("代码", "疑点 finding", "处理 what follows", "笔数 lines")
    return Section("三、疑点与原因 What was found", sentences, Table(heads, rows, 1))


def _name_finding(finding: str) -> tuple[str, str, str]:
    """Give code, name and consequence of a finding (``CODE:level``)."""
    code, _, level = finding.partition(":")
    return (
        code,
        _OF_BATCHES.get(finding, " ".join(explain_finding(finding))),
        _TOLD_BY_BANKS.get(finding, _LEVELS[level]),
    )


def tell_family(story: Story) -> Section | None:
    """Show an official's family of three line by line, if one was reviewed."""
    family = choose_family(story)
    if not family:
        return None
    rows = [_describe_member(member) for member in family]
    sentences = (
        "按户发放的补贴,村干部本人、配偶、子女各报了一笔,只应有一份。",
        "三笔全部拦截;入户核实后,两人复核放行一笔,其余停发。",
        "A per-household subsidy, stated for a village official, his spouse and his child.",
        "All three lines were held; two persons let one go, the others were stopped.",
    )
    heads = ("明细 line", "姓名 name", "谁 who", "经过 what happened", "金额(元) yuan")
    return Section("四、村干部一家三口 An official's family of three", sentences, Table(heads, rows, 1))


def _describe_member(member: Member) -> Sequence[str]:
    course = " → ".join(map(_name_step, range(len(member.states)), member.states))
    return derive_line_ref(*member.place), member.name, _name_role(member), course, render_money(member.fen)


def _name_role(member: Member) -> str:
    if "R08:yellow" in member.findings:
        return "村干部本人 the official"
    return "村干部亲属 relative" if "R09:yellow" in member.findings else "同户成员 same household"


def _name_step(place: int, state: str) -> str:
    """Name a state a line went through; a held line that is ready again was let go by two persons."""
    return "两人复核放行 cleared by two persons" if place and state == "ready" else STATES[state]
