"""Which quorum is in force: one step after the other, each seen by the one before, or by all root officers at once."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from consolidator.facts.state import QuorumTerm
from consolidator.gate.quorums import (
    Standing,
    check_terms,
    find_standing,
    list_asked,
    read_quorum,
    recover,
    render_derived_policy,
    take_note,
)
from consolidator.gate.records import GateRecords, TermRecord, open_records, read_records
from consolidator.gate.recovering import derive_root_verifier, find_recovered, make_recovery
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import parse_vkey
from consolidator.transparency.policy import parse_policy
from schemas.errors import InputError, InvariantError, VerificationError
from schemas.quorum import render_quorum
from tests.support.ordered import cosign_note
from tests.support.witnesses import LOG_VKEY, make_quorum
from tests.support.world import ORIGIN, key_of, make_signer

LOG = parse_vkey(LOG_VKEY)
NOW = 1_794_000_000
FIRST = QuorumTerm(0, render_quorum(make_quorum(("w1", "w2", "w3", "w4"), 3)))
SECOND = QuorumTerm(10, render_quorum(make_quorum(("w3", "w4", "w5"), 3)))
THIRD = QuorumTerm(20, render_quorum(make_quorum(("w6", "w7"), 2)))
ROOTS = [key_of("root-1"), key_of("root-2")]


@pytest.fixture
def records(tmp_path: Path) -> Iterator[GateRecords]:
    """Fresh records."""
    with open_records(tmp_path / "gate.sqlite") as opened:
        yield opened


def note(size: int, *names: str) -> bytes:
    """Give a head that witnesses cosigned."""
    signed = sign_checkpoint(Checkpoint(ORIGIN, size, bytes([size]) * 32), make_signer(ORIGIN))
    return cosign_note(signed, names)


def take(records: GateRecords, terms: list[QuorumTerm], *notes: bytes) -> Standing:
    """Take notes, each found again from the records, as after a restart."""
    for each in notes:
        take_note(records, terms, find_standing(records, terms, LOG), each, NOW)
    return find_standing(records, terms, LOG)


def test_a_head_with_the_quorum_is_kept_and_an_older_or_poorer_one_changes_nothing(records: GateRecords) -> None:
    full = note(5, "w1", "w2", "w3")
    for other in (note(9, "w1", "w2"), note(4, "w1", "w2", "w3"), note(9), full):
        found = take(records, [FIRST], full, other)
        assert (found.entry, found.size, found.checkpoint) == (0, 5, full)
    assert take(records, [FIRST], note(9, "w2", "w3", "w4")).size == 9


def test_a_change_counts_once_the_old_quorum_saw_it(records: GateRecords) -> None:
    terms = [FIRST, SECOND]
    assert take(records, terms, note(10, "w1", "w2", "w3")).entry == 0  # the entry is the eleventh
    assert take(records, terms, note(11, "w3", "w4", "w5")).entry == 0
    found = take(records, terms, note(11, "w1", "w2", "w3"))
    assert (found.entry, found.size) == (10, 0)  # nothing is open under the new one yet
    assert take(records, terms, note(12, "w1", "w2", "w3")).size == 0
    assert take(records, terms, note(12, "w3", "w4", "w5")).size == 12


def test_one_head_may_be_enough_for_both(records: GateRecords) -> None:
    found = take(records, [FIRST, SECOND], note(11, "w1", "w3", "w4", "w5"))
    assert (found.entry, found.size) == (10, 11)


def test_no_quorum_is_skipped(records: GateRecords) -> None:
    terms = [FIRST, SECOND, THIRD]
    assert take(records, terms, note(30, "w1", "w2", "w3", "w6", "w7")).entry == 10
    assert take(records, terms, note(31, "w6", "w7")).entry == 10
    assert take(records, terms, note(31, "w3", "w4", "w5")).entry == 20
    assert [(term.entry, term.how) for term in records.list_terms()] == [(10, "quorum"), (20, "quorum")]


def test_a_county_without_witnesses_moves_to_them_at_once_and_back_only_with_them(records: GateRecords) -> None:
    terms = [QuorumTerm(), QuorumTerm(5, FIRST.quorum), QuorumTerm(10, "none")]
    assert take(records, terms[:1], note(3)).policy.quorum == "none"
    assert take(records, terms, note(11)).entry == 5
    assert take(records, terms, note(12)).entry == 5
    assert take(records, terms, note(12, "w1", "w2", "w4")).entry == 10


def test_who_is_asked_are_those_in_force_and_those_to_follow(records: GateRecords) -> None:
    moved = make_quorum(("w4", "w5"), 2).model_copy(deep=True)
    elsewhere = moved.witnesses[0].model_copy(update={"url": "http://elsewhere.example"})
    moved = moved.model_copy(update={"witnesses": [elsewhere, moved.witnesses[1]]})
    terms = [FIRST, QuorumTerm(10, render_quorum(moved))]
    asked = list_asked(terms, find_standing(records, terms, LOG))
    assert [witness.name for witness in asked] == ["w1", "w2", "w3", "w4", "w5"]
    assert asked[3].url == "http://elsewhere.example"


def test_the_policy_file_is_read_by_others_and_says_that_it_is_derived(records: GateRecords) -> None:
    standing = find_standing(records, [FIRST], LOG)
    raw = render_derived_policy(standing.policy)
    assert parse_policy(raw) == standing.policy
    assert b"editing it opens nothing" in raw.splitlines()[0]


def test_records_that_know_another_quorum_than_the_ledger_stop_the_gate(records: GateRecords) -> None:
    records.add_term(TermRecord(7, "quorum", NOW, b""))
    with pytest.raises(InvariantError, match="restore both"):
        find_standing(records, [FIRST, SECOND], LOG)


def test_evidence_is_judged_again_at_each_start(records: GateRecords) -> None:
    terms = [FIRST, SECOND, THIRD]
    take(records, terms, note(11, "w1", "w2", "w3"))
    check_terms(records, terms, LOG, ROOTS)
    for name in ("root-1", "root-2"):
        records.add_recovery(make_recovery(make_signer(name), note(25), LOG, NOW))
    recovered = find_recovered(records.list_recoveries(), ROOTS, LOG)
    assert recovered is not None
    recover(records, terms, find_standing(records, terms, LOG), recovered, NOW)
    check_terms(records, terms, LOG, ROOTS)


@pytest.mark.parametrize(
    "record",
    [
        TermRecord(10, "quorum", NOW, note(11, "w1", "w2")),
        TermRecord(10, "quorum", NOW, note(10, "w1", "w2", "w3")),
        TermRecord(20, "quorum", NOW, note(25, "w1", "w2", "w3")),
        TermRecord(10, "recovery", NOW, note(11, "w1", "w2", "w3")),
    ],
)
def test_a_quorum_written_into_the_records_by_hand_opens_nothing(records: GateRecords, record: TermRecord) -> None:
    records.add_term(record)
    with pytest.raises(VerificationError, match="no evidence"):
        check_terms(records, [FIRST, SECOND, THIRD], LOG, ROOTS)


def test_all_root_officers_put_the_newest_quorum_in_force_and_open_nothing(records: GateRecords) -> None:
    terms = [FIRST, SECOND, THIRD]
    standing = find_standing(records, terms, LOG)
    for name in ("root-1", "root-2"):
        assert find_recovered(records.list_recoveries(), ROOTS, LOG) is None
        records.add_recovery(make_recovery(make_signer(name), note(25), LOG, NOW))
    recovered = find_recovered(records.list_recoveries(), ROOTS, LOG)
    assert recovered is not None
    assert recovered.size == 25
    found = recover(records, terms, standing, recovered, NOW)
    assert (found.entry, found.size, found.checkpoint) == (20, 0, b"")
    assert [(term.entry, term.how) for term in records.list_terms()] == [(20, "recovery")]
    assert find_standing(records, terms, LOG) == found
    assert take(records, terms, note(26, "w1", "w2", "w3")).size == 0
    assert recover(records, terms, found, recovered, NOW) is found


def test_root_officers_who_cosigned_different_heads_have_agreed_on_nothing(records: GateRecords) -> None:
    records.add_recovery(make_recovery(make_signer("root-1"), note(25), LOG, NOW))
    records.add_recovery(make_recovery(make_signer("root-2"), note(26), LOG, NOW))
    assert find_recovered(records.list_recoveries(), ROOTS, LOG) is None


def test_a_wrong_or_borrowed_cosignature_of_a_root_officer_is_refused(records: GateRecords) -> None:
    right = make_recovery(make_signer("root-1"), note(25), LOG, NOW)
    records.add_recovery(right)
    records.add_recovery(replace(right, root=ROOTS[1]))
    assert find_recovered(records.list_recoveries(), ROOTS, LOG) is None
    other = make_recovery(make_signer("root-2"), note(26), LOG, NOW)
    records.add_recovery(replace(other, size=25, checkpoint=note(25)))
    with pytest.raises(VerificationError, match="wrong"):
        find_recovered(records.list_recoveries(), ROOTS, LOG)


def test_a_root_officer_cosigns_under_a_name_of_his_own() -> None:
    made = make_recovery(make_signer("root-1"), note(25), LOG, NOW)
    assert made.line.decode().split(" ")[1] == derive_root_verifier(ROOTS[0]).name == f"root-{ROOTS[0]}"
    with pytest.raises(VerificationError, match="no known key"):
        make_recovery(make_signer("root-1"), note(25), make_signer("other").verifier, NOW)


def test_older_records_get_the_new_tables_and_keep_what_they_had(tmp_path: Path) -> None:
    path = tmp_path / "gate.sqlite"
    with open_records(path) as opened:
        opened.intend("f", "402", "f.txt")
        for table in ("terms", "quorums", "cosigned", "witnesses", "recoveries"):
            opened._connection.execute(f"DROP TABLE {table}")  # noqa: SLF001 -- what an older release left
        opened._connection.execute("PRAGMA user_version = 1")  # noqa: SLF001 -- the same
    with read_records(path) as found:
        assert found is None
    with open_records(path) as opened:
        assert opened.find("f") == ("intent", "f.txt")
        assert opened.list_terms() == []
    with read_records(path) as found:
        assert found is not None


def test_a_quorum_file_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "quorum.json"
    path.write_text(make_quorum().model_dump_json())
    assert read_quorum(path) == make_quorum()
    path.write_text('{"type": "witnesses", "more": 1}')
    with pytest.raises(InputError, match="more"):
        read_quorum(path)
    with pytest.raises(InputError, match=r"none\.json"):
        read_quorum(tmp_path / "none.json")
