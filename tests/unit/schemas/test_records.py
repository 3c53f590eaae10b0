"""What stands on topics: read back exactly, or refused; a stranger's record never ends anything but itself."""

import json
import struct
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.commands import Command
from schemas.commits import Bundle, CommitRecord, Head, Step
from schemas.errors import InputError, InvariantError
from schemas.orders import OrderFile, OrderPart, derive_file_id
from schemas.records import (
    Commit,
    Headers,
    find_number,
    parse_bundle,
    parse_command,
    parse_commit,
    parse_order,
    render_anomaly_record,
    render_checkpoint,
    render_command,
    render_commit,
    render_steps,
)
from schemas.topics import topic_name

COUNTY = "511112"
DIGEST = "ab" * 32
NUMBERS = st.integers(0, 10**15 - 1)
HEAD = Head(ordinal=3, now=10, size=7, root="a" * 64, checkpoint="c\n7\n", totals={"ready": (2, 300)})
RECORD = CommitRecord(position=4, item=1, head=HEAD, snapshot="b" * 64)
COMMIT = Commit(number=3, record=RECORD, bundles=2, orders={"402": 4}, snapshots=(RECORD,))
FILE = derive_file_id("bank-102", "PAY-1", "402", 1)
ORDER_FILE = OrderFile(
    file=FILE,
    county=COUNTY,
    source="bank-102",
    document="PAY-1",
    programme="P",
    period="2026",
    bank="402",
    release=1,
    summary="-",
    count=2,
    fen=300,
    parts=2,
    ordered_at=10,
    entry=6,
)
BUNDLES = st.builds(Bundle, NUMBERS, NUMBERS, st.binary(max_size=200), st.binary(max_size=200))
DOCUMENTED = st.builds(Command, st.sampled_from(["header", "part"]), NUMBERS, st.binary(), st.just(DIGEST), NUMBERS)
PLAIN = st.builds(Command, st.sampled_from(["genesis", "tick"]), NUMBERS, st.binary(), st.just(""), NUMBERS)


def _change(headers: Headers, name: str, value: bytes | None) -> Sequence[tuple[str, bytes | None]]:
    return [(each, value if each == name else old) for each, old in headers]


@given(DOCUMENTED | PLAIN)
def test_a_command_survives_writing_and_reading(command: Command) -> None:
    record = render_command(COUNTY, command)
    assert parse_command(record.value, record.headers) == command


@given(
    st.none() | st.binary(),
    st.lists(
        st.tuples(
            st.sampled_from(["kind", "at", "document", "item"]) | st.text(),
            st.none() | st.binary() | st.sampled_from([b"tick", b"header", b"0", b"7", b"007", DIGEST.encode()]),
        )
    ),
)
def test_any_record_at_all_is_a_command_or_refused_as_none(
    value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    try:
        command = parse_command(value, headers)
    except InputError as error:
        assert error.code == "I30"  # noqa: PT017 -- the other end is a command that can be written again
    else:
        again = render_command(COUNTY, command)
        assert parse_command(again.value, again.headers) == command


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", b""),
        ("kind", None),
        ("kind", b"barrier"),
        ("kind", b"HEADER"),
        ("kind", b"tick"),  # a tick is of no document
        ("at", b""),
        ("at", None),
        ("at", b"-1"),
        ("at", b"01"),
        ("at", b" 1"),
        ("at", b"1\n"),
        ("at", b"1e3"),
        ("at", "\u0661".encode()),
        ("at", b"9" * 16),
        ("item", None),
        ("item", b"x"),
        ("document", None),
        ("document", b""),
        ("document", DIGEST.upper().encode()),
        ("document", DIGEST.encode() + b"\n"),
        ("document", b"\xff" * 64),
    ],
)
def test_a_header_that_is_not_what_it_must_be_makes_no_command(name: str, value: bytes | None) -> None:
    record = render_command(COUNTY, Command("header", 7, b"body", DIGEST, 0))
    with pytest.raises(InputError, match="I30"):
        parse_command(record.value, _change(record.headers, name, value))


def test_no_value_and_a_header_that_stands_twice_make_no_command() -> None:
    record = render_command(COUNTY, Command("tick", 7, b""))
    with pytest.raises(InputError, match="no value"):
        parse_command(None, record.headers)
    for extra in ("kind", "at", "a stranger's"):
        with pytest.raises(InputError, match="twice"):
            parse_command(record.value, [*record.headers, (extra, b"1"), (extra, b"1")])


def test_headers_of_strangers_do_not_matter() -> None:
    record = render_command(COUNTY, Command("tick", 7, b""))
    assert parse_command(b"", [("\u8d26", None), *record.headers, ("", b"\xff")]) == Command("tick", 7, b"")


@pytest.mark.parametrize(
    "command",
    [
        Command("tick", -1, b""),
        Command("tick", 10**15, b""),
        Command("header", 7, b"", "", 0),
        Command("tick", 7, b"", DIGEST, 0),
        Command("part", 7, b"", "ab", 0),
        Command("part", 7, b"", DIGEST, -1),
    ],
)
def test_a_command_that_could_not_be_read_back_is_not_written(command: Command) -> None:
    with pytest.raises(InvariantError, match="read back"):
        render_command(COUNTY, command)


