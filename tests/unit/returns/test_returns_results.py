"""What banks said goes back: to who sent the batch the lines that were not paid, to the bank the results refused."""

import pytest

from consolidator.returns.store import Standing
from consolidator.returns.texts import render_compared, render_next, render_reasons
from consolidator.views.answers import SETTLE
from schemas.identifiers import derive_order_id
from tests.support.told import add_bank, order_lines, result, sign_results, tell, tell_one
from tests.support.world import VILLAGE, World, make_account
from tests.unit.returns.office import Office

BANK = "bank-103"


def send(world: World, count: int) -> list[str]:
    """Have lines ordered that came from a file, from row 4 on; bank 402 may tell of them."""
    add_bank(world)
    ids = world.settle_people(count)
    fields = {"file": {"name": "PAY.txt", "sha256": "0" * 64}}
    world.send_batch("B-1", ids, None, fields, row=[line + 4 for line in range(count)])
    world.release("B-1", [("402", count, 10_000 * count)])
    return ids


def test_a_failed_line_goes_back_with_the_banks_reason_and_what_to_do(office: Office) -> None:
    ids = send(office.world, 3)
    told = {"why": "account_state", "reason": f"账户{make_account(1)}已销户", "on": "2026-11-06", "serial": "S-2"}
    tell(office.world, result("credited", 1), result("failed", 2, **told))
    office.run()
    [row] = office.read("B-1")
    assert (row["原文件"], row["原文件行号"], row["明细序号"]) == ("PAY.txt", "5", "2")
    assert (row["姓名"], row["证件号码"], row["金额(元)"]) == (office.world.name_of(ids[1]), ids[1], "100.00")
    assert (row["状态"], row["原因代码"]) == ("发放失败 failed", "account_state")
    assert row["原因"] == "账户状态异常 / state of the account;银行 bank: 账户****已销户"
    assert row["比对依据"] == "银行日期 on 2026-11-06;银行流水号 serial S-2"
    assert row["下一步"].startswith(
        "通知本人恢复账户或另选账户,恢复后由报送单位或财政局更正重发:新批次的「更正原明细」填本明细编号"
    )


def test_a_line_of_which_nothing_is_known_yet_leaves_the_list_when_it_is_credited(office: Office) -> None:
    send(office.world, 2)
    tell(office.world, result("unknown", 1, why="ambiguous"), result("unknown", 2))
    office.run()
    first, second = office.read("B-1")
    assert (first["状态"], first["原因代码"], second["原因代码"]) == ("待查询 unknown", "ambiguous", "")
    assert first["下一步"].startswith("向银行查询直至有最终结果,不要重发 / ask the bank")
    tell_one(office.world, "credited", 1)
    office.run()
    assert [row["明细序号"] for row in office.read("B-1")] == ["2"]
    tell_one(office.world, "credited", 2)
    office.run()
    [note] = office.read("B-1")
    assert note["状态"] == "已处理 done"


def test_a_returned_line_goes_back_with_its_clue(office: Office) -> None:
    send(office.world, 1)
    tell_one(office.world, "credited", 1)
    office.run()
    assert office.files() == {}
    tell_one(office.world, "returned", 1, why="return", reason="户名不符")
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("已退票 returned", "R53;return")
    assert row["原因"] == ("成功后退票(黄) / money came back after success;退票 / money came back;银行 bank: 户名不符")
    assert row["下一步"].startswith(
        "款项退回财政零余额账户;请本人确认账户,再由报送单位或财政局更正重发:新批次的「更正原明细」填本明细编号"
    )


def test_a_judged_clue_leaves_a_returned_line_in_its_list(office: Office) -> None:
    send(office.world, 1)
    tell_one(office.world, "returned", 1)
    fields = {
        "kind": "disposition",
        "source": "bureau",
        "id": "DIS-1",
        "action": "record",
        "batch": {"source": "bank-402", "id": "B-1"},
    }
    office.world.send("reviewer", fields, {"line": [1], "code": ["R53"], "verdict": ["confirmed"], "reason": ["属实"]})
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("已退票 returned", "")


