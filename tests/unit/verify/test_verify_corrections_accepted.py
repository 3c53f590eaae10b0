"""An oversight body goes on past a wrong entry: what corrections lose by it, and what is judged as before."""

import copy
from collections.abc import Callable

import pytest

from consolidator.verify.accepting import pass_over
from consolidator.verify.aside import set_aside
from consolidator.verify.books import Books
from consolidator.verify.corrections import free_source
from consolidator.verify.log import WrongEntryError, check_entries
from tests.unit.verify.corrected import CORRECTED, Story, correcting, find_line, put_after, rebuilt
from tests.unit.verify.story import Entry, batch, batch_document, line, orders, overdue, render

Accepted = frozenset[int]


def follow(story: Story, accepted: Accepted = frozenset()) -> Books:
    """Read a log, going on past the entries that were accepted."""
    books = Books()
    for index, entry in enumerate(story):
        if index in accepted:
            pass_over(books, render(entry))
        else:
            check_entries(books, [render(entry)], index)
    return books


def accept_all(story: Story) -> tuple[list[Entry], list[str], Books]:
    """Accept each entry that is wrong, one after the other: these entries, what was said of each, and the books."""
    accepted, said = list[int](), list[str]()
    while True:
        try:
            books = follow(story, frozenset(accepted))
        except WrongEntryError as error:
            accepted.append(error.index)
            said.append(str(error).partition(": ")[2])
        else:
            return [story[index] for index in accepted], said, books


def spoil(change_story: Callable[[Story], object]) -> Story:
    """Give the story with a change."""
    story = copy.deepcopy(CORRECTED)
    change_story(story)
    return story


def _file(story: Story, name: str) -> Entry:
    return next(entry for entry in story if entry.get("file") == name)


def _of_batch(story: Story, kind: str) -> Entry:
    """Give the first entry of a kind about N1."""
    return next(entry for entry in story if (entry["kind"], entry.get("document")) == (kind, "N1"))


def test_a_line_that_is_not_told_rebuilt_is_one_wrong_entry() -> None:
    story = spoil(lambda story: story.remove(find_line(story, "F1", 3, "rebuilt")))
    story[-1]["rows"][10][3:] = [4, 240]
    wrong, said, books = accept_all(story)
    assert wrong == [find_line(story, "F1", 2, "rebuilt")]
    assert said == ["it is not the next line whose correction was just ordered"]
    assert not books.aside
    assert books.batches["s", "F1"].sums["rebuilt"] == [2, 40]


def test_the_last_that_is_not_told_rebuilt_does_not_come_any_more() -> None:
    story = spoil(lambda story: story.remove(find_line(story, "F1", 2, "rebuilt")))
    story[-1]["rows"][10][3:] = [4, 240]
    wrong, said, books = accept_all(story)
    assert [entry["document"] for entry in wrong] == ["C2"]
    assert said == ["it is not told that a line whose correction was ordered is rebuilt"]
    assert not books.aside
    assert not books.rebuilding


def test_a_line_that_is_told_rebuilt_wrongly_sets_its_batch_aside_and_the_next_follow() -> None:
    story = spoil(lambda story: find_line(story, "F1", 3, "rebuilt").update(successor="s/N1/3"))
    wrong, _, books = accept_all(story)
    assert wrong == [find_line(story, "F1", 3, "rebuilt")]
    assert books.aside == {("s", "F1")}
    assert books.batches["s", "N1"].state == "settled"


def test_a_line_told_rebuilt_in_place_of_another_leaves_that_one_due() -> None:
    def replace(story: Story) -> None:
        find_line(story, "F1", 3, "rebuilt").update(rebuilt("B1", 1, 100, "failed", "s/N1/1"))

    story = spoil(replace)
    del story[story.index(find_line(story, "F1", 2, "rebuilt")) + 1 :]
    wrong, said, books = accept_all(story)
    assert [(entry["document"], entry["line"]) for entry in wrong] == [("B1", 1), ("F1", 2)]
    assert said == ["it is not the next line whose correction was just ordered"] * 2
    assert books.aside == {("s", "B1")}
    assert not books.rebuilding


def test_an_entry_that_cannot_be_read_sets_aside_the_batch_whose_lines_are_then_not_due() -> None:
    story = spoil(lambda story: find_line(story, "F1", 3, "rebuilt").update(name="x"))
    story[-1]["rows"][10][3:] = [4, 240]
    wrong, said, books = accept_all(story)
    assert wrong == [find_line(story, "F1", 3, "rebuilt")]
    assert said == ["its fields are not those of its kind"]
    assert books.aside == {("s", "F1")}


def test_what_stands_between_the_order_files_and_the_rebuilt_ends_them() -> None:
    late = overdue("batch", document="B1", since_on="2026-10-01")
    story = spoil(lambda story: put_after(story, _file(story, "s_N1_402_1_1"), late))
    wrong, said, books = accept_all(story)
    assert [entry["kind"] for entry in wrong] == ["overdue", "change"]
    assert said == [
        "it is not told that a line whose correction was ordered is rebuilt",
        "no line that corrects another was just ordered",
    ]
    assert books.aside == {("s", "F1")}


