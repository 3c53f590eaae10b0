import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from consolidator.publishing import publisher as publisher_module
from consolidator.publishing.ahead import start_ahead
from consolidator.publishing.publisher import Publisher
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import derive_signer
from schemas.errors import VerificationError
from tests.support.logs import SIGNER, Writing, publish_from, read_all, write_journal
from tests.support.published import render_log, seal


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Writing]:
    with write_journal(tmp_path / "journal.sqlite") as writing:
        yield writing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def publisher(writing: Writing, folder: Path) -> Iterator[Publisher]:
    with publish_from(writing.path, folder) as publisher:
        yield publisher


def start(publisher: Publisher, writing: Writing) -> None:
    """Start as a run does."""
    publisher.start(writing.record)
    publisher.publish(writing.record.head)


def expected(writing: Writing, size: int | None = None) -> dict[str, bytes]:
    """Give the files of the log so far, made without the publisher."""
    entries = writing.entries[:size]
    return {**render_log(entries), "checkpoint": seal(entries, SIGNER)}


@pytest.mark.parametrize("size", [1, 255, 256, 257, 4095, 4096, 4097, 65_535, 65_536, 65_537])
def test_a_log_of_each_border_size_is_published_file_by_file(writing: Writing, folder: Path, size: int) -> None:
    writing.grow(size)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    assert read_all(folder) == expected(writing)


def test_a_log_that_grows_has_the_files_of_its_size_at_each_head(
    writing: Writing, publisher: Publisher, folder: Path
) -> None:
    writing.grow(1)
    start(publisher, writing)
    for size in (2, 255, 256, 257, 511, 600, 4096, 4097, 9000, 70_000):
        publisher.publish(writing.grow(size).head)
        assert expected(writing).items() <= read_all(folder).items()


def test_nothing_is_written_when_nothing_was_committed(writing: Writing, publisher: Publisher, folder: Path) -> None:
    writing.grow(300)
    start(publisher, writing)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    publisher.publish(writing.record.head)
    with publish_from(writing.path, folder) as again:
        start(again, writing)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before


def test_partial_files_stay_until_their_tile_is_full_and_one_more_checkpoint_is_out(
    writing: Writing, publisher: Publisher, folder: Path
) -> None:
    writing.grow(10)
    start(publisher, writing)
    publisher.publish(writing.grow(20).head)
    partials = ["tile/0/000.p/10", "tile/0/000.p/20", "tile/entries/000.p/10", "tile/entries/000.p/20"]
    publisher.publish(writing.grow(300).head)
    assert set(partials) <= read_all(folder).keys()
    publisher.publish(writing.grow(301).head)
    assert not set(partials) & read_all(folder).keys()
    assert expected(writing, 300).keys() | expected(writing).keys() == read_all(folder).keys()


def test_tiles_may_run_ahead_of_the_checkpoint(writing: Writing, publisher: Publisher, folder: Path) -> None:
    """As they do while witnesses are asked."""
    writing.grow(10)
    start(publisher, writing)
    first = writing.grow(200).head
    publisher.bring_tiles(first)
    publisher.bring_tiles(writing.grow(1000).head)
    assert read_all(folder)["checkpoint"] == seal(writing.entries[:10], SIGNER)
    publisher.publish_checkpoint(Checkpoint("", 200, bytes.fromhex(first.root)).head, first.checkpoint.encode())
    assert expected(writing, 200).items() <= read_all(folder).items()


def test_an_older_checkpoint_never_replaces_a_newer_one(writing: Writing, publisher: Publisher, folder: Path) -> None:
    old = writing.grow(10).head
    start(publisher, writing)
    publisher.publish(writing.grow(20).head)
    publisher.publish_checkpoint(Checkpoint("", 10, bytes.fromhex(old.root)).head, old.checkpoint.encode())
    assert read_all(folder)["checkpoint"] == seal(writing.entries, SIGNER)


def test_at_most_one_head_a_second_is_published_in_a_run(writing: Writing, folder: Path) -> None:
    clock = [0.0]
    heads = []
    with publish_from(writing.path, folder) as publisher:
        publisher.now = lambda: clock[0]
        writing.grow(1)
        start(publisher, writing)
        for size in range(2, 12):
            writing.grow(size)
            clock[0] += 0.3
            publisher.note_commit()
            heads.append(publisher.published.size)
    assert heads == [1, 1, 1, 5, 5, 5, 5, 9, 9, 9]


@pytest.mark.parametrize("lost", ["tile", "tile/0", "tile/1", "checkpoint", ""])
def test_published_files_that_were_lost_are_written_anew(writing: Writing, folder: Path, lost: str) -> None:
    """A start looks at the end of the log only; what is missing in its midst is for ``log verify`` to find."""
    writing.grow(700)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    place = folder / lost
    shutil.rmtree(place) if place.is_dir() else place.unlink()
    writing.grow(701)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    assert expected(writing).items() <= read_all(folder).items()


def test_a_damaged_tile_at_the_end_stops_the_run_and_the_next_start_writes_it_anew(
    writing: Writing, publisher: Publisher, folder: Path
) -> None:
    writing.grow(700)
    start(publisher, writing)
    place = folder / "tile/0/002.p/188"
    place.write_bytes(place.read_bytes()[:-1] + b"\0")
    with pytest.raises(VerificationError, match="do not lead to its root"):
        publisher.publish(writing.grow(701).head)
    assert read_all(folder)["checkpoint"] == seal(writing.entries[:700], SIGNER)
    with publish_from(writing.path, folder) as again:
        start(again, writing)
    assert expected(writing).items() <= read_all(folder).items()