def test_a_result_that_differs_is_told_until_the_right_one_comes(office: Office) -> None:
    send(office.world, 1)
    tell_one(office.world, "credited", 1, amount_fen=9_900, account=make_account(77))
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("已送银行 ordered", "R51")
    assert row["比对依据"] == ("R51: 不符之处 账户、金额,回执结果 发放成功,回执金额(元) 99.00,回执账户 ****0077")
    assert row["下一步"] == " / ".join(SETTLE)
    tell_one(office.world, "credited", 1)
    office.run()
    assert office.read("B-1")[0]["状态"] == "已处理 done"


def test_what_differs_on_a_line_that_was_not_paid_is_settled_first(office: Office) -> None:
    send(office.world, 1)
    tell_one(office.world, "failed", 1, why="limit")
    tell_one(office.world, "credited", 1)
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("发放失败 failed", "R51;limit")
    assert row["下一步"].startswith(f"{SETTLE[0]};不拆分")


def test_a_paid_line_with_a_clue_stays_and_says_that_it_is_paid(office: Office) -> None:
    world = office.world
    add_bank(world)
    ids = world.settle_people(1)
    world.register("officials", {"id": ids, "village": [VILLAGE], "position": ["村主任"]})
    world.send_batch("B-1", ids)
    world.release("B-1", [("402", 1, 10_000)])
    office.run()
    tell_one(world, "credited", 1)
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("发放成功 credited", "R08")


def test_every_line_that_was_not_paid_is_in_the_list(office: Office) -> None:
    count = 1_500
    send(office.world, count)
    tell(office.world, *(result("failed", line, why="payee_data") for line in range(1, count + 1)))
    office.run()
    assert [row["明细序号"] for row in office.read("B-1")] == [str(line) for line in range(1, count + 1)]


def test_a_line_of_another_batch_of_the_same_number_is_not_taken_for_a_listed_one(office: Office) -> None:
    world = office.world
    order_lines(world, 1)
    world.send_batch("B-2", world.settle_people(1), fields={"period": "2027"})
    world.release("B-2", [("402", 1, 10_000)])
    tell_one(world, "unknown", 1)
    tell_one(world, "credited", 1, "B-2")
    office.run()
    assert [row["状态"] for row in office.read("B-1")] == ["待查询 unknown"]
    assert {name.partition("_")[0] for name in office.files()} == {"bank-402/B-1"}


def test_a_bank_is_told_which_of_its_results_are_refused_and_why(office: Office) -> None:
    world = office.world
    order_lines(world, 3)
    add_bank(world, BANK, "103")
    foreign = sign_results(world, [result("credited", 1)], BANK, "103")
    world.submit(foreign)
    nowhere = derive_order_id("511112", "bank-402", "B-9", 1, 0)
    tell(
        world,
        result("credited", 1),
        result("credited", 1),
        result("credited", 2, amount_fen=1),
        result("credited", 3, order=nowhere),
    )
    office.run()
    [row] = office.read("RES-1", BANK)
    assert (row["明细序号"], row["状态"], row["原因代码"]) == ("1", "退回 refused", "S26")
    assert row["比对依据"] == "指令 order 511112/bank-402/B-1/1/0"
    rows = office.read("RES-1")
    assert [(row["明细序号"], row["原因代码"]) for row in rows] == [("2", "S10"), ("3", "S25"), ("4", "S03")]
    assert [row["金额(元)"] for row in rows] == ["100.00", "0.01", "100.00"]
    assert rows[2]["比对依据"] == f"指令 order {nowhere}"
    assert rows[1]["下一步"].startswith("与银行逐笔核实后重新报送回执")


def test_every_refused_result_is_told_also_beyond_those_the_log_names(office: Office) -> None:
    order_lines(office.world, 1)
    tell(office.world, *[result("credited", 1)] * 300)
    office.run()
    assert [row["明细序号"] for row in office.read("RES-1")] == [str(item) for item in range(2, 301)]


def test_words_of_a_bank_that_told_little_are_short() -> None:
    standing = Standing("failed", told={"why": "", "reason": "", "on": "", "serial": ""})
    assert (render_reasons(standing), render_compared(standing)) == ("", "")
    assert render_next(standing).startswith("核对账户后由报送单位或财政局更正重发:新批次的「更正原明细」填本明细编号")


@pytest.mark.parametrize("state", ["failed", "returned", "unknown"])
def test_a_clue_does_not_say_that_payment_goes_on_where_it_failed(state: str) -> None:
    assert "不影响支付" not in render_next(Standing(state, findings=["R08:yellow"]))
