"""Headers: every kind, every bound, and no field that nobody knows."""

import json
from typing import Any, get_args

import pytest

from schemas.errors import InputError
from schemas.headers import (
    KINDS,
    AccessHeader,
    AccountsHeader,
    AnyHeader,
    BatchHeader,
    ConfirmHeader,
    DesignationsHeader,
    DispositionHeader,
    ExpectedHeader,
    FindingHeader,
    Header,
    PolicyHeader,
    RegisterHeader,
    ReleaseHeader,
    ResultsHeader,
    ReviewHeader,
    parse_base_header,
    parse_header,
)

DIGEST = "a" * 64
BASE = {"v": 1, "county": "511112", "source": "bureau", "id": "DOC-1", "seq": 1, "count": 1, "parts": [DIGEST]}
BATCH = {
    "department": "农业农村局",
    "township": "511112001",
    "programme": "FARM",
    "period": "2026",
    "policy_number": "示例〔2026〕1号",
    "plan_number": "PLAN-1",
    "entered_by": "甲",
    "checked_by": "乙",
    "totals": {"count": 1, "fen": 1},
}
REF = {"source": "bureau", "id": "B-1"}
FIELDS: dict[str, dict[str, Any]] = {
    "policy": {},
    "register": {"register_name": "deaths", "update": "full", "snapshot_on": "2026-10-31"},
    "accounts": {"snapshot_on": "2026-10-31"},
    "designations": {},
    "batch": BATCH,
    "review": {"action": "hold", "batch": REF},
    "release": {"batch": REF, "number": 1},
    "expected": {},
    "disposition": {"action": "record", "batch": REF},
    "access": {"reader": "citizen", "asker": "示例甲", "ground": "本人申请", "salt": "0" * 32},
    "finding": {"code": "R17", "reference": "0" * 32},
    "results": {"salt": "0" * 32},
    "confirm": {"count": 0, "parts": [], "document": DIGEST},
}
MODELS: dict[str, type[Header]] = {
    "policy": PolicyHeader,
    "register": RegisterHeader,
    "accounts": AccountsHeader,
    "designations": DesignationsHeader,
    "batch": BatchHeader,
    "review": ReviewHeader,
    "release": ReleaseHeader,
    "expected": ExpectedHeader,
    "disposition": DispositionHeader,
    "access": AccessHeader,
    "finding": FindingHeader,
    "results": ResultsHeader,
    "confirm": ConfirmHeader,
}


def write(kind: str, **fields: object) -> bytes:
    """Write a header of a kind with some fields changed."""
    return json.dumps(BASE | {"kind": kind} | FIELDS[kind] | fields).encode()


def refusal_of(raw: bytes) -> InputError:
    """Give the error a whole header is refused with."""
    with pytest.raises(InputError) as caught:
        parse_header(raw)
    assert caught.value.code == "D04"
    return caught.value


def test_the_kinds_are_those_that_have_a_model() -> None:
    union = get_args(get_args(AnyHeader)[0])
    assert {get_args(model.model_fields["kind"].annotation)[0] for model in union} == set(KINDS) == set(MODELS)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_read_into_its_model(kind: str) -> None:
    header = parse_header(write(kind))
    assert type(header) is MODELS[kind]
    assert header.model_dump(exclude_unset=True) == json.loads(write(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_the_base_of_each_kind_is_read_without_its_own_fields(kind: str) -> None:
    header = parse_base_header(write(kind))
    assert (header.kind, header.id, header.seq) == (kind, "DOC-1", 1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_field_is_refused(kind: str) -> None:
    assert refusal_of(write(kind, surprise=1)).detail == f"field {kind}.surprise"


@pytest.mark.parametrize(
    ("kind", "field", "nested"),
    [
        ("batch", "totals", BATCH["totals"]),
        ("review", "batch", REF),
        ("release", "batch", REF),
        ("disposition", "batch", REF),
    ],
)
def test_an_unknown_field_inside_a_field_is_refused(kind: str, field: str, nested: dict[str, Any]) -> None:
    assert refusal_of(write(kind, **{field: nested | {"surprise": 1}})).detail == f"field {kind}.{field}.surprise"


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in FIELDS.items() for field in fields])
def test_no_field_of_a_kind_may_be_missing(kind: str, field: str) -> None:
    header = json.loads(write(kind))
    del header[field]
    assert refusal_of(json.dumps(header).encode()).detail == f"field {kind}.{field}"


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"v": "1"},
        {"county": "51111"},
        {"source": "Bureau"},
        {"source": "clerk-511199194912310"},
        {"source": "b6217000000000001"},
        {"id": ""},
        {"id": "DB/1"},
        {"id": "A" * 49},
        {"id": "PAY-511199194912310"},
        {"id": "51119919491231002X"},
        {"id": "6217000000000001"},
        {"seq": 0},
        {"seq": -1},
        {"seq": 2**53},
        {"seq": 1.0},
        {"seq": "1"},
        {"seq": True},
        {"count": -1},
        {"count": 1_000_001, "parts": [DIGEST] * 1000},
        {"parts": ["A" * 64]},
        {"parts": None},
        {"parts": [DIGEST] * 1001, "count": 1001},
        {"file": {"name": "a.txt"}},
        {"file": {"name": "a\n.txt", "sha256": DIGEST}},
        {"file": {"name": "a.txt", "sha256": DIGEST, "path": "/"}},
    ],
)
def test_a_wrong_common_field_is_refused_by_both_readers(fields: dict[str, Any]) -> None:
    raw = write("policy", **fields)
    refusal_of(raw)
    with pytest.raises(InputError) as caught:
        parse_base_header(raw)
    assert caught.value.code == "I05"


