"""A line's story in sentences: what was compared, with what, what was not, who decided, and where the line is."""

import re
from typing import Any

import pytest

from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from schemas.errors import InputError
from tests.support.monitored import add_monitor, item, sign
from tests.support.world import VILLAGE, World, digest_of, key_of, make_account, make_id, make_programme, officer
from tests.unit.views.log import Log


@pytest.fixture
def world() -> World:
    """A county with the usual policy."""
    world = World()
    world.set_up()
    return world


def tell(world: World, line: str, *, full: bool = False) -> tuple[str, str]:
    """Give a line's story in Chinese and in English."""
    sentences = explain_line(Log(world), parse_line_ref(line), full=full)["sentences"]
    return "\n".join(each["zh"] for each in sentences), "\n".join(each["en"] for each in sentences)


def test_a_ready_line_says_with_what_it_was_compared(world: World) -> None:
    world.send_batch("B-1", world.settle_people(1))
    zh, en = tell(world, "bank-402/B-1/1")
    assert "明细 bank-402/B-1/1:项目 FARM,期间 2026,100.00 元,现为「待发放」。" in zh
    assert "补贴对象库(2026-10-31)、人口库(2026-10-31)" in zh
    assert "指定账户第 1 版。" in zh
    assert "未发现疑点。\n由银行 402 支付(本行)。" in zh
    assert "下一步:等待支付审批。" in zh
    assert "beneficiary library of 2026-10-31, population register of 2026-10-31; rule set" in en
    assert "designation version 1." in en
    assert "To be paid by bank 402, within the bank." in en


def test_what_was_not_checked_is_said_with_its_reason(world: World) -> None:
    world.send_batch("B-1", world.settle_people(1))
    zh, en = tell(world, "bank-402/B-1/1")
    assert "未比对 R05 死亡人员领取:缺死亡登记册。" in zh
    assert "Not checked: R05 paid to deceased, because no register of deaths was sent yet." in en
    assert "未比对 R41 超预算/超用款计划:用款计划未登记。" in zh


def test_a_refused_line_says_which_facts_refused_it(world: World) -> None:
    ids = world.settle_people(1)
    world.register("deaths", {"id": ids, "died_on": ["2025-03-01"]}, snapshot_on="2026-10-30")
    world.send_batch("B-1", ids)
    zh, en = tell(world, "bank-402/B-1/1")
    assert "疑点 R05 死亡人员领取(红,拒付该行):登记册日期 2026-10-30,死亡日期 2025-03-01,期间开始 2026-01-01。" in zh
    assert "Finding R05 paid to deceased (red, refuses the line): register of 2026-10-30, died on 2025-03-01" in en
    assert zh.endswith("下一步:更正后以新编号重报。")


def test_a_review_says_who_and_why(world: World) -> None:
    world.send_batch("B-1", world.settle_people(1))
    world.review("reviewer", "hold", "B-1", [1])
    world.review("reviewer", "comment", "B-1", [1])
    key = key_of("reviewer")[:16]
    zh, en = tell(world, "bank-402/B-1/1")
    held, commented = world.entries("change")[0]["cause"], world.entries("comment")[0]["cause"]
    names = {each["digest"]: f"bureau/{each['document']}" for each in world.entries("document")}
    assert f"经密钥 {key} 办理({names[held]}),从「待发放」转为「存疑拦截」,当时指定账户第 1 版。\n理由:核实。" in zh
    assert f"went from ready to held, by key {key} ({names[held]}), with designation version 1.\nThe reason" in en
    assert f"经密钥 {key} 办理({names[commented]}),留有意见。" in zh
    assert zh.endswith("下一步:由两人放行,或停发。")


def test_a_person_without_designation_is_said_to_have_none(world: World) -> None:
    ids = world.settle_people(2)
    world.state.designations.pop(ids[1])
    world.send_batch("B-1", ids)
    zh, en = tell(world, "bank-402/B-1/2")
    assert "没有可用的指定账户。" in zh
    assert "no designation to pay to." in en


def test_a_later_finding_is_told_on_a_line_that_is_paid(world: World) -> None:
    world.set_policy("p-2", [("rule", "R54", {"parameters": {"persons_max": 1}})])
    ids = world.settle_people(3)
    columns: dict[str, list[Any]] = {
        "payee_id": [ids[0]] * 2,
        "beneficiary_id": ids[1:],
        "relation": ["guardian"] * 2,
        "from_on": ["2020-01-01"] * 2,
        "to_on": [None] * 2,
    }
    world.register("relations", columns)
    for number in (1, 2):
        world.send_batch(f"B-{number}", [ids[number]], payee_id=[ids[0]], payee_name=[world.name_of(ids[0])])
        if number == 1:
            world.release("B-1", [("402", 1, 10_000)])
    zh, _ = tell(world, "bank-402/B-1/1")
    ordered = "列入代发文件 bank-402_B-1_402_001 第 1 笔,付款银行 402,第 1 次支付审批。\n"
    found = "又发现疑点,明细仍为「已送银行」。\n疑点 R54 代领无依据/代领人过多(橙,明细状态不变,另立线索)"
    assert zh.index(ordered) < zh.index(found)
    assert zh.endswith("\n下一步:等待银行回单。")


