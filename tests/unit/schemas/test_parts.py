"""Columnar parts: one odd item never costs the others, and never passes."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InputError
from schemas.parts import (
    PARTS,
    REGISTER_PARTS,
    AccessPart,
    AccountsPart,
    BatchPart,
    Columns,
    DesignationsPart,
    DispositionPart,
    ExpectedPart,
    FindingPart,
    PolicyPart,
    ReleasePart,
    ResultsPart,
    ReviewPart,
    parse_part,
)
from tests.support.world import make_account, make_id

ID, OTHER = make_id(1), make_id(2)
DAY, VILLAGE, ACCOUNT = "2026-10-31", "511112001001", make_account(1)
# One right item and one odd value for every column of every kind.
ITEMS: dict[type[Columns], dict[str, tuple[object, object]]] = {
    BatchPart: {
        "beneficiary_id": (ID, "51119919600101001x"),
        "beneficiary_name": ("甲", ""),
        "beneficiary_id_type": ("resident", "passport"),
        "payee_id": (OTHER, "1"),
        "payee_name": ("乙", "a\tb"),
        "payee_id_type": ("uscc", None),
        "head_id": (None, "1"),
        "head_name": ("丙", ""),
        "relation": ("父", 1),
        "village": (VILLAGE, "511112"),
        "group": ("一组", "\n"),
        "quantity_milli": (1500, 1.5),
        "unit": ("亩", "x" * 201),
        "rate_fen": (100, -1),
        "amount_fen": (1, "1"),
        "account": (ACCOUNT, "6217 0000"),
        "bank": ("农商行", 402),
        "branch": ("402651000013", "4026"),
        "plot": ("P-1", ""),
        "remark": (None, []),
        "source_line": ("bank-402/PAY-1/7", "bank-402/PAY-1/0"),
    },
    REGISTER_PARTS["population"]: {
        "id": (ID, ""),
        "name": ("甲", ""),
        "household": ("H1", ""),
        "village": (VILLAGE, None),
    },
    REGISTER_PARTS["library"]: {"id": (ID, ""), "village": (VILLAGE, ""), "status": ("active", "maybe")},
    REGISTER_PARTS["relations"]: {
        "payee_id": (ID, ""),
        "beneficiary_id": (OTHER, ""),
        "relation": ("guardian", "friend"),
        "from_on": (DAY, None),
        "to_on": (None, "2026"),
    },
    REGISTER_PARTS["deaths"]: {"id": (ID, ""), "died_on": (DAY, "2026-13-01")},
    REGISTER_PARTS["officials"]: {"id": (ID, ""), "village": (VILLAGE, ""), "position": ("村主任", None)},
    REGISTER_PARTS["relatives"]: {"id": (ID, ""), "official_id": (OTHER, ""), "relation": ("妻", None)},
    REGISTER_PARTS["payroll"]: {"id": (ID, ""), "employer": ("示例中学", None)},
    AccountsPart: {
        "holder_id": (ID, ""),
        "bank": ("402", "4022"),
        "account": (ACCOUNT, "1"),
        "branch": (None, "1"),
        "programmes": (["FARM"], ["farm"]),
        "keeper": ("self", "nobody"),
        "holder_name": (None, ""),
        "status": ("normal", "open"),
    },
    DesignationsPart: {
        "payee_id": (ID, ""),
        "bank": ("402", ""),
        "account": (ACCOUNT, ""),
        "branch": (None, ""),
        "action": ("suspend", None),
    },
    ExpectedPart: {
        "programme": ("FARM", "farm"),
        "period": ("2026Q3", "2026Q5"),
        "township": ("511112001", VILLAGE),
        "due_on": (DAY, "2026-13-01"),
    },
    DispositionPart: {
        "line": (1_000_000, 1_000_001),
        "code": ("R22", "H02"),
        "verdict": ("unfounded", "maybe"),
        "reason": ("核实", "\n"),
        "until": (None, "2026"),
    },
    AccessPart: {"index": (2**53 - 1, 2**53)},
    FindingPart: {
        "source": ("bank-402", ""),
        "document": ("B-1", ""),
        "line": (1, 0),
        "entry": (0, -1),
        "other_county": ("511113", "51111"),
        "other_entry": (2**53 - 1, 2**53),
    },
    ResultsPart: {
        "order": ("511112/bank-402/B-1/1/0", "511112/bank-402/B-1/0/0"),
        "status": ("returned", "paid"),
        "amount_fen": (0, -1),
        "account": (None, "12"),
        "why": ("account_state", "broken"),
        "reason": ("账户已销户", "\n"),
        "serial": (None, ""),
        "on": ("2026-11-06", "2026"),
    },
    ReviewPart: {"line": (1, 0), "reason": ("核实", "\n")},
    ReleasePart: {
        "bank": ("402", ""),
        "application": ("A-1", ""),
        "voucher": ("V-1", ""),
        "voucher_on": (DAY, ""),
        "count": (1, 0),
        "fen": (0, -1),
    },
    PolicyPart: {"subject": ("rule", "king"), "id": ("R01", ""), "value": (None, [])},
}
EACH_COLUMN = [(model, column) for model, columns in ITEMS.items() for column in columns]
BESIDE_OTHERS = [(model, column) for model, column in EACH_COLUMN if len(ITEMS[model]) > 1]
LEAVING_OUT = [model for model in ITEMS if model is not BatchPart]
REVIEW = {"line": [1, 2, 3], "reason": ["x", "y", "z"]}


def columns_of(model: type[Columns], count: int = 3) -> dict[str, Any]:
    """Give right columns of a kind."""
    return {name: [right] * count for name, (right, _) in ITEMS[model].items()}


def write(columns: dict[str, Any]) -> bytes:
    """Write a part's bytes."""
    return json.dumps(columns).encode()


