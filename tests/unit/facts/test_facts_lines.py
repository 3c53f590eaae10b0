"""Places and sums of lines."""

from array import array
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.facts.lines import (
    CREDITED,
    HELD,
    LINE_STATES,
    ORDERED,
    READY,
    REFUSED,
    STOPPED,
    UNDECIDED,
    UNSETTLED,
    Batch,
    derive_place,
    split_place,
    sum_banks,
    sum_states,
)

INDICES, LINES = st.integers(0, 2**32), st.integers(1, 1_000_000)


@given(INDICES, LINES)
def test_a_place_gives_back_batch_and_line(index: int, line: int) -> None:
    assert split_place(derive_place(index, line)) == (index, line)


@given(st.tuples(INDICES, LINES), st.tuples(INDICES, LINES))
def test_places_stand_in_the_order_of_batch_and_line(one: tuple[int, int], other: tuple[int, int]) -> None:
    assert (derive_place(*one) < derive_place(*other)) == (one < other)


def test_lines_of_one_batch_have_consecutive_places() -> None:
    assert derive_place(7, 1000) - derive_place(7, 1) == 999


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (UNDECIDED, "undecided"),
        (READY, "ready"),
        (HELD, "held"),
        (REFUSED, "refused"),
        (STOPPED, "stopped"),
        (ORDERED, "ordered"),
    ],
)
def test_a_states_number_and_name_never_part(state: int, name: str) -> None:
    assert LINE_STATES[state] == name


def test_a_batch_waits_for_lines_whose_money_may_still_move() -> None:
    assert {LINE_STATES[state] for state in UNSETTLED} == {"undecided", "ready", "held", "ordered", "unknown"}


def make_batch(states: Sequence[int], banks: Sequence[int], fen: Sequence[int], sums: list[list[int]]) -> Batch:
    """Make a batch with these lines."""
    return Batch(
        index=0,
        source="bureau",
        document="B-1",
        digest="",
        programme="FARM",
        period="2026",
        township="511112001",
        control_count=4,
        control_fen=350,
        state="assessed",
        file="",
        plan_number="PLAN-1",
        publicity_until="",
        assessed_at=0,
        states=bytearray(states),
        banks=bytearray(banks),
        fen=array("q", fen),
        sums=sums,
        open=None,
    )


def test_sums_leave_out_states_that_nobody_is_in() -> None:
    sums = [[0, 0] for _ in LINE_STATES]
    sums[READY], sums[HELD], sums[REFUSED] = [2, 300], [1, 50], [1, 0]
    batch = make_batch([0] * 4, [0] * 4, [100, 200, 50, 0], sums)
    assert sum_states(batch) == {"ready": (2, 300), "held": (1, 50), "refused": (1, 0)}


def test_sums_by_bank_count_the_lines_in_the_states_asked_for() -> None:
    batch = make_batch([READY, HELD, READY, CREDITED, READY], [1, 1, 2, 1, 1], [100, 7, 50, 9, 200], [])
    assert sum_banks(batch, (READY, CREDITED)) == {(1, READY): (2, 300), (2, READY): (1, 50), (1, CREDITED): (1, 9)}
    assert sum_banks(batch, ()) == {}