def test_what_a_monitor_compared_is_told(world: World) -> None:
    add_monitor(world)
    world.send_batch("B-1", world.settle_people(2))
    world.submit(sign(world, [item(1)]))
    zh, en = tell(world, "bank-402/B-1/1")
    assert "因报送件 monitor/F-1,从「待发放」转为「存疑拦截」" in zh
    assert "疑点 R17 跨区域重复享受(橙,拦截该行):另一县区 511113,该县条目 42,本县条目 1。" in zh
    assert "other county 511113, entry there 42, entry here 1." in en
    world.submit(sign(world, [item(1, 43)]))
    assert "又发现疑点,明细仍为「存疑拦截」。\n疑点 R17" in tell(world, "bank-402/B-1/1")[0]


def test_a_suppressed_finding_says_until_when(world: World) -> None:
    ids = world.settle_people(1)
    world.register("officials", {"id": ids, "village": [VILLAGE], "position": ["村主任"]})
    world.send_batch("B-1", ids)
    fields = {
        "kind": "disposition",
        "source": "bureau",
        "id": "DIS-1",
        "action": "suppress",
        "batch": {"source": "bank-402", "id": "B-1"},
    }
    columns: dict[str, list[Any]] = {
        "line": [1],
        "code": ["R08"],
        "verdict": ["unfounded"],
        "reason": ["误报"],
        "until": ["2026-12-31"],
    }
    raw = world.sign("reviewer", fields, columns)
    world.submit(raw)
    world.confirm("approver", "bureau", digest_of(raw), "confirm-dis")
    world.send_batch("B-2", ids, fields={"period": "2027"}, amounts=[10_000])
    zh, en = tell(world, "bank-402/B-1/1")
    assert "处置疑点 R08:不属实,免提至 2026-12-31。\n理由:误报。" in zh
    first, second = key_of("reviewer")[:16], key_of("approver")[:16]
    assert f"finding R08 was judged, proposed by key {first} (bureau/DIS-1) and confirmed by key {second}:" in en
    zh, en = tell(world, "bank-402/B-2/1")
    assert "疑点 R08 村干部本人享受异常(蓝,该疑点已免提,只提示):" in zh
    assert "免提至 2026-12-31。" in zh
    assert "it is suppressed and only informs" in en


def test_the_order_file_is_the_one_whose_list_holds_the_line(world: World) -> None:
    world.set_policy("p-2", [("bank", "402", {"name": "农商行", "file_lines_max": 2})])
    world.send_batch("B-1", world.settle_people(5))
    world.release("B-1", [("402", 5, 50_000)])
    stories = [explain_line(Log(world), parse_line_ref(f"bank-402/B-1/{line}"), full=False) for line in (1, 3, 5)]
    assert [story["order_file"] for story in stories] == [
        "bank-402_B-1_402_001",
        "bank-402_B-1_402_001-2",
        "bank-402_B-1_402_001-3",
    ]


def test_sentences_name_nobody_unless_in_full(world: World) -> None:
    ids = world.settle_people(2)
    world.send_batch("B-1", ids, beneficiary_name=[world.name_of(ids[1])] * 2)
    masked, full = (" ".join(tell(world, "bank-402/B-1/1", full=full)) for full in (False, True))
    assert world.name_of(make_id(0)) in full
    assert world.name_of(make_id(0)) not in masked
    assert "登记姓名 示*" in masked


def test_a_cleared_line_names_both_persons_and_keeps_the_facts_that_they_knew(world: World) -> None:
    world.set_policy("p-2", [("programme", "FARM", make_programme(unit="household"))])
    world.send_batch("B-1", world.settle_people(2, household_size=2))
    world.clear("B-1", [1])
    world.release("B-1", [("402", 1, 10_000)])
    zh, en = tell(world, "bank-402/B-1/1")
    first, second = key_of("reviewer")[:16], key_of("approver")[:16]
    assert re.search(rf"经密钥 {first} 提出\(bureau/[^)]+\)、密钥 {second} 确认,从「存疑拦截」转为「待发放」", zh)
    assert f"and confirmed by key {second}, with designation version 1." in en
    assert zh.count("户号 H000000,涉及人数 2") == 2
    assert "(橙,两人放行时已知):户号 H000000" in zh
    assert "(orange, known to the two persons who cleared the line)" in en
    assert "列入代发文件 bank-402_B-1_402_001 第 1 笔" in zh


