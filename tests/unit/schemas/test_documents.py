"""Document files: what is written is read; whatever was cut, added or changed is turned away."""

import json
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import documents
from schemas.commands import Command
from schemas.documents import DOCUMENT_BYTES_MAX, derive_commands, parse_document, render_document, render_parts
from schemas.errors import InputError
from schemas.parts import PART_BYTES_MAX, ReviewPart, parse_part
from tests.support.world import COUNTY, key_of, make_signer

FIELDS: dict[str, Any] = {"county": COUNTY, "kind": "designations", "source": "bureau", "id": "DOC-1", "seq": 1}
LINES = st.binary(max_size=60).filter(lambda raw: b"\n" not in raw)


def write(parts: list[bytes], count: int | None = None) -> bytes:
    """Sign a document of these parts."""
    return render_document(
        FIELDS, parts, len(parts) if count is None else count, key_of("clerk"), make_signer("clerk").sign
    )


RAW = write([b'{"a":[1]}', b'{"a":[2]}', b'{"a":[3]}'])
ENDS = [index for index, byte in enumerate(RAW) if byte == ord("\n")]


def refusal_of(raw: bytes) -> InputError:
    """Give the error a file is turned away with."""
    with pytest.raises(InputError) as caught:
        parse_document(raw)
    return caught.value


@given(st.lists(LINES, max_size=6))
def test_a_document_survives_writing_and_reading(parts: list[bytes]) -> None:
    document = parse_document(write(parts))
    assert list(document.parts) == parts
    assert document.header.model_dump(exclude={"file"}) == FIELDS | {
        "v": 1,
        "count": len(parts),
        "parts": [sha256(part).hexdigest() for part in parts],
    }
    assert document.envelope.key == key_of("clerk")
    signed = bytes.fromhex(key_of("clerk")) + document.envelope.header
    assert document.envelope.digest == sha256(signed).hexdigest()


def test_the_last_line_end_may_be_missing() -> None:
    assert parse_document(RAW[:-1]) == parse_document(RAW)


@pytest.mark.parametrize("kept", range(1, 4))
def test_a_file_cut_at_a_line_end_is_incomplete(kept: int) -> None:
    for raw in (RAW[: ENDS[kept - 1]], RAW[: ENDS[kept - 1] + 1]):
        assert refusal_of(raw).code == "I06"


@pytest.mark.parametrize(("start", "end"), list(pairwise(ENDS)))
def test_a_file_cut_inside_a_part_is_turned_away(start: int, end: int) -> None:
    codes = {refusal_of(RAW[:cut]).code for cut in range(start + 2, end)}
    assert codes == ({"I07"} if end == ENDS[-1] else {"I06"})


@given(st.integers(0, ENDS[0] - 1))
def test_a_file_cut_inside_its_envelope_is_no_document(cut: int) -> None:
    assert refusal_of(RAW[:cut]).code == "I04"


@given(st.integers(0, len(RAW) - 2), st.integers(1, 255))
def test_a_changed_byte_never_gives_another_document(index: int, flip: int) -> None:
    changed = RAW[:index] + bytes([RAW[index] ^ flip]) + RAW[index + 1 :]
    try:
        found = parse_document(changed)
    except InputError:
        return
    # Base64 may be spelled in more than one way; what was signed and sent is still the same.
    assert (found.envelope, found.parts) == (parse_document(RAW).envelope, parse_document(RAW).parts)


@pytest.mark.parametrize("more", [b'{"a":[4]}\n', b"\n", b" "])
def test_more_lines_than_the_header_names_are_turned_away(more: bytes) -> None:
    error = refusal_of(RAW + more)
    assert (error.code, error.position) == ("I07", "line 5")


def test_a_changed_part_is_named_by_its_line() -> None:
    error = refusal_of(RAW.replace(b"[2]", b"[9]"))
    assert (error.code, error.position) == ("I07", "line 3")


def test_parts_in_another_order_are_turned_away() -> None:
    lines = RAW.split(b"\n")
    lines[1], lines[2] = lines[2], lines[1]
    assert refusal_of(b"\n".join(lines)).code == "I07"


def test_windows_line_ends_are_turned_away() -> None:
    assert refusal_of(RAW.replace(b"\n", b"\r\n")).code == "I07"


def test_a_signed_header_of_no_known_shape_is_turned_away() -> None:
    raw = render_document({"id": "x"}, [], 0, key_of("clerk"), make_signer("clerk").sign)
    assert refusal_of(raw).code == "I05"


def test_a_part_may_have_its_bound_and_not_a_byte_more() -> None:
    assert len(parse_document(write([b"x" * PART_BYTES_MAX])).parts[0]) == PART_BYTES_MAX
    error = refusal_of(write([b"{}", b"x" * (PART_BYTES_MAX + 1)]))
    assert (error.code, error.position) == ("I02", "line 3")


def test_a_file_above_its_bound_is_not_even_split(monkeypatch: pytest.MonkeyPatch) -> None:
    assert DOCUMENT_BYTES_MAX > 200 * 1024 * 1024  # a large file is not refused for its size alone
    monkeypatch.setattr(documents, "DOCUMENT_BYTES_MAX", len(RAW) - 1)
    assert refusal_of(RAW).code == "I02"
    monkeypatch.setattr(documents, "DOCUMENT_BYTES_MAX", len(RAW))
    assert len(parse_document(RAW).parts) == 3


def test_a_document_becomes_its_header_and_its_parts_in_order() -> None:
    document = parse_document(RAW)
    digest = document.envelope.digest
    assert derive_commands(document, 7) == [
        Command("header", 7, RAW[: ENDS[0]], digest, 0),
        Command("part", 7, b'{"a":[1]}', digest, 0),
        Command("part", 7, b'{"a":[2]}', digest, 1),
        Command("part", 7, b'{"a":[3]}', digest, 2),
    ]


@given(st.integers(0, 3100))
def test_columns_are_cut_into_full_parts_and_a_rest(count: int) -> None:
    parts, counted = render_parts({"line": list(range(1, count + 1)), "absent": None})
    columns = [json.loads(part) for part in parts]
    assert counted == count
    assert [line for part in columns for line in part["line"]] == list(range(1, count + 1))
    assert all(len(part["line"]) == 1000 for part in columns[:-1])
    assert all(set(part) == {"line"} and part["line"] for part in columns)


def test_unreadable_items_are_named_within_their_own_part() -> None:
    lines = list(range(1, 1002))
    bad = [(999, "line", "I20"), (1000, "reason", "I13")]
    parts, _ = render_parts({"line": lines, "reason": ["x"] * 1001, "bad": bad})
    assert json.loads(parts[0])["bad"] == [[999, "line", "I20"]]
    assert json.loads(parts[1])["bad"] == [[0, "reason", "I13"]]
    assert parse_part(ReviewPart, parts[1]).refused == {0: ("reason", "I13")}
