"""Owns a line's story in sentences, Chinese and English: what was compared, with what, and why it is where it is."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from consolidator.ledger.corrections import DIFFERENT, TWICE
from consolidator.views.answers import OPEN_STATES, SETTLE, TOLD_STATES, advise, name_successor
from consolidator.views.facts import REGISTERS, Words, render_facts
from consolidator.views.words import LEVELS, ROUTES, STATES
from schemas.money import render_yuan

Story = Mapping[str, Any]
KEY_CHARACTERS = 16  # of a key in hex, enough to tell officers apart
_ROUTES_EN: Mapping[str, str] = {"on_us": "within the bank", "interbank": "across banks", "": ""}
_EFFECTS: Mapping[str, Words] = {
    "red": ("拒付该行", "refuses the line"),
    "orange": ("拦截该行", "holds the line"),
    "yellow": ("照付,另立线索", "pays and opens a clue"),
    "blue": ("只提示", "only informs"),
}
_NO_EFFECT: Words = ("明细状态不变,另立线索", "moves nothing and opens a clue")
_CLUE: Words = ("另立线索", "opens a clue")
_MOVABLE = frozenset(("ready", "held"))  # states in which a later finding is more than a clue
_NEXT: Mapping[str, Words] = {
    "held": ("下一步:由两人放行,或停发。", "Next: two persons clear it, or it is stopped."),
    "refused": ("下一步:更正后以新编号重报。", "Next: correct it and send it with a new document."),
    "ready": ("下一步:等待支付审批。", "Next: it waits for its release."),
    "stopped": (
        "已停发:不再支付,占用的享受资格已释放。",
        "It is stopped: never paid, and its entitlement is free again.",
    ),
    "ordered": ("下一步:等待银行回单。", "Next: the bank's result."),
    "credited": ("已发放到账。", "It is paid."),
}
_CORRECTED_TWICE: Words = (
    "下一步:原明细已有更正行,本行不要再报。",
    "Next: another line corrects that one already, so do not send this one again.",
)
_SETTLE: Words = (f"下一步:{SETTLE[0]}。", f"Next: {SETTLE[1]}.")
_VERDICTS: Mapping[str, Words] = {
    "confirmed": ("属实", "confirmed"),
    "unfounded": ("不属实", "unfounded"),
    "data_error": ("数据有误", "an error in the data"),
    "needs_material": ("需补充材料", "papers are missing"),
}

_READERS: Mapping[str, Words] = {
    "citizen": ("群众", "a citizen"),
    "auditor": ("审计人员", "an auditor"),
    "court": ("法院", "a court"),
    "other": ("其他查阅人", "somebody"),
}


def tell_story(story: Story) -> Iterator[Words]:
    """Tell a story made by :func:`consolidator.views.explaining.explain_line`, a sentence at a time."""
    yuan, state = render_yuan(story["amount_fen"]), story["state"]
    yield (
        f"明细 {story['line']}:项目 {story['programme']},期间 {story['period']},{yuan} 元,现为「{STATES[state]}」。",
        f"Line {story['line']}, programme {story['programme']}, period {story['period']}, {yuan} yuan, is {state} now.",
    )
    yield from _tell_source(story)
    yield from _tell_comparison(story)
    yield from _tell_unchecked(story["compared"])
    yield from _tell_history(story)
    yield from _tell_accesses(story)
    yield from _tell_next(story)


def _tell_source(story: Story) -> Iterator[Words]:
    """Say which line this one pays again, and which time that is."""
    source = story["corrects"]
    if source is not None:
        line, number = source["line"], source["round"]
        yield (
            f"本明细更正 {line},是该笔款第 {number} 次更正重发。",
            f"It corrects line {line}: correction number {number} of that money.",
        )


def _tell_history(story: Story) -> Iterator[Words]:
    """Tell what happened in the log's order; the order file where it was fixed."""
    order = story["order"]
    at = order["entry"] if order else 0
    for event in (event for event in story["history"] if not order or event["entry"] < at):
        yield from _EVENTS[event["kind"]](event)
    yield from _tell_order(story)
    for event in (event for event in story["history"] if order and event["entry"] > at):
        yield from _EVENTS[event["kind"]](event)


