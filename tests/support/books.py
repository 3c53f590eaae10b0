"""An outsider's books: what a log says about money, added up again from its line, change and orders entries only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Entry = Mapping[str, Any]
Sums = dict[str, list[int]]
TOLD = ("credited", "failed", "unknown", "returned")
BANKED = ("ready", "ordered", *TOLD)


@dataclass
class Lines:
    """The lines of one batch as the log tells them: state, fen and bank by number, and what its header promised.

    ``filed``: bank → count, fen and number of its order files so far, while more are to come.
    """

    programme: str
    control: list[int]
    states: dict[int, str] = field(default_factory=dict)
    fen: dict[int, int] = field(default_factory=dict)
    banks: dict[int, str] = field(default_factory=dict)
    filed: dict[str, list[int]] = field(default_factory=dict)

    def sums(self) -> Sums:
        """Give count and fen by state."""
        found: dict[str, list[int]] = {}
        for line, state in self.states.items():
            _add(found.setdefault(state, [0, 0]), 1, self.fen[line])
        return found

    def ready(self) -> list[list[Any]]:
        """Give bank, count and fen of what is ready."""
        found: dict[str, list[int]] = {}
        for line, state in self.states.items():
            if state == "ready":
                _add(found.setdefault(self.banks[line], [0, 0]), 1, self.fen[line])
        return [[bank, *pair] for bank, pair in sorted(found.items())]


class Books:
    """Reads entries in the log's order and compares every total they state; an AssertionError names the entry."""

    def __init__(self) -> None:
        """Start empty."""
        self.batches: dict[tuple[str, str], Lines] = {}
        self.hours: dict[str, dict[str, list[int]]] = defaultdict(dict)
        self.told: dict[str, list[list[Any]]] = defaultdict(list)

    def read(self, entries: Iterable[Entry]) -> "Books":
        """Read all entries."""
        for entry in entries:
            reader = getattr(self, f"_read_{entry['kind']}", None)
            if reader is not None:
                reader(entry)
        return self

    def check_closes(self) -> None:
        """Compare each close with the hour's moves; the hour still running has none."""
        for hour, rows in self.told.items():
            moves = [[*key.split("|"), *pair] for key, pair in self.hours[hour].items()]
            assert sorted(rows) == sorted(moves), hour
        open_hours = set(self.hours) - set(self.told)
        assert len(open_hours) <= 1
        assert open_hours <= {max(self.hours, default="")}

    def _read_document(self, entry: Entry) -> None:
        if entry["of"] == "batch" and entry["outcome"] == "new":
            control = [entry["control_count"], entry["control_fen"]]
            self.batches[entry["source"], entry["document"]] = Lines(entry["programme"], control)

    def _read_line(self, entry: Entry) -> None:
        lines = self._find(entry)
        assert entry["line"] == len(lines.states) + 1, entry
        lines.fen[entry["line"]] = entry["amount_fen"]
        self._move(lines, entry, entry["line"], entry["state"], entry["bank"])

    def _read_change(self, entry: Entry) -> None:
        lines = self._find(entry)
        line = entry["line"]
        assert lines.states[line] == entry["from"], entry
        assert lines.fen[line] == entry["amount_fen"], entry
        assert bool(entry["bank"]) == (entry["to"] in TOLD or "ready" in (entry["from"], entry["to"])), entry
        if entry["from"] == "ready" or entry["to"] in TOLD:
            assert lines.banks[line] == entry["bank"], entry
        self._move(lines, entry, line, entry["to"], entry["bank"])

    def _read_finding(self, entry: Entry) -> None:
        assert self._find(entry).states[entry["line"]] == entry["state"], entry

    def _read_disposition(self, entry: Entry) -> None:
        assert entry["line"] in self._find(entry).states, entry

    def _read_overdue(self, entry: Entry) -> None:
        """A batch that is called stuck has lines that wait for people."""
        if entry["what"] == "batch":
            assert {"ready", "held"} & self._find(entry).sums().keys(), entry

    def _read_release(self, entry: Entry) -> None:
        assert self._find(entry).ready() == entry["banks"], entry

    def _read_orders(self, entry: Entry) -> None:
        """Add a file up with those before it of its bank; the last one moves what is ready there."""
        lines = self._find(entry)
        filed = lines.filed.setdefault(entry["bank"], [0, 0, 0])
        _add(filed, entry["count"], entry["fen"])
        filed[2] += 1
        assert entry["number"] == filed[2], entry
        (ready,) = [row for row in lines.ready() if row[0] == entry["bank"]]
        assert ready[1] >= filed[0], entry
        if ready[1] > filed[0]:
            return
        assert ready[1:] == lines.filed.pop(entry["bank"])[:2], entry
        for line, state in list(lines.states.items()):
            if state == "ready" and lines.banks[line] == entry["bank"]:
                self._move(lines, entry, line, "ordered", entry["bank"])

    def _read_batch(self, entry: Entry) -> None:
        lines = self._find(entry)
        if entry["state"] == "void":
            assert lines.states == {}, entry
            return
        sums = lines.sums()
        assert sums == entry["totals"], entry
        assert [sum(pair[0] for pair in sums.values()), sum(pair[1] for pair in sums.values())] == lines.control, entry
        if entry["state"] == "settled":
            assert not {"ready", "held", "ordered", "unknown"} & sums.keys(), entry

    def _read_close(self, entry: Entry) -> None:
        assert entry["part"] <= entry["parts"], entry
        self.told[entry["hour"]] += entry["rows"]

    def _find(self, entry: Entry) -> Lines:
        return self.batches[entry["source"], entry["document"]]

    def _move(self, lines: Lines, entry: Entry, line: int, state: str, bank: str) -> None:
        lines.states[line] = state
        if bank:
            lines.banks[line] = bank
        key = f"{lines.programme}|{bank if state in BANKED else ''}|{state}"
        _add(self.hours[entry["at"][:13]].setdefault(key, [0, 0]), 1, lines.fen[line])


def _add(pair: list[int], count: int, fen: int) -> None:
    pair[0] += count
    pair[1] += fen
