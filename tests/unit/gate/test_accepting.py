"""A bank's folder: what passes the check is put there once and for ever, all else is kept with its reason."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bank_adapters.profiles import load_profiles
from consolidator.cluster.receiving import read_trusts
from consolidator.gate.accepting import REASON, Arrival, Tray, Trust, accept, accept_refused_again, refuse_record
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.transparency.keys import render_vkey
from consolidator.transparency.tlogproof import parse_tlog_proof, render_tlog_proof
from schemas.errors import DependencyError, InputError
from schemas.records import Delivery
from tests.support.delivered import BANK, expect, list_held, list_refused, make_deliveries, make_tray, write_policy
from tests.support.world import COUNTY, ORIGIN, make_signer

FIRST, SECOND = make_deliveries(2)


@pytest.fixture
def tray(tmp_path: Path) -> Tray:
    """A bank's folder with nothing in it."""
    return make_tray(tmp_path)


def refusal_of(tray: Tray, delivery: Delivery) -> tuple[str, str]:
    """Give code and reason; the papers are kept, and nothing else happens."""
    before = list_held(tray.root)
    arrival = accept(tray, delivery)
    assert arrival.word == "refused"
    assert list_held(tray.root) == before
    [folder] = list_refused(tray.root)
    assert (folder / delivery.name).read_bytes() == delivery.content
    assert (folder / (delivery.name + PROOF_SUFFIX)).read_bytes() == delivery.proof
    told = json.loads((folder / REASON).read_bytes())
    assert (told["code"], told["detail"]) == (arrival.code, arrival.detail)
    return arrival.code, arrival.detail


def test_a_file_that_passes_is_put_there_with_its_proof_byte_for_byte(tray: Tray) -> None:
    assert accept(tray, FIRST) == Arrival("received", FIRST.name, COUNTY, FIRST.file, 3, 30_000)
    assert list_held(tray.root) == expect([FIRST])
    assert not list((tray.root / ".staging").iterdir())


def test_the_same_file_again_changes_nothing(tray: Tray) -> None:
    accept(tray, FIRST)
    for path in (tray.root / COUNTY).iterdir():  # the bank took them away
        path.unlink()
    assert accept(tray, FIRST).word == "known"
    assert list_held(tray.root) == {}


def test_files_come_in_any_order(tray: Tray) -> None:
    assert [accept(tray, each).word for each in (SECOND, FIRST, SECOND)] == ["received", "received", "known"]
    assert list_held(tray.root) == expect([FIRST, SECOND])


def test_another_content_under_a_known_name_is_never_put_there(tray: Tray) -> None:
    accept(tray, FIRST)
    receipt = tray.root / "received" / COUNTY / f"{FIRST.name}.json"
    told = json.loads(receipt.read_bytes())
    receipt.write_text(json.dumps(told | {"sha256": "0" * 64}))
    code, detail = refusal_of(tray, FIRST)
    assert code == "I34"
    assert detail.startswith("SHA-256 0000000000000000 is held, ")


def test_a_file_that_somebody_put_there_is_not_overwritten(tray: Tray) -> None:
    (tray.root / COUNTY).mkdir(parents=True)
    (tray.root / COUNTY / FIRST.name).write_bytes(b"by hand")
    (tray.root / COUNTY / SECOND.name).write_bytes(SECOND.content)
    assert accept(tray, SECOND).word == "known"
    assert accept(tray, SECOND).word == "known"
    assert refusal_of(tray, FIRST)[0] == "I34"


def test_one_changed_digit_is_noticed(tray: Tray) -> None:
    changed = FIRST._replace(content=FIRST.content.replace(b"6217000000000001", b"6217000000000002"))
    code, detail = refusal_of(tray, changed)
    assert code == "I32"
    assert "orders 1 to 3 are not those" in detail


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (FIRST._replace(proof=SECOND.proof), "its id is not one of this order file"),
        (FIRST._replace(proof=b""), "without a proof"),
        (FIRST._replace(proof=b"junk"), "not a tlog-proof"),
        (FIRST._replace(name=SECOND.name), "must be named"),
        (FIRST._replace(file=SECOND.file), f"it is of order file {FIRST.file}, not {SECOND.file}"),
    ],
    ids=["another file's proof", "no proof", "junk", "another name", "another id"],
)
def test_what_fails_its_check_is_turned_away(tray: Tray, delivery: Delivery, reason: str) -> None:
    code, detail = refusal_of(tray, delivery)
    assert code == "I32"
    assert reason in detail