def _tell_next(story: Story) -> Iterator[Words]:
    """Say what is to be done; of a line that a bank did not pay by the class of what the bank told last.

    Who is corrected already is not to be corrected again.
    """
    state, last, successor = story["state"], story["history"][-1], story["corrected_by"]
    if any(finding["code"] == DIFFERENT for finding in last["findings"]):
        yield _tell_doubted(story) if story["corrects"] and state == "held" else _SETTLE
    elif story["corrects"] is not None and story["corrects"]["is_given_back"]:
        yield _tell_given_back(story["corrects"]["line"])
    elif any(finding["code"] == TWICE for finding in last["findings"]):
        yield _CORRECTED_TWICE
    elif state in _NEXT:
        yield _NEXT[state]
    elif state in OPEN_STATES and successor is None:
        answers = [event["answer"] for event in story["history"] if event["answer"]]
        zh, en = advise(state, answers[-1]["why"])
        yield f"下一步:{zh}。", f"Next: {en}."
    if successor is not None:
        zh, en = name_successor(successor["line"], successor["state"])
        yield f"{zh}。", f"{en[0].upper()}{en[1:]}."


def _tell_doubted(story: Story) -> Words:
    """What its bank told of the source holds the line: nobody can clear that, and perhaps the source was paid."""
    source = story["corrects"]["line"]
    return (
        f"下一步:以上回执说的是原明细 {source},可能已入账;与银行核实,停发本行;确未入账的另报更正。",
        f"Next: that result is about line {source}: ask the bank, stop this line; if it was not paid, correct anew.",
    )


def _tell_given_back(source: str) -> Words:
    return (
        f"已停发:不再支付,享受资格已退还原明细 {source},可另报更正。",
        f"It is stopped: never paid, and its entitlement is line {source}'s again, which may be corrected anew.",
    )


def _tell_comparison(story: Story) -> Iterator[Words]:
    compared = story["compared"]
    if not compared:
        return
    dates = [(REGISTERS.get(name, (name, name)), day) for name, day in compared["registers"].items()]
    zh = "、".join(f"{words[0]}({day})" for words, day in dates) or "没有登记册"
    en = ", ".join(f"{words[1]} of {day}" for words, day in dates) or "no register"
    version = story["history"][0]["designation"]
    chosen_zh, chosen_en = _name_designation(version)
    yield (
        f"{compared['at']} 比对:依据{zh};规则集第 {compared['rules']} 号;{chosen_zh}。",
        f"Compared at {compared['at']} with: {en}; rule set {compared['rules']}; {chosen_en}.",
    )


def _name_designation(version: int | None) -> Words:
    if version is None:
        return "指定账户已随该年度销毁", "a designation that was retired with its year"
    if not version:
        return "没有可用的指定账户", "no designation to pay to"
    return f"指定账户第 {version} 版", f"designation version {version}"


def _tell_assessment(event: Story) -> Iterator[Words]:
    if not event["findings"]:
        yield "未发现疑点。", "Nothing was found."
    yield from _tell_findings(event)
    if event["to"] == "ready":
        yield (
            f"由银行 {event['bank']} 支付({ROUTES[event['route']]})。",
            f"To be paid by bank {event['bank']}, {_ROUTES_EN[event['route']]}.",
        )


def _tell_findings(event: Story) -> Iterator[Words]:
    for finding in event["findings"]:
        facts_zh, facts_en = render_facts(finding["facts"])
        effect_zh, effect_en = _find_effect(finding, event)
        compared_zh, compared_en = (f":{facts_zh}", f": {facts_en}") if facts_zh else ("", "")
        name = finding["code"]
        yield (
            f"疑点 {name} {finding['zh']}({LEVELS[finding['level']]},{effect_zh}){compared_zh}。".replace("  ", " "),
            f"Finding {name} {finding['en']} ({finding['level']}, {effect_en}){compared_en}.".replace("  ", " "),
        )


