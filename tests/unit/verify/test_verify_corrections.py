"""Corrections in a log: whatever it says otherwise about a line that is paid again is refused with its reason."""

import re
from collections.abc import Callable

import pytest

from schemas.errors import VerificationError
from tests.unit.verify.corrected import (
    CORRECTED,
    Story,
    correcting,
    find_line,
    list_beginnings,
    put_after,
    rebuilt,
    verify_corrected,
)
from tests.unit.verify.story import (
    CLERK,
    STORY,
    Entry,
    batch,
    batch_document,
    change,
    close,
    differing,
    digest,
    find,
    line,
    orders,
    release,
    told,
    verify,
)

Spoil = Callable[[Story], object]
NOT_TOLD = "it is not told that a line whose correction was ordered is rebuilt"
NOT_ORDERED = "no line that corrects another was just ordered"
NOT_NEXT = "it is not the next line whose correction was just ordered"
TWICE = "it corrects a line that another corrects already"
NOBODY = "a line is rebuilt at a bank, by somebody, or with a finding"
OTHER_CLAIM = "it corrects a line of another programme or period"
FIELDS = "its fields are not those of its kind"


def _in_state(state: str) -> str:
    return f"it corrects a line that is {state}, and neither failed nor came back"


def _line(name: str, number: int, **fields: object) -> Spoil:
    """Change an entry of a line that corrects another."""
    return lambda story: find_line(story, name, number).update(fields)


def _told(name: str, number: int, **fields: object) -> Spoil:
    """Change an entry by which a line is rebuilt."""
    return lambda story: find_line(story, name, number, "rebuilt").update(fields)


def _untold(name: str, number: int) -> Spoil:
    return lambda story: story.remove(find_line(story, name, number, "rebuilt"))


def _everywhere(name: str, **fields: object) -> Spoil:
    """Change all entries of a batch."""
    return lambda story: [entry.update(fields) for entry in story if entry.get("document") == name]


def _after_line(name: str, number: int, to: str, *entries: Entry) -> Spoil:
    return lambda story: put_after(story, find_line(story, name, number, to), *entries)


def _before_rebuilt(entry: Entry) -> Spoil:
    """Put an entry between the order files of N1 and the first line that is rebuilt."""
    return lambda story: put_after(story, next(each for each in story if each.get("file") == "s_N1_402_1_1"), entry)


def _swap(story: Story) -> None:
    second, first = find_line(story, "F1", 2, "rebuilt"), find_line(story, "F1", 3, "rebuilt")
    story.remove(second)
    story.insert(story.index(first), second)


