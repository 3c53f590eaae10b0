"""What a bank said of a line is told in words: what it said, why it did not pay, what differs, and what to do now."""

from typing import Any, get_args

import pytest

from consolidator.views.answers import OPEN_STATES, TOLD_STATES, WHYS, advise, name_why
from consolidator.views.explaining import explain_line
from consolidator.views.facts import DIFFERENCES, RESULTS
from consolidator.views.reading import parse_line_ref
from schemas.results import ResultStatus, ResultWhy
from tests.support.told import add_bank, order_lines, result, tell, tell_one
from tests.support.world import World, key_of, make_account
from tests.unit.views.log import Log

AGAIN = "由报送单位或财政局更正重发:新批次的「更正原明细」填本明细编号(同项目、同期间、同一人,不超原额)"
TELLER = key_of("teller-402")[:16]


@pytest.fixture
def world() -> World:
    """A county with two lines of batch B-1 ordered at bank 402."""
    world = World()
    world.set_up()
    order_lines(world, 2)
    return world


def explain(world: World, line: int = 1, *, full: bool = False) -> dict[str, Any]:
    """Explain a line of B-1."""
    return explain_line(Log(world), parse_line_ref(f"bank-402/B-1/{line}"), full=full)


def read(world: World, line: int = 1, *, full: bool = False) -> tuple[str, str]:
    """Give a line's story in Chinese and in English."""
    sentences = explain(world, line, full=full)["sentences"]
    return "\n".join(each["zh"] for each in sentences), "\n".join(each["en"] for each in sentences)


def test_a_credited_line_says_when_and_by_which_bank(world: World) -> None:
    tell_one(world, "credited", 1, on="2026-11-06", serial="S-1")
    zh, en = read(world)
    at = world.entries("change")[0]["at"]
    assert (
        f"{at} 银行 402 回报(bank-402/RES-1,密钥 {TELLER}):从「已送银行」转为「发放成功」,"
        "银行日期 2026-11-06,银行流水号 S-1,账户 ****0000。\n已发放到账。" in zh
    )
    assert f"At {at} bank 402 told (bank-402/RES-1, by key {TELLER}): from ordered to credited" in en
    assert en.endswith("It is paid.")
    assert (explain(world)["state"], explain(world)["order"]["serial"]) == ("credited", 1)


def test_a_failed_line_says_class_reason_and_what_to_do(world: World) -> None:
    tell_one(world, "failed", 1, why="account_state", reason="已销户")
    zh, en = read(world)
    assert "从「已送银行」转为「发放失败」,账户 ****0000。\n原因类别:账户状态异常。\n银行所述原因:已销户。" in zh
    assert zh.endswith(f"下一步:通知本人恢复账户或另选账户,恢复后{AGAIN}。")
    assert "Class of the reason: state of the account.\nThe bank's reason: 已销户.\nNext: tell the citizen;" in en


def test_what_a_bank_did_not_tell_is_left_out(world: World) -> None:
    tell_one(world, "failed", 1, account=None)
    zh, _ = read(world)
    assert f"转为「发放失败」。\n下一步:核对账户后{AGAIN}。" in zh


def test_an_unknown_line_is_asked_about_and_credited_later(world: World) -> None:
    tell_one(world, "unknown", 1, why="ambiguous")
    zh, _ = read(world)
    assert zh.endswith("原因类别:结果不明。\n下一步:向银行查询直至有最终结果,不要重发。")
    tell_one(world, "credited", 1)
    zh, _ = read(world)
    assert "从「待查询」转为「发放成功」" in zh
    assert zh.endswith("已发放到账。")


def test_a_returned_line_says_where_the_money_is(world: World) -> None:
    tell_one(world, "returned", 1, why="return", reason="户名不符")
    zh, en = read(world)
    assert zh.count("银行所述原因:户名不符。") == 1  # that it was credited first says nothing of why
    assert "从「发放成功」转为「已退票」,账户 ****0000。\n原因类别:退票。\n银行所述原因:户名不符。\n" in zh
    assert "疑点 R53 成功后退票(黄,另立线索)。\n下一步:款项退回财政零余额账户" in zh
    assert "Finding R53 money came back after success (yellow, opens a clue)." in en


