"""A header's place: authenticated, known key, number of the key, id; what takes an ordinal and what makes an entry."""

import base64
import json
from dataclasses import replace

import pytest

from consolidator.facts.snapshots import render_snapshot
from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.documents import derive_commands, parse_document
from schemas.envelope import render_envelope
from schemas.errors import ConfigurationError
from tests.support.world import (
    COUNTY,
    Columns,
    World,
    codes_of,
    digest_of,
    key_of,
    make_account,
    make_id,
    make_signer,
    officer,
)

CENSUS = {"kind": "accounts", "source": "bureau", "id": "census-a", "snapshot_on": "2026-10-31"}
ACCOUNTS = {"holder_id": [make_id(1)], "bank": ["402"], "account": [make_account(1)]}


@pytest.fixture
def world() -> World:
    """A county with its usual policy."""
    made = World()
    made.set_up()
    return made


def mark(world: World) -> tuple[int, int, int, bytes]:
    """Take everything a document without effect must leave alone."""
    head = world.county.head()
    return head.ordinal, head.now, head.size, render_snapshot(world.state)


def test_an_unknown_key_takes_no_ordinal_and_no_entry(world: World) -> None:
    before = mark(world)
    (outcome,) = world.send("stranger", CENSUS, ACCOUNTS)
    assert (outcome.word, outcome.code, outcome.document) == ("unauthenticated", "I09", "census-a")
    assert mark(world) == before


def test_a_withdrawn_officers_key_is_unknown(world: World) -> None:
    world.set_policy("policy-2", [("officer", "clerk", None)])
    before = mark(world)
    assert codes_of(world.send("clerk", CENSUS, ACCOUNTS)) == ["I09"]
    assert mark(world) == before


def test_a_wrong_signature_takes_no_ordinal_and_no_entry(world: World) -> None:
    document = parse_document(world.sign("clerk", CENSUS, ACCOUNTS))
    header, *_ = derive_commands(document, world.now)
    envelope = json.loads(header.body)
    envelope["signatures"][0]["sig"] = base64.b64encode(bytes(64)).decode()
    before = mark(world)
    (step,) = world.apply(replace(header, body=render_canonical(envelope)))
    assert [(outcome.word, outcome.code, outcome.digest) for outcome in step.outcomes] == [
        ("unauthenticated", "I03", document.envelope.digest)
    ]
    assert mark(world) == before


@pytest.mark.parametrize(("body", "code"), [(b"\xff not an envelope", "I04"), (b"{}", "I04")])
def test_bytes_that_are_no_envelope_take_no_ordinal(world: World, body: bytes, code: str) -> None:
    before = mark(world)
    (step,) = world.apply(Command("header", world.now + 1, body, "0" * 64))
    assert codes_of(step.outcomes) == [code]
    assert mark(world) == before


def test_a_signed_header_without_the_base_fields_takes_no_ordinal(world: World) -> None:
    body = render_envelope(b'{"v":1}', key_of("clerk"), make_signer("clerk").sign)
    before = mark(world)
    (step,) = world.apply(Command("header", world.now + 1, body, "0" * 64))
    assert codes_of(step.outcomes) == ["I05"]
    assert mark(world) == before


def test_another_countys_document_takes_no_ordinal_and_no_number(world: World) -> None:
    before = mark(world)
    assert codes_of(world.submit(world.sign("clerk", CENSUS | {"county": "511113"}, ACCOUNTS, seq=1))) == ["I08"]
    assert mark(world) == before
    assert codes_of(world.submit(world.sign("clerk", CENSUS, ACCOUNTS, seq=1))) == [""]


def test_an_accepted_document_says_who_what_and_which_number(world: World) -> None:
    raw = world.sign("clerk", CENSUS, ACCOUNTS)
    world.submit(raw)
    entry = world.entries("document")[-1]
    assert entry == {
        "v": 1,
        "kind": "document",
        "at": entry["at"],
        "source": "bureau",
        "document": "census-a",
        "of": "accounts",
        "key": key_of("clerk"),
        "seq": 1,
        "digest": parse_document(raw).envelope.digest,
        "count": 1,
        "outcome": "new",
    }