def refusal_of(model: type[Columns], raw: bytes) -> InputError:
    """Give the error a part is refused with."""
    with pytest.raises(InputError) as caught:
        parse_part(model, raw)
    assert caught.value.code == "D09"
    return caught.value


def test_every_column_has_its_example() -> None:
    for model, columns in ITEMS.items():
        assert {*columns, "bad"} | ({"row"} if model is BatchPart else set()) == set(model.model_fields)


def test_every_kind_and_register_has_its_example() -> None:
    assert {*PARTS.values(), *REGISTER_PARTS.values()} == set(ITEMS)
    assert {kind: model.__name__ for kind, model in PARTS.items()} == {
        "policy": "PolicyPart",
        "accounts": "AccountsPart",
        "designations": "DesignationsPart",
        "expected": "ExpectedPart",
        "batch": "BatchPart",
        "review": "ReviewPart",
        "release": "ReleasePart",
        "disposition": "DispositionPart",
        "access": "AccessPart",
        "finding": "FindingPart",
        "results": "ResultsPart",
    }


@pytest.mark.parametrize(
    ("model", "column", "values"),
    [
        (AccountsPart, "status", ["normal", "mismatch", "dormant", "closed", "inactive", None]),
        (AccountsPart, "keeper", ["self", "family", "village", "other", "unknown"]),
        (AccountsPart, "programmes", [[], ["FARM", "BIRTH"]]),
        (DesignationsPart, "action", ["set", "suspend"]),
        (DispositionPart, "verdict", ["confirmed", "unfounded", "data_error", "needs_material"]),
        (DispositionPart, "until", [None, DAY]),
        (REGISTER_PARTS["relations"], "relation", ["guardian", "mandate", "household_head"]),
        (
            PolicyPart,
            "subject",
            ["source", "officer", "bank", "programme", "plan", "rule", "setting", "quorum"],
        ),
    ],
)
def test_every_value_that_a_column_may_have_is_taken(model: type[Columns], column: str, values: list[object]) -> None:
    parsed = parse_part(model, write(columns_of(model, len(values)) | {column: values}))
    assert (getattr(parsed.columns, column), parsed.refused) == (values, {})


@pytest.mark.parametrize("model", ITEMS)
def test_a_right_part_is_taken_whole(model: type[Columns]) -> None:
    parsed = parse_part(model, write(columns_of(model)))
    assert parsed.columns.model_dump(exclude_unset=True) == columns_of(model)
    assert (len(parsed.columns), list(parsed.positions), parsed.refused) == (3, [0, 1, 2], {})


@pytest.mark.parametrize("model", ITEMS)
def test_columns_that_may_be_absent_may_be_null(model: type[Columns]) -> None:
    required = {name: [right] for name, (right, _) in ITEMS[model].items() if model.model_fields[name].is_required()}
    nulls = {name: None for name in ITEMS[model] if name not in required}
    assert len(parse_part(model, write(required | nulls)).columns) == 1


@pytest.mark.parametrize(("model", "column"), BESIDE_OTHERS)
def test_a_column_of_another_length_makes_the_part_wrong(model: type[Columns], column: str) -> None:
    for count in (2, 4):
        refusal_of(model, write(columns_of(model) | {column: [ITEMS[model][column][0]] * count}))


@pytest.mark.parametrize(("model", "column"), EACH_COLUMN)
def test_an_odd_item_is_refused_alone(model: type[Columns], column: str) -> None:
    columns = columns_of(model)
    columns[column][1] = ITEMS[model][column][1]
    parsed = parse_part(model, write(columns))
    assert parsed.refused == {1: (column, "S01")}
    assert list(parsed.positions) == ([0, 1, 2] if model is BatchPart else [0, 2])


