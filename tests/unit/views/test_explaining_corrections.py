"""A line that pays again says for which one and how often; that one says who pays it, and is not to be sent again."""

from typing import Any

import pytest

from consolidator.views.batches import require_batch, show_batch
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from schemas.identifiers import derive_order_id
from tests.support.paid_again import correct, fail_lines
from tests.support.told import add_bank, result, tell, tell_one
from tests.support.world import World
from tests.unit.views.log import Log


@pytest.fixture
def world() -> World:
    """A county with two failed lines of batch B-1."""
    world = World()
    world.set_up()
    fail_lines(world, 2)
    return world


def explain(world: World, line: str) -> dict[str, Any]:
    """Explain a line by document and number."""
    return explain_line(Log(world), parse_line_ref(f"bank-402/{line}"), full=False)


def read(world: World, line: str) -> tuple[str, str]:
    """Give a line's story in Chinese and in English."""
    sentences = explain(world, line)["sentences"]
    return "\n".join(each["zh"] for each in sentences), "\n".join(each["en"] for each in sentences)


def list_ids(world: World) -> list[str]:
    return list(world.state.registers.population)[:2]


def test_a_line_that_corrects_says_which_one_and_which_time_it_is(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    zh, en = read(world, "FIX-1/1")
    assert "本明细更正 bank-402/B-1/1,是该笔款第 1 次更正重发。" in zh
    assert "It corrects line bank-402/B-1/1: correction number 1 of that money." in en
    assert zh.endswith("下一步:等待支付审批。")


def test_a_line_that_is_corrected_already_is_not_to_be_corrected_again(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    zh, en = read(world, "B-1/1")
    assert zh.endswith("已有更正行 bank-402/FIX-1/1(待发放),本明细无须另行更正。")
    assert en.endswith("Line bank-402/FIX-1/1 (ready) corrects it: it needs no other correction.")
    assert "更正重发:新批次" not in zh
    assert "更正重发:新批次" in read(world, "B-1/2")[0]


def test_a_corrected_line_says_when_and_by_which_line_it_was_rebuilt(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    world.release("FIX-1", [("402", 1, 10_000)])
    at = world.entries("change")[-1]["at"]
    zh, en = read(world, "B-1/1")
    assert f"{at} 更正行 bank-402/FIX-1/1 已送银行,本明细从「发放失败」转为「已更正重发」。" in zh
    assert f"At {at} line bank-402/FIX-1/1, which corrects it, was ordered: it went from failed to rebuilt." in en
    assert zh.endswith("已有更正行 bank-402/FIX-1/1(已送银行),本明细无须另行更正。")
    tell(world, result("credited", 1, order=derive_order_id("511112", "bank-402", "FIX-1", 1, 1)))
    assert read(world, "B-1/1")[0].endswith("已有更正行 bank-402/FIX-1/1(发放成功),本明细无须另行更正。")
    assert read(world, "FIX-1/1")[0].endswith("已发放到账。")
    assert explain(world, "B-1/1")["corrected_by"] == {"line": "bank-402/FIX-1/1", "state": "credited"}


def test_money_that_fails_again_counts_its_corrections(world: World) -> None:
    ids = list_ids(world)[:1]
    for number, of in enumerate(["B-1", "FIX-1", "FIX-2"], start=1):
        correct(world, f"FIX-{number}", ids, [1], of)
        world.release(f"FIX-{number}", [("402", 1, 10_000)])
        tell(world, result("failed", 1, order=derive_order_id("511112", "bank-402", f"FIX-{number}", 1, number)))
    zh, _ = read(world, "FIX-3/1")
    assert "是该笔款第 3 次更正重发。" in zh
    assert "疑点 R48 长期失败(黄,照付,另立线索):第几次更正 3。" in zh
    assert "更正重发:新批次" in zh  # it failed, and nobody corrects it yet
    assert read(world, "B-1/1")[0].endswith("已有更正行 bank-402/FIX-1/1(已更正重发),本明细无须另行更正。")


def test_a_second_correction_says_who_corrects_the_line_already(world: World) -> None:
    ids = list_ids(world)[:1]
    correct(world, "FIX-1", ids, [1])
    correct(world, "FIX-2", ids, [1])
    zh, en = read(world, "FIX-2/1")
    assert "疑点 R45 重复更正(红,拒付该行):已占用的明细 bank-402/FIX-1/1。" in zh
    assert zh.endswith("下一步:原明细已有更正行,本行不要再报。")
    assert "held by bank-402/FIX-1/1" in en
    assert explain(world, "FIX-2/1")["corrects"] is None  # it was refused, and has taken nothing over


def test_a_raised_amount_says_what_the_original_had(world: World) -> None:
    world.send_batch("FIX-1", list_ids(world)[:1], [10_100], source_line=["bank-402/B-1/1"])
    zh, _ = read(world, "FIX-1/1")
    assert "疑点 R44 更正金额放大(红,拒付该行):所更正的原明细 bank-402/B-1/1,原明细金额(元) 100.00。" in zh
    assert "更正重发:新批次" in read(world, "B-1/1")[0]


def test_a_line_that_cannot_be_corrected_is_named(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [9])
    zh, _ = read(world, "FIX-1/1")
    assert "疑点 S27 所更正的原明细不成立(红,拒付该行):所更正的原明细 bank-402/B-1/9。" in zh


def test_a_doubted_line_holds_the_one_that_corrects_it(world: World) -> None:
    tell_one(world, "credited", 1)
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    zh, _ = read(world, "FIX-1/1")
    assert "疑点 H05 原明细的回执有出入(R51),可能已入账(橙,拦截该行):所更正的原明细 bank-402/B-1/1。" in zh
    zh, _ = read(world, "B-1/1")
    assert "下一步:与银行逐笔核实" in zh
    assert zh.endswith("已有更正行 bank-402/FIX-1/1(存疑拦截),本明细无须另行更正。")


def test_a_ready_correction_that_a_result_about_its_source_holds_says_so(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    tell_one(world, "credited", 1)
    zh, en = read(world, "FIX-1/1")
    assert zh.endswith("下一步:以上回执说的是原明细 bank-402/B-1/1,可能已入账;与银行核实,停发本行;确未入账的另报更正。")
    assert "that result is about line bank-402/B-1/1: ask the bank, stop this line" in en
    world.clear("FIX-1", [1])
    assert explain(world, "FIX-1/1")["state"] == "held"  # nobody can clear it


def test_a_paid_correction_of_which_its_bank_tells_what_differs_is_settled_as_any_line(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    world.release("FIX-1", [("402", 1, 10_000)])
    order = derive_order_id("511112", "bank-402", "FIX-1", 1, 1)
    tell(world, result("credited", 1, order=order, amount_fen=9_900))
    assert read(world, "FIX-1/1")[0].endswith("下一步:与银行逐笔核实实际付给哪个账户、多少金额,由银行重报回执。")


def test_a_correction_that_was_stopped_gives_the_line_back(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    world.review("reviewer", "hold", "FIX-1", [1])
    world.review("reviewer", "stop", "FIX-1", [1])
    zh, en = read(world, "FIX-1/1")
    assert zh.endswith("已停发:不再支付,享受资格已退还原明细 bank-402/B-1/1,可另报更正。")
    assert en.endswith("its entitlement is line bank-402/B-1/1's again, which may be corrected anew.")
    assert "更正重发:新批次" in read(world, "B-1/1")[0]
    assert explain(world, "B-1/1")["corrected_by"] is None


def test_the_last_of_several_corrections_is_the_one_that_counts(world: World) -> None:
    ids = list_ids(world)[:1]
    correct(world, "FIX-1", ids, [1])
    world.review("reviewer", "hold", "FIX-1", [1])
    world.review("reviewer", "stop", "FIX-1", [1])
    correct(world, "FIX-2", ids, [1])
    assert explain(world, "B-1/1")["corrected_by"] == {"line": "bank-402/FIX-2/1", "state": "ready"}


def test_a_sensitive_correction_is_explained_to_officers_as_any_other() -> None:
    world = World()
    world.set_up(sensitive=True)
    add_bank(world)
    ids = world.settle_people(1)
    world.send_batch("B-1", ids)
    world.release("B-1", [("402", 1, 10_000)])
    tell_one(world, "failed", 1)
    correct(world, "FIX-1", ids, [1])
    world.release("FIX-1", [("402", 1, 10_000)])
    assert "转为「已更正重发」" in read(world, "B-1/1")[0]
    assert "本明细更正 bank-402/B-1/1" in read(world, "FIX-1/1")[0]


def test_a_batch_shows_corrected_lines_at_the_bank_that_was_told_to_pay_them_first(world: World) -> None:
    correct(world, "FIX-1", list_ids(world)[:1], [1])
    world.release("FIX-1", [("402", 1, 10_000)])
    shown = show_batch(world.state, require_batch(world.state, "bank-402/B-1"))
    assert shown["states"] == {name: {"count": 1, "fen": 10_000} for name in ("failed", "rebuilt")}
    assert shown["told_by_bank"] == [
        {"bank": "402", "state": "failed", "count": 1, "fen": 10_000},
        {"bank": "402", "state": "rebuilt", "count": 1, "fen": 10_000},
    ]