LINES: dict[str, tuple[Spoil, str]] = {
    "a refused line": (_line("N1", 4, state="refused", findings=["R44:red"]), "a refused line corrects another"),
    "a line of its own batch": (_line("N1", 2, source_line="s/N1/1"), "it corrects a line of its own batch"),
    "itself": (_line("N1", 2, source_line="s/N1/2"), "it corrects a line of its own batch"),
    "a line of no batch": (_line("N1", 1, source_line="s/B9/1"), "it names a batch that was never accepted"),
    "a line of another source": (_line("N1", 1, source_line="t/F1/3"), "it names a batch that was never accepted"),
    "an item of another document": (_line("N1", 1, source_line="s/H1/1"), "it names a batch that was never accepted"),
    "a line behind the last": (_line("N1", 1, source_line="s/F1/4"), "it names a line that was never assessed"),
    "a line that comes later": (_line("N1", 1, source_line="s/N2/1"), "it names a batch that was never accepted"),
    "another programme": (_everywhere("N1", programme="OTHER"), OTHER_CLAIM),
    "another period": (_everywhere("N1", period="2025"), OTHER_CLAIM),
    "a credited line": (_line("N1", 1, source_line="s/B2/1"), _in_state("credited")),
    "an ordered line": (_line("N1", 1, source_line="s/B1/2"), _in_state("ordered")),
    "a refused source": (_line("N1", 1, source_line="s/B1/5"), _in_state("refused")),
    "a stopped line": (_line("N1", 1, source_line="s/B1/4"), _in_state("stopped")),
    "a line that was corrected and paid": (_line("N3", 1, source_line="s/F1/2", amount_fen=20), _in_state("rebuilt")),
    "a line that a ready one corrects": (_line("N1", 2, source_line="s/F1/3"), TWICE),
    "a line that a held one corrects": (_line("N1", 5, source_line="s/B1/1"), TWICE),
    "a line whose correction was not stopped": (
        lambda story: story.remove(find_line(story, "N1", 4, "stopped")),
        TWICE,
    ),
    "a line whose correction was cleared": (_line("N2", 1, source_line="s/F1/1", amount_fen=15), _in_state("rebuilt")),
    "more than the source": (
        _line("N1", 1, amount_fen=21),
        "its amount is more than that of the line it corrects",
    ),
    "a held line of more than the source": (
        _line("N1", 4, amount_fen=101),
        "its amount is more than that of the line it corrects",
    ),
    **{
        f"a name of another form: {name!r}": (_line("N1", 1, source_line=name), FIELDS)
        for name in (
            *("s/F1/03", "s/F1/0", "F1/3", "s/F1/3/1", "s/F1/3\n", "s/F1/", "/F1/3", "s//3", "", None),
            *("s/F1/12345678", "s/F1/-3", "s/F1/3 ", 3),
        )
    },
}
REBUILT: dict[str, tuple[Spoil, str]] = {
    "the first left out": (_untold("F1", 3), NOT_NEXT),
    "the last left out": (_untold("F1", 2), NOT_TOLD),
    "the only one left out": (_untold("F1", 1), NOT_TOLD),
    "the only one left out, then a close": (_untold("N2", 1), NOT_TOLD),
    "all left out": (lambda story: (_untold("F1", 3)(story), _untold("F1", 2)(story)), NOT_TOLD),
    "later": (_told("F1", 3, at="2026-11-05T10:00:01Z"), NOT_TOLD),
    "twice": (
        _after_line("F1", 2, "rebuilt", rebuilt("F1", 2, 20, "failed", "s/N1/2")),
        "its line is rebuilt, not failed",
    ),
    "twice, in a row": (
        _after_line("F1", 3, "rebuilt", rebuilt("F1", 3, 20, "returned", "s/N1/1")),
        "its line is rebuilt, not returned",
    ),
    "from rebuilt to rebuilt": (
        _after_line("F1", 2, "rebuilt", rebuilt("F1", 2, 20, "rebuilt", "s/N1/2")),
        "a line cannot go from rebuilt to rebuilt",
    ),
    "in the order of the sources": (_swap, NOT_NEXT),
    "a line whose correction is held": (
        lambda story: find_line(story, "F1", 3, "rebuilt").update(rebuilt("B1", 1, 100, "failed", "s/N1/4")),
        NOT_NEXT,
    ),
    "a held line's source beside the others": (
        _after_line("F1", 2, "rebuilt", rebuilt("B1", 1, 100, "failed", "s/N1/4")),
        NOT_ORDERED,
    ),
    "a line that nobody corrects": (
        lambda story: put_after(story, STORY[-1], rebuilt("B1", 1, 100, "failed", "s/N1/4")),
        NOT_ORDERED,
    ),
    "a line before it can be corrected": (
        _after_line("N1", 1, "credited", rebuilt("N1", 1, 20, "credited", "s/N2/1")),
        "a line cannot go from credited to rebuilt",
    ),
    "before the last order file": (
        lambda story: put_after(
            story,
            next(each for each in story if each.get("file") == "s_N1_103_1_1"),
            rebuilt("F1", 2, 20, "failed", "s/N1/2"),
        ),
        "an order file of the release is missing",
    ),
    "another successor of the batch": (
        _told("F1", 3, successor="s/N1/2"),
        "it names another line than the one that corrects it",
    ),
    "a successor that corrects nothing": (
        _told("F1", 3, successor="s/N1/3"),
        "it names another line than the one that corrects it",
    ),
    "a successor of another batch": (
        _told("F1", 3, successor="s/N2/1"),
        "it names another line than the one that corrects it",
    ),
    "a successor of another source": (
        _told("F1", 3, successor="t/N1/1"),
        "it names another line than the one that corrects it",
    ),
    "no successor": (
        lambda story: find_line(story, "F1", 3, "rebuilt").pop("successor"),
        "a line is rebuilt without the one that corrects it",
    ),
    "a successor of another form": (_told("F1", 3, successor="s/N1/01"), FIELDS),
    "a successor that is null": (_told("F1", 3, successor=None), FIELDS),
    "at a bank": (_told("F1", 3, bank="402"), NOBODY),
    "on a route": (_told("F1", 3, route="on_us"), NOBODY),
    "with a finding": (_told("F1", 3, findings=["R13:blue"]), NOBODY),
    "by somebody": (_told("F1", 3, by=CLERK, cause=digest("H1")), NOBODY),
    "by somebody without a document": (_told("F1", 3, by=CLERK), "its cause is not by the key it names"),
    "for a document": (_told("F1", 3, cause=digest("H1")), NOBODY),
    "of more": (_told("F1", 3, amount_fen=21), "its amount is not the line's"),
    "of the successor's amount": (_told("F1", 2, amount_fen=15), "its amount is not the line's"),
    "from another state": (_told("F1", 3, **{"from": "failed"}), "its line is returned, not failed"),
    "a result that names a successor": (
        lambda story: find_line(story, "N2", 1, "failed").update(successor="s/N3/1"),
        "a line that is not rebuilt names one that corrects it",
    ),
    "a stop that names a successor": (
        lambda story: find_line(story, "N1", 4, "stopped").update(successor="s/N2/1"),
        "a line that is not rebuilt names one that corrects it",
    ),
    "left out of the close": (
        lambda story: story[-1]["rows"].pop(10),
        "its rows are not the moves of the hour",
    ),
    "told apart by bank in the close": (
        lambda story: story[-1]["rows"][10].__setitem__(1, "402"),
        "its rows are not the moves of the hour",
    ),
    "settled with the state before": (
        lambda story: story.insert(-1, {"v": 1, "at": STORY[-1]["at"]} | batch("B1", "settled", {"failed": [1, 100]})),
        "a batch is settled with lines that may still change",
    ),
    **{
        f"a result of a line that is rebuilt: {to}": (
            _after_line("N1", 1, "credited", told("Q3", "F1", 3, 20, f"rebuilt>{to}")),
            f"a line cannot go from rebuilt to {to}",
        )
        for to in ("credited", "failed", "unknown", "returned", "ordered", "ready", "held", "stopped")
    },
    **{
        f"before it: {entry['kind']} {entry.get('to', '')}": (_before_rebuilt(entry), NOT_TOLD)
        for entry in (
            batch("F1", "settled", {"failed": [1, 20], "returned": [2, 40]}),
            batch_document("N2", 8, 1, 100),
            line("N2", 1, 100),
            orders("N2", "402", 1, 1, 100),
            release("N1", 2, [["402", 1, 15]], "K7"),
            differing(1, "ordered", "Q1"),
            change("N1", 4, 90, "held>stopped", by=CLERK, cause=digest("S3")),
            close("2026-11-05T10", []),
            find(STORY, "effect"),
            find(STORY, "comment"),
            find(STORY, "disposition"),
            find(STORY, "access"),
            find(STORY, "overdue"),
        )
    },
}


