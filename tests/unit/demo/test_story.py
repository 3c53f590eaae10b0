"""The month folded from its log: sums as first decided, findings, families, banks, and the comparison with truth."""

import json
from pathlib import Path

import pytest

from consolidator.demo.corrected import figure_corrections, tell_corrected
from consolidator.demo.correcting import choose_unpaid
from consolidator.demo.judging import read_truth, score
from consolidator.demo.story import (
    Story,
    Sum,
    choose_family,
    count_codes,
    count_findings,
    list_waiting,
    sum_banks,
    tell_story,
)
from tests.unit.demo import logs


@pytest.fixture
def story() -> Story:
    return tell_story(logs.month())


def test_lines_count_as_first_decided_and_items_of_a_void_batch_as_refused(story: Story) -> None:
    assert story.assessed == {"ready": Sum(2, 740), "held": Sum(3, 300), "refused": Sum(3, 950)}


def test_only_accepted_documents_came_in_and_banks_are_told_from_offices(story: Story) -> None:
    assert story.documents == {"batch:office": 1, "batch:bank": 1}
    assert story.items == {"batch:office": 6, "batch:bank": 2}


def test_findings_come_from_lines_changes_later_findings_and_void_batches(story: Story) -> None:
    assert count_findings(story) == {
        "H01:orange": 1,
        "R08:yellow": 1,
        "R09:yellow": 2,
        "R13:blue": 1,
        "R18:orange": 4,
        "R21:red": 1,
        "R40:red": 2,
    }
    assert count_codes(story) == {"R08": 1, "R09": 2, "R13": 1, "R18": 4, "R21": 1, "R40": 2}


def test_cleared_and_stopped_lines_are_summed(story: Story) -> None:
    assert story.cleared == Sum(1, 100)
    assert story.stopped == Sum(2, 200)


def test_the_reviewed_family_is_shown_with_masked_names_and_its_course(story: Story) -> None:
    family = choose_family(story)
    assert [member.name for member in family] == ["周*", "吴*", "吴*"]
    assert [member.states for member in family] == [["held", "stopped"], ["held", "ready"], ["held", "stopped"]]
    assert list_waiting(story) == []


def test_a_family_nobody_reviewed_waits_and_is_not_the_example() -> None:
    story = tell_story(logs.month()[:6])
    assert choose_family(story) == []
    assert [member.place[2] for member in list_waiting(story)] == [1, 2, 3]


def test_order_files_are_summed_per_bank_in_order_of_code(story: Story) -> None:
    assert sum_banks(story) == {"102": (1, Sum(1, 700)), "402": (1, Sum(1, 100))}


def test_the_score_counts_lines_with_every_expected_code_and_holds_nobody_planted(story: Story) -> None:
    truth = {
        ("agri", "B1", 1): frozenset({"R09", "R18"}),
        ("agri", "B1", 2): frozenset({"R08", "R18", "R54"}),
        ("bank-402", "B2", 2): frozenset({"R40"}),
    }
    result = score(story, truth)
    assert (result.planted, result.found) == (3, 2)
    assert result.false_holds == 4  # lines 3, 5, 6 of the batch and item 1 of the void one


def test_truth_is_read_by_place(tmp_path: Path) -> None:
    planted = {"source": "agri", "document": "B1", "line": 4, "codes": ["R05"], "what": "x"}
    (tmp_path / "truth.json").write_text(json.dumps({"v": 1, "planted": [planted]}), encoding="utf-8")
    assert read_truth(tmp_path / "truth.json") == {("agri", "B1", 4): frozenset({"R05"})}


def test_a_line_counts_where_its_bank_says_that_it_is_and_no_more_where_it_was() -> None:
    story = tell_story(logs.answered())
    assert story.told == {"credited": Sum(), "failed": Sum(1, 100), "unknown": Sum(), "returned": Sum(1, 700)}
    assert (story.asked, story.settled) == (1, 1)
    assert story.unpaid == {("agri", "B1", 2): "account_state", ("agri", "B1", 4): ""}
    assert count_findings(story)["R51:red"] == count_findings(story)["R53:yellow"] == 1
    assert choose_family(story)[1].states == ["held", "ready"]  # how it was reviewed is told, not how it was paid


def test_before_banks_answer_nothing_is_told(story: Story) -> None:
    assert all(part == Sum() for part in story.told.values())
    assert (story.asked, story.settled, story.unpaid) == (0, 0, {})


def test_corrections_are_folded_with_what_refused_the_wrong_ones() -> None:
    corrected = tell_corrected(logs.corrected(), "agri", ("B1-FIX", "B1-RAISED", "B1-TWICE"), {2})
    assert [(each.source_line, each.line, each.state, each.chose) for each in corrected.lines] == [
        ("agri/B1/2", "agri/B1-FIX/1", "credited", True),
        ("agri/B1/4", "agri/B1-FIX/2", "held", False),
    ]
    figures = figure_corrections(corrected)
    assert figures["refused"] == {"raised": ["R44:red"], "twice": ["R13:blue", "R45:red"]}
    assert figure_corrections(None) == "none"


def test_the_department_with_most_unpaid_lines_in_a_batch_corrects_them() -> None:
    story = tell_story([])
    assert choose_unpaid(story) == []
    story.unpaid = dict.fromkeys([("bank-402", "P", 1), ("bank-402", "P", 2), ("bank-402", "P", 3)], "")
    assert choose_unpaid(story) == []
    story.unpaid |= dict.fromkeys([("agri", "A", 9), ("civil", "C", 8), ("civil", "C", 2), ("agri", "B", 1)], "")
    assert choose_unpaid(story) == [("civil", "C", 2), ("civil", "C", 8)]