def test_a_journal_older_than_the_published_log_is_refused(tmp_path: Path, writing: Writing, folder: Path) -> None:
    writing.grow(10)
    shutil.copy(writing.path, tmp_path / "old.sqlite")
    shutil.copy(f"{writing.path}-wal", tmp_path / "old.sqlite-wal")
    writing.grow(20)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    whole = read_all(folder)
    with publish_from(tmp_path / "old.sqlite", folder) as publisher:
        with pytest.raises(VerificationError, match="20 entries were published and the journal has 10"):
            publisher.start(publisher.journal.last_commit())
        with pytest.raises(VerificationError, match="20 entries were published and the journal has 0"):
            publisher.start(None)
    assert read_all(folder) == whole


@pytest.mark.parametrize("more", [0, 1, 600])
def test_a_journal_with_another_history_is_refused(tmp_path: Path, writing: Writing, folder: Path, more: int) -> None:
    writing.grow(300)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    checkpoint = read_all(folder)["checkpoint"]
    with write_journal(tmp_path / "other.sqlite") as other:
        other.commit([b"other"])
        other.grow(300 + more)
        with (
            publish_from(other.path, folder) as publisher,
            pytest.raises(VerificationError, match="first 300 entries are not those that were published"),
        ):
            publisher.start(other.record)
    assert read_all(folder)["checkpoint"] == checkpoint


def test_damaged_files_are_not_replaced_by_another_history(tmp_path: Path, writing: Writing, folder: Path) -> None:
    """They are evidence."""
    writing.grow(300)
    with publish_from(writing.path, folder) as publisher:
        start(publisher, writing)
    (folder / "tile/0/001.p/44").write_bytes(b"damaged")
    before = read_all(folder)
    with write_journal(tmp_path / "other.sqlite") as other:
        other.commit([b"other"])
        other.grow(400)
        with (
            publish_from(other.path, folder) as publisher,
            pytest.raises(VerificationError, match="first 300 entries are not those that were published"),
        ):
            publisher.start(other.record)
    assert read_all(folder) == before


def test_a_journal_that_does_not_lead_to_its_own_root_is_never_published(writing: Writing, folder: Path) -> None:
    record = writing.grow(10)
    with closing(sqlite3.connect(writing.path)) as journal, journal:
        [(entries,)] = journal.execute("SELECT entries FROM bundles").fetchall()
        journal.execute("UPDATE bundles SET entries = ?", (entries.replace(b"entry 7", b"entry 8"),))
    with (
        publish_from(writing.path, folder) as publisher,
        pytest.raises(VerificationError, match="do not lead to the root of its last commit"),
    ):
        publisher.start(record)
    assert "checkpoint" not in read_all(folder)


OTHER = derive_signer("log.example/other", bytes(32))
FORGED = derive_signer(SIGNER.name, b"f" * 32)


@pytest.mark.parametrize(
    "checkpoint",
    [
        b"",
        b"no checkpoint",
        sign_checkpoint(Checkpoint(OTHER.name, 1, bytes(32)), OTHER),
        sign_checkpoint(Checkpoint(FORGED.name, 1, bytes(32)), FORGED),
    ],
)
def test_a_checkpoint_that_is_not_this_logs_is_never_overwritten(
    writing: Writing, publisher: Publisher, folder: Path, checkpoint: bytes
) -> None:
    writing.grow(10)
    folder.mkdir()
    (folder / "checkpoint").write_bytes(checkpoint)
    with pytest.raises(VerificationError, match="the published checkpoint is of no use"):
        publisher.start(writing.record)
    assert read_all(folder) == {"checkpoint": checkpoint}


def test_drafts_of_ended_processes_are_cleared_away(writing: Writing, publisher: Publisher, folder: Path) -> None:
    writing.grow(10)
    folder.mkdir()
    (folder / ".new-1").write_bytes(b"torn")
    start(publisher, writing)
    assert read_all(folder) == expected(writing)


def test_a_home_without_any_commit_publishes_nothing(publisher: Publisher, folder: Path) -> None:
    publisher.start(None)
    publisher.note_commit()
    assert not folder.exists()


def test_a_second_process_writes_the_files_and_the_first_the_checkpoint(
    writing: Writing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "AHEAD_COMMANDS", 1)
    clock = [0.0]
    with publish_from(writing.path, folder) as publisher:
        publisher.now = lambda: clock[0]
        publisher.start_ahead = lambda tiled: start_ahead(writing.path, folder, tiled)
        writing.grow(1)
        start(publisher, writing)
        with publisher.busy(1):
            for size in range(1000, 20_000, 1000):
                writing.grow(size)
                clock[0] += 1
                publisher.note_commit()
        assert publisher.tiled.size == 19_000
        assert expected(writing).keys() - {"checkpoint"} <= read_all(folder).keys()
        publisher.publish(writing.record.head)
    assert expected(writing).items() <= read_all(folder).items()


def test_what_the_second_process_cannot_do_the_first_one_does(
    writing: Writing, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher_module, "AHEAD_COMMANDS", 1)
    with publish_from(writing.path, folder) as publisher:
        publisher.start_ahead = lambda tiled: start_ahead(Path("no journal"), folder, tiled)
        writing.grow(1)
        start(publisher, writing)
        with publisher.busy(1):
            writing.grow(1000)
            publisher.note_commit()
        publisher.publish(writing.record.head)
    assert expected(writing).items() <= read_all(folder).items()
