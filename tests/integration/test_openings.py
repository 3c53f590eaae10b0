"""Openings through the command line: recorded first, given out then, and checked by somebody who has only the file."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from consolidator.bootstrap import Office
from consolidator.cli.main import main
from consolidator.privacy.commitments import commit
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.policy import render_policy, render_policy_without_witnesses
from consolidator.transparency.tlogproof import TlogProof, parse_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.views.reading import list_entries
from schemas.commits import list_raw_entries
from schemas.extras import Extra, parse_extra, render_extra
from streams.embedded.journal import open_journal_read_only
from tests.integration.office import make_home, run_once, save_key, submit_world
from tests.support.ordered import make_world, order, seal
from tests.support.witnesses import derive_test_policy, make_quorum
from tests.support.world import COUNTY, World, make_account, make_id, make_name, officer

Told = dict[str, Any]
ASKER, GROUND = "示例县审计局某甲", "示审通〔2026〕1号"
LINE = "bank-402/B-1/2"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A county with three lines in its log; the auditor may open entries, the reviewer may not."""
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    world.set_policy("policy-2", [officer("auditor", "oversight", "supervisor", ["access"])])
    world.send_batch("B-1", world.settle_people(3))
    submit_world(office, tmp_path / "d", world)
    assert run_once(office) == 0
    return office


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """The auditor's key file."""
    return save_key(tmp_path, "auditor")


def words(office: Office, key: Path, *more: object) -> list[str]:
    """Give the words that ask for the opening of the second line's assessment, by the auditor."""
    given = ["log", "prove", "--home", office.home.root, "--line", LINE, "--open", "--key", key, "--ground", GROUND]
    return [str(each) for each in [*given, "--for", ASKER, "--reader", "auditor", *more]]


def list_accesses(office: Office) -> list[dict[str, Any]]:
    """Give the access entries of the log."""
    with open_journal_read_only(office.home.journal) as journal:
        return [entry.fields for entry in list_entries(journal.bundles(), b'"kind":"access"')]


def find_index(office: Office) -> int:
    """Give the index of the second line's assessment."""
    with open_journal_read_only(office.home.journal) as journal:
        lines = list(list_entries(journal.bundles(), b'"kind":"line"'))
    return lines[1].index


@pytest.fixture
def proof(office: Office, key: Path, tmp_path: Path) -> Path:
    """An opened proof that is accepted as it is."""
    path = tmp_path / "2.tlog-proof"
    assert main(words(office, key, "--to", path)) == 0
    assert run_once(office) == 0
    assert main(words(office, key, "--to", path)) == 0
    assert check(office, path) == 0
    return path


def check(office: Office, path: Path) -> int:
    """Check a proof under the home's policy."""
    return main(["log", "check-proof", str(path), "--policy", str(office.home.policy)])


