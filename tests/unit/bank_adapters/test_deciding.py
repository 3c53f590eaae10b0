"""A simulated bank decides by the order's id alone: the same orders always get the same answers."""

from collections import Counter
from dataclasses import replace

import pytest

from bank_adapters.formats.orders import OrderRow
from bank_adapters.simulator.deciding import Shares, decide_answers
from schemas.errors import ConfigurationError
from tests.unit.bank_adapters.samples import find_in

ON = "2026-11-16"


def make_orders(count: int) -> list[OrderRow]:
    return [
        OrderRow(f"511112/civil/DB-1/{line}/0", f"62994024{line:011}", "甲", 100 * line, "", "402", "")
        for line in range(1, count + 1)
    ]


def test_a_bank_that_was_told_nothing_else_pays_everything() -> None:
    (answer,) = decide_answers(find_in("results-402"), make_orders(1), Shares(), ON)
    assert (answer.order_id, answer.account, answer.name) == ("511112/civil/DB-1/1/0", "6299402400000000001", "甲")
    assert (answer.amount_fen, answer.status, answer.why, answer.reason) == (100, "credited", "", "")
    assert (answer.serial, answer.on) == ("SIM-2026-11-16-1", ON)


@pytest.mark.parametrize("bank", ["102", "103", "105", "402", "403"])
def test_shares_are_met_by_and_large_in_every_banks_words(bank: str) -> None:
    layout = find_in(f"results-{bank}")
    answers = decide_answers(layout, make_orders(2000), Shares(failed=20, unknown=10, returned=5), ON)
    counts = Counter(answer.status for answer in answers)
    assert {status: round(count / 100) for status, count in counts.items()} == {
        "credited": 13,
        "failed": 4,
        "unknown": 2,
        "returned": 1,
    }
    assert {(answer.status, answer.why or None) for answer in answers} <= set(layout.outcomes.values())
    assert not {"duplicate", "security"} & {answer.why for answer in answers}
    assert all(bool(answer.reason) == (answer.status != "credited") for answer in answers)


def test_an_orders_answer_hangs_on_its_id_alone() -> None:
    layout, orders, shares = find_in("results-402"), make_orders(200), Shares(failed=50)
    whole = {each.order_id: each.why for each in decide_answers(layout, orders, shares, ON)}
    half = {each.order_id: each.why for each in decide_answers(layout, orders[100:], shares, "2026-11-17")}
    assert half.items() <= whole.items()


def test_asked_again_a_bank_credits_what_was_unknown_and_says_of_the_rest_what_it_said() -> None:
    layout, orders = find_in("results-402"), make_orders(300)
    first = decide_answers(layout, orders, Shares(failed=20, unknown=30, returned=10), ON)
    second = decide_answers(layout, orders, Shares(failed=20, returned=10), ON)
    pairs = {(before.status, after.status) for before, after in zip(first, second, strict=True)}
    assert pairs == {(same, same) for same in ("credited", "failed", "returned")} | {("unknown", "credited")}


def test_all_may_fail() -> None:
    answers = decide_answers(find_in("results-402"), make_orders(50), Shares(failed=100), ON)
    assert {answer.status for answer in answers} == {"failed"}
    assert len({answer.why for answer in answers}) > 2


def test_a_bank_that_has_no_code_for_something_cannot_do_it() -> None:
    layout = find_in("results-402").model_copy(update={"results": {"S000": "credited"}})
    with pytest.raises(ConfigurationError, match="no code for returned"):
        decide_answers(layout, make_orders(1), Shares(returned=100), ON)
    assert decide_answers(layout, make_orders(1), Shares(), ON)[0] == replace(
        decide_answers(find_in("results-402"), make_orders(1), Shares(), ON)[0]
    )