def test_every_record_has_the_attributes_of_an_event_once_and_an_own_identity() -> None:
    parts = tuple(OrderPart(FILE, index, b"%d" % index) for index in range(2))
    steps = [Step(2, (Bundle(7, 1, b"e", b"d"), Bundle(8, 2, b"f", b"g")), parts, (ORDER_FILE,))]
    records = [
        render_command(COUNTY, Command("header", 7, b"", DIGEST, 0)),
        render_command(COUNTY, Command("part", 7, b"", DIGEST, 0)),
        render_command(COUNTY, Command("tick", 7, b"")),
        *render_steps(COUNTY, steps, 7),
        render_commit(COUNTY, COMMIT),
        render_checkpoint(COUNTY, "checkpoints", 7, b"note"),
        render_checkpoint(COUNTY, "cosignatures", 7, b"note"),
        render_anomaly_record(COUNTY, 1, b"{}"),
    ]
    for record in records:
        found = dict(record.headers)
        assert len(found) == len(record.headers)
        assert found["ce_specversion"] == b"1.0"
        assert found["ce_source"] == b"/consolidator/511112"
        assert found["ce_type"] == f"consolidator.{record.word}.v1".encode()
        assert found["content-type"]
    assert len({dict(record.headers)["ce_id"] for record in records}) == len(records)
    assert topic_name("p", records[0].word) == "p.commands.v1"


@given(st.lists(BUNDLES, max_size=4))
def test_bundles_survive_writing_and_reading_and_both_topics_hold_the_entries(bundles: list[Bundle]) -> None:
    records = render_steps(COUNTY, [Step(1, tuple(bundles))], 0)
    entries = [record for record in records if record.word == "entries"]
    both = [record for record in records if record.word == "disclosures"]
    assert [parse_bundle(record.value, record.headers) for record in both] == bundles
    assert [record.value for record in entries] == [bundle.entries for bundle in bundles]
    assert [find_number(record.headers, "first") for record in entries] == [bundle.first for bundle in bundles]


@pytest.mark.parametrize("value", [b"", b"\x00\x00\x00", struct.pack(">I", 5) + b"1234", b"\xff\xff\xff\xff"])
def test_a_bundle_that_is_cut_off_is_refused(value: bytes) -> None:
    with pytest.raises(InvariantError, match="whole"):
        parse_bundle(value, [("first", b"0"), ("count", b"0")])


@pytest.mark.parametrize("raw", [None, b"", b"-1", b"1.0", b"\xff", b"1\n", b"00", b"9" * 16])
def test_a_number_that_is_none_is_refused(raw: bytes | None) -> None:
    headers: Headers = [("first", raw)] if raw is not None else []
    with pytest.raises(InvariantError, match="'first'"):
        find_number(headers, "first")


def test_orders_are_read_back_and_stand_at_the_size_before_their_step() -> None:
    part = OrderPart(FILE, 0, b"columns")
    steps = [Step(1, (Bundle(5, 2, b"", b""),), (part,)), Step(1, (Bundle(7, 1, b"", b""),), (part,), (ORDER_FILE,))]
    orders = [record for record in render_steps(COUNTY, steps, 5) if record.word == "orders"]
    assert [parse_order(record.value, record.headers) for record in orders] == [part, part, ORDER_FILE]
    assert [find_number(record.headers, "first") for record in orders] == [5, 7, 6]
    assert {record.bank for record in orders} == {"402"}


@pytest.mark.parametrize("value", [b"", b"{}", b"\xff", json.dumps({"file": FILE}).encode()])
def test_an_order_file_that_is_none_is_refused(value: bytes) -> None:
    with pytest.raises(InvariantError, match="no order file"):
        parse_order(value, [("file", FILE.encode())])


def test_a_part_with_a_number_that_is_none_is_refused_and_without_a_file_belongs_to_none() -> None:
    with pytest.raises(InvariantError, match="'item'"):
        parse_order(b"", [("item", b"x")])
    assert parse_order(b"x", [("item", b"1")]) == OrderPart("", 1, b"x")
    assert parse_order(b"x", [("item", b"1"), ("file", b"\xff")]) == OrderPart("\ufffd", 1, b"x")


@given(st.integers(1, 10**15 - 1), st.integers(0, 2**53 - 1), st.dictionaries(st.text("0123456789"), NUMBERS))
def test_a_commit_survives_writing_and_reading(number: int, bundles: int, orders: dict[str, int]) -> None:
    commit = COMMIT.model_copy(update={"number": number, "bundles": bundles, "orders": orders})
    record = render_commit(COUNTY, commit)
    assert parse_commit(record.value) == commit
    assert find_number(record.headers, "number") == number


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"{", b""),
        (b'"number":3', b'"number":0'),
        (b'"number":3', b'"number":"3"'),
        (b'"bundles":2', b'"bundles":2.5'),
        (b'"v":1', b'"v":2'),
        (b'"bundles":2', b'"bundles":2,"more":1'),
        (b"a" * 64, b"a" * 63),
    ],
)
def test_a_commit_that_was_changed_is_refused(old: bytes, new: bytes) -> None:
    value = render_commit(COUNTY, COMMIT).value
    assert old in value
    with pytest.raises(InvariantError, match="commit record"):
        parse_commit(value.replace(old, new))


def test_checkpoints_and_anomalies_say_what_they_are() -> None:
    note = render_checkpoint(COUNTY, "cosignatures", 12, b"note")
    assert (note.word, note.value, find_number(note.headers, "size")) == ("cosignatures", b"note", 12)
    assert render_anomaly_record(COUNTY, 4, b"{}").word == "anomalies"
