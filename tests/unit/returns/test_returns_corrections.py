"""What was not paid goes back with the name that a correction states; once one is there, the list says which."""

from pathlib import Path

import pytest

from consolidator.returns.store import Standing
from consolidator.returns.texts import render_next
from schemas.identifiers import derive_order_id
from tests.support.paid_again import correct, fail_lines
from tests.support.told import order_lines, result, tell, tell_one
from tests.support.world import make_id
from tests.unit.returns.office import Office

FIX = "bank-402/FIX-1/1"


def find_step(office: Office, line: int = 1) -> str:
    """Give what the list of B-1 says is to be done about a line."""
    rows = {row["明细序号"]: row for row in office.read("B-1")}
    return rows[str(line)]["下一步"]


def test_a_failed_line_shows_the_name_that_its_correction_states(office: Office) -> None:
    fail_lines(office.world, 1)
    office.run()
    [row] = office.read("B-1")
    assert row["明细编号"] == "bank-402/B-1/1"
    assert "新批次的「更正原明细」填本明细编号" in row["下一步"]


def test_only_lines_of_batches_have_such_a_name(office: Office) -> None:
    office.world.register("deaths", {"id": [make_id(0), "x"], "died_on": ["2025-01-01"] * 2})
    office.run()
    [path] = [Path(path) for path in office.files() if path.endswith(".csv")]
    rows = office.read(path.stem, path.parent.name)
    assert [(row["明细序号"], row["明细编号"]) for row in rows] == [("2", "")]


def test_a_line_that_is_corrected_already_is_not_to_be_corrected_again(office: Office) -> None:
    ids = fail_lines(office.world, 2)
    office.run()
    correct(office.world, "FIX-1", ids[:1], [1])
    office.run()
    assert find_step(office) == (
        f"已有更正行 {FIX}(待发放),本明细无须另行更正 / line {FIX} (ready) corrects it: it needs no other correction"
    )
    assert "更正重发:" in find_step(office, 2)
    assert list(office.files()) == [path for path in office.files() if "/B-1_" in path]  # the correction is quiet


def test_a_correction_that_is_held_or_cleared_is_told_as_it_stands(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    correct(office.world, "FIX-1", ids, [1])
    office.run()
    office.world.review("reviewer", "hold", "FIX-1", [1])
    office.run()
    assert f"{FIX}(存疑拦截)" in find_step(office)
    office.world.clear("FIX-1", [1])
    office.run()
    assert f"{FIX}(待发放)" in find_step(office)


def test_a_line_is_to_be_corrected_again_when_its_correction_was_stopped(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    correct(office.world, "FIX-1", ids, [1])
    office.run()
    office.world.review("reviewer", "hold", "FIX-1", [1])
    office.world.review("reviewer", "stop", "FIX-1", [1])
    office.run()
    assert FIX not in find_step(office)
    assert "更正重发:" in find_step(office)


def test_a_rebuilt_line_leaves_its_list(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    correct(office.world, "FIX-1", ids, [1])
    office.world.release("FIX-1", [("402", 1, 10_000)])
    office.run()
    [note] = office.read("B-1")
    assert note["状态"] == "已处理 done"


def test_a_rebuilt_line_with_a_clue_says_which_line_pays_it(office: Office) -> None:
    ids = order_lines(office.world, 1)
    tell_one(office.world, "returned", 1, why="return")
    correct(office.world, "FIX-1", ids, [1])
    office.world.release("FIX-1", [("402", 1, 10_000)])
    office.run()
    [row] = office.read("B-1")
    assert (row["状态"], row["原因代码"]) == ("已更正重发 rebuilt", "R53")
    assert row["下一步"].startswith(f"不影响支付;核实后反馈财政局;已由更正行 {FIX} 重发 / ")


def test_a_correction_that_fails_goes_back_with_its_own_name(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    correct(office.world, "FIX-1", ids, [1])
    office.world.release("FIX-1", [("402", 1, 10_000)])
    tell(office.world, result("failed", 1, order=derive_order_id("511112", "bank-402", "FIX-1", 1, 1)))
    office.run()
    [row] = office.read("FIX-1")
    assert (row["状态"], row["明细编号"]) == ("发放失败 failed", FIX)
    assert "更正重发:" in row["下一步"]


def test_what_differs_on_a_corrected_line_is_settled_with_the_bank(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    correct(office.world, "FIX-1", ids, [1])
    tell_one(office.world, "credited", 1)
    office.run()
    assert find_step(office).startswith("与银行逐笔核实")
    assert f"已有更正行 {FIX}(存疑拦截)" in find_step(office)


@pytest.mark.parametrize(
    ("code", "step"),
    [("R44", "金额改为不超过原明细"), ("R45", "原明细已有更正行:本行不要再报"), ("S27", "核对原明细")],
)
def test_a_refused_correction_says_what_to_do(code: str, step: str) -> None:
    assert render_next(Standing("refused", findings=[f"{code}:red"])).startswith(step)


def test_a_refused_correction_leaves_the_line_to_be_corrected(office: Office) -> None:
    ids = fail_lines(office.world, 1)
    office.world.send_batch("FIX-1", ids, [10_100], source_line=["bank-402/B-1/1"])
    office.run()
    assert office.read("FIX-1")[0]["比对依据"].endswith("R44: 所更正的原明细 bank-402/B-1/1,原明细金额(元) 100.00")
    assert FIX not in find_step(office)


def test_lists_made_again_from_the_log_say_the_same(office: Office) -> None:
    ids = fail_lines(office.world, 2)
    office.run()
    correct(office.world, "FIX-1", ids[:1], [1])
    office.run()
    before = office.files()
    (office.root / "returns" / ".state").unlink()
    office.restart()
    assert office.files() == before