def test_an_order_s_serial_is_its_place_in_its_file(world: World) -> None:
    world.set_policy("p-2", [("bank", "402", {"name": "农商行", "file_lines_max": 2})])
    world.send_batch("B-1", world.settle_people(5))
    world.release("B-1", [("402", 5, 50_000)])
    orders = [explain_line(Log(world), parse_line_ref(f"bank-402/B-1/{line}"), full=False)["order"] for line in (1, 4)]
    assert [order["serial"] for order in orders] == [1, 2]
    assert {order["release"] for order in orders} == {1}


def test_a_stopped_line_says_that_it_is_over(world: World) -> None:
    world.send_batch("B-1", world.settle_people(1))
    world.review("reviewer", "hold", "B-1", [1])
    world.review("reviewer", "stop", "B-1", [1])
    zh, en = tell(world, "bank-402/B-1/1")
    assert zh.endswith("已停发:不再支付,占用的享受资格已释放。")
    assert en.endswith("It is stopped: never paid, and its entitlement is free again.")


def test_a_line_held_by_a_later_document_names_it(world: World) -> None:
    ids = world.settle_people(1)
    world.send_batch("B-1", ids)
    world.take_census(ids, ["402"], [make_account(7)])
    world.designate(ids, ["402"], [make_account(7)])
    world.now += 4 * 86_400
    world.release("B-1", [("402", 1, 10_000)])
    zh, en = tell(world, "bank-402/B-1/1")
    assert "从「待发放」转为「存疑拦截」" in zh
    assert "H01" in zh
    assert "confirmed by key" in en


def test_a_line_of_a_void_batch_is_told_why_and_what_to_do(world: World) -> None:
    world.send_batch("B-1", world.settle_people(3), [10_000, None, 10_000], bad=[[1, "amount_fen", "I20"]])
    for line, wanted in ((1, False), (2, True)):
        zh, en = tell(world, f"bank-402/B-1/{line}")
        assert "所在批次已「作废」,没有一笔支付。" in zh
        assert "申报 3 笔 200.00 元;实有 3 笔,可读金额 200.00 元。" in zh
        assert ("本行的金额无法读取" in zh) == wanted
        assert en.endswith("send the whole batch again with a new id.")
    with pytest.raises(InputError):
        tell(world, "bank-402/B-1/4")


def test_a_rule_that_could_not_be_checked_accuses_nobody(world: World) -> None:
    world.set_policy("p-2", [("rule", "R08", {"required": True})])
    world.send_batch("B-1", world.settle_people(1))
    zh, en = tell(world, "bank-402/B-1/1")
    assert "疑点 R08 本县规定必须比对,但未能比对:村干部本人享受异常(橙,拦截该行):缺登记册 村干部名册。" in zh
    assert "Finding R08 required here but could not be checked: village official as payee" in en


def give_opening(world: World, indices: list[int], reader: str) -> None:
    """Have the auditor give openings out."""
    header = {"kind": "access", "source": "oversight", "id": f"A-{world.numbers.get('auditor', 0) + 1}"}
    header |= {"reader": reader, "asker": "示例某甲", "ground": "示审通1号", "salt": "0" * 32}
    world.send("auditor", header, {"index": indices})


def test_who_gave_a_lines_opening_out_is_told_but_to_whom_and_why_only_in_full(world: World) -> None:
    world.set_policy("policy-2", [officer("auditor", "oversight", "supervisor", ["access"])])
    world.send_batch("B-1", world.settle_people(2))
    first, second = (index for index, entry in enumerate(world.entries()) if entry["kind"] == "line")
    give_opening(world, [second, first], "court")
    give_opening(world, [second], "citizen")
    story = explain_line(Log(world), parse_line_ref("bank-402/B-1/1"), full=False)
    (access,) = story["accesses"]
    assert (access["opened"], access["reader"], access["document"]) == ([first], "court", "oversight/A-1")
    key = key_of("auditor")[:16]
    zh, en = tell(world, "bank-402/B-1/1")
    assert f"经密钥 {key} 向法院开示条目 {first}(oversight/A-1)。" in zh
    assert f"the opening of entry {first} was given to a court, by key {key} (oversight/A-1)." in en
    assert "某甲" not in str(story)
    assert "示审通" not in str(story)
    full = explain_line(Log(world), parse_line_ref("bank-402/B-1/2"), full=True)["accesses"]
    assert [(each["reader"], each["asker"], each["ground"]) for each in full] == [
        ("court", "示例某甲", "示审通1号"),
        ("citizen", "示例某甲", "示审通1号"),
    ]