@pytest.mark.parametrize(
    ("count", "parts"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (2000, 2), (2, 2), (1_000_000, 1000)]
)
def test_a_count_that_fits_its_parts_is_taken(count: int, parts: int) -> None:
    assert parse_header(write("policy", count=count, parts=[DIGEST] * parts)).count == count


@pytest.mark.parametrize(("count", "parts"), [(0, 1), (1, 0), (1001, 1), (2001, 2), (1, 2)])
def test_a_count_that_cannot_fit_its_parts_is_refused(count: int, parts: int) -> None:
    refusal_of(write("policy", count=count, parts=[DIGEST] * parts))


@pytest.mark.parametrize("identifier", ["PAY-20261105-001", "12345678901234", "1234567-12345678"])
def test_an_id_with_a_date_or_a_short_number_is_taken(identifier: str) -> None:
    assert parse_header(write("policy", id=identifier)).id == identifier


@pytest.mark.parametrize("kind", ["review", "release", "disposition"])
@pytest.mark.parametrize("field", ["source", "id"])
@pytest.mark.parametrize(("number", "shown"), [("b51119919491231", True), ("b511199194912310", False)])
def test_a_named_batch_hides_nobody_either(kind: str, field: str, number: str, shown: object) -> None:
    raw = write(kind, batch=REF | {field: number})
    if shown:
        assert parse_header(raw).model_dump()["batch"][field] == number
    else:
        error = refusal_of(raw)
        assert error.detail == f"field {kind}.batch.{field}"
        assert number not in str(error)


@pytest.mark.parametrize("field", ["source", "id"])
def test_a_number_of_fourteen_digits_is_no_account_nor_id(field: str) -> None:
    raw = write("policy", **{field: "b51119919491231"})
    for header in (parse_header(raw), parse_base_header(raw)):
        assert header.model_dump()[field] == "b51119919491231"


def test_a_programme_with_a_short_number_is_taken() -> None:
    header = parse_header(write("batch", programme="FARM-20261105"))
    assert isinstance(header, BatchHeader)
    assert header.programme == "FARM-20261105"