def test_header_and_parts_take_one_ordinal_each(world: World) -> None:
    ordinal = world.county.head().ordinal
    world.send("clerk", CENSUS, ACCOUNTS)
    assert world.county.head().ordinal == ordinal + 2


def test_every_command_that_takes_an_ordinal_is_a_step_also_of_a_document_that_waits(world: World) -> None:
    raw = world.sign(
        "root-1",
        {"kind": "policy", "source": "root", "id": "p-2"},
        {"subject": ["rule"], "id": ["R22"], "value": [{"enabled": False}]},
    )
    assert [len(world.apply(command)) for command in derive_commands(parse_document(raw), world.now)] == [1, 1]
    raw = world.sign("clerk", CENSUS, {name: column * 2_001 for name, column in ACCOUNTS.items()})
    assert [len(world.apply(command)) for command in derive_commands(parse_document(raw), world.now)] == [1, 1, 1, 4]


def test_an_identical_repeat_changes_nothing_not_even_the_time(world: World) -> None:
    raw = world.sign("clerk", CENSUS, ACCOUNTS)
    world.submit(raw)
    before = mark(world)
    assert world.submit(raw, at=world.now + 86_400) == []
    assert mark(world) == before


def test_an_earlier_number_with_other_content_is_one_conflict_per_digest(world: World) -> None:
    world.send("clerk", CENSUS, ACCOUNTS)
    other = world.sign("clerk", CENSUS | {"id": "census-b"}, {**ACCOUNTS, "account": [make_account(2)]}, seq=1)
    (outcome,) = world.submit(other)
    assert (outcome.word, outcome.code) == ("conflict", "D01")
    before = mark(world)
    assert world.submit(other) == []
    assert mark(world) == before
    third = world.sign("clerk", CENSUS | {"id": "census-c"}, ACCOUNTS, seq=1)
    assert codes_of(world.submit(third)) == ["D01"]
    assert [entry["code"] for entry in world.entries("document") if entry["outcome"] == "conflict"] == ["D01", "D01"]
    assert list(world.state.accounts) == [make_account(1)]


def test_a_gap_is_told_once_and_accepted_when_its_number_is_due(world: World) -> None:
    early = world.sign("clerk", CENSUS, ACCOUNTS, seq=2)
    (outcome,) = world.submit(early)
    assert (outcome.word, outcome.code) == ("gap", "D02")
    assert world.state.gaps[key_of("clerk")] == {2: parse_document(early).envelope.digest}
    before = mark(world)
    assert world.submit(early) == []
    assert mark(world) == before
    assert world.state.accounts == {}
    world.send("clerk", CENSUS | {"id": "census-first"}, ACCOUNTS)
    assert [outcome.word for outcome in world.submit(early)] == ["new"]
    assert world.state.gaps[key_of("clerk")] == {}
    assert world.submit(early) == []


def test_a_gap_that_another_document_filled_becomes_a_conflict(world: World) -> None:
    early = world.sign("clerk", CENSUS | {"id": "census-b"}, ACCOUNTS, seq=2)
    world.submit(early)
    world.send("clerk", CENSUS | {"id": "census-first"}, ACCOUNTS)
    world.send("clerk", CENSUS | {"id": "census-second"}, ACCOUNTS)
    assert codes_of(world.submit(early)) == ["D01"]
    assert world.submit(early) == []


def test_two_keys_may_have_a_gap_with_the_same_header_bytes(world: World) -> None:
    world.set_policy("policy-2", [officer("clerk-2", "bureau", "clerk", ["accounts"])])
    early, copied = (world.sign(key, CENSUS, ACCOUNTS, seq=2) for key in ("clerk", "clerk-2"))
    assert parse_document(early).envelope.header == parse_document(copied).envelope.header
    assert codes_of(world.submit(early)) == ["D02"]
    assert codes_of(world.submit(copied)) == ["D02"]
    assert [entry["digest"] for entry in world.entries("document")[-2:]] == [digest_of(early), digest_of(copied)]
    assert digest_of(early) != digest_of(copied)


