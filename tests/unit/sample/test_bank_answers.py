"""What the sample's banks answer: every order once, each end at least once, in each bank's own layout, by the seed."""

from collections import Counter
from typing import Any

import pytest

from bank_adapters.profiles import load_profiles, match_profiles
from bank_adapters.reading import parse_file
from consolidator.sample.bank_answers import FAILED_MIN, FAILED_SHARE, Orders, ResultFile, answer_orders, credit_orders
from schemas.identifiers import derive_order_id
from schemas.orders import OrderColumns, OrderFile, derive_file_id

BANKS = ("102", "103", "105", "402", "403")
DAY = 86_400


def make_orders(bank: str, count: int) -> Orders:
    """Give an order file with its list, in two parts."""
    file = derive_file_id("agri", "B-1", bank, 1)
    fields: dict[str, Any] = {"county": "511112", "source": "agri", "document": "B-1", "programme": "FARM"}
    fields |= {"period": "2026", "bank": bank, "release": 1, "summary": "", "parts": 2, "ordered_at": 0}
    parts = [make_part(1, count // 2), make_part(count // 2 + 1, count)]
    return OrderFile(file=file, count=count, fen=100 * count, **fields), parts


def make_part(first: int, last: int) -> OrderColumns:
    """Give the orders of some lines."""
    lines = list(range(first, last + 1))
    names, accounts = ["示例甲"] * len(lines), [f"6217{line:012d}" for line in lines]
    empty = [""] * len(lines)
    return OrderColumns(
        account=accounts, amount_fen=[100] * len(lines), bank=empty, branch=empty, line=lines, name=names
    )


def read(file: ResultFile) -> list[tuple[str, str, str | None, int]]:
    """Read a result file as intake does: order, status, class and fen of each answer."""
    profiles = load_profiles()
    (profile,) = match_profiles(file.name, {f"results-{bank}": profiles[f"results-{bank}"] for bank in BANKS})
    columns = parse_file(profile, file.name, file.raw, None).columns
    return list(zip(*(columns[name] for name in ("order", "status", "why", "amount_fen")), strict=True))


@pytest.mark.parametrize("bank", BANKS)
def test_every_order_is_answered_once_on_the_first_day_and_each_end_comes(bank: str) -> None:
    file, (early, late) = make_orders(bank, 40)
    first, *later = answer_orders([(file, [early.model_copy(update={"round": [*range(20)]}), late])], 7)
    told = read(first)
    rounds = [*range(20), *[0] * 20]
    named = [derive_order_id("511112", "agri", "B-1", line, round_) for line, round_ in enumerate(rounds, start=1)]
    assert [order for order, *_ in told] == named
    ends = Counter((status, why) for _, status, why, _ in told)
    assert ends == {
        ("credited", None): 40 - FAILED_MIN - 1,
        ("failed", "account_state"): FAILED_MIN - 1,
        ("failed", "payee_data"): 1,
        ("unknown", "ambiguous"): 1,
    }
    assert sorted(fen for *_, fen in told) == [100] * 39 + [200]
    unknown = next(order for order, status, *_ in told if status == "unknown")
    paid = {order for order, status, _, fen in told if status == "credited" and fen == 100}
    (after,), (back,) = map(read, later)
    assert after == (unknown, "credited", None, 100)
    assert back[1:] == ("returned", "return", 100)
    assert back[0] in paid
    assert [file.source for file in (first, *later)] == [f"bank-{bank}"] * 3
    assert first.at < later[0].at < later[1].at < first.at + 2 * DAY


def test_one_of_so_many_fails_and_files_come_in_their_order() -> None:
    orders = [make_orders(bank, 4 * FAILED_SHARE) for bank in BANKS]
    files = list(answer_orders(orders, 7))
    assert [file.source for file in files[:5]] == [f"bank-{bank}" for bank in BANKS]
    assert sum(status == "failed" for file in files[:5] for _, status, *_ in read(file)) == 4 * len(BANKS)
    assert [file.at for file in files] == sorted({file.at for file in files})


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others() -> None:
    orders = [make_orders(bank, 40) for bank in BANKS]
    assert list(answer_orders(orders, 7)) == list(answer_orders(orders, 7))
    assert list(answer_orders(orders, 7)) != list(answer_orders(orders, 8))


def test_too_few_orders_for_every_end_are_not_answered() -> None:
    assert list(answer_orders([], 7)) == []
    assert list(answer_orders([make_orders("402", FAILED_MIN + 2)], 7)) == []


def test_orders_of_corrections_are_all_paid_at_an_instant_in_their_own_rounds() -> None:
    file, (early, late) = make_orders("402", 4)
    (told,) = credit_orders([(file, [early.model_copy(update={"round": [1, 2]}), late])], 1_793_581_200)
    assert [(order.rpartition("/")[2], *rest) for order, *rest in read(told)] == [
        (round_, "credited", None, 100) for round_ in "1200"
    ]
    assert (told.at, told.source) == (1_793_581_200, "bank-402")
    assert list(credit_orders([], 0)) == []
