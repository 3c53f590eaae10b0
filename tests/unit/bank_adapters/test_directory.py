"""The directory transport: only complete files are seen, and they leave whole."""

from pathlib import Path

from bank_adapters.transports.directory import list_ready, remove


def test_only_complete_files_are_ready(tmp_path: Path) -> None:
    for name in ("b.txt", "b.txt.cover.csv", "a.jsonl", "c.txt", "d.txt.tmp", "e.part", ".f.jsonl", "g.cover.csv"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "h.jsonl").mkdir()
    (tmp_path / "i.jsonl").symlink_to(tmp_path / "a.jsonl")
    assert [path.name for path in list_ready(tmp_path, lambda _: False)] == ["a.jsonl", "b.txt"]
    assert list_ready(tmp_path / "nowhere", lambda _: True) == []


def test_a_file_leaves_with_its_cover(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"x")
    (tmp_path / "b.txt.cover.csv").write_bytes(b"x")
    remove(tmp_path / "b.txt")
    remove(tmp_path / "b.txt")
    assert list(tmp_path.iterdir()) == []
