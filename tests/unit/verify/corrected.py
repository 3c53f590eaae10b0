"""What comes after the story of :mod:`tests.unit.verify.story`: lines that failed or came back are paid again.

N1 corrects four lines and pays one of nobody's; of its held lines one is stopped and one cleared. N2 corrects what the
stopped one corrected, fails itself, and is corrected by N3.
"""

import copy
from collections.abc import Callable, Sequence

from consolidator.verify.log import Report
from tests.unit.verify.story import (
    APPROVER,
    CLERK,
    STORY,
    TELLER,
    Entry,
    batch,
    batch_document,
    change,
    close,
    digest,
    document,
    line,
    orders,
    release,
    told,
    verify,
)

Story = list[Entry]


def correcting(name: str, number: int, fen: int, source_line: str, *findings: str) -> Entry:
    """A line that corrects another; held where it has findings."""
    return line(name, number, fen, "held" if findings else "ready", *findings) | {"source_line": source_line}


def rebuilt(name: str, number: int, fen: int, came_from: str, successor: str) -> Entry:
    """A line is rebuilt, as the one that corrects it was ordered."""
    return change(name, number, fen, f"{came_from}>rebuilt", successor=successor)


FIRST = [
    batch_document("N1", 7, 5, 210),
    correcting("N1", 1, 20, "s/F1/3"),
    correcting("N1", 2, 15, "s/F1/2") | {"bank": "103"},
    line("N1", 3, 70),
    correcting("N1", 4, 90, "s/B1/1", "R18:orange"),
    correcting("N1", 5, 15, "s/F1/1", "H05:orange"),
    batch("N1", "assessed", {"ready": [3, 105], "held": [2, 105]}),
    orders("N1", "103", 1, 1, 15),
    orders("N1", "402", 1, 2, 90),
    rebuilt("F1", 3, 20, "returned", "s/N1/1"),
    rebuilt("F1", 2, 20, "failed", "s/N1/2"),
]
SECOND = [
    document("C2", "review", CLERK, 8, action="clear", batch_source="s", batch_document="N1"),
    document("K6", "confirm", APPROVER, 7, confirms=digest("C2")),
    change("N1", 5, 15, "held>ready", by=APPROVER, cause=digest("K6")),
    document("S3", "review", CLERK, 9, action="stop", batch_source="s", batch_document="N1"),
    change("N1", 4, 90, "held>stopped", by=CLERK, cause=digest("S3"), findings=["R18:orange"]),
    document("R4", "release", CLERK, 10, batch_source="s", batch_document="N1", release=2),
    document("K7", "confirm", APPROVER, 8, confirms=digest("R4")),
    release("N1", 2, [["402", 1, 15]], "K7"),
    orders("N1", "402", 2, 1, 15),
    rebuilt("F1", 1, 20, "returned", "s/N1/5"),
    batch_document("N2", 8, 1, 100),
    correcting("N2", 1, 100, "s/B1/1"),
    batch("N2", "assessed", {"ready": [1, 100]}),
    orders("N2", "402", 1, 1, 100),
    rebuilt("B1", 1, 100, "failed", "s/N2/1"),
]
THIRD = [
    document("Q3", "results", TELLER, 3, count=5),
    told("Q3", "N2", 1, 100, "ordered>failed"),
    told("Q3", "N1", 1, 20, "ordered>credited"),
    told("Q3", "N1", 2, 15, "ordered>credited") | {"bank": "103"},
    told("Q3", "N1", 3, 70, "ordered>credited"),
    told("Q3", "N1", 5, 15, "ordered>credited"),
    batch("N1", "settled", {"credited": [4, 120], "stopped": [1, 90]}),
    batch("N2", "settled", {"failed": [1, 100]}),
    batch_document("N3", 9, 1, 99),
    correcting("N3", 1, 99, "s/N2/1"),
    batch("N3", "assessed", {"ready": [1, 99]}),
    orders("N3", "402", 1, 1, 99),
    rebuilt("N2", 1, 100, "failed", "s/N3/1"),
]
ROWS = [
    ["FARM", "103", "credited", 1, 15],
    ["FARM", "103", "ordered", 1, 15],
    ["FARM", "103", "ready", 1, 15],
    ["FARM", "402", "credited", 5, 425],
    ["FARM", "402", "failed", 2, 200],
    ["FARM", "402", "ordered", 5, 304],
    ["FARM", "402", "ready", 5, 304],
    ["FARM", "402", "returned", 1, 20],
    ["FARM", "402", "unknown", 1, 100],
    ["FARM", "", "held", 2, 105],
    ["FARM", "", "rebuilt", 5, 260],
    ["FARM", "", "stopped", 1, 90],
]
LATER = "2026-11-05T11:00:00Z"
CLOSE = {"v": 1, "at": LATER} | close("2026-11-05T10", ROWS)
CORRECTED = [*STORY, *({"v": 1, "at": STORY[-1]["at"]} | entry for entry in [*FIRST, *SECOND, *THIRD]), CLOSE]


def find_line(story: Story, name: str, number: int, to: str = "") -> Entry:
    """Give the entry by which a line was assessed, or came into a state later."""
    kind = "change" if to else "line"
    wanted = kind, name, number, to or None
    return next(
        entry for entry in story if (entry["kind"], entry.get("document"), entry.get("line"), entry.get("to")) == wanted
    )


def put_after(story: Story, before: Entry, *entries: Entry) -> None:
    """Put entries behind one of the story, at its instant."""
    place = story.index(before) + 1
    story[place:place] = [entry | {"v": 1, "at": before["at"]} for entry in entries]


def verify_corrected(change_story: Callable[[Story], object]) -> Report:
    """Verify the story with its corrections after a change."""
    story = copy.deepcopy(CORRECTED)
    change_story(story)
    return verify(story)


def list_beginnings(story: Sequence[Entry]) -> list[Sequence[Entry]]:
    """Give what may stand in the log at each checkpoint after the story without corrections."""
    return [story[:size] for size in range(len(STORY), len(story) + 1)]
