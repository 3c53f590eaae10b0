"""What was announced and did not come: who announced it and who usually sends it get a list, until it comes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from openpyxl import load_workbook

from schemas.commands import Command
from tests.support.world import COUNTY, START
from tests.unit.returns.office import Office, open_office

DAY = 86_400
NAME = "batches-overdue"
TOWN = f"{COUNTY}001"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with open_office(tmp_path) as opened:
        yield opened


def announce(office: Office, name: str, due_on: str, programme: str = "FARM", township: str = TOWN) -> None:
    columns = {"programme": [programme], "period": ["2026"], "township": [township], "due_on": [due_on]}
    office.world.send("clerk", {"kind": "expected", "id": name, "source": "bureau"}, columns)


def pass_days(office: Office, days: int) -> None:
    office.world.apply(Command("tick", START + days * DAY, b""))
    office.run()


def test_nobody_gets_a_list_before_the_day_is_over(office: Office) -> None:
    announce(office, "E-1", "2026-11-30")
    pass_days(office, 1)
    assert not [name for name in office.files() if NAME in name]


def test_who_announced_it_is_reminded_when_nobody_ever_sent_such_a_batch(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    (row,) = office.read(NAME, "bureau")
    assert (row["项目编码"], row["期间"], row["乡镇代码"], row["应报日期"]) == ("FARM", "2026", TOWN, "2026-11-03")
    assert (row["预告单位"], row["通常报送单位"], row["原因代码"]) == ("bureau", "", "R43")
    assert "查明应报单位" in row["下一步"]
    assert {name.partition("/")[0] for name in office.files()} == {"bureau"}


def test_who_sent_such_a_batch_before_is_reminded_too(office: Office) -> None:
    office.world.send_batch("B-1", office.world.settle_people(2), fields={"period": "2025"})
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    assert office.read(NAME, "bank-402") == office.read(NAME, "bureau")
    assert office.read(NAME, "bank-402")[0]["通常报送单位"] == "bank-402"
    sheet = load_workbook(office.root / "returns" / "bank-402" / f"{NAME}.xlsx").active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:4] == ["FARM", "2026", TOWN, "2026-11-03"]


def test_a_level_that_rises_rewrites_the_list(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    yellow = office.read(NAME, "bureau")[0]["原因"]
    pass_days(office, 60)
    assert "黄" in yellow
    assert "橙" in office.read(NAME, "bureau")[0]["原因"]


def test_a_batch_that_comes_leaves_the_list(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    office.world.send_batch("B-1", office.world.settle_people(2))
    office.run()
    (row,) = office.read(NAME, "bureau")
    assert row["下一步"].startswith("已处理")


def test_a_batch_of_another_township_or_one_that_is_refused_as_a_whole_is_no_answer(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    people = office.world.settle_people(2)
    office.world.send_batch("B-1", people, fields={"township": f"{COUNTY}002"})
    office.world.send_batch("B-2", people)  # all of it is a repeat
    office.run()
    assert office.read(NAME, "bureau")[0]["项目编码"] == "FARM"


def test_announced_anew_for_a_later_day_it_is_late_again_only_after_that_day(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    announce(office, "E-2", "2026-11-25")
    office.run()
    assert office.read(NAME, "bureau")[0]["下一步"].startswith("已处理")
    pass_days(office, 40)
    assert office.read(NAME, "bureau")[0]["应报日期"] == "2026-11-25"


def test_an_announcement_that_is_refused_changes_nothing_and_goes_back_to_who_announced(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    announce(office, "E-2", "2026-11-31")
    office.run()
    assert office.read(NAME, "bureau")[0]["应报日期"] == "2026-11-03"
    (row,) = office.read("E-2", "bureau")
    assert (row["明细序号"], row["原因代码"]) == ("1", "S07")


def test_lists_that_were_deleted_are_written_again_with_the_same_bytes(office: Office) -> None:
    announce(office, "E-1", "2026-11-03")
    pass_days(office, 10)
    before = office.files()
    for name in before:
        (office.root / "returns" / name).unlink()
    (office.root / "returns" / ".state").unlink()
    office.restart()
    assert office.files() == before
