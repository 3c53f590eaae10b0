"""Files that intake turned away have one list per source, made from the reasons that stand beside them."""

import json

from consolidator.home.paths import Home
from consolidator.intake.refusals import Refusal, keep_refused
from schemas.errors import InputError
from tests.support.world import START
from tests.unit.returns.office import Office


def refuse(office: Office, name: str, source: str, code: str = "I13") -> None:
    """Turn a file away."""
    keep_refused(Home(office.root), Refusal(name, source, InputError(code, "", "row 3"), START), name.encode())


def test_files_turned_away_are_listed_for_their_source(office: Office) -> None:
    office.run()
    refuse(office, "a.txt", "bank-402")
    refuse(office, "b.txt", "")
    office.run()
    [row] = office.read("files-turned-away")
    assert (row["原文件"], row["位置"], row["原因代码"]) == ("a.txt", "row 3", "I13")
    assert row["原因"] == "编码错误 / wrong encoding"
    assert row["下一步"].startswith("按约定编码重新导出 / ")
    assert [row["原文件"] for row in office.read("files-turned-away", "unknown")] == ["b.txt"]


def test_a_list_in_which_nothing_is_left_says_so(office: Office) -> None:
    office.run()
    refuse(office, "a.txt", "bank-402")
    office.run()
    for path in (office.root / "refused" / "bank-402").iterdir():
        path.unlink()
    office.run()
    [row] = office.read("files-turned-away")
    assert row["原因"] == "已处理 done"


def test_a_reason_that_cannot_be_read_still_has_its_row(office: Office) -> None:
    office.run()
    folder = office.root / "refused" / "bank-402"
    folder.mkdir(parents=True)
    (folder / "x.txt.reason.json").write_bytes(b"{")
    (folder / "y.txt.reason.json").write_text(json.dumps({"file": "y.txt"}))
    (folder / ".z.reason.json").write_bytes(b"a draft")
    office.run()
    assert [row["原文件"] for row in office.read("files-turned-away")] == ["x.txt", "y.txt"]


def test_a_source_of_which_nothing_was_turned_away_has_no_list(office: Office) -> None:
    (office.root / "refused" / "bank-402").mkdir(parents=True)
    office.run()
    assert office.files() == {}


def test_a_folder_in_which_nothing_changed_is_not_written_again(office: Office) -> None:
    office.run()
    refuse(office, "a.txt", "bank-402")
    office.run()
    path = office.root / "returns" / "bank-402" / "files-turned-away.csv"
    before = path.stat().st_ino
    office.run()
    assert path.stat().st_ino == before
