"""Order lists: bytes that the log commits to."""

from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.orders import (
    OrderColumns,
    OrderFile,
    derive_file_id,
    parse_order_part,
    render_order_commitment,
    render_order_part,
)

ORDERS = OrderColumns(
    account=["6217000000000001"], amount_fen=[100], bank=["402"], branch=[""], line=[1], name=['𬴊"示\\例']
)
TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4)
FEN = st.lists(st.integers(0, 2**53 - 1), max_size=4)
ROUNDS: st.SearchStrategy[list[int]] = st.just([]) | st.lists(st.integers(0, 99), max_size=4).filter(any)


@given(TEXTS, FEN, ROUNDS)
def test_a_list_survives_writing_and_reading(names: list[str], amounts: list[int], rounds: list[int]) -> None:
    orders = ORDERS.model_copy(update={"name": names, "amount_fen": amounts, "round": rounds})
    assert parse_order_part(render_order_part(orders)) == orders
    assert render_order_part(orders) == rfc8785.dumps(orders.model_dump(exclude=None if rounds else {"round"}))


def test_a_list_without_corrections_is_written_as_before_there_were_any() -> None:
    plain = render_order_part(ORDERS)
    assert b"round" not in plain
    assert render_order_part(ORDERS.model_copy(update={"round": [0]})) == plain
    assert render_order_part(ORDERS.model_copy(update={"round": [1]})) == plain[:-1] + b',"round":[1]}'


def test_each_order_has_a_round_and_without_the_column_it_is_the_first() -> None:
    two = ORDERS.model_copy(update={"line": [1, 2]})
    assert two.list_rounds() == [0, 0]
    assert two.model_copy(update={"round": [3, 0]}).list_rounds() == [3, 0]


@pytest.mark.parametrize(
    "body",
    [b"{}", b"[]", render_order_part(ORDERS).replace(b"100", b'"100"'), render_order_part(ORDERS)[:-1] + b',"x":1}'],
)
def test_a_list_of_another_shape_is_not_read(body: bytes) -> None:
    with pytest.raises(ValidationError):
        parse_order_part(body)


def test_the_commitment_names_every_part_in_order() -> None:
    first, second = render_order_part(ORDERS), b"second"
    digests = [sha256(first).hexdigest(), sha256(second).hexdigest()]
    assert render_order_commitment([first, second]) == rfc8785.dumps({"parts": digests})
    assert render_order_commitment([second, first]) != render_order_commitment([first, second])


def test_a_file_id_tells_bank_and_release_apart() -> None:
    ids = {derive_file_id("bureau", "B-1", bank, release) for bank in ("402", "103") for release in (1, 2, 12)}
    assert ids >= {"bureau_B-1_402_001", "bureau_B-1_103_012"}
    assert len(ids) == 6


def test_the_files_of_one_bank_and_release_are_numbered_from_the_second_on() -> None:
    ids = [derive_file_id("bureau", "B-1", "402", 1, number) for number in (1, 2, 10)]
    assert ids == ["bureau_B-1_402_001", "bureau_B-1_402_001-2", "bureau_B-1_402_001-10"]
    assert derive_file_id("bureau", "B-1", "402", 1) == ids[0]


def test_an_order_file_of_before_there_were_numbers_is_its_banks_first() -> None:
    fields: dict[str, Any] = {
        "file": "bureau_B-1_402_001",
        "county": "511112",
        "source": "bureau",
        "document": "B-1",
        "programme": "FARM",
        "period": "2026",
        "bank": "402",
        "release": 1,
        "summary": "地力补贴",
        "count": 1,
        "fen": 100,
        "parts": 1,
        "ordered_at": 5,
    }
    file = OrderFile(**fields)
    assert (file.number, file.entry) == (1, -1)
    with pytest.raises(ValidationError):
        OrderFile(**fields | {"surprise": 1})
