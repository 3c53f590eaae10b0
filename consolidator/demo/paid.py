"""Owns the page's second half: cards and accounts, reviews, what banks pay, the proof, what to try next."""

from collections.abc import Sequence

from consolidator.demo.page import Facts, Section, Table, render_money, render_sum
from consolidator.demo.story import Member, Story, Sum, choose_family, count_codes, list_waiting, sum_banks
from consolidator.ledger.corrections import DIFFERENT, RAISED, TWICE
from consolidator.rules.catalogue import CATALOGUE, RED
from consolidator.views.words import STATES
from schemas.codes import CODES
from schemas.identifiers import derive_line_ref

_PROGRAM = ".venv/bin/consolidator"
_REASONS = {
    "D17": (
        "原因:发放前有人变更了指定账户。该笔转为拦截,其余重新审批后照发;该笔复核后另行审批发放。",
        "Why: an account was changed just before pay-out; that line was held, and paid after a review.",
    ),
    "D21": (
        "原因:待发放金额超过用款计划。两名根管理员追加计划后,重新审批发放。",
        "Why: more was ready than the plan allows; two root officers raised the plan, and it was released again.",
    ),
}


def tell_cards(facts: Facts) -> Section:
    """Say how many cards became how many accounts."""
    undecided = facts.people - facts.accounts
    sentences = (
        f"{facts.people:,} 人原有 {facts.cards:,} 张卡;{facts.accounts:,} 人各选定一个指定账户,{undecided:,} 人未定。",
        "以后不论哪个部门、哪家银行发放,各项补贴都进这一个账户。",
        f"{facts.people:,} people hold {facts.cards:,} cards; {facts.accounts:,} chose one account each.",
        "Every subsidy now goes there, whichever department or bank it starts from.",
    )
    heads = ("多卡合一", "数量 number")
    rows = (("原有银行卡 cards before", f"{facts.cards:,}"), ("指定账户 accounts after", f"{facts.accounts:,}"))
    return Section("五、多卡合一 Many cards become one", sentences, Table(heads, rows, 1))


def tell_acts(story: Story) -> Section:
    """Say what people decided: clearing, stopping, and releases that were refused."""
    rows = [("两人复核放行 cleared", *render_sum(story.cleared)), ("停发 stopped", *render_sum(story.stopped))]
    sentences = ["放行与支付审批都要两个人。", "Clearing a line and releasing money both take two persons."]
    for code in sorted({turn.code for turn in story.turns}):
        batches = [turn.batch for turn in story.turns if turn.code == code]
        sentences.append(f"支付审批退回 {len(batches)} 次({code} {CODES[code].zh}):{'、'.join(batches)}。")
        sentences.append(f"Releases refused ({CODES[code].en}): {len(batches)}.")
        sentences += _REASONS.get(code, ())
    heads = ("复核结果 reviews", "笔数 lines", "金额(元) yuan")
    return Section("六、复核与审批 Reviews and releases", sentences, Table(heads, rows, 2))


def tell_banks(facts: Facts) -> Section:
    """Say what each bank was told to pay."""
    total = Sum()
    rows = list[tuple[str, ...]]()
    for bank, (files, part) in sum_banks(facts.story).items():
        total.add(part.count, part.fen)
        rows.append((f"{bank} {facts.banks.get(bank, '')}", f"{files:,}", *render_sum(part)))
    rows.append(("合计 total", f"{len(facts.story.orders):,}", *render_sum(total)))
    sentences = (
        f"代发文件在 {facts.home}/outbox/ 下,每家银行一个文件夹,只有写完的文件。",
        "Order files lie in outbox/, one folder a bank; only complete ones.",
    )
    heads = ("代发银行 paying bank", "文件 files", "笔数 lines", "金额(元) yuan")
    return Section("七、每家银行要付什么 What each bank was told to pay", sentences, Table(heads, rows, 3))


def tell_results(story: Story) -> Section | None:
    """Say what the banks said became of their orders, if they have."""
    told = {state: total for state, total in story.told.items() if total.count}
    if not told:
        return None
    paid, failed, returned = (story.told[state].count for state in ("credited", "failed", "returned"))
    differing, asked = count_codes(story).get(DIFFERENT, 0), story.asked
    sentences = (
        f"银行逐笔回报:到账 {paid:,} 笔,失败 {failed:,} 笔(如已销户),退票 {returned:,} 笔;{asked:,} 笔次日才查明。",
        f"未到账的退回报送单位(returns/),不自动重发。{differing:,} 笔回执与指令不符(R51),不记入,待与银行核实。",
        f"没有待办明细的 {story.settled:,} 个批次已办结。",
        f"The banks told: {paid:,} paid, {failed:,} failed, {returned:,} came back; {asked:,} known a day later only.",
        "What was not paid goes back to who sent it (returns/) and is never sent again by itself.",
        f"{differing:,} differs from its order (R51): it changes nothing and is settled with the bank.",
        f"{story.settled:,} batches are settled: nothing in them waits any more.",
    )
    heads = ("银行回报 as banks told", "笔数 lines", "金额(元) yuan")
    rows = [(f"{STATES[state]} {state}", *render_sum(total)) for state, total in told.items()]
    rows.append(("已送银行,尚无结果 ordered", *render_sum(_sum_rest(story))))
    return Section("九、银行回报 What the banks answered", sentences, Table(heads, rows, 2))