@pytest.mark.parametrize(
    "change_story",
    [
        lambda story: find_line(story, "N1", 3).update(route=""),
        lambda story: _of_batch(story, "batch").update(totals={"ready": [3, 106], "held": [2, 105]}),
        lambda story: _file(story, "s_N1_103_1_1").update(parts=2),
        lambda story: _file(story, "s_N1_402_1_1").update(release=2),
        lambda story: _of_batch(story, "document").pop("control_fen"),
    ],
)
def test_what_the_lines_of_a_batch_set_aside_correct_may_be_rebuilt_and_corrected_again(
    change_story: Callable[[Story], object],
) -> None:
    wrong, _, books = accept_all(spoil(change_story))
    assert len(wrong) == 1
    assert books.aside == {("s", "N1")}
    assert books.batches["s", "F1"].sums["rebuilt"] == [3, 60]
    assert books.batches["s", "B1"].sums["rebuilt"] == [1, 100]


def test_a_line_of_a_batch_that_is_judged_is_not_rebuilt_by_one_of_a_batch_set_aside() -> None:
    """N1 is set aside; a judged batch then corrects F1/2, and the entry says it was N1 after all."""
    story = spoil(lambda story: find_line(story, "N1", 3).update(route=""))
    del story[story.index(find_line(story, "F1", 3, "rebuilt")) + 1 :]
    added = [
        batch_document("N2", 8, 1, 20),
        correcting("N2", 1, 20, "s/F1/2"),
        batch("N2", "assessed", {"ready": [1, 20]}),
        orders("N2", "402", 1, 1, 20),
        rebuilt("F1", 2, 20, "failed", "s/N1/2"),
    ]
    put_after(story, story[-1], *added)
    wrong, said, _ = accept_all(story)
    assert wrong[1:] == [story[-1]]
    assert said[1:] == ["it names another line than the one that corrects it"]


def test_a_line_of_a_batch_that_was_set_aside_may_be_corrected_whatever_it_is() -> None:
    """F1 is set aside by its first line: its lines are corrected and told rebuilt, and nothing of it is due."""
    story = spoil(lambda story: find_line(story, "F1", 1).update(route=""))
    wrong, _, books = accept_all(story)
    assert wrong == [find_line(story, "F1", 1)]
    assert books.aside == {("s", "F1")}
    assert books.batches["s", "N1"].state == "settled"
    assert not books.batches["s", "N1"].corrects


def test_a_source_that_was_set_aside_after_it_was_corrected_is_not_due() -> None:
    """B1 is set aside while N1/4 corrects a line of it: N1/4 is stopped, and N2/1 is ordered for it."""
    wrong_settled = batch("B1", "settled", {"failed": [1, 100]})
    story = spoil(lambda story: put_after(story, find_line(story, "N1", 5), wrong_settled))
    wrong, said, books = accept_all(story)
    assert [entry["kind"] for entry in wrong] == ["batch"]
    assert said == ["a batch is settled with lines that may still change"]
    assert books.aside == {("s", "B1")}
    assert not books.rebuilding


def test_of_a_release_without_its_last_file_what_was_ordered_is_rebuilt() -> None:
    story = spoil(lambda story: story.remove(_file(story, "s_N1_103_1_1")))
    del story[story.index(find_line(story, "F1", 3, "rebuilt")) + 1 :]
    wrong, said, books = accept_all(story)
    assert wrong == [find_line(story, "F1", 3, "rebuilt")]
    assert said == ["an order file of the release is missing"]
    assert not books.aside
    assert books.releasing is None
    assert books.batches["s", "N1"].corrects == {2: ("s", "F1", 2), 4: ("s", "B1", 1), 5: ("s", "F1", 1)}


def test_only_the_lines_of_the_batch_set_aside_are_due_no_more() -> None:
    story = spoil(lambda _: None)
    books = follow(story[: story.index(find_line(story, "F1", 3, "rebuilt"))])
    assert list(books.rebuilding) == [("s", "F1", 3), ("s", "F1", 2)]
    set_aside(books, "s", "B1")
    assert list(books.rebuilding) == [("s", "F1", 3), ("s", "F1", 2)]
    set_aside(books, "s", "F1")
    assert not books.rebuilding


def test_a_stopped_line_frees_its_source_and_an_ordered_one_is_forgotten() -> None:
    story = spoil(lambda _: None)
    before = follow(story[: story.index(find_line(story, "N1", 4, "stopped"))])
    assert before.batches["s", "B1"].successors == {1: ("s", "N1", 4)}
    after = follow(story[: story.index(find_line(story, "N1", 4, "stopped")) + 1])
    assert not after.batches["s", "B1"].successors
    assert after.batches["s", "N1"].corrects == {5: ("s", "F1", 1)}
    end = follow(story)
    assert not any(batch.corrects or batch.successors for batch in end.batches.values())


def test_a_line_frees_no_source_but_its_own() -> None:
    story = spoil(lambda _: None)
    books = follow(story[: story.index(_of_batch(story, "batch"))])
    free_source(books, books.batches["s", "N1"], 5)
    assert books.batches["s", "F1"].successors == {3: ("s", "N1", 1), 2: ("s", "N1", 2)}
    assert books.batches["s", "B1"].successors == {1: ("s", "N1", 4)}


def test_a_line_that_corrects_nothing_is_stopped_without_a_source() -> None:
    story = spoil(lambda story: find_line(story, "N1", 4).pop("source_line"))
    assert not follow(story).batches["s", "B1"].successors
    assert line("N1", 4, 90).keys() == find_line(story, "N1", 4).keys() - {"v", "at"}
