"""What is kept of records that are no commands."""

import json
from pathlib import Path

import pytest

from consolidator.cluster import poison as module
from consolidator.cluster.poison import keep_poison
from schemas.errors import DependencyError, InputError
from streams.kafka.commands import Poison


def make_poison(position: int = 7, raw: bytes = b"\xff\x00") -> Poison:
    """Make a record that is no command."""
    return Poison(position, raw, InputError("I30", "there is no value"), 0)


def test_bytes_are_kept_with_where_they_stood_and_why_for_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "w1" / "poison"
    assert keep_poison(folder, "511112", make_poison())
    kept, note = folder / "511112-7.bin", folder / "511112-7.json"
    assert kept.read_bytes() == b"\xff\x00"
    told = {"county": "511112", "position": 7, "code": "I30", "detail": "there is no value"}
    assert json.loads(note.read_bytes()) == told
    assert {path.stat().st_mode & 0o077 for path in (kept, note, folder)} == {0}


def test_what_is_kept_stays(tmp_path: Path) -> None:
    keep_poison(tmp_path, "511112", make_poison())
    assert keep_poison(tmp_path, "511112", make_poison(raw=b"other"))
    assert (tmp_path / "511112-7.bin").read_bytes() == b"\xff\x00"


def test_a_flood_is_passed_over_without_filling_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_MAX", 3)
    kept = [keep_poison(tmp_path, "511112", make_poison(position)) for position in range(5)]
    assert kept == [True, True, True, False, False]
    assert keep_poison(tmp_path, "511112", make_poison(0))  # it is there
    assert len(list(tmp_path.iterdir())) == 6


def test_a_disk_that_does_not_take_it_is_a_dependency(tmp_path: Path) -> None:
    (tmp_path / "poison").write_bytes(b"a file where the folder would be")
    with pytest.raises(DependencyError):
        keep_poison(tmp_path / "poison", "511112", make_poison())