def test_another_banks_file_is_turned_away(tray: Tray) -> None:
    code, detail = refusal_of(replace(tray, bank="102"), FIRST)
    assert (code, detail) == ("I32", f"it is of bank {BANK}, not 102")


def test_a_log_speaks_for_the_county_it_is_pinned_for_and_no_other(tray: Tray) -> None:
    trusts = {origin: Trust("511123", trust.policy) for origin, trust in tray.trusts.items()}
    code, detail = refusal_of(replace(tray, trusts=trusts), FIRST)
    assert (code, detail) == ("I32", f"it is of county {COUNTY}, not 511123")


def test_a_log_that_nobody_pinned_is_turned_away_by_name(tray: Tray) -> None:
    assert refusal_of(replace(tray, trusts={}), FIRST) == ("I33", ORIGIN)


def test_a_proof_whose_checkpoint_names_no_log_is_turned_away(tray: Tray) -> None:
    proof = render_tlog_proof(replace(parse_tlog_proof(FIRST.proof), checkpoint=b"x"))
    assert refusal_of(tray, FIRST._replace(proof=proof)) == ("I33", "")


def test_another_key_under_the_logs_name_opens_nothing(tray: Tray, tmp_path: Path) -> None:
    text = write_policy(tmp_path).read_text().replace(render_vkey(make_signer(ORIGIN).verifier), other_vkey())
    (tmp_path / "other.txt").write_text(text)
    tray = replace(tray, trusts=read_trusts([str(tmp_path / "other.txt")]))
    assert refusal_of(tray, FIRST)[0] == "I32"


def other_vkey() -> str:
    """Give the key that another log has under the same name."""
    other = make_signer("other").verifier
    return render_vkey(replace(other, name=ORIGIN))


def test_what_was_turned_away_is_received_once_the_bank_has_the_policy(tray: Tray) -> None:
    blind = replace(tray, trusts={})
    assert [accept(blind, each).word for each in (FIRST, SECOND)] == ["refused", "refused"]
    refuse_record(tray, b"junk", InputError("I31", "no"))
    assert [arrival.word for arrival in accept_refused_again(blind)] == ["refused", "refused"]
    assert len(list_refused(tray.root)) == 3
    assert [arrival.word for arrival in accept_refused_again(tray)] == ["received", "received"]
    assert list_held(tray.root) == expect([FIRST, SECOND])
    assert len(list_refused(tray.root)) == 1
    assert not list(accept_refused_again(tray))


def test_what_a_person_took_out_of_the_refused_is_passed_over(tray: Tray) -> None:
    accept(replace(tray, trusts={}), FIRST)
    [folder] = list_refused(tray.root)
    (folder / FIRST.name).unlink()
    assert not list(accept_refused_again(tray))


def test_a_record_that_is_no_delivery_is_kept(tray: Tray) -> None:
    arrival = refuse_record(tray, b"junk", InputError("I31", "why"))
    assert (arrival.word, arrival.code, arrival.detail) == ("refused", "I31", "why")
    [folder] = list_refused(tray.root)
    assert (folder / "record.bin").read_bytes() == b"junk"


def test_a_layout_that_the_bank_has_not_got_is_a_reason_too(tray: Tray) -> None:
    profiles = {name: profile for name, profile in load_profiles().items() if name != "orders-402"}
    code, detail = refusal_of(replace(tray, profiles=profiles), FIRST)
    assert code == "I32"
    assert "--profiles" in detail


def test_a_disk_that_does_not_answer_is_no_refusal(tray: Tray) -> None:
    tray.root.mkdir()
    (tray.root / COUNTY).write_bytes(b"in the way")
    with pytest.raises(DependencyError):
        accept(tray, FIRST)
    (tray.root / COUNTY).unlink()
    assert accept(tray, FIRST).word == "received"
    assert list_held(tray.root) == expect([FIRST])