def test_a_copy_that_another_key_signed_first_does_not_stand_in_the_way(world: World) -> None:
    own, copied = (world.sign(key, CENSUS, ACCOUNTS, seq=1) for key in ("clerk", "adapter"))
    assert codes_of(world.submit(copied)) == ["D06"]
    assert codes_of(world.submit(own)) == [""]
    assert list(world.state.accounts) == [make_account(1)]
    assert [(entry["outcome"], entry["key"]) for entry in world.entries("document")[-2:]] == [
        ("refused", key_of("adapter")),
        ("new", key_of("clerk")),
    ]


def test_the_parts_of_a_copy_are_not_the_originals(world: World) -> None:
    world.set_policy("policy-2", [officer("clerk-2", "bureau", "clerk", ["accounts"])])
    own, copied = (
        derive_commands(parse_document(world.sign(key, CENSUS, ACCOUNTS, seq=1)), world.now)
        for key in ("clerk", "clerk-2")
    )
    world.apply(own[0])
    assert codes_of([outcome for step in world.apply(copied[0]) for outcome in step.outcomes]) == ["D03"]
    assert world.apply(copied[1]) == []
    assert world.state.accounts == {}
    world.apply(own[1])
    assert list(world.state.accounts) == [make_account(1)]


@pytest.mark.parametrize("field", ["source", "id"])
def test_a_header_whose_public_name_holds_a_long_number_takes_no_ordinal(world: World, field: str) -> None:
    before = mark(world)
    fields = CENSUS | {field: f"x-{make_account(1)}"}
    body = render_envelope(
        render_canonical({"v": 1, "county": COUNTY, "seq": 1, "count": 0, "parts": [], **fields}),
        key_of("clerk"),
        make_signer("clerk").sign,
    )
    (step,) = world.apply(Command("header", world.now + 1, body, "0" * 64))
    assert codes_of(step.outcomes) == ["I05"]
    assert mark(world) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"programme": "P" + make_account(1)[1:]},
        {"publicity": {"from_on": "2026-10-09", "to_on": "2026-10-08", "place": "村务公开栏"}},
    ],
    ids=["long number in programme", "publicity ends before it begins"],
)
def test_a_batch_header_that_may_not_become_public_or_cannot_be_is_refused(
    world: World, fields: dict[str, object]
) -> None:
    assert codes_of(world.send_batch("B-1", [make_id(1)], fields=fields)) == ["D04"]
    assert make_account(1)[1:] not in str(world.entries())


@pytest.mark.parametrize("field", ["source", "id"])
def test_a_batch_is_not_named_by_a_long_number(world: World, field: str) -> None:
    batch = {"source": "bank-402", "id": "B-1", field: f"x-{make_account(1)}"}
    fields = {"kind": "review", "source": "bureau", "id": "review-1", "action": "hold", "batch": batch}
    assert codes_of(world.send("reviewer", fields, {"line": [1], "reason": ["核实"]})) == ["D04"]
    assert make_account(1) not in str(world.entries())


def test_a_refused_document_consumes_its_number_but_not_its_id(world: World) -> None:
    assert codes_of(world.send("clerk", CENSUS | {"source": "bank-402"}, ACCOUNTS)) == ["D06"]
    again = world.sign("clerk", CENSUS, ACCOUNTS)
    assert parse_document(again).header.seq == 2
    assert codes_of(world.submit(again)) == [""]


def test_an_id_used_for_other_content_is_a_conflict_that_consumes_the_number(world: World) -> None:
    world.send("clerk", CENSUS, ACCOUNTS)
    (outcome,) = world.send("clerk", CENSUS, {**ACCOUNTS, "account": [make_account(2)]})
    assert (outcome.word, outcome.code) == ("conflict", "D03")
    assert list(world.state.accounts) == [make_account(1)]
    assert codes_of(world.send("clerk", CENSUS | {"id": "census-b"}, ACCOUNTS)) == [""]


