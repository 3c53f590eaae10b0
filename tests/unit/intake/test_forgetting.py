"""What goes from taken/ and refused/ with a year, and what stays."""

import json
import os
from pathlib import Path

import pytest

from consolidator.bootstrap import Office
from consolidator.home.files import write_whole
from consolidator.intake.forgetting import forget_refused_before, forget_taken, list_refused, list_taken
from consolidator.intake.spool import derive_next_number
from streams.embedded.journal import open_journal
from tests.integration.office import make_home, submit, write_pay_file
from tests.support.world import START, key_of, make_id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A fresh home."""
    return make_home(tmp_path / "home")


def list_names(folder: Path) -> list[str]:
    """Give all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def send_twice(office: Office, folder: Path) -> Path:
    """Send one bank's file with two cover sheets, so that two documents are made of it; gives the source's folder."""
    for number in "12":
        path = write_pay_file(folder, [make_id(1)], 编号=f"PAY-000{number}")
        submit(office, [path], START + int(number))
    return office.home.taken / "bank-402"


def forget(office: Office, before: int) -> list[str]:
    """Forget what stands before a position; gives what was listed before."""
    with open_journal(office.home.journal) as journal:
        listed = [path.name for path in list_taken(office.home, journal, before)]
        forget_taken(office.home, journal, before)
        return listed


def test_an_original_goes_with_the_last_document_made_from_it(office: Office, tmp_path: Path) -> None:
    folder = send_twice(office, tmp_path)
    first, second = sorted(path.name for path in folder.glob("*.jsonl"))
    originals = list_names(folder / "files")
    assert forget(office, 4) == [first]
    assert list_names(folder) == sorted([second, *originals])
    assert sorted(forget(office, 6)) == sorted([second, *originals])
    assert forget(office, 6) == []
    assert list_names(folder) == [f"{second[:25]}-0.jsonl"]
    assert derive_next_number(folder, key_of("adapter")) == 3


def test_what_nobody_of_us_wrote_stays_and_half_written_files_go(office: Office, tmp_path: Path) -> None:
    folder = send_twice(office, tmp_path)
    own = list_names(folder)
    for name in ("notes.txt", f"{'0' * 16}-00000001-aa.jsonl", ".half.tmp", "files/.half.tmp"):
        write_whole(folder / name, b"something")
    assert forget(office, 1) == [".half.tmp", ".half.tmp"]
    assert list_names(folder) == sorted([*own, "notes.txt", f"{'0' * 16}-00000001-aa.jsonl"])


def test_what_was_turned_away_goes_by_its_stamp_and_without_one_by_the_files_time(office: Office) -> None:
    folder = office.home.refused / "unknown"
    for name, at in (("old", START - 1), ("new", START), ("plain", None)):
        write_whole(folder / name, b"raw")
        if at is not None:
            stamp = {"at": "2026-10-31T23:59:59Z" if at < START else "2026-11-01T00:00:00Z"}
            write_whole(folder / f"{name}.reason.json", json.dumps(stamp).encode())
    write_whole(folder / "alone.reason.json", b"{}")
    for name in ("plain", "alone.reason.json"):
        os.utime(folder / name, (START - 1, START - 1))
    write_whole(folder / ".copy.tmp", b"half")
    assert {path.name for path in list_refused(office.home, START)} == {
        "old",
        "old.reason.json",
        "plain",
        "alone.reason.json",
        ".copy.tmp",
    }
    forget_refused_before(office.home, START)
    assert list_names(folder) == ["new", "new.reason.json"]
    assert list_refused(office.home, START) == []
