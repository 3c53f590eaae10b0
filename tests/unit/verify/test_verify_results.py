"""What banks told, told otherwise: whatever a log changes about it, a verifier refuses it with its reason."""

from collections.abc import Callable

import pytest

from schemas.errors import VerificationError
from tests.unit.verify.changing import Story, append, update
from tests.unit.verify.story import CLERK, MONITOR, Entry, batch, digest, find, told, verify_changed


def _find_change(story: Story, name: str, number: int, to: str) -> Entry:
    found = [
        entry for entry in story if (entry.get("document"), entry.get("line"), entry.get("to")) == (name, number, to)
    ]
    return found[0]


def _told(number: int, **fields: object) -> Callable[[Story], None]:
    """Change the entry by which a line of F1 failed."""
    return lambda story: _find_change(story, "F1", number, "failed").update(fields)


def _find_settled(story: Story, name: str) -> Entry:
    return next(entry for entry in story if (entry.get("document"), entry.get("state")) == (name, "settled"))


CORRUPTIONS: dict[str, tuple[Callable[[Story], object], str]] = {
    "a result nobody told": (_told(2, by="", cause=""), "no bank's results move this line"),
    "a result without a key": (_told(2, by=""), "no bank's results move this line"),
    "a result by a review": (_told(2, by=CLERK, cause=digest("H1")), "no bank's results move this line"),
    "a result by a monitor's document": (_told(2, by=MONITOR, cause=digest("T1")), "no bank's results move this line"),
    "a result of unknown cause": (_told(2, cause="0" * 64), "its cause was never accepted"),
    "a result by another key": (_told(2, by=CLERK), "not by the key it names"),
    "a result of no bank": (_told(2, bank=""), "it names no bank"),
    "a result of a bank that nobody knows": (_told(2, bank="999"), "its bank is not the one that was to pay"),
    "a result of another bank": (_told(2, bank="103"), "its bank is not the one that was to pay"),
    "a result of the bank before the last": (
        lambda story: story.append(
            find(story, "change", 4) | {"at": story[-1]["at"], "document": "B1", "line": 2, "amount_fen": 200}
        ),
        "its bank is not the one that was to pay",
    ),
    "a result of another amount": (_told(2, amount_fen=21), "its amount is not the line's"),
    "a result that returns what was never credited": (
        _told(2, to="returned"),
        "a line cannot go from ordered to returned",
    ),
    "a result of a line that is not ordered": (
        append(told("Q2", "B1", 4, 400, "stopped>credited")),
        "a line cannot go from stopped to credited",
    ),
    "a result from another state": (_told(2, **{"from": "unknown"}), "its line is ordered, not unknown"),
    "a failed line that is credited after all": (
        append(told("Q2", "F1", 2, 20, "failed>credited")),
        "a line cannot go from failed to credited",
    ),
    "a credited line that failed after all": (
        append(told("Q2", "B2", 1, 50, "credited>failed")),
        "a line cannot go from credited to failed",
    ),
    "a credited line that is not known of any more": (
        append(told("Q2", "B2", 1, 50, "credited>unknown")),
        "a line cannot go from credited to unknown",
    ),
    "a return that comes twice": (
        append(told("Q2", "F1", 3, 20, "returned>returned")),
        "a line cannot go from returned to returned",
    ),
    "a return left out": (
        lambda story: story.remove(_find_change(story, "F1", 3, "returned")),
        "not the moves of the hour",
    ),
    "a result left out": (
        lambda story: story.remove(_find_change(story, "F1", 2, "failed")),
        "not the moves of the hour",
    ),
    "a batch settled with other sums": (
        lambda story: _find_settled(story, "F1").update(totals={"credited": [2, 40], "failed": [1, 20]}),
        "its totals are not those of its lines",
    ),
    "settled while a result is unknown": (
        lambda story: story.insert(
            story.index(find(story, "close", 2)),
            batch("F1", "settled", {"unknown": [1, 20], "failed": [1, 20], "returned": [1, 20]})
            | {"v": 1, "at": "2026-11-05T09:00:00Z"},
        ),
        "settled with lines that may still change",
    ),
    "a return found by a review": (
        update("change", findings=["R53:yellow"]),
        "no document of the kind that brings this finding is its cause",
    ),
    "a result's finding that only a monitor brings": (
        lambda story: _find_change(story, "F1", 3, "returned").update(findings=["R17:orange"]),
        "no document of the kind that brings this finding is its cause",
    ),
    "findings that two kinds of documents bring": (
        lambda story: _find_change(story, "F1", 3, "returned").update(findings=["R17:orange", "R53:yellow"]),
        "no document of the kind that brings this finding is its cause",
    ),
    "what differs by a comment": (
        update("finding", 2, cause=digest("M1")),
        "no document of the kind that brings this finding is its cause",
    ),
    "what differs by a monitor": (
        update("finding", 2, cause=digest("T1")),
        "no document of the kind that brings this finding is its cause",
    ),
    "what differs by nobody": (
        update("finding", 2, cause=""),
        "no document of the kind that brings this finding is its cause",
    ),
    "what differs without what was told": (
        lambda story: find(story, "finding", 2).pop("sealed"),
        "a code is neither told nor sealed, or both",
    ),
    "what differs in another state": (update("finding", 2, state="credited"), "its line is ordered, not credited"),
    "a line held for what no bank told": (
        lambda story: _find_change(story, "G1", 1, "held").update(cause=digest("G1")),
        "no document of the kind that brings this finding is its cause",
    ),
    "a close with results of no bank": (
        lambda story: find(story, "close", 2)["rows"][2].__setitem__(1, ""),
        "not the moves of the hour",
    ),
    "a close with results of another bank": (
        lambda story: find(story, "close", 2)["rows"][3].__setitem__(1, "103"),
        "not the moves of the hour",
    ),
    "a close with a result left out": (
        lambda story: find(story, "close", 2)["rows"].pop(6),
        "not the moves of the hour",
    ),
}


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_changed_result_is_refused_with_its_reason(name: str) -> None:
    change, reason = CORRUPTIONS[name]
    with pytest.raises(VerificationError, match=reason):
        verify_changed(change)