def test_a_result_that_differs_says_what_and_that_nothing_moved(world: World) -> None:
    tell_one(world, "credited", 1, amount_fen=9_900, account=make_account(77))
    zh, en = read(world)
    assert "又发现疑点,明细仍为「已送银行」。\n疑点 R51 回执金额/账号与指令不符(红,明细状态不变,另立线索):" in zh
    assert "不符之处 账户、金额,回执结果 发放成功,回执金额(元) 99.00,回执账户 ****0077。" in zh
    assert "what differs account, amount, told result credited, told, yuan 99.00, told account ****0077." in en
    assert zh.endswith("下一步:与银行逐笔核实实际付给哪个账户、多少金额,由银行重报回执。")
    tell_one(world, "credited", 1)
    assert read(world)[0].endswith("已发放到账。")


def test_a_result_for_a_line_that_was_never_ordered_holds_it(world: World) -> None:
    world.send_batch("B-2", world.settle_people(1), fields={"period": "2027"})
    tell_one(world, "credited", 1, "B-2")
    zh = "\n".join(
        each["zh"] for each in explain_line(Log(world), parse_line_ref("bank-402/B-2/1"), full=False)["sentences"]
    )
    assert "从「待发放」转为「存疑拦截」" in zh
    assert "疑点 R51 回执金额/账号与指令不符(红,拦截该行):不符之处 状态,回执结果 发放成功" in zh


def test_accounts_are_shown_in_full_only_when_asked_for(world: World) -> None:
    account = make_account(0)
    tell(
        world,
        result("failed", 1, reason=f"账户{account}已销户"),
        result("credited", 2, account=make_account(77)),
    )
    masked = str(explain(world)) + str(explain(world, 2))
    assert account not in masked
    assert make_account(77) not in masked
    assert "银行所述原因:账户****已销户。" in masked
    in_full = str(explain(world, full=True)) + str(explain(world, 2, full=True))
    assert f"银行所述原因:账户{account}已销户。" in in_full
    assert make_account(77) in in_full


def test_a_sensitive_line_is_explained_to_officers_as_any_other() -> None:
    world = World()
    world.set_up(sensitive=True)
    add_bank(world)
    world.send_batch("B-1", world.settle_people(1))
    world.release("B-1", [("402", 1, 10_000)])
    tell_one(world, "returned", 1, why="return")
    story = explain(world)
    assert (story["amount_fen"], story["state"]) == (10_000, "returned")
    assert "疑点 R53" in "".join(each["zh"] for each in story["sentences"])


def test_every_class_and_state_of_a_result_has_words_and_a_next_step() -> None:
    assert set(get_args(ResultStatus)) == RESULTS.keys() == TOLD_STATES
    assert set(get_args(ResultWhy)) == WHYS.keys()
    assert DIFFERENCES.keys() == {"account", "amount", "state"}
    for words in (*WHYS.values(), *(advise(state, why) for state in OPEN_STATES for why in ("", *WHYS))):
        assert not words[0].isascii()
        assert words[1].replace("更正原明细", "").isascii()  # a column's title is called as it stands
    assert name_why("novel") == ("novel", "novel")


@pytest.mark.parametrize(
    ("state", "why", "said"),
    [
        ("unknown", "duplicate", "look up the first payment"),
        ("unknown", "security", "stop that bank's channel"),
        ("unknown", "payee_data", "ask the bank until it is final"),
        ("failed", "payee_data", "back to the township"),
        ("failed", "limit", "never split it"),
        ("failed", "ambiguous", "check the account"),
        ("returned", "", "the money is back in the zero-balance account"),
    ],
)
def test_what_to_do_goes_by_class_once_the_answer_is_final(state: str, why: str, said: str) -> None:
    assert advise(state, why)[1].startswith(said)