@pytest.mark.parametrize("column", ITEMS[BatchPart])
def test_an_odd_item_of_a_batch_gets_a_neutral_value_and_its_neighbours_stay(column: str) -> None:
    columns = columns_of(BatchPart)
    columns[column][1] = ITEMS[BatchPart][column][1]
    found = parse_part(BatchPart, write(columns)).columns.model_dump(exclude_unset=True)
    assert found[column].pop(1) == BatchPart.neutral.get(column)
    for name in ITEMS[BatchPart]:
        assert set(map(str, found[name])) == {str(ITEMS[BatchPart][name][0])}


def test_a_batch_of_nothing_but_odd_items_keeps_its_lines() -> None:
    parsed = parse_part(BatchPart, write(columns_of(BatchPart, 2) | {"beneficiary_id": ["", None]}))
    assert set(parsed.refused) == {0, 1}
    assert list(parsed.columns.amount_fen or ()) == [1, 1]


@pytest.mark.parametrize("model", LEAVING_OUT)
def test_a_part_of_nothing_but_odd_items_refuses_each_of_them(model: type[Columns]) -> None:
    column, (_, odd) = next(iter(ITEMS[model].items()))
    parsed = parse_part(model, write(columns_of(model, 2) | {column: [odd, odd]}))
    assert (len(parsed.columns), list(parsed.positions)) == (0, [])
    assert set(parsed.refused) == {0, 1}


@given(st.lists(st.sampled_from(["right", "odd", "bad"]), min_size=1, max_size=12))
def test_every_item_is_either_kept_or_refused(fates: list[str]) -> None:
    columns: dict[str, Any] = {
        "line": [0 if fate == "odd" else index + 1 for index, fate in enumerate(fates)],
        "reason": [str(index) for index in range(len(fates))],
        "bad": [[index, "reason", "I13"] for index, fate in enumerate(fates) if fate == "bad"],
    }
    parsed = parse_part(ReviewPart, write(columns))
    usable = [index for index, fate in enumerate(fates) if fate == "right"]
    codes = {"odd": ("line", "S01"), "bad": ("reason", "I13")}
    assert parsed.refused == {index: codes[fate] for index, fate in enumerate(fates) if fate != "right"}
    kept = [(at, parsed.columns.reason[index]) for index, at in enumerate(parsed.positions) if at not in parsed.refused]
    assert kept == [(index, str(index)) for index in usable]


@pytest.mark.parametrize(
    "text",
    ["NaN", "Infinity", "1e2", "100.0", "1.5", "true", '"100"', "18446744073709551616", "-1", "5000000001", "[]", "{}"],
)
def test_an_amount_that_is_no_number_of_fen_becomes_unreadable(text: str) -> None:
    raw = write(columns_of(BatchPart) | {"amount_fen": [1, 987654321, 2]}).replace(b"987654321", text.encode())
    parsed = parse_part(BatchPart, raw)
    assert parsed.columns.amount_fen == [1, None, 2]
    assert parsed.refused == {1: ("amount_fen", "S01")}


@pytest.mark.parametrize("text", ["-", "01", "0x1", "１００", "1_000", "+1", "1" + "0" * 5000])
def test_an_amount_that_is_no_json_makes_the_part_wrong(text: str) -> None:
    raw = write(columns_of(BatchPart) | {"amount_fen": [1, 987654321, 2]}).replace(b"987654321", text.encode())
    refusal_of(BatchPart, raw)


@pytest.mark.parametrize("fen", [0, 5_000_000_000, None])
def test_an_amount_within_its_bounds_or_none_is_kept(fen: int | None) -> None:
    assert parse_part(BatchPart, write(columns_of(BatchPart, 1) | {"amount_fen": [fen]})).columns.amount_fen == [fen]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"{}",
        b"\xff\xfe",
        b'{"line":[1],"reason":["x"]',
        b'{"line":[1],"reason":["x"]}{}',
        b'{"line":[1],"reason":["\\ud800"]}',
        b'{"line":[1],"reason":["\xff"]}',
        b'{"line":1,"reason":"x"}',
        b'{"line":{"0":1},"reason":["x"]}',
        b'{"line":null,"reason":["x"]}',
        b'{"line":[1]}',
        b'{"line":[1],"reason":["x"],"more":[1]}',
        b'{"line":[],"reason":[]}',
        b'{"line":' + b"[" * 100_000 + b"]" * 100_000 + b',"reason":["x"]}',
        b"[" * 1_000_000,
    ],
)
def test_what_is_no_part_is_refused_as_a_whole(raw: bytes) -> None:
    assert refusal_of(ReviewPart, raw).detail.startswith("part: ")


