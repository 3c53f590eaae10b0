"""``schemas write`` brings to a folder what the program describes, and leaves other files alone."""

from pathlib import Path

import pytest

from consolidator.cli.main import main
from schemas.describing.rendering import render_all
from streams.kafka.definitions import load_topics


def test_every_file_is_written_and_others_are_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "to" / "v1").mkdir(parents=True)
    (tmp_path / "to" / "v1" / "kept").write_bytes(b"x")
    (tmp_path / "to" / "README.md").write_bytes(b"old")
    assert main(["schemas", "write", "--to", str(tmp_path / "to")]) == 0
    found = {p.relative_to(tmp_path / "to").as_posix(): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert found == render_all(load_topics()) | {"v1/kept": b"x"}
    assert str(tmp_path / "to") in capsys.readouterr().out


def test_where_nothing_can_be_written_the_disk_is_to_blame(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert main(["schemas", "write", "--to", str(tmp_path / "file")]) == 6
