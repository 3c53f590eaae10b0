"""The commit record, and the home's first command: read back exactly, or not at all."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.commands import Genesis, parse_genesis, render_genesis
from schemas.commits import CommitRecord, Head, parse_commit_record, render_commit_record
from schemas.errors import ConfigurationError, InvariantError
from tests.support.world import COUNTY, ORIGIN, key_of

HEAD = Head(ordinal=3, now=10, size=7, root="a" * 64, checkpoint="c\n7\n", totals={"ready": (2, 300)})
RECORD = CommitRecord(position=4, item=1, head=HEAD, snapshot="b" * 64)
GENESIS = Genesis(county=COUNTY, origin=ORIGIN, roots=[key_of("root-1"), key_of("root-2")])
NUMBERS = st.integers(0, 2**53 - 1)


@given(NUMBERS, NUMBERS, st.text(st.characters(exclude_categories=["Cs"])), st.none() | st.just("b" * 64))
def test_a_commit_record_survives_writing_and_reading(
    position: int, item: int, checkpoint: str, snapshot: str | None
) -> None:
    head = HEAD.model_copy(update={"checkpoint": checkpoint})
    record = CommitRecord(position=position, item=item, head=head, snapshot=snapshot)
    assert parse_commit_record(render_commit_record(record)) == record


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"\xff",
        render_commit_record(RECORD)[:-1],
        render_commit_record(RECORD).replace(b'"item":1', b'"item":"1"'),
        render_commit_record(RECORD).replace(b'"item":1', b'"item":1,"more":1'),
        render_commit_record(RECORD).replace(b'"v":1', b'"v":2'),
        render_commit_record(RECORD).replace(b"a" * 64, b"a" * 63),
    ],
)
def test_a_broken_commit_record_stops_the_county(raw: bytes) -> None:
    with pytest.raises(InvariantError, match="restore the journal"):
        parse_commit_record(raw)


def test_a_genesis_survives_writing_and_reading() -> None:
    assert parse_genesis(render_genesis(GENESIS)) == GENESIS


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"county": "51111"},
        {"origin": "no path"},
        {"origin": "consolidator.example/" + "x" * 200},
        {"roots": [key_of("root-1")]},
        {"roots": [key_of("root-1")] * 10},
        {"roots": ["root-1", "root-2"]},
        {"roots": [key_of("root-1"), key_of("root-1")]},
        {"roots": [key_of("root-1"), key_of("root-2"), key_of("root-1")]},
        {"quorum": "all"},
        {"semantics": 2},
        {"surprise": 1},
    ],
)
def test_a_genesis_with_a_wrong_field_is_no_genesis(fields: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError, match="consolidator init"):
        parse_genesis(json.dumps(GENESIS.model_dump() | fields).encode())


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}"])
def test_other_bytes_are_no_genesis(body: bytes) -> None:
    with pytest.raises(ConfigurationError, match="no genesis"):
        parse_genesis(body)
