"""Owns what a month came to, folded from the log's entries alone: figures, doubts, families, order files."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from consolidator.privacy.masking import mask_name
from consolidator.views.reading import StoredEntry
from schemas.results import RESULT_STATUSES

Place = tuple[str, str, int]  # source, document, line
Entry = dict[str, Any]
WHOLE = 0  # the line number under which a batch as a whole stands
_STOPPING = frozenset(("held", "refused"))


@dataclass(slots=True)
class Sum:
    """Lines and fen."""

    count: int = 0
    fen: int = 0

    def add(self, count: int, fen: int) -> None:
        """Add lines and fen."""
        self.count += count
        self.fen += fen


@dataclass(slots=True)
class Member:
    """A line of a household that got a per-household item more than once. The name is masked already."""

    place: Place
    name: str
    fen: int
    findings: list[str]
    states: list[str]


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order file: what one bank was told to pay."""

    bank: str
    file: str
    count: int
    fen: int


@dataclass(frozen=True, slots=True)
class Turn:
    """A release that was refused: batch, code, and what would have been right."""

    batch: str
    code: str


@dataclass(slots=True)
class Story:
    """The month so far. ``assessed`` has ready, held and refused as first decided, items of void batches as refused.

    ``told``: what lines have come to by what banks said. ``asked`` were unknown once; ``unpaid`` are the lines that
    failed or came back, with the class of the reason. ``settled`` counts batches.
    """

    documents: Counter[str] = field(default_factory=Counter)
    items: Counter[str] = field(default_factory=Counter)
    assessed: dict[str, Sum] = field(default_factory=lambda: {name: Sum() for name in ("ready", "held", "refused")})
    cleared: Sum = field(default_factory=Sum)
    stopped: Sum = field(default_factory=Sum)
    found: dict[Place, set[str]] = field(default_factory=dict)
    stopping: set[Place] = field(default_factory=set)
    orders: list[OrderRow] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    told: dict[str, Sum] = field(default_factory=lambda: {state: Sum() for state in RESULT_STATUSES})
    asked: int = 0
    unpaid: dict[Place, str] = field(default_factory=dict)
    settled: int = 0
    voids: list[str] = field(default_factory=list)
    households: dict[tuple[str, str], list[Member]] = field(default_factory=dict)
    members: dict[Place, Member] = field(default_factory=dict)


def tell_story(entries: Iterable[StoredEntry]) -> Story:
    """Fold a log's entries into the story of the month."""
    story = Story()
    for entry in entries:
        teller = _TELLERS.get(entry.fields["kind"])
        if teller is not None:
            teller(story, entry.fields, entry.private)
    return story


def _tell_document(story: Story, entry: Entry, _: Entry) -> None:
    if entry["outcome"] == "new":
        word = f"{entry['of']}:{'bank' if entry['source'].startswith('bank-') else 'office'}"
        story.documents[word] += 1
        story.items[word] += entry["count"]


def _tell_line(story: Story, entry: Entry, private: Entry) -> None:
    place = _place(entry)
    story.assessed[entry["state"]].add(1, read_fen(entry))
    _note(story, place, entry)
    if entry["state"] in _STOPPING:
        story.stopping.add(place)
    if "R18:orange" in entry["findings"] and "amount_fen" in entry:
        _meet(story, place, entry, private)


def _meet(story: Story, place: Place, entry: Entry, private: Entry) -> None:
    """Keep a member of a household that R18 speaks of."""
    member = Member(
        place, mask_name(private["beneficiary_name"]), entry["amount_fen"], entry["findings"], [entry["state"]]
    )
    story.members[place] = member
    story.households.setdefault((entry["document"], private["evidence"]["R18"]["household"]), []).append(member)


def _tell_change(story: Story, entry: Entry, private: Entry) -> None:
    place = _place(entry)
    _note(story, place, entry)
    if entry["to"] == "held":
        story.stopping.add(place)
    if entry["to"] == "stopped":
        story.stopped.add(1, read_fen(entry))
    if (entry["from"], entry["to"]) == ("held", "ready"):
        story.cleared.add(1, read_fen(entry))
    if entry["to"] in story.told:
        _tell_result(story, place, entry, str(private.get("why", "")))
    elif place in story.members:
        story.members[place].states.append(entry["to"])


