"""The directory transport: only complete files are seen, and they leave whole."""

from pathlib import Path

from bank_adapters.transports.directory import list_ready, put, remove


def test_only_complete_files_are_ready(tmp_path: Path) -> None:
    for name in ("b.txt", "b.txt.cover.csv", "a.jsonl", "c.txt", "d.txt.tmp", "e.part", ".f.jsonl", "g.cover.csv"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "h.jsonl").mkdir()
    assert [path.name for path in list_ready(tmp_path)] == ["a.jsonl", "b.txt"]
    assert list_ready(tmp_path / "nowhere") == []


def test_a_file_leaves_with_its_cover(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"x")
    (tmp_path / "b.txt.cover.csv").write_bytes(b"x")
    remove(tmp_path / "b.txt")
    remove(tmp_path / "b.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_put_whole_and_twice_is_once(tmp_path: Path) -> None:
    put(tmp_path / "out", "f.txt", b"one")
    target = put(tmp_path / "out", "f.txt", b"one")
    assert target.read_bytes() == b"one"
    assert [path.name for path in target.parent.iterdir()] == ["f.txt"]
