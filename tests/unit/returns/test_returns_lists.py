"""What senders get back: which lines, why, whose, from which row, and when a list says that it is done."""

import stat

import pytest

from consolidator.returns.store import Standing
from consolidator.returns.texts import render_codes, render_next, render_reasons
from consolidator.returns.updating import STATE
from schemas.commands import Command
from tests.support.monitored import add_monitor, item, sign
from tests.support.world import VILLAGE, World, make_account, make_id
from tests.unit.returns.office import Office

STRANGER = 900


def send_mixed(world: World) -> None:
    """Send three lines: a right one, one of a person nobody knows, one above the standard."""
    ids = [*world.settle_people(2), make_id(STRANGER)]
    rows = [4, 5, 6]
    fields = {"file": {"name": "PAY.txt", "sha256": "0" * 64}}
    world.send_batch("B-1", [ids[0], ids[2], ids[1]], [10_000, 10_000, 10_001], fields, row=rows)


def make_columns(world: World, ids: list[str]) -> dict[str, list[object]]:
    """Give the columns of a batch, 100 yuan for each."""
    names: list[object] = [world.name_of(identity) for identity in ids]
    return {"beneficiary_id": [*ids], "beneficiary_name": names, "amount_fen": [10_000] * len(ids)}


def test_a_refused_line_goes_back_with_its_place_its_person_and_what_to_do(office: Office) -> None:
    send_mixed(office.world)
    office.run()
    unknown, above = office.read("B-1")
    assert (unknown["原文件"], unknown["原文件行号"], unknown["明细序号"]) == ("PAY.txt", "5", "2")
    assert (unknown["证件号码"], unknown["状态"]) == (make_id(STRANGER), "退回 refused")
    assert unknown["原因代码"] == "R02;R03;R13"
    assert (above["姓名"], above["金额(元)"]) == (office.world.name_of(make_id(1)), "100.01")
    assert above["原因"] == "超标准发放(红) / above standard"
    assert above["比对依据"] == "R21: 标准(元) 100.00,数量 1"
    assert above["下一步"].startswith("核对数量、标准与金额后重报 / check quantity")


def test_a_batch_without_doubts_has_no_list(office: Office) -> None:
    office.world.send_batch("B-1", office.world.settle_people(2))
    office.run()
    assert office.files() == {}


def test_a_rerouted_line_is_no_doubt(office: Office) -> None:
    world = office.world
    world.send_batch("B-1", world.settle_people(1), account=[make_account(77)])
    office.run()
    assert world.findings("B-1") == [["R13:blue"]]
    assert office.files() == {}


def test_held_lines_leave_the_list_when_cleared_and_the_list_says_so(office: Office) -> None:
    world = office.world
    world.send_batch("B-1", world.settle_people(3))
    world.review("supervisor", "hold", "B-1", [1, 3], "oversight")
    office.run()
    assert [(row["明细序号"], row["状态"], row["原因代码"]) for row in office.read("B-1")] == [
        ("1", "存疑拦截 held", "H03"),
        ("3", "存疑拦截 held", "H03"),
    ]
    world.clear("B-1", [1])
    office.run()
    assert [row["明细序号"] for row in office.read("B-1")] == ["3"]
    world.clear("B-1", [3])
    office.run()
    [note] = office.read("B-1")
    assert note["状态"] == "已处理 done"
    assert note["原因"].startswith("已处理:2 条")


def test_a_stopped_line_stays_in_the_list(office: Office) -> None:
    world = office.world
    world.send_batch("B-1", world.settle_people(2))
    world.review("reviewer", "hold", "B-1", [2])
    world.review("reviewer", "stop", "B-1", [2])
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("停发 stopped", "H03")


def test_a_clue_stays_in_the_list_when_its_line_is_paid(office: Office) -> None:
    world = office.world
    ids = world.settle_people(2)
    world.register("officials", {"id": [ids[1]], "village": ["511112001001"], "position": ["村主任"]})
    world.send_batch("B-1", ids)
    world.release("B-1", [("402", 2, 20_000)])
    office.run()
    [row] = office.read("B-1")
    assert (row["明细序号"], row["状态"], row["原因代码"]) == ("2", "已送银行 ordered", "R08")
    assert row["比对依据"] == "R08: 登记册日期 2026-10-31,职务 村主任"
    assert row["下一步"].startswith("不影响支付")


