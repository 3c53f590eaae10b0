"""Lists are derived: lost, damaged or half written, they are made again, and a run pays only for what is new."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from consolidator.returns import updating
from consolidator.returns.store import open_store
from consolidator.returns.updating import STATE, update_lists
from schemas.commits import Bundle
from schemas.errors import DependencyError
from tests.support.world import make_id
from tests.unit.returns.office import Office, make_county, open_office


def send_refused(office: Office, name: str = "B-1", first: int = 500) -> None:
    """Send two lines of persons nobody knows."""
    if not office.world.state.accounts:
        office.world.settle_people(3)
    office.world.send_batch(name, [make_id(first), make_id(first + 1)])


def inodes(office: Office) -> dict[str, int]:
    """Give each file's inode: a file written again is another file."""
    return {name: (office.root / "returns" / name).stat().st_ino for name in office.files()}


def test_a_list_without_changes_is_not_written_again(office: Office) -> None:
    send_refused(office)
    office.run()
    before = inodes(office)
    send_refused(office, "B-2", 600)
    office.run()
    assert len(inodes(office)) == 4
    assert before.items() <= inodes(office).items()


def test_the_same_log_gives_the_same_bytes(office: Office, tmp_path: Path) -> None:
    send_refused(office)
    office.run()
    with open_office(tmp_path / "other") as other:
        send_refused(other)
        other.run()
        assert other.files() == office.files()


def test_lists_in_pieces_are_the_lists_at_once(office: Office, tmp_path: Path) -> None:
    for step in range(3):
        send_refused(office, f"B-{step}", 500 + 10 * step)
        office.world.review("supervisor", "hold", f"B-{step}", [1], "oversight")
        office.run()
    at_once = replace(office.lists, returns=tmp_path / "again")
    update_lists(at_once)
    again = {
        path.relative_to(tmp_path / "again").as_posix(): path.read_bytes()
        for path in (tmp_path / "again").rglob("*.*")
        if path.is_file() and path.name != STATE
    }
    assert again == office.files()


def test_missing_lists_come_back_at_a_start(office: Office) -> None:
    send_refused(office)
    office.run()
    before = office.files()
    for name in before:
        (office.root / "returns" / name).unlink()
    office.run()
    assert office.files() == {}
    office.restart()
    assert office.files() == before


@pytest.mark.parametrize("damage", ["missing", "empty", "noise", "version", "other log", "ahead"])
def test_a_record_of_progress_that_is_wrong_is_made_again(office: Office, damage: str) -> None:
    send_refused(office)
    office.run()
    before, path = office.files(), office.root / "returns" / STATE
    if damage == "missing":
        path.unlink()
    elif damage in ("empty", "noise"):
        path.write_bytes(b"" if damage == "empty" else bytes(range(256)) * 64)
    else:
        changes = {
            "version": "PRAGMA user_version = 99",
            "other log": "UPDATE progress SET last = 'x'",
            "ahead": "UPDATE progress SET size = 10000",
        }
        connection = sqlite3.connect(path)
        connection.execute(changes[damage])
        connection.commit()
        connection.close()
    next(iter((office.root / "returns" / "bank-402").glob("*.csv"))).write_bytes(b"old")
    office.restart()
    assert office.files() == before


def test_a_start_after_a_crash_goes_on_where_the_lists_end(office: Office) -> None:
    send_refused(office)
    office.run()
    send_refused(office, "B-2", 600)
    office.commit()
    assert len(office.files()) == 2
    office.restart()
    assert len(office.files()) == 4


def test_a_crash_between_the_two_files_is_made_good(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    send_refused(office)
    office.run()
    office.world.review("supervisor", "hold", "B-1", [1], "oversight")
    send_refused(office, "B-2", 600)
    outcomes = office.commit()
    rename = Path.replace

    def fail_at_csv(path: Path, target: Path) -> Path:
        if target.suffix == ".csv":
            raise OSError(5, "broken")
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail_at_csv)
        with pytest.raises(DependencyError):
            update_lists(office.lists, outcomes)
    update_lists(office.lists)
    assert [row["明细序号"] for row in office.read("B-2")] == ["1", "2"]
    assert not list((office.root / "returns").rglob("*.tmp"))


def test_a_full_disk_is_told_and_costs_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    send_refused(office)

    def fail(*_: object) -> None:
        message = "database or disk is full"
        raise sqlite3.OperationalError(message)

    with monkeypatch.context() as patch:
        patch.setattr(updating, "fold_entries", fail)
        with pytest.raises(DependencyError):
            office.run()
    office.run()
    assert len(office.files()) == 2


def test_a_run_reads_only_what_is_new(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    send_refused(office)
    office.run()
    covered = office.world.state.size or sum(b.count for step in office.world.steps for b in step.bundles)
    bundles = office.journal.bundles
    asked: list[int] = []

    def note(first: int = 0) -> Iterator[Bundle]:
        asked.append(first)
        return bundles(first)

    send_refused(office, "B-2", 600)
    outcomes = office.commit()
    monkeypatch.setattr(office.journal, "bundles", note)
    update_lists(office.lists, outcomes)
    assert asked == [covered - 1, covered]


def test_many_refused_items_are_found_again_without_the_outcomes_of_their_run(office: Office) -> None:
    world = office.world
    ids = [make_id(number) for number in range(150)]
    world.take_census(ids, ["402"] * 150, [f"62170000{number:04d}" for number in range(150)])
    world.take_census(ids[::-1], ["402"] * 150, [f"62170000{number:04d}" for number in range(150)])
    office.commit()
    office.restart()
    rows = office.read("census-2", "bureau")
    assert {row["原因代码"] for row in rows} == {"S06"}
    assert [row["证件号码"] for row in rows] == ids[::-1]


def test_somebody_is_told_of_a_large_list(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updating, "NOTED_LINES_MIN", 2)
    send_refused(office)
    office.run()
    assert [name[:4] for name in office.large] == ["B-1_"]


def test_nothing_is_written_before_the_first_commit(office: Office) -> None:
    update_lists(office.lists)
    assert not (office.root / "returns").exists()


def test_what_is_not_committed_is_forgotten(tmp_path: Path) -> None:
    with open_store(tmp_path / STATE) as store:
        store.put_listing("a", "1")
    with open_store(tmp_path / STATE) as store:
        assert store.find_listing("a") == ""


def test_the_fresh_ledger_of_a_replay_is_not_the_running_one() -> None:
    assert make_county() is not make_county()
