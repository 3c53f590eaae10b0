"""A simulated bank's result files: whatever it answers, intake reads exactly that, in every bank's layout."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bank_adapters.formats.layouts import InLayout
from bank_adapters.profiles import load_profiles
from bank_adapters.reading import parse_file
from bank_adapters.simulator.answers import Answer, render_results
from schemas.documents import render_parts
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import derive_order_id
from schemas.parts import LINE_FEN_MAX, ResultsPart, parse_part
from tests.unit.bank_adapters.samples import find_in

LAYOUTS = [each for each in load_profiles().values() if isinstance(each, InLayout) and each.kind == "results"]
ANSWER = Answer(
    "511112/bank-402/PAY-1/1/0", "6299402447587213728", "魏槐仓", 39606, "credited", "", "", "S1", "2026-11-06"
)
ORDER_IDS = st.builds(
    derive_order_id,
    st.just("511112"),
    st.sampled_from(["civil", "x" * 32]),
    st.sampled_from(["DB-202610-001", "X" * 48]),
    st.integers(1, 1_000_000),
    st.integers(0, 99),
)
TEXTS = st.text(st.characters(codec="gbk", exclude_characters='|,"※\t ', exclude_categories=["C", "Z"]), max_size=20)


@st.composite
def make_answers(draw: st.DrawFn) -> tuple[InLayout, list[Answer]]:
    """Make answers that a bank has codes for; names with spaces inside, serials and days that may be missing."""
    layout = draw(st.sampled_from(LAYOUTS))
    answer = st.builds(
        lambda order, account, names, fen, outcome, reason, serial, on: Answer(
            order,
            account,
            " ".join(names),
            fen,
            outcome[0],
            outcome[1] or "",
            reason,
            serial,
            on,
        ),
        ORDER_IDS,
        st.text("0123456789", min_size=8, max_size=32),
        st.lists(TEXTS.filter(bool), min_size=1, max_size=2),
        st.integers(0, LINE_FEN_MAX),
        st.sampled_from(sorted(set(layout.outcomes.values()), key=str)),
        TEXTS,
        st.text("ABC0123456789-", max_size=24),
        st.sampled_from(["", "2026-11-06", "2028-02-29"]),
    )
    return layout, draw(st.lists(answer, min_size=1, max_size=5))


@given(make_answers())
def test_whatever_a_bank_answers_is_what_is_read(case: tuple[InLayout, list[Answer]]) -> None:
    layout, answers = case
    assert layout.answer_name is not None
    draft = parse_file(layout, layout.answer_name.format(file="x"), render_results(layout, answers), None)
    fields = [field for _, field in layout.columns]
    assert draft.columns["order"] == [answer.order_id for answer in answers]
    assert draft.columns["amount_fen"] == [answer.amount_fen for answer in answers]
    assert draft.columns["status"] == [answer.status for answer in answers]
    assert draft.columns["why"] == [answer.why or None for answer in answers]
    assert draft.columns["reason"] == [answer.reason or None for answer in answers]
    assert draft.columns["serial"] == [answer.serial or None for answer in answers]
    assert draft.columns["on"] == [answer.on or None for answer in answers]
    assert draft.columns.get("account") == (
        [None if layout.bank == "402" and answer.status != "failed" else answer.account for answer in answers]
        if "account" in fields
        else None
    )
    (raw,), _ = render_parts(draft.columns)
    assert not parse_part(ResultsPart, raw).refused


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_the_same_answers_give_the_same_bytes(layout: InLayout) -> None:
    assert render_results(layout, [ANSWER]) == render_results(layout, [ANSWER])


def test_a_bank_without_a_code_for_what_happened_cannot_say_it() -> None:
    with pytest.raises(ConfigurationError, match="results-105 has no code for failed/security"):
        render_results(find_in("results-105"), [replace(ANSWER, status="failed", why="security")])


@pytest.mark.parametrize(("name", "text"), [("results-402", "a|b"), ("results-103", "\ufffe"), ("results-403", 'a"b')])
def test_a_text_that_cannot_stand_in_a_layout_is_refused(name: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match="cannot stand in"):
        render_results(find_in(name), [replace(ANSWER, reason=text)])


def test_a_file_without_answers_is_none() -> None:
    with pytest.raises(InputError, match="I17"):
        render_results(find_in("results-402"), [])
