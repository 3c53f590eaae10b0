"""Entries: the fast templates give the same bytes as canonical JSON of the same object."""

import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from schemas.entries import ENTRY_BYTES_MAX, LineBlock, LinePrivates, SingleEntry, extend_private, hide_lines
from schemas.errors import InvariantError

SEAL = "5" * 64
HARD_NAMES = ['示"例', "back\\slash", "𬴊𠮷", "A·B", "e\u0301", "\u2028\u2029", "\u007f", "</script>", "'", "/"]
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(HARD_NAMES)
DIGITS = st.text("0123456789", max_size=20)
FINDINGS = st.lists(st.sampled_from(["R01:blue", "R18:orange", "S01:red", ":red"]), max_size=3)
LINE = st.fixed_dictionaries(
    {
        "amount_fen": st.integers(0, 5_000_000_000),
        "bank": st.sampled_from(["", "402"]),
        "findings": FINDINGS,
        "route": st.sampled_from(["", "on_us", "interbank"]),
        "state": st.sampled_from(["ready", "held", "refused"]),
        "village": st.sampled_from(["", "511112001001"]),
        "sealed": st.binary(min_size=32, max_size=32).map(bytes.hex),
    }
)
PRIVATE = st.fixed_dictionaries(
    {
        "account": DIGITS,
        "beneficiary_id": st.just("51119919600101001X"),
        "beneficiary_name": NAMES,
        "designation": st.integers(0, 99),
        "evidence": st.dictionaries(
            st.sampled_from(["R02", "R18"]), st.dictionaries(st.just("name"), NAMES), max_size=2
        ),
        "head_id": DIGITS,
        "payee_id": DIGITS,
        "payee_name": NAMES,
        "stated_account": DIGITS,
    }
)


@given(st.lists(LINE, max_size=5), st.integers(1, 1_000_000))
def test_the_line_template_writes_canonical_json(lines: list[dict[str, Any]], first_line: int) -> None:
    block = LineBlock(
        at="2026-11-01T00:00:00Z",
        source="bank-402",
        document="PAY-1",
        programme="FARM",
        period="2026Q1",
        first_line=first_line,
        amount_fen=[line["amount_fen"] for line in lines],
        bank=[line["bank"] for line in lines],
        route=[line["route"] for line in lines],
        state=[line["state"] for line in lines],
        village=[line["village"] for line in lines],
        findings=[json.dumps(line["findings"], separators=(",", ":")) for line in lines],
        privates=[b"{}"] * len(lines),
    )
    shared: dict[str, Any] = {
        "v": 1,
        "kind": "line",
        "at": "2026-11-01T00:00:00Z",
        "source": "bank-402",
        "document": "PAY-1",
        "programme": "FARM",
        "period": "2026Q1",
    }
    expected = [shared | line | {"line": first_line + index} for index, line in enumerate(lines)]
    assert block.render([line["sealed"] for line in lines]) == [rfc8785.dumps(entry) for entry in expected]


@given(st.lists(st.tuples(LINE, PRIVATE), max_size=5), st.integers(1, 1_000_000))
def test_a_sensitive_line_has_amount_route_and_village_in_its_private_part(
    lines: list[tuple[dict[str, Any], dict[str, Any]]], first_line: int
) -> None:
    columns: dict[str, Any] = {
        name: [line[name] for line, _ in lines] for name in ("amount_fen", "bank", "route", "state", "village")
    }
    block = hide_lines(
        LineBlock(
            at="2026-11-01T00:00:00Z",
            source="bank-402",
            document="PAY-1",
            programme="CARE",
            period="2026Q1",
            first_line=first_line,
            findings=[json.dumps(line["findings"], separators=(",", ":")) for line, _ in lines],
            privates=[rfc8785.dumps(private) for _, private in lines],
            **columns,
        )
    )
    hidden = ("amount_fen", "route", "village")
    shared: dict[str, Any] = {"v": 1, "kind": "line", "at": "2026-11-01T00:00:00Z", "source": "bank-402"}
    shared |= {"document": "PAY-1", "programme": "CARE", "period": "2026Q1"}
    shown = [{name: value for name, value in line.items() if name not in hidden} for line, _ in lines]
    expected = [shared | line | {"line": first_line + index} for index, line in enumerate(shown)]
    assert block.render([line["sealed"] for line, _ in lines]) == [rfc8785.dumps(entry) for entry in expected]
    secrets = [private | {name: line[name] for name in hidden} for line, private in lines]
    assert list(block.privates) == [rfc8785.dumps(secret) for secret in secrets]


@pytest.mark.parametrize("seals", [[], [SEAL] * 2])
def test_a_sensitive_block_takes_exactly_one_commitment_a_line(seals: list[str]) -> None:
    block = LineBlock("t", "s", "d", "P", "2026", 1, [1], ["402"], ["on_us"], ["ready"], [""], ["[]"], [b"{}"])
    with pytest.raises(ValueError, match="zip"):
        hide_lines(block).render(seals)


@given(PRIVATE)
def test_a_private_part_takes_more_and_stays_canonical(private: dict[str, Any]) -> None:
    more = {"findings": ["R33:red"], "village": "甲\u0000"}
    assert extend_private(rfc8785.dumps(private), more) == rfc8785.dumps(private | more)
    assert extend_private(b"", more) == rfc8785.dumps(more)


@given(st.lists(PRIVATE, max_size=5))
def test_the_private_template_writes_canonical_json(privates: list[dict[str, Any]]) -> None:
    columns = {name: [private[name] for private in privates] for name in LinePrivates.__slots__}
    columns["evidence"] = [rfc8785.dumps(private["evidence"]).decode() for private in privates]
    assert LinePrivates(**columns).render() == [rfc8785.dumps(private) for private in privates]


@pytest.mark.parametrize("seals", [[], [SEAL] * 2])
def test_a_line_block_takes_exactly_one_commitment_a_line(seals: list[str]) -> None:
    block = LineBlock("t", "s", "d", "P", "2026", 1, [1], ["402"], ["on_us"], ["ready"], [""], ["[]"], [b"{}"])
    with pytest.raises(ValueError, match="zip"):
        block.render(seals)


def test_private_columns_of_unequal_length_are_not_written() -> None:
    with pytest.raises(ValueError, match="zip"):
        LinePrivates(["1"], ["2"], ["甲"], [1], ["{}"], [""], ["2"], [], [""]).render()


def test_a_single_entry_without_private_part_has_no_commitment() -> None:
    entry = SingleEntry({"kind": "close", "at": "2026-11-01T00:00:00Z"})
    assert entry.privates == (b"",)
    assert entry.render([SEAL]) == [rfc8785.dumps({"v": 1, "kind": "close", "at": "2026-11-01T00:00:00Z"})]


def test_a_single_entry_with_a_private_part_shows_its_commitment_only() -> None:
    entry = SingleEntry({"kind": "change"}, b'{"account":"6217000000000001"}')
    assert entry.privates == (b'{"account":"6217000000000001"}',)
    assert entry.render([SEAL]) == [rfc8785.dumps({"v": 1, "kind": "change", "sealed": SEAL})]


def test_an_entry_is_at_most_what_sixteen_bits_can_count() -> None:
    room = ENTRY_BYTES_MAX - len(rfc8785.dumps({"v": 1, "text": ""}))
    assert len(SingleEntry({"text": "x" * room}).render([SEAL])[0]) == ENTRY_BYTES_MAX
    with pytest.raises(InvariantError, match="within its bound"):
        SingleEntry({"text": "x" * (room + 1)}).render([SEAL])