def _find_effect(finding: Story, event: Story) -> Words:
    """Say what a finding does to its line where it was found."""
    level, to = finding["level"], event["to"]
    if "suppressed_until" in finding["facts"]:
        return "该疑点已免提,只提示", "it is suppressed and only informs"
    if to == "ready" and level == "orange":
        return "两人放行时已知", "known to the two persons who cleared the line"
    if event["kind"] == "finding" and to not in _MOVABLE:
        return _NO_EFFECT
    if to in TOLD_STATES:
        return _CLUE
    return _EFFECTS["orange" if (to, level) == ("held", "red") else level]


def _tell_change(event: Story) -> Iterator[Words]:
    if event["answer"] is not None:
        yield from _tell_answer(event, event["answer"])
        return
    if event["successor"]:
        yield _tell_rebuilt(event)
        return
    by_zh, by_en = _name_actor(event)
    chosen_zh, chosen_en = _name_designation(event["designation"])
    yield (
        f"{event['at']} {by_zh}从「{STATES[event['from']]}」转为「{STATES[event['to']]}」,当时{chosen_zh}。",
        f"At {event['at']} it went from {event['from']} to {event['to']}, {by_en}, with {chosen_en}.",
    )
    yield from _tell_reason(event)
    yield from _tell_findings(event)


def _tell_rebuilt(event: Story) -> Words:
    at, successor, came_from = event["at"], event["successor"], event["from"]
    return (
        f"{at} 更正行 {successor} 已送银行,本明细从「{STATES[came_from]}」转为「{STATES[event['to']]}」。",
        f"At {at} line {successor}, which corrects it, was ordered: it went from {came_from} to {event['to']}.",
    )


_ANSWERED: Mapping[str, Words] = {
    "on": ("银行日期", "the bank's day"),
    "serial": ("银行流水号", "its number"),
    "account": ("账户", "account"),
}


def _tell_answer(event: Story, answer: Mapping[str, str]) -> Iterator[Words]:
    """Tell what a bank said of its order, and with what."""
    bank, document, key = event["bank"], event["document"], event["by"][:KEY_CHARACTERS]
    told = [(*_ANSWERED[name], answer[name]) for name in _ANSWERED if answer[name]]
    zh, en = "".join(f",{zh} {value}" for zh, _, value in told), "".join(f", {en} {value}" for _, en, value in told)
    from_zh, to_zh = STATES[event["from"]], STATES[event["to"]]
    yield (
        f"{event['at']} 银行 {bank} 回报({document},密钥 {key}):从「{from_zh}」转为「{to_zh}」{zh}。",
        f"At {event['at']} bank {bank} told ({document}, by key {key}): from {event['from']} to {event['to']}{en}.",
    )
    if event["to"] in OPEN_STATES:
        if answer["why"]:
            yield f"原因类别:{answer['why_zh']}。", f"Class of the reason: {answer['why_en']}."
        if event["reason"]:
            yield f"银行所述原因:{event['reason']}。", f"The bank's reason: {event['reason']}."
    yield from _tell_findings(event)


def _name_actor(event: Story) -> Words:
    document = event["document"]
    if not event["by"]:
        return (f"因报送件 {document},", f"because of {document}") if document else ("系统", "by a later document")
    key, first = event["by"][:KEY_CHARACTERS], event["first_by"][:KEY_CHARACTERS]
    if first:
        return (
            f"经密钥 {first} 提出({document})、密钥 {key} 确认,",
            f"proposed by key {first} ({document}) and confirmed by key {key}",
        )
    return f"经密钥 {key} 办理({document}),", f"by key {key} ({document})"


def _tell_reason(event: Story) -> Iterator[Words]:
    if event["reason"]:
        yield f"理由:{event['reason']}。", f"The reason given: {event['reason']}."


def _tell_later_finding(event: Story) -> Iterator[Words]:
    yield (
        f"{event['at']} 又发现疑点,明细仍为「{STATES[event['to']]}」。",
        f"At {event['at']} something more was found; the line stayed {event['to']}.",
    )
    yield from _tell_findings(event)