@pytest.mark.parametrize("odd", [{}, {"line": [0] + [1] * 1000}])
def test_a_part_has_at_most_a_thousand_items_odd_ones_included(odd: dict[str, Any]) -> None:
    assert len(parse_part(ReviewPart, write({"line": [1] * 1000, "reason": ["x"] * 1000})).columns) == 1000
    refusal_of(ReviewPart, write({"line": [1] * 1001, "reason": ["x"] * 1001} | odd))


@pytest.mark.parametrize("columns", [{"reason": ["x", "y", "z", "a"]}, {"reason": ["x", "y"]}])
def test_an_odd_item_does_not_hide_that_columns_differ_in_length(columns: dict[str, Any]) -> None:
    refusal_of(ReviewPart, write(REVIEW | {"line": [0, 2, 3]} | columns))


@pytest.mark.parametrize("line", [[1, 2, 3], [0, 2, 3]])
@pytest.mark.parametrize(
    "bad",
    [
        None,
        {},
        [[3, "line", "I20"]],
        [[1000, "line", "I20"]],
        [[-1, "line", "I20"]],
        [["0", "line", "I20"]],
        [[0, "line"]],
        [[0, "line", ""]],
        [[0, "line", "R05"]],
        [[0, "line", "I20\n"]],
        [[0, "line", 'I20","R05:red']],
        [[0, "511199194912310021", "I20"]],
    ],
)
def test_a_word_about_bad_items_that_is_off_makes_the_part_wrong(bad: object, line: list[int]) -> None:
    refusal_of(ReviewPart, write(REVIEW | {"line": line, "bad": bad}))


def test_an_adapters_bad_items_are_refused_with_its_codes() -> None:
    bad = [[0, "amount_fen", "I20"], [2, "quantity_milli", "I23"]]
    columns = columns_of(BatchPart) | {"amount_fen": [None, 1, 2], "bad": bad}
    parsed = parse_part(BatchPart, write(columns))
    assert parsed.refused == {0: ("amount_fen", "I20"), 2: ("quantity_milli", "I23")}
    assert list(parsed.positions) == [0, 1, 2]


def test_bad_and_odd_items_of_a_batch_are_both_refused() -> None:
    columns = columns_of(BatchPart) | {"bad": [[0, "remark", "I13"]]}
    columns["beneficiary_name"][2] = ""
    assert parse_part(BatchPart, write(columns)).refused == {0: ("remark", "I13"), 2: ("beneficiary_name", "S01")}


def test_of_a_repeated_column_the_last_counts_whether_or_not_an_item_is_odd() -> None:
    strict = parse_part(ReviewPart, b'{"line":[7],"line":[1,2],"reason":["x","y"]}')
    lenient = parse_part(ReviewPart, b'{"line":[7],"line":[1,0],"reason":["x","y"]}')
    assert (strict.columns.line, lenient.columns.line) == ([1, 2], [1])


@pytest.mark.parametrize("missing", ["payee_id", "payee_name"])
@pytest.mark.parametrize("odd", [{}, {"remark": [None, [], None]}])
def test_a_payee_has_both_an_id_and_a_name_or_neither(missing: str, odd: dict[str, Any]) -> None:
    columns = columns_of(BatchPart) | odd
    refusal_of(BatchPart, write({name: column for name, column in columns.items() if name != missing}))
    refusal_of(BatchPart, write(columns | {missing: None}))
    assert len(parse_part(BatchPart, write(columns | {"payee_id": None, "payee_name": None})).columns) == 3


@pytest.mark.parametrize("row", [1, 12, 2_000_000])
def test_a_row_is_one_of_a_file_with_titles_and_trailer(row: int) -> None:
    assert parse_part(BatchPart, write(columns_of(BatchPart, 1) | {"row": [row]})).columns.row == [row]


@pytest.mark.parametrize("row", [0, None, "1", 2_000_001])
def test_an_adapter_that_miscounts_its_rows_is_refused_as_a_whole(row: object) -> None:
    refusal_of(BatchPart, write(columns_of(BatchPart, 1) | {"row": [row]}))


def test_a_refusal_names_the_place_and_never_the_value() -> None:
    error = refusal_of(ReviewPart, write(REVIEW | {"reason": ["511199194912310021", "\n"]}))
    assert str(error) == "D09 part: reason.1"


def test_a_part_that_is_wrong_as_a_whole_is_told_so() -> None:
    assert refusal_of(ReviewPart, b"[]").detail == "part: no JSON, or columns of unequal length"