def test_a_cleared_line_keeps_its_clue_only(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    world.register("officials", {"id": ids, "village": ["511112001001"], "position": ["村主任"]})
    world.send_batch("B-1", ids)
    world.review("reviewer", "hold", "B-1", [1])
    office.run()
    assert office.read("B-1")[0]["原因代码"] == "H03;R08"
    world.clear("B-1", [1])
    office.run()
    assert office.read("B-1")[0]["原因代码"] == "R08"


def test_a_late_finding_reaches_the_list_of_an_earlier_batch_by_its_place(office: Office) -> None:
    world = office.world
    world.set_policy("p-2", [("rule", "R54", {"parameters": {"persons_max": 1}})])
    ids = world.settle_people(3)
    world.register(
        "relations",
        {
            "payee_id": [ids[0]] * 2,
            "beneficiary_id": ids[1:],
            "relation": ["guardian"] * 2,
            "from_on": ["2020-01-01"] * 2,
            "to_on": [None] * 2,
        },
    )
    names = [world.name_of(ids[0])]
    world.send_batch("B-1", [ids[1]], payee_id=[ids[0]], payee_name=names, row=[9])
    world.release("B-1", [("402", 1, 10_000)])
    office.run()
    assert office.files() == {}
    world.send_batch("B-2", [ids[2]], payee_id=[ids[0]], payee_name=names)
    office.run()
    [row] = office.read("B-1")
    assert (row["原文件行号"], row["姓名"], row["领款人"]) == ("9", world.name_of(ids[1]), names[0])
    assert (row["状态"], row["原因代码"]) == ("已送银行 ordered", "R54")
    [other] = office.read("B-2")
    assert other["状态"] == "存疑拦截 held"


def test_a_void_batch_lists_every_unreadable_amount(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    amounts: list[int | None] = [None, 10_000] * 150
    world.send_batch("B-1", ids * 300, amounts, row=[line + 10 for line in range(300)])
    office.run()
    whole, *lines = office.read("B-1")
    assert (whole["状态"], whole["原因代码"], whole["明细序号"]) == ("作废 void", "R40", "")
    assert [row["原文件行号"] for row in lines] == [str(line + 10) for line in range(0, 300, 2)]
    assert {row["原因代码"] for row in lines} == {"I20"}
    assert lines[0]["证件号码"] == ids[0]


def test_totals_that_lie_are_shown_beside_the_right_ones(office: Office) -> None:
    world = office.world
    ids = world.settle_people(2)
    world.send_batch("B-1", ids, fields={"totals": {"count": 2, "fen": 30_000}})
    office.run()
    [row] = office.read("B-1")
    assert row["比对依据"] == "R40: 申报笔数 2,申报金额(元) 300.00,实际笔数 2,可读金额(元) 200.00"


def test_a_line_that_another_county_has_too_says_so(office: Office) -> None:
    world = office.world
    add_monitor(world)
    world.send_batch("B-1", world.settle_people(2))
    world.submit(sign(world, [item(1), item(1, 43)]))
    office.run()
    [row] = office.read("B-1")
    assert (row["明细序号"], row["状态"], row["原因代码"]) == ("1", "存疑拦截 held", "R17")
    assert row["比对依据"] == "R17: 另一县区 511113,该县条目 43,本县条目 1"
    assert row["下一步"].startswith("另一县区已有同项同期")


def test_a_refused_document_goes_back_as_a_whole(office: Office) -> None:
    world = office.world
    world.send_batch("B-1", world.settle_people(1), fields={"period": "2026-11"})
    office.run()
    [row] = office.read("B-1")
    assert (row["明细序号"], row["状态"], row["原因代码"]) == ("", "退回 refused", "D12")
    assert row["下一步"].startswith("更正期间")


def test_a_document_that_waited_for_its_turn_is_solved_when_it_came(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    number = world.numbers.get("adapter", 0)
    raw = world.sign("adapter", world.batch_fields("B-2", 1, 10_000), make_columns(world, ids), seq=number + 2)
    world.submit(raw)
    office.run()
    assert office.read("B-2")[0]["状态"] == "等待前件 gap"
    world.send_batch("B-1", ids)
    world.numbers["adapter"] = number + 2
    world.submit(raw)
    office.run()
    assert {row["原因代码"] for row in office.read("B-2")} == {"R16"}


def test_refused_items_of_a_register_are_named(office: Office) -> None:
    world = office.world
    wrong = "511199196001010000"
    world.register(
        "population",
        {
            "id": [make_id(1), wrong],
            "name": ["示甲", "=示乙"],
            "household": ["1", "2"],
            "village": ["511112001001"] * 2,
        },
    )
    office.run()
    [row] = office.read("reg-population", "bureau")
    assert (row["明细序号"], row["原因代码"], row["证件号码"], row["姓名"]) == ("2", "S11", wrong, "'=示乙")


def test_all_refused_items_are_listed_though_the_log_names_a_hundred(office: Office) -> None:
    world = office.world
    ids = [make_id(number) for number in range(250)]
    world.take_census(ids, ["402"] * 250, [make_account(number) for number in range(250)])
    world.designate(ids, ["402"] * 250, [make_account(number + 1) for number in range(250)])
    office.run()
    rows = office.read("designations", "bureau")
    assert [row["明细序号"] for row in rows] == [str(number) for number in range(1, 251)]
    assert [row["原因代码"] for row in rows] == ["S06"] * 249 + ["S05"]
    first = office.files()
    (office.root / "returns" / STATE).unlink()
    office.restart()
    assert office.files() == first


def test_an_item_with_a_number_that_only_lenient_readers_take_has_its_row(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    part = f'{{"beneficiary_id":["{ids[0]}"],"beneficiary_name":["甲"],"amount_fen":[NaN]}}'
    fields = world.batch_fields("B-1", 1, 0)
    world.submit(world.sign_raw("adapter", fields, [part.encode()], 1))
    office.run()
    assert [(row["明细序号"], row["证件号码"]) for row in office.read("B-1")] == [("", ""), ("1", ids[0])]


def test_lists_are_for_their_owner_only_and_their_names_tell_nobody(office: Office) -> None:
    send_mixed(office.world)
    office.run()
    returns = office.root / "returns"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in returns.rglob("*") if path.is_file())
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o700 for path in (returns, returns / "bank-402"))
    assert [name.startswith("bank-402/B-1_") for name in office.files()] == [True, True]


def test_a_hidden_code_is_told_by_its_level_alone() -> None:
    assert render_codes([":orange"]) == "-"
    assert render_reasons(Standing("held", findings=[":orange"])) == "不公开的疑点(橙) / a finding that is not public"


@pytest.mark.parametrize(
    ("state", "findings", "step"),
    [
        ("refused", ["S12:red"], "删除该行或更正金额 / remove the line or correct the amount"),
        ("refused", [":red"], "更正后以新编号重报该行 / correct the line and send it with a new document"),
        ("held", ["H02:orange"], "补录行号;补充证明材料,由两人复核放行或停发 / "),
        ("failed", [], "核对账户后由报送单位或财政局更正重发:"),
        ("ordered", ["R09:yellow"], "不影响支付;核实后反馈财政局 / payment goes on"),
        ("ordered", ["R18:orange"], "不影响支付;核实后反馈财政局 / payment goes on"),
    ],
)
def test_the_next_step_is_what_the_code_asks_for_or_else_the_state(state: str, findings: list[str], step: str) -> None:
    assert render_next(Standing(state, findings=findings)).startswith(step)


def test_a_batch_that_stays_unsettled_is_told_until_it_is_settled(office: Office) -> None:
    world = office.world
    world.send_batch("B-1", world.settle_people(1))
    world.review("reviewer", "hold", "B-1", [1])
    world.now += 40 * 24 * 3600
    world.apply(Command("tick", world.now, b""))
    office.run()
    whole, line = office.read("B-1")
    assert (whole["明细序号"], whole["原因代码"], whole["下一步"][:5]) == ("", "R43", "不影响支付")
    assert line["状态"] == "存疑拦截 held"
    world.review("reviewer", "stop", "B-1", [1])
    office.run()
    assert [row["状态"] for row in office.read("B-1")] == ["停发 stopped"]


def test_a_clue_that_people_have_judged_leaves_the_list(office: Office) -> None:
    world = office.world
    ids = world.settle_people(1)
    world.register("officials", {"id": ids, "village": [VILLAGE], "position": ["村主任"]})
    world.send_batch("B-1", ids)
    fields = {
        "kind": "disposition",
        "source": "bureau",
        "id": "DIS-1",
        "action": "record",
        "batch": {"source": "bank-402", "id": "B-1"},
    }
    world.send("reviewer", fields, {"line": [1], "code": ["R08"], "verdict": ["needs_material"], "reason": ["补"]})
    office.run()
    assert office.read("B-1")[0]["原因代码"] == "R08"
    world.send(
        "reviewer",
        fields | {"id": "DIS-2"},
        {"line": [1], "code": ["R08"], "verdict": ["unfounded"], "reason": ["误报"]},
    )
    office.run()
    assert office.read("B-1")[0]["状态"] == "已处理 done"


def test_a_batch_over_its_plan_is_told_with_both_sums(office: Office) -> None:
    world = office.world
    world.set_policy("p-2", [("plan", "PLAN-1", {"programme": "FARM", "fen": 5_000})])
    world.send_batch("B-1", world.settle_people(1))
    office.run()
    [row] = office.read("B-1")
    assert (row["明细序号"], row["原因代码"], row["状态"]) == ("", "R41", "已比对 assessed")
    assert row["比对依据"] == "R41: 用款计划(元) 50.00,已用(元) 100.00"


def test_a_hold_for_a_register_that_is_missing_accuses_nobody_and_asks_nothing_of_the_sender() -> None:
    standing = Standing("held", findings=["R08:orange", "R09:yellow"], facts={"R08": {"not_checked": "officials"}})
    assert render_reasons(standing).startswith("本县规定必须比对,但未能比对:村干部本人享受异常(橙)")
    assert render_next(standing).startswith("无须更正;待财政局补齐所缺登记册后复核 /")
    more = Standing("held", findings=["R04:orange", "R08:orange"], facts=standing.facts)
    assert "核对村组代码" in render_next(more)
    assert "补充证明材料" in render_next(more)


def test_a_line_without_designation_is_told_so() -> None:
    standing = Standing("held", findings=["R13:orange"])
    assert render_reasons(standing).startswith("没有可用的指定账户(橙)")