def test_ids_of_two_sources_are_told_apart_also_where_one_begins_like_the_other(world: World) -> None:
    source = ("source", "bank-40", {"name": "示例银行", "type": "bank"})
    world.set_policy("policy-2", [source, officer("other", "bank-40", "adapter", ["batch"])])
    rows: Columns = {"beneficiary_id": [make_id(1)], "beneficiary_name": ["某甲"], "amount_fen": [10_000]}
    assert codes_of(world.send("adapter", world.batch_fields("B-1", 1, 10_000), rows)) == [""]
    assert codes_of(world.send("other", world.batch_fields("2B-1", 1, 10_000, source="bank-40"), rows)) == [""]
    assert world.state.batch_index == {"bank-402/B-1": 0, "bank-40/2B-1": 1}


@pytest.mark.parametrize(
    "fields",
    [CENSUS | {"unknown_field": 1}, CENSUS | {"kind": "surprise"}, CENSUS | {"snapshot_on": "31.10.2026"}],
    ids=["unknown field", "unknown kind", "wrong shape"],
)
def test_a_malformed_header_is_refused_by_name_of_its_field_and_consumes_the_number(
    world: World, fields: dict[str, object]
) -> None:
    (outcome,) = world.send("clerk", fields, ACCOUNTS)
    assert (outcome.word, outcome.code) == ("refused", "D04")
    assert outcome.detail
    entry = world.entries("document")[-1]
    assert (entry["outcome"], entry["code"], entry["of"]) == ("refused", "D04", fields["kind"])
    assert codes_of(world.send("clerk", CENSUS, ACCOUNTS)) == [""]


def test_a_batch_of_an_unknown_programme_is_refused(world: World) -> None:
    assert codes_of(world.send_batch("B-1", [make_id(1)], fields={"programme": "NOSUCH"})) == ["D11"]


@pytest.mark.parametrize("period", ["2026-11", "2026Q4", "2026H2"])
def test_a_period_that_does_not_fit_the_programmes_cycle_is_refused(world: World, period: str) -> None:
    assert codes_of(world.send_batch("B-1", [make_id(1)], fields={"period": period})) == ["D12"]
    entry = world.entries("document")[-1]
    assert (entry["programme"], entry["period"], entry["control_count"], entry["control_fen"]) == (
        "FARM",
        period,
        1,
        10_000,
    )


def test_a_review_or_release_of_an_unknown_batch_is_refused(world: World) -> None:
    world.review("reviewer", "hold", "B-NONE", [1])
    assert world.entries("document")[-1]["code"] == "D13"
    assert codes_of(world.submit(world.sign_release("B-NONE", [("402", 1, 1)]))) == ["D13"]


def test_a_review_or_release_of_a_settled_or_void_batch_is_refused(world: World) -> None:
    world.send_batch("VOID", [make_id(1)], [None])
    world.send_batch("DONE", [make_id(1)], [0])
    assert [world.batch(name).state for name in ("VOID", "DONE")] == ["void", "settled"]
    for name in ("VOID", "DONE"):
        world.review("reviewer", "comment", name, [1])
        assert world.entries("document")[-1]["code"] == "D16"
        assert codes_of(world.submit(world.sign_release(name, [("402", 1, 1)]))) == ["D16"]


def test_the_first_command_must_be_a_genesis_and_no_other_may() -> None:
    world = World()
    with pytest.raises(ConfigurationError):
        world.apply(world.commands[0])
    empty = World()
    empty.county = type(empty.county)({}, make_signer("x.example/1"))
    with pytest.raises(ConfigurationError):
        empty.apply(Command("tick", world.now, b""))


def test_what_only_looks_like_a_genesis_is_none() -> None:
    genesis = World().commands[0]
    county = type(World().county)({}, make_signer("x.example/1"))
    with pytest.raises(ConfigurationError, match="no genesis"):
        list(county.apply(Command("tick", genesis.at, genesis.body)))


def test_the_genesis_is_the_first_ordinal_and_the_next_command_the_second() -> None:
    world = World()
    assert world.county.head().ordinal == 1
    world.propose_policy("policy-1", [("bank", "402", {"name": "农商行"})])
    assert world.county.head().ordinal == 3  # a header and its part


def test_the_genesis_entry_pins_county_origin_and_roots() -> None:
    (entry,) = World().entries("genesis")
    assert (entry["county"], entry["roots"], entry["quorum"], entry["semantics"]) == (
        COUNTY,
        [key_of("root-1"), key_of("root-2")],
        "none",
        1,
    )