def tell_corrections(facts: Facts) -> Section | None:
    """Say which line pays which again, and which corrections were refused."""
    corrected = facts.corrected
    if corrected is None:
        return None
    chose = sum(each.chose for each in corrected.lines)
    raised, twice = _find_code(corrected.raised, RAISED), _find_code(corrected.twice, TWICE)
    sentences = [
        f"一个批次未到账的 {len(corrected.lines)} 笔由原报送单位更正重发:新批次逐行写明更正哪一条(更正原明细)。",
        "更正行与其他明细一样比对、审批;送银行时原明细转为「已更正重发」,指令号末位是第几次更正。",
        f"多报 1 元被退回({_name_code(raised)}),再更正一次也被退回({_name_code(twice)})。",
        f"The sender paid again what of one batch was not paid, {len(corrected.lines)} lines, each naming its source.",
        "A correction is decided and released as any line; then its source is rebuilt. Its order id ends in the round.",
        f"One yuan more was refused ({raised}), and so was a second correction of the same line ({twice}).",
    ]
    if chose:
        sentences += (
            f"账户有问题的 {chose} 人先改选账户;刚改选的照样拦截(R14),两人复核放行。",
            f"Where the account was at fault, people chose another ({chose}): held (R14), then cleared by two persons.",
        )
    heads = ("原明细 → 更正行的指令 line → order", "现为 now", "金额(元) yuan")
    rows = [
        (f"{each.source_line}\n→ {each.order}", f"{STATES[each.state]} {each.state}", render_money(each.fen))
        for each in corrected.lines
    ]
    return Section("十、更正重发 Paid again", sentences, Table(heads, rows, 1))


def _find_code(findings: Sequence[str], code: str) -> str:
    """Give the rule that refused a correction, if it did."""
    return code if f"{code}:{RED}" in findings else "-"


def _name_code(code: str) -> str:
    return f"{code} {CATALOGUE[code].zh}" if code in CATALOGUE else code


def _sum_rest(story: Story) -> Sum:
    """Give what was ordered and has no result that counts."""
    rest = Sum()
    for row in story.orders:
        rest.add(row.count, row.fen)
    for total in story.told.values():
        rest.add(-total.count, -total.fen)
    return rest


def tell_checkpoint(facts: Facts) -> Section:
    """Show the signed checkpoint, with the cosignatures it has."""
    sentences = (
        "每个决定都是公开日志的一条,都在这个签名检查点之下;改动任何一条都会被发现。日志里没有姓名、证件号和账号。",
        "Every decision is a leaf of the log under this signed checkpoint; changing any of them shows.",
        "The log holds no name, ID or account.",
    )
    lines = (*facts.checkpoint.rstrip("\n").split("\n"), "", f"verifier key: {facts.vkey}")
    return Section("十一、签名检查点 The signed checkpoint", sentences, verbatim=lines)


def tell_score(facts: Facts) -> Section:
    """Compare with what the sample had planted."""
    score = facts.score
    sentences = (
        f"示例里埋了 {score.planted:,} 处问题,找到 {score.found:,} 处,误拦 {score.false_holds:,} 笔。",
        f"{score.planted:,} things were planted, {score.found:,} found; {score.false_holds:,} others held wrongly.",
    )
    return Section("十二、找得准不准 How well it found what was planted", sentences)


def tell_next(facts: Facts) -> Section:
    """Give commands that work on the home that the demo leaves."""
    explain = [f"explain --home {facts.home} {line}" for line in _list_examples(facts)]
    waiting = list_waiting(facts.story)[:1]
    acts = [
        act for member in waiting for act in (_describe_stop(facts.home, member), f"run --home {facts.home} --once")
    ]
    verbs = [f"{verb} --home {facts.home}" for verb in ("status", "batch list", "review list")]
    proofs = [f"{verb} --home {facts.home}" for verb in ("log verify", "log replay")]
    sentences = ["其他命令都能在这个目录上用。", "All other commands work on this home."]
    if facts.restart:
        sentences.append("见证方已随演示结束;再次 run 之前,用后几行各在后台启动,否则新的决定等待会签。")
        sentences.append("The witnesses ended with the demo: start them, by the last lines, before you run it again.")
    lines = [*(f"{_PROGRAM} {verb}" for verb in (*verbs, *explain, *acts, *proofs)), *facts.restart]
    return Section("十三、接下来试试 What to try next", sentences, verbatim=lines)


def _list_examples(facts: Facts) -> list[str]:
    """Give lines worth explaining: of the family, and one that was not paid, best one that was paid again."""
    unpaid = [derive_line_ref(*place) for place in facts.story.unpaid]
    again = [] if facts.corrected is None else [each.source_line for each in facts.corrected.lines]
    return [*(derive_line_ref(*member.place) for member in choose_family(facts.story)[:1]), *[*again, *unpaid][:1]]


def _describe_stop(home: str, member: Member) -> str:
    """Give an act on a line that still waits, with the key of one of the sample's officers."""
    source, document, line = member.place
    key = f"{home}/sample/keys/officer-bureau-reviewer-1.key"
    return f"review stop --home {home} --key {key} {source}/{document} {line} --reason 已入户核实"
