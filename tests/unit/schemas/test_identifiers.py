"""Shapes of identifiers: what fits, and what almost fits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from schemas import identifiers
from schemas.identifiers import (
    derive_line_ref,
    derive_order_id,
    holds_long_number,
    split_line_ref,
    split_order_id,
)

FITTING = {
    "County": ["511112"],
    "SourceId": ["b", "bank-402", "x" * 32],
    "DocumentId": ["PAY-1", "0", "a._-B", "x" * 48],
    "ProgrammeId": ["F", "FARM-2", "X" * 16],
    "Period": ["2026", "2026-01", "2026-12", "2026Q1", "2026Q4", "2026H1", "2026H2"],
    "PersonId": ["511199196001010018", "51119919600101001X", "91350100M000100Y43"],
    "PersonName": ["张", "𬴊示例", "A·B", "x" * 64],
    "Account": ["12345678", "6" * 32],
    "BankCode": ["402"],
    "BranchNumber": ["402651000013"],
    "TownCode": ["511112001"],
    "VillageCode": ["511112001001"],
    "IsoDate": ["2026-01-31", "2026-02-31"],  # shape only: whether the day exists is asked elsewhere
    "RuleCode": ["R00", "R55", "R99"],
    "KeyId": ["0" * 64, "af" * 32],
    "Sha256": ["0" * 64],
    "ShortText": ["", "x" * 200, "示例〔2026〕1号"],
    "Number": ["1", "x" * 64],
    "LineRef": ["b/P/1", f"{'x' * 32}/{'x' * 48}/1000000"],
    "OrderId": ["511112/b/P/1/0", f"511112/{'x' * 32}/{'x' * 48}/1000000/99"],
}
ODD = {
    "County": ["51111", "5111121", "５11112", "511112\n", ""],
    "SourceId": ["", "Bank", "-bank", "9bank", "x" * 33, "bank_1", "bank\n", "银行"],
    "DocumentId": ["", "-a", ".a", "a/b", "a b", "../a", "x" * 49, "a\n", "中"],
    "ProgrammeId": ["", "farm", "1FARM", "X" * 17, "FARM\n"],
    "Period": ["", "26", "2026-00", "2026-13", "2026-1", "2026Q0", "2026Q5", "2026H3", "2026q1", "２026", "2026\n"],
    "PersonId": ["", "51119919600101001x", "51119919600101001", "5111991960010100188", "I" * 18, "５11199196001010018"],
    "PersonName": ["", "张\n", "a\x00b", "a\tb", "a\x7fb", "x" * 65],
    "Account": ["", "1234567", "6" * 33, "6217 0000 0000", "６2170000"],
    "BankCode": ["", "40", "4022", "4O2"],
    "BranchNumber": ["", "40265100001", "4026510000133"],
    "TownCode": ["", "51111200", "5111120011"],
    "VillageCode": ["", "511112001", "5111120010011"],
    "IsoDate": ["", "2026-1-1", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "20260101", "2026-01-01\n"],
    "RuleCode": ["", "R1", "R100", "S01", "r01", "R０1", "R01\n"],
    "KeyId": ["", "0" * 63, "0" * 65, "AF" * 32, "g" * 64],
    "Sha256": ["", "0" * 63, "AF" * 32],
    "ShortText": ["x" * 201, "a\nb", "\x1b[2J", "\x7f"],
    "Number": ["", "x" * 65, "a\nb"],
    "LineRef": ["", "b/P", "b/P/0", "b/P/01", "b/P/10000000", "B/P/1", "b/P/1/0", "b/P/1\n", "b/P/１", "b//1"],
    "OrderId": ["", "511112/b/P/1", "511112/b/P/1/100", "511112/b/P/0/0", "b/P/1/0", "511112/b/P/1/0\n"],
}


def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(getattr(identifiers, name))


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in FITTING.items() for value in values])
def test_a_fitting_value_is_kept_as_it_is(name: str, value: str) -> None:
    assert _adapter(name).validate_python(value, strict=True) == value


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ODD.items() for value in values])
def test_an_almost_fitting_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        _adapter(name).validate_python(value, strict=True)


@pytest.mark.parametrize("name", FITTING)
def test_a_number_is_no_identifier(name: str) -> None:
    with pytest.raises(ValidationError):
        _adapter(name).validate_python(int("5" * 12), strict=True)


@given(st.text("0123456789-", max_size=40))
def test_a_long_number_is_seen_wherever_it_stands(text: str) -> None:
    longest = max(len(run) for run in text.split("-"))
    assert holds_long_number(text) == (longest >= 15)


def test_full_width_digits_are_no_long_number() -> None:
    assert not holds_long_number("１" * 18)


def test_references_name_their_parts_in_order() -> None:
    assert derive_line_ref("bureau", "B-1", 12) == "bureau/B-1/12"
    assert derive_order_id("511112", "bureau", "B-1", 12, 3) == "511112/bureau/B-1/12/3"


SOURCES = st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,47}", fullmatch=True)


@given(SOURCES, IDS, st.integers(1, 1_000_000), st.integers(0, 99))
def test_what_a_reference_names_is_what_is_read_out_of_it(source: str, document: str, line: int, round_: int) -> None:
    ref, order = derive_line_ref(source, document, line), derive_order_id("511112", source, document, line, round_)
    assert split_line_ref(_adapter("LineRef").validate_python(ref)) == (source, document, line)
    assert split_order_id(_adapter("OrderId").validate_python(order)) == ("511112", source, document, line, round_)