def test_the_untouched_story_is_accepted_with_its_figures() -> None:
    report = verify(CORRECTED)
    assert report.totals == {
        "credited": (6, 470),
        "ordered": (3, 899),
        "rebuilt": (5, 260),
        "refused": (2, 570),
        "stopped": (3, 520),
    }
    assert report.batches == {"refused": 1, "released": 2, "settled": 6, "void": 1}


def test_every_beginning_is_accepted_also_between_the_order_files_and_what_is_rebuilt() -> None:
    for beginning in list_beginnings(CORRECTED):
        assert verify(beginning).size == len(beginning)


@pytest.mark.parametrize("name", LINES)
def test_a_line_that_cannot_correct_what_it_names_is_refused(name: str) -> None:
    _refuse(*LINES[name])


@pytest.mark.parametrize("name", REBUILT)
def test_a_line_that_is_rebuilt_otherwise_is_refused(name: str) -> None:
    _refuse(*REBUILT[name])


def _refuse(spoil: Spoil, reason: str) -> None:
    with pytest.raises(VerificationError) as refused:
        verify_corrected(spoil)
    assert re.sub(r"^entry \d+: ", "", str(refused.value)) == reason


def test_a_later_finding_about_a_rebuilt_line_moves_nothing() -> None:
    found = differing(3, "rebuilt", "Q3") | {"document": "F1"}
    assert verify_corrected(_after_line("N1", 1, "credited", found)).totals["rebuilt"] == (5, 260)


def test_a_line_may_correct_as_much_as_its_source_and_less() -> None:
    for fen in (1, 100):
        verify(
            [
                *STORY,
                *(
                    {"v": 1, "at": STORY[-1]["at"]} | entry
                    for entry in (
                        batch_document("N1", 7, 1, fen),
                        correcting("N1", 1, fen, "s/B1/1"),
                        batch("N1", "assessed", {"ready": [1, fen]}),
                    )
                ),
            ]
        )


def test_a_batch_that_was_opened_corrects_and_is_corrected_under_its_programmes_own_name() -> None:
    """The opened entries of a sensitive batch carry a mark behind the programme's name; amounts are then compared."""
    for name in ("N2", "N3"):
        story = [entry | ({"programme": "FARM*"} if entry.get("document") == name else {}) for entry in CORRECTED[:-1]]
        assert verify(story).totals["rebuilt"] == (5, 260)
        find_line(story, "N3", 1).update(amount_fen=101)
        with pytest.raises(VerificationError, match="more than that of the line it corrects"):
            verify(story)
