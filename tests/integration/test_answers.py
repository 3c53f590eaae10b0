"""A bank answers its order file, twice: read by its profile, the batch comes to its end, and everybody can check it."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consolidator.bootstrap import Office, open_desk
from consolidator.intake.submitting import take_inbox
from schemas.documents import parse_document
from schemas.headers import ResultsHeader, parse_header
from tests.integration.office import make_home, run_once, submit, submit_world
from tests.support.world import START, World, officer

Told = dict[str, Any]
Ask = Callable[..., Told]
LINES = 12


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A home in which the bank was given an order file of twelve lines."""
    office = make_home(tmp_path / "home")
    world = World()
    world.set_up()
    kinds = ["register", "accounts", "designations", "batch", "results"]
    bank = {"name": "农商行", "type": "bank", "bank": "402"}
    world.set_policy("policy-2", [("source", "bank-402", bank), officer("adapter", "bank-402", "adapter", kinds)])
    world.send_batch("B-1", world.settle_people(LINES))
    world.release("B-1", [("402", LINES, LINES * 10_000)])
    submit_world(office, tmp_path / "documents", world)
    assert run_once(office) == 0
    return office


def count_lines(ask: Ask, office: Office) -> dict[str, int]:
    return {state: sums["count"] for state, sums in ask("status", "--home", office.home.root)["lines"].items()}


def test_a_bank_answers_twice_and_the_batch_is_settled(office: Office, tmp_path: Path, ask: Ask) -> None:
    home, outbox = office.home.root, office.home.outbox / "402"
    first, second = tmp_path / "first", tmp_path / "second"
    shares = ["--failed", 25, "--returned", 15]
    (told,) = ask("bank", "answer", outbox, "--out", first, *shares, "--unknown", 30, "--on", "2026-11-16")["files"]
    counts = {state: told[state] for state in ("credited", "failed", "unknown", "returned")}
    assert min(counts.values()) > 0
    taken = ask("submit", "--home", home, first)
    assert [(each["outcome"], each["source"]) for each in taken["files"]] == [("new", "bank-402")]
    ask("run", "--home", home, "--once")
    assert count_lines(ask, office) == counts
    assert [row["state"] for row in ask("batch", "list", "--home", home)["batches"]] == ["released"]
    ask("bank", "answer", outbox, "--out", second, *shares, "--on", "2026-11-17")
    ask("submit", "--home", home, second)
    ask("run", "--home", home, "--once")
    assert count_lines(ask, office) == Counter(counts) + Counter(credited=counts["unknown"]) - Counter(unknown=99)
    assert [row["state"] for row in ask("batch", "list", "--home", home)["batches"]] == ["settled"]
    assert ask("log", "verify", "--home", home)["verified"]


def write_answers(office: Office, folder: Path, ask: Ask, *words: object) -> Path:
    ask("bank", "answer", office.home.outbox / "402", "--out", folder, "--on", "2026-11-16", *words)
    (path,) = folder.iterdir()
    return path


def test_the_same_file_is_the_same_document_and_another_one_another(office: Office, tmp_path: Path, ask: Ask) -> None:
    path = write_answers(office, tmp_path / "a", ask)
    other = write_answers(office, tmp_path / "b", ask, "--failed", 100)
    outcomes = [submit(office, [each])[0] for each in (path, path, other)]
    assert [outcome.word for outcome in outcomes] == ["new", "identical", "new"]
    assert outcomes[0].document == outcomes[1].document != outcomes[2].document


def test_id_and_salt_tell_nothing_of_the_file_and_are_the_same_if_the_kept_copy_is_lost(
    office: Office, tmp_path: Path, ask: Ask
) -> None:
    path = write_answers(office, tmp_path / "a", ask)
    folder = office.home.taken / "bank-402"
    before = {*folder.glob("*.jsonl")}
    (outcome,) = submit(office, [path])
    (kept,) = {*folder.glob("*.jsonl")} - before
    header = parse_header(parse_document(kept.read_bytes()).envelope.header)
    assert isinstance(header, ResultsHeader)
    assert header.id == outcome.document
    kept.unlink()
    (again,) = submit(office, [path])
    assert (again.word, again.document) == ("identical", header.id)  # signed anew, to the same bytes
    told, digest = header.id.removeprefix("RES-") + header.salt, sha256(path.read_bytes()).hexdigest()
    assert not any(digest[at : at + 8] in told for at in range(len(digest) - 7))
    assert not any(header.salt[at : at + 8] in header.id for at in range(len(header.salt) - 7))


def test_results_need_no_cover_sheet_in_the_inbox_and_other_files_still_do(
    office: Office, tmp_path: Path, ask: Ask
) -> None:
    path = write_answers(office, tmp_path / "a", ask)
    inbox = office.home.inbox / "bank-402"
    shutil.copy(path, inbox)
    shutil.copy(path, inbox / "PAY402_20261105_0001.txt")
    shutil.copy(path, inbox / f"{path.name}.part")
    with open_desk(office) as desk:
        (outcome,) = take_inbox(desk, START + 9_999_999)
    assert (outcome.word, outcome.file) == ("new", path.name)
    assert sorted(each.name for each in inbox.iterdir()) == ["PAY402_20261105_0001.txt", f"{path.name}.part"]


def test_a_file_cut_short_is_turned_away_and_changes_nothing(office: Office, tmp_path: Path, ask: Ask) -> None:
    path = write_answers(office, tmp_path / "a", ask)
    lines = path.read_bytes().splitlines(keepends=True)
    for left_out in (slice(3, 4), slice(-1, None)):
        path.write_bytes(b"".join(line for line in lines if line not in lines[left_out]))
        (outcome,) = submit(office, [path])
        assert (outcome.word, outcome.code[:2]) == ("refused", "I1")
    assert run_once(office) == 0
    assert count_lines(ask, office) == {"ordered": LINES}


def test_an_amount_or_day_that_cannot_be_read_leaves_its_line_and_the_rest_goes_on(
    office: Office, tmp_path: Path, ask: Ask
) -> None:
    path = write_answers(office, tmp_path / "a", ask)
    lines = path.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b"|100.00|", b"|1OO.OO|")
    lines[2] = lines[2].replace(b"|20261116", b"|20261199")
    path.write_bytes(b"\r\n".join(lines))
    assert submit(office, [path])[0].word == "new"
    told = ask("run", "--home", office.home.root, "--once", code=4)
    assert "I20" in json.dumps(told)
    assert "I22" in json.dumps(told)
    assert count_lines(ask, office) == {"ordered": 2, "credited": LINES - 2}