def test_a_list_may_hang_for_one_day() -> None:
    publicity = {"from_on": "2026-10-07", "to_on": "2026-10-07", "place": "村务公开栏"}
    header = parse_header(write("batch", publicity=publicity))
    assert isinstance(header, BatchHeader)
    assert header.publicity is not None
    assert header.publicity.model_dump() == publicity


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("register", {"register_name": "prisoners"}),
        ("register", {"update": "patch"}),
        ("register", {"snapshot_on": "2026-10-32"}),
        ("register", {"snapshot_on": "2026-02-30"}),
        ("accounts", {"snapshot_on": 20261031}),
        ("batch", {"township": "511112"}),
        ("batch", {"period": "2026-13"}),
        ("batch", {"totals": {"count": 1, "fen": 10**13 + 1}}),
        ("batch", {"totals": {"count": 1, "fen": -1}}),
        ("batch", {"totals": {"count": 1, "fen": 1.5}}),
        ("batch", {"totals": {"count": 1, "fen": "1"}}),
        ("batch", {"publicity": {"from_on": "2026-10-01", "to_on": "2026-10-07"}}),
        ("batch", {"publicity": {"from_on": "2026-10-01", "to_on": "2026-10-32", "place": "村务公开栏"}}),
        ("batch", {"publicity": {"from_on": "2026-02-30", "to_on": "2026-10-07", "place": "村务公开栏"}}),
        ("batch", {"publicity": {"from_on": "2026-10-08", "to_on": "2026-10-07", "place": "村务公开栏"}}),
        ("batch", {"programme": "P511199194912310"}),
        ("disposition", {"action": "clear"}),
        ("disposition", {"batch": {"source": "bureau"}}),
        ("batch", {"department": "甲\n乙"}),
        ("review", {"action": "delete"}),
        ("review", {"batch": {"source": "bureau", "id": "a/b"}}),
        ("release", {"number": 0}),
        ("release", {"number": 1000}),
        ("access", {"reader": "friend"}),
        ("access", {"asker": "示例\n甲"}),
        ("access", {"asker": "甲" * 201}),
        ("access", {"ground": ""}),
        ("access", {"ground": "甲" * 201}),
        ("access", {"ground": "申请\x7f"}),
        ("access", {"salt": "0" * 31}),
        ("access", {"salt": "A" * 32}),
        ("confirm", {"document": "DOC-1"}),
        ("confirm", {"note": ""}),
    ],
)
def test_a_wrong_field_of_a_kind_is_refused_and_its_base_still_read(kind: str, fields: dict[str, Any]) -> None:
    raw = write(kind, **fields)
    assert refusal_of(raw).detail.startswith(f"field {kind}.{next(iter(fields))}")
    assert parse_base_header(raw).id == "DOC-1"


@pytest.mark.parametrize(
    ("kind", "field", "values"),
    [
        ("review", "action", ["hold", "clear", "stop", "comment"]),
        ("disposition", "action", ["record", "suppress"]),
        ("access", "reader", ["citizen", "auditor", "court", "other"]),
        ("access", "asker", ["", "甲" * 200]),
        ("access", "ground", ["甲", "甲" * 200]),
        ("register", "update", ["full", "delta"]),
        (
            "register",
            "register_name",
            ["population", "library", "relations", "deaths", "officials", "relatives", "payroll"],
        ),
        ("release", "number", [1, 999]),
    ],
)
def test_every_value_that_a_field_may_have_is_taken(kind: str, field: str, values: list[object]) -> None:
    for value in values:
        assert getattr(parse_header(write(kind, **{field: value})), field) == value


@pytest.mark.parametrize(("count", "parts"), [(0, 0), (2, 2), (1001, 2)])
def test_an_access_names_its_entries_in_one_part(count: int, parts: int) -> None:
    raw = write("access", count=count, parts=[DIGEST] * parts)
    assert refusal_of(raw).detail == "field access.parts"
    assert parse_base_header(raw).count == count


def test_optional_fields_are_taken() -> None:
    publicity = {"from_on": "2026-10-01", "to_on": "2026-10-07", "place": "村务公开栏"}
    raw = write("batch", publicity=publicity, file={"name": "pay.txt", "sha256": DIGEST})
    header = parse_header(raw)
    assert isinstance(header, BatchHeader)
    assert header.model_dump(exclude_unset=True) == json.loads(raw)


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b'"x"', b"\xff", b'{"kind":', b"[" * 100_000])
def test_what_is_no_json_object_is_refused_by_both_readers(raw: bytes) -> None:
    assert "no JSON object" in refusal_of(raw).detail
    with pytest.raises(InputError, match="no JSON object") as caught:
        parse_base_header(raw)
    assert caught.value.code == "I05"


@pytest.mark.parametrize("kind", ["results", "", "Policy", 1, None])
def test_an_unknown_kind_is_refused(kind: object) -> None:
    refusal_of(json.dumps(BASE | {"kind": kind}).encode())


def test_the_base_of_an_unknown_kind_is_read_so_that_its_refusal_has_a_place() -> None:
    assert parse_base_header(json.dumps(BASE | {"kind": "results", "more": 1}).encode()).kind == "results"


@pytest.mark.parametrize("name", ["511199194912310021", "示例甲", "\x1b[2J", "a" * 33, "x y"])
def test_a_field_name_from_outside_is_shown_only_when_it_is_plain(name: str) -> None:
    assert refusal_of(write("policy", **{name: 1})).detail == "field policy.?"


def test_a_wrong_value_is_never_repeated() -> None:
    for field in ("id", "source"):
        raw = write("policy", **{field: "b511199194912310021"})
        assert "511199194912310021" not in str(refusal_of(raw))
        with pytest.raises(InputError) as caught:
            parse_base_header(raw)
        assert "511199194912310021" not in str(caught.value)
    assert "511199194912310" not in str(refusal_of(write("batch", programme="P511199194912310")))