def test_an_opening_is_given_out_only_once_the_log_has_its_access_entry(
    office: Office, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "2.tlog-proof"
    assert main(words(office, key, "--to", path)) == 0
    told = capsys.readouterr()
    assert (told.out, path.exists(), list_accesses(office)) == ("", False, [])
    assert f"consolidator run --home {office.home.root} --once" in told.err
    assert main(words(office, key)) == 0
    assert capsys.readouterr().out == ""
    assert run_once(office) == 0
    (entry,) = list_accesses(office)
    assert (entry["indices"], entry["reader"], entry["source"]) == ([find_index(office)], "auditor", "oversight")
    assert main(words(office, key, "--to", path)) == 0
    capsys.readouterr()
    assert check(office, path) == 0
    shown = capsys.readouterr().out
    for private in (make_id(1), make_name(1), make_account(1)):
        assert private in shown
    assert "享受对象证件 beneficiary's ID: " in shown


def test_the_same_request_again_gives_the_file_and_no_second_entry(office: Office, key: Path, proof: Path) -> None:
    before = proof.read_bytes()
    assert main(words(office, key, "--to", proof)) == 0
    assert run_once(office) == 0
    assert main(words(office, key, "--to", proof)) == 0
    assert len(list_accesses(office)) == 1
    assert parse_tlog_proof(proof.read_bytes()).extra == parse_tlog_proof(before).extra


@pytest.mark.parametrize(
    "other", [("--for", "某乙"), ("--reader", "court"), ("--ground", "另一件"), ("--line", "bank-402/B-1/3")]
)
def test_another_request_is_recorded_on_its_own(
    office: Office, key: Path, proof: Path, other: tuple[str, str], tmp_path: Path
) -> None:
    asked = words(office, key, "--to", tmp_path / "other")
    asked[asked.index(other[0]) + 1] = other[1]
    assert proof.exists()
    assert main(asked) == 0
    assert not (tmp_path / "other").exists()
    assert run_once(office) == 0
    assert main(asked) == 0
    assert check(office, tmp_path / "other") == 0
    assert len(list_accesses(office)) == 2


def test_json_says_whether_it_was_opened(office: Office, key: Path, tmp_path: Path, ask: Callable[..., Told]) -> None:
    asked = words(office, key)
    index = find_index(office)
    assert ask(*asked) == {"index": index, "opened": False, "proof": None, "to": None}
    ask("run", "--home", office.home.root, "--once")
    told = ask(*asked)
    (tmp_path / "proof").write_text(told["proof"], encoding="utf-8")
    checked = ask("log", "check-proof", tmp_path / "proof", "--policy", office.home.policy)
    assert (told["opened"], checked["verified"], checked["index"]) == (True, True, index)
    assert json.loads(checked["private"])["beneficiary_id"] == make_id(1)
    plain = ask("log", "prove", "--home", office.home.root, "--index", index)
    (tmp_path / "proof").write_text(plain["proof"], encoding="utf-8")
    assert plain["opened"] is False
    assert ask("log", "check-proof", tmp_path / "proof", "--policy", office.home.policy)["private"] is None


@pytest.fixture
def running(office: Office) -> "Iterator[subprocess.Popen[str]]":
    """A process that runs the county."""
    command = [sys.executable, "-m", "consolidator", "run", "--home", str(office.home.root)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603 -- our own
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def test_where_the_county_runs_one_command_is_enough(
    office: Office, key: Path, running: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    assert running.stderr is not None
    running.stderr.readline()  # it says that it watches
    assert main(words(office, key, "--to", tmp_path / "proof")) == 0
    assert check(office, tmp_path / "proof") == 0
    assert len(list_accesses(office)) == 1


# ---- what is refused before anything is recorded


def count_commands(office: Office) -> int:
    """Count the commands of the journal."""
    with open_journal_read_only(office.home.journal) as journal:
        return journal.next_position()


@pytest.mark.parametrize(
    ("change", "code", "reason"),
    [
        (lambda it: it[: it.index("--key")] + it[it.index("--key") + 2 :], 2, "--key"),
        (lambda it: it[: it.index("--ground")] + it[it.index("--ground") + 2 :], 2, "--ground"),
        (lambda it: ["--index" if each == "--line" else "-1" if each == LINE else each for each in it], 2, "--index"),
        (lambda it: ["--index" if each == "--line" else "0" if each == LINE else each for each in it], 4, "S22"),
        (lambda it: ["--index" if each == "--line" else "9999" if each == LINE else each for each in it], 3, "9999"),
        (lambda it: ["bank-402/B-1/4" if each == LINE else each for each in it], 4, "S03"),
        (lambda it: ["B-1" if each == LINE else each for each in it], 4, "D13"),
        (lambda it: ["" if each == GROUND else each for each in it], 4, "access.ground"),
        (lambda it: ["甲" * 201 if each == GROUND else each for each in it], 4, "access.ground"),
        (lambda it: ["甲\n乙" if each == ASKER else each for each in it], 4, "access.asker"),
        (lambda it: ["--dir" if each == "--home" else each for each in it], 2, "--policy|--home"),
    ],
)
def test_a_slip_is_told_and_nothing_is_recorded(  # noqa: PLR0913, PLR0917 -- fixtures and what is expected
    office: Office,
    key: Path,
    change: Callable[[list[str]], list[str]],
    code: int,
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = count_commands(office)
    assert main(change(words(office, key))) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert any(each in told.err for each in reason.split("|")), told.err
    assert count_commands(office) == before


@pytest.mark.parametrize(("name", "code", "reason"), [("reviewer", 4, "D05"), ("nobody", 5, "no officer")])
def test_who_has_no_power_is_told_before_he_signs(  # noqa: PLR0913, PLR0917 -- fixtures and what is expected
    office: Office, tmp_path: Path, name: str, code: int, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = count_commands(office)
    assert main(words(office, save_key(tmp_path, name))) == code
    assert reason in capsys.readouterr().err
    assert count_commands(office) == before


def test_a_missing_epoch_key_is_a_matter_of_configuration(
    office: Office, key: Path, proof: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = office.home.epoch_keys.read_text().splitlines(keepends=True)
    office.home.epoch_keys.write_text("".join(line for line in lines if not line.startswith("2026")))
    assert proof.exists()
    assert main(words(office, key)) == 5
    told = capsys.readouterr()
    assert "keys/epochs.keys has no key for 2026: restore it from a backup" in told.err
    assert make_id(1) not in told.out + told.err


def test_another_key_in_its_place_opens_nothing(office: Office, key: Path, proof: Path) -> None:
    lines = office.home.epoch_keys.read_text().splitlines()
    office.home.epoch_keys.write_text("".join(f"{line[:5]}{'0' * 64}\n" for line in lines))
    assert proof.exists()
    assert main(words(office, key)) == 3


# ---- what others check


def spoil(proof: Path, change: Callable[[Extra], Extra]) -> None:
    """Change what a proof opens, in the spelling that a forger would use."""
    raw = proof.read_bytes()
    extra = parse_tlog_proof(raw).extra
    assert extra is not None
    changed = render_extra(change(parse_extra(extra)))
    assert changed != extra
    proof.write_bytes(raw.replace(b64encode(extra), b64encode(changed)))


@pytest.mark.parametrize(
    "change",
    [
        lambda it: replace(it, private=it.private.replace(b'"designation":1', b'"designation":2')),
        lambda it: replace(it, private=it.private + b" "),
        lambda it: replace(it, private=b"{}"),
        lambda it: replace(it, opening=bytes([it.opening[0] ^ 1]) + it.opening[1:]),
        lambda it: replace(it, opening=bytes(32)),
        lambda it: replace(it, entry=it.entry.replace(b'"line":2', b'"line":3')),
        lambda it: replace(it, entry=it.entry.replace(b'"sealed":"', b'"sealed":"0')),
    ],
)
def test_one_changed_byte_of_what_is_opened_is_refused(
    office: Office, proof: Path, change: Callable[[Extra], Extra], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(proof, change)
    capsys.readouterr()
    assert check(office, proof) == 3
    assert capsys.readouterr().out == ""


def test_another_lines_opening_is_refused(office: Office, key: Path, proof: Path, tmp_path: Path) -> None:
    asked = words(office, key, "--to", tmp_path / "3.tlog-proof")
    asked[asked.index("--line") + 1] = "bank-402/B-1/3"
    assert [main(asked), run_once(office), main(asked)] == [0, 0, 0]
    other = parse_tlog_proof((tmp_path / "3.tlog-proof").read_bytes()).extra
    assert other is not None
    taken = parse_extra(other)
    spoil(proof, lambda it: replace(it, private=taken.private, opening=taken.opening))
    assert check(office, proof) == 3


# ---- who cannot be found


def test_no_name_id_or_ground_is_public_or_in_a_file_name_or_told(
    office: Office, key: Path, proof: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["status", "--home", str(office.home.root)]) == 0
    assert main(["log", "verify", "--home", str(office.home.root)]) == 0
    assert main(words(office, key, "--to", proof)) == 0
    told = capsys.readouterr()
    published = b"".join(path.read_bytes() for path in office.home.log.rglob("*") if path.is_file())
    assert b'"kind":"access"' in published
    names = " ".join(str(path.relative_to(office.home.root)) for path in office.home.root.rglob("*"))
    for private in (ASKER, GROUND, make_id(1), make_name(1), make_account(1)):
        assert private.encode() not in published
        assert private not in names
        assert private not in told.out + told.err
    with open_journal_read_only(office.home.journal) as journal:
        privates = [private for _, entry, private in list_raw_entries(journal.bundles()) if b'"kind":"access"' in entry]
    assert [json.loads(private) for private in privates] == [{"asker": ASKER, "ground": GROUND}]


def test_the_log_with_openings_is_verified_and_replayed(office: Office, proof: Path) -> None:
    assert proof.exists()
    assert main(["log", "verify", "--home", str(office.home.root)]) == 0
    assert main(["log", "replay", "--home", str(office.home.root)]) == 0


def test_an_order_files_proof_is_of_the_same_form_and_shows_what_it_opens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = make_world()
    sealed = seal(world, order(world, 3))
    (tmp_path / "proof").write_bytes(sealed.proof)
    (tmp_path / "policy.txt").write_bytes(render_policy(derive_test_policy(make_quorum())))
    asked = ["log", "check-proof", str(tmp_path / "proof"), "--policy", str(tmp_path / "policy.txt")]
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert '"kind":"orders"' in shown
    assert f"\ncounty: {COUNTY}\n" in shown
    assert "\nparts: [" in shown
    spoil(tmp_path / "proof", lambda it: replace(it, private=it.private.replace(b"511112", b"511113")))
    assert main(asked) == 3


@pytest.mark.parametrize("private", [b"[1]", b"no JSON", b'"\\u001b[2J"'])
def test_a_private_part_that_is_no_object_is_shown_as_it_is(
    private: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    opening = bytes(range(32))
    entry = b'{"sealed":"' + commit(opening, private).encode() + b'"}'
    signer = derive_signer("log.example/hostile", bytes(32))
    signed = sign_checkpoint(Checkpoint(signer.name, 1, leaf_hash(entry)), signer)
    proof = TlogProof(0, (), signed, render_extra(Extra(entry, private, opening)))
    (tmp_path / "proof").write_bytes(render_tlog_proof(proof))
    (tmp_path / "policy.txt").write_bytes(render_policy_without_witnesses(signer.verifier))
    assert main(["log", "check-proof", str(tmp_path / "proof"), "--policy", str(tmp_path / "policy.txt")]) == 0
    shown = capsys.readouterr().out
    assert private.decode() in shown
    assert "\x1b" not in shown