def _tell_comment(event: Story) -> Iterator[Words]:
    by_zh, by_en = _name_actor(event)
    yield f"{event['at']} {by_zh}留有意见。", f"At {event['at']} a comment was left, {by_en}."
    yield from _tell_reason(event)


def _tell_disposition(event: Story) -> Iterator[Words]:
    by_zh, by_en = _name_actor(event)
    zh, en = _VERDICTS.get(event["verdict"], (event["verdict"], event["verdict"]))
    until_zh, until_en = (
        (f",免提至 {event['until']}", f", suppressed until {event['until']}") if event["until"] else ("", "")
    )
    yield (
        f"{event['at']} {by_zh}处置疑点 {event['code']}:{zh}{until_zh}。",
        f"At {event['at']} finding {event['code']} was judged, {by_en}: {en}{until_en}.",
    )
    yield from _tell_reason(event)


def _tell_unchecked(compared: Story) -> Iterator[Words]:
    for each in compared.get("unchecked", ()):
        yield (
            f"未比对 {each['code']} {each['zh']}:{each['why_zh']}。",
            f"Not checked: {each['code']} {each['en']}, because {each['why_en']}.",
        )


def _tell_order(story: Story) -> Iterator[Words]:
    order = story["order"]
    if not order:
        return
    at, file, serial, bank, release = (order[name] for name in ("at", "file", "serial", "bank", "release"))
    place_zh, place_en = (f"第 {serial} 笔", f" as number {serial}") if serial else ("(笔次已随该年度销毁)", "")
    file_zh, file_en = (f" {file} ", f" {file}") if file else ("", "")
    zh = f"{at} 列入代发文件{file_zh}{place_zh},付款银行 {bank},第 {release} 次支付审批。"
    en = f"At {at} it went into order file{file_en}{place_en}, paying bank {bank}, release {release}."
    yield zh, en


def _tell_accesses(story: Story) -> Iterator[Words]:
    for access in story["accesses"]:
        zh, en = _READERS[access["reader"]]
        opened, key = ", ".join(map(str, access["opened"])), access["by"][:KEY_CHARACTERS]
        yield (
            f"{access['at']} 经密钥 {key} 向{zh}开示条目 {opened}({access['document']})。",
            f"At {access['at']} the opening of entry {opened} was given to {en}, by key {key} ({access['document']}).",
        )


def tell_void(story: Story) -> Iterator[Words]:
    """Tell of a line of a void batch: why the whole batch came to nothing, and what the sender does now."""
    line, programme, period, void = story["line"], story["programme"], story["period"], story["void"]
    yield (
        f"明细 {line}:项目 {programme},期间 {period},所在批次已「作废」,没有一笔支付。",
        f"Line {line}, programme {programme}, period {period}: its whole batch is void, nothing of it is paid.",
    )
    for finding in void["findings"]:
        yield f"{void['at']} 疑点 {finding['code']} {finding['zh']}。", f"At {void['at']}: {finding['en']}."
    yield from _tell_totals(void["stated"], void["readable"])
    if void["unreadable"]:
        yield "本行的金额无法读取。", "The amount of this line cannot be read."
    yield "下一步:核对后以新编号重报整个批次。", "Next: check it and send the whole batch again with a new id."


def _tell_totals(stated: Mapping[str, int], readable: Mapping[str, int]) -> Iterator[Words]:
    count, fen = stated["count"], render_yuan(stated["fen"])
    found, found_fen = readable["count"], render_yuan(readable["fen"])
    yield (
        f"申报 {count} 笔 {fen} 元;实有 {found} 笔,可读金额 {found_fen} 元。",
        f"Stated: {count} lines, {fen} yuan; found: {found} lines, {found_fen} readable yuan.",
    )


_EVENTS: Mapping[str, Callable[[Story], Iterator[Words]]] = {
    "line": _tell_assessment,
    "change": _tell_change,
    "finding": _tell_later_finding,
    "comment": _tell_comment,
    "disposition": _tell_disposition,
}