def _tell_result(story: Story, place: Place, entry: Entry, why: str) -> None:
    """Count a line where its bank says that it is, and no more where it was."""
    fen, came_from, to = read_fen(entry), entry["from"], entry["to"]
    story.told[to].add(1, fen)
    if came_from in story.told:
        story.told[came_from].add(-1, -fen)
    story.asked += to == "unknown"
    if to in ("failed", "returned"):
        story.unpaid[place] = why


def _tell_finding(story: Story, entry: Entry, _: Entry) -> None:
    _note(story, _place(entry), entry)


def _tell_batch(story: Story, entry: Entry, _: Entry) -> None:
    """A void batch has no lines: each of its items counts as refused, by R40. Others may be odd as a whole."""
    if entry["state"] != "void":
        story.settled += entry["state"] == "settled"
        if "findings" in entry:
            _note(story, (entry["source"], entry["document"], WHOLE), entry)
        return
    story.voids.append(f"{entry['source']}/{entry['document']}")
    story.assessed["refused"].add(entry["count"], read_fen(entry))
    for line in range(1, entry["count"] + 1):
        place = entry["source"], entry["document"], line
        _note(story, place, entry)
        story.stopping.add(place)


def _tell_release(story: Story, entry: Entry, _: Entry) -> None:
    if entry["outcome"] == "refused":
        story.turns.append(Turn(f"{entry['source']}/{entry['document']}", entry["code"]))


def _tell_orders(story: Story, entry: Entry, _: Entry) -> None:
    story.orders.append(OrderRow(entry["bank"], entry["file"], entry["count"], read_fen(entry)))


_TELLERS = {
    "document": _tell_document,
    "line": _tell_line,
    "change": _tell_change,
    "finding": _tell_finding,
    "batch": _tell_batch,
    "release": _tell_release,
    "orders": _tell_orders,
}


def read_fen(entry: Entry) -> int:
    """Give an entry's amount; of a sensitive programme the log tells none, and the page adds nothing up."""
    fen = entry.get("amount_fen", entry.get("fen"))
    return 0 if fen is None else int(fen)


def _place(entry: Entry) -> Place:
    return entry["source"], entry["document"], entry["line"]


def _note(story: Story, place: Place, entry: Entry) -> None:
    if entry["findings"]:
        story.found.setdefault(place, set()).update(entry["findings"])


def count_findings(story: Story) -> dict[str, int]:
    """Count lines, and batches as a whole, by finding (``CODE:level``)."""
    return dict(sorted(Counter(finding for found in story.found.values() for finding in found).items()))


def count_codes(story: Story) -> dict[str, int]:
    """Count lines by rule; what people and re-checks hold for other reasons is not a rule."""
    codes = ({finding.partition(":")[0] for finding in found} for found in story.found.values())
    return dict(sorted(Counter(code for found in codes for code in found if code.startswith("R")).items()))


def sum_banks(story: Story) -> dict[str, tuple[int, Sum]]:
    """Give, per paying bank, the number of order files and what they pay."""
    banks: dict[str, tuple[int, Sum]] = {}
    for row in sorted(story.orders, key=lambda row: (row.bank, row.file)):
        files, total = banks.get(row.bank, (0, Sum()))
        total.add(row.count, row.fen)
        banks[row.bank] = files + 1, total
    return banks


def list_waiting(story: Story) -> list[Member]:
    """Give the members of households that nobody has reviewed yet."""
    return [member for member in story.members.values() if member.states[-1] == "held"]


def choose_family(story: Story) -> list[Member]:
    """Give the three lines of an official's family that was reviewed, if there is one: the first in the log."""
    for members in story.households.values():
        reviewed = any(len(member.states) > 1 for member in members)
        if len(members) == 3 and reviewed and any("R08:yellow" in member.findings for member in members):  # noqa: PLR2004 -- three
            return members
    return []
