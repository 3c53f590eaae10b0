"""The officers' signed acts: authentic, valid by the schemas, numbered without a gap, and two persons where needed."""

from hashlib import sha256
from itertools import pairwise

import pytest

from schemas.documents import Document, parse_document
from schemas.headers import BatchHeader, ConfirmHeader, ReleaseHeader, ReviewHeader, parse_header
from schemas.parts import PARTS, PolicyPart, ReviewPart, parse_part
from schemas.policy import validate_item
from tests.unit.sample.office import Office


@pytest.fixture
def documents(office: Office) -> list[Document]:
    return [parse_document(path.read_bytes()) for path in office.signed]


def test_every_signed_document_is_valid_by_the_schemas(documents: list[Document]) -> None:
    for document in documents:
        header = parse_header(document.envelope.header)
        for raw in document.parts:
            parsed = parse_part(PARTS[header.kind], raw)
            assert not parsed.refused


def test_each_key_numbers_its_documents_from_one(documents: list[Document]) -> None:
    numbers: dict[str, list[int]] = {}
    for document in documents:
        numbers.setdefault(document.envelope.key, []).append(document.header.seq)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_no_document_id_comes_twice(office: Office, documents: list[Document]) -> None:
    names = [(document.header.source, document.header.id) for document in documents]
    names += [(sheet.rows[0].source, sheet.cover["编号"]) for sheet in office.sheets]
    assert len(set(names)) == len(names)


def test_the_policy_names_45_programmes_and_every_key_of_the_manifest(
    office: Office, documents: list[Document]
) -> None:
    part = parse_part(PolicyPart, documents[0].parts[0]).columns
    items = list(zip(part.subject, part.id, part.value, strict=True))
    assert all(validate_item(*item) is not None for item in items)
    assert sum(subject == "programme" for subject, _, _ in items) == 45
    officers = {identifier for subject, identifier, _ in items if subject == "officer"}
    named = [*office.manifest["adapters"], *office.manifest["officers"]]
    assert officers == {entry["key"].removeprefix("keys/").removesuffix(".key") for entry in named}


def test_every_confirm_is_by_another_key_and_names_what_came_just_before(documents: list[Document]) -> None:
    confirms = 0
    for before, document in pairwise(documents):
        header = parse_header(document.envelope.header)
        if isinstance(header, ConfirmHeader):
            confirms += 1
            signed = bytes.fromhex(before.envelope.key) + before.envelope.header
            assert header.document == before.envelope.digest == sha256(signed).hexdigest()
            assert document.envelope.key != before.envelope.key
    assert confirms >= 14


def test_every_good_batch_is_released_one_needs_a_second_release_and_one_a_higher_plan(
    office: Office, documents: list[Document]
) -> None:
    headers = [parse_header(document.envelope.header) for document in documents]
    releases = [(h.batch.id, h.number) for h in headers if isinstance(h, ReleaseHeader)]
    lying = {p["document"] for p in office.truth["planted"] if p["codes"] == ["R40"]}
    moved = {p["document"] for p in office.truth["planted"] if p["codes"] == ["H01"]}
    hidden = {p["document"] for p in office.truth["planted"] if p["codes"] == ["R42"]}  # nothing of it is ready
    over = {p["document"] for p in office.truth["planted"] if "R41" in p["codes"]}
    good = {sheet.cover["编号"] for sheet in office.sheets} - lying - hidden
    assert {batch for batch, _ in releases} == good
    assert moved
    for batch in good:
        expected = [1, 1, 2] if batch in moved else [1, 1] if batch in over else [1]
        assert [number for name, number in releases if name == batch] == expected


def test_a_family_is_reviewed_one_cleared_and_two_stopped_like_those_who_have_what_excludes_the_other(
    documents: list[Document],
) -> None:
    headers = [(parse_header(document.envelope.header), document) for document in documents]
    actions = [header.action for header, _ in headers if isinstance(header, ReviewHeader)]
    assert {"stop", "clear", "hold"} == set(actions)
    stops = [document for header, document in headers if isinstance(header, ReviewHeader) and header.action == "stop"]
    assert {len(parse_part(ReviewPart, document.parts[0]).columns.line) for document in stops} == {2}


def test_cover_sheets_hold_what_a_batch_header_needs(office: Office) -> None:
    for sheet in office.sheets:
        cover = sheet.cover
        days = {"from_on": cover["公示开始"], "to_on": cover["公示结束"], "place": cover["公示地点"]}
        fields = {
            "v": 1, "county": "511112", "kind": "batch", "source": sheet.rows[0].source, "id": cover["编号"], "seq": 1,
            "count": len(sheet.rows), "parts": ["0" * 64] * (-(-len(sheet.rows) // 1000)), "department": cover["部门"],
            "township": cover["乡镇代码"], "programme": cover["项目编码"], "period": cover["期间"],
            "policy_number": cover["政策文号"], "plan_number": cover["计划文号"], "entered_by": cover["录入人"],
            "checked_by": cover["复核人"], "totals": {"count": sheet.stated[0], "fen": sheet.stated[1]},
            "publicity": days if any(days.values()) else None,
        }  # fmt: skip
        assert BatchHeader.model_validate(fields).totals.count == sheet.stated[0]
