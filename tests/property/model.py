"""A naive model of a county's money: one plain list of lines, each rule written as a sentence would say it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

LIVE = ("ready", "held", "ordered")
STANDARD_FEN = 10_000
HOUSEHOLD_SIZE = 2


@dataclass
class Line:
    """One line. ``choice`` is the payee's designation when it was last assessed."""

    batch: str
    person: int
    programme: str
    period: str
    fen: int
    state: str
    choice: int


@dataclass
class Model:
    """What should be: all lines in the order they came, who died when, how often each person chose an account."""

    lines: list[Line] = field(default_factory=list)
    deaths: dict[int, str] = field(default_factory=dict)
    choices: dict[int, int] = field(default_factory=dict)
    releases: dict[str, int] = field(default_factory=dict)

    def of(self, batch: str) -> list[Line]:
        """Give a batch's lines."""
        return [line for line in self.lines if line.batch == batch]

    def assess(self, batch: str, programme: str, period: str, rows: Sequence[tuple[int, int]]) -> None:
        """Take a batch of (person, fen) in."""
        shared = self._find_shared(programme, period, {person for person, _ in rows})
        for line in self.lines:
            if self._is_neighbour(line, programme, period, shared) and line.state == "ready":
                line.state = "held"
        for person, fen in rows:
            new = Line(batch, person, programme, period, fen, "ready", self.choices.get(person, 0))
            if fen == 0 or fen > STANDARD_FEN or self._is_dead(new) or self._is_claimed(new):
                new.state = "refused"
            elif programme == "HOME" and person // HOUSEHOLD_SIZE in shared:
                new.state = "held"
            elif programme == "FAST":
                new.state = "ordered"
            self.lines.append(new)
        if programme == "FAST" and any(line.state == "ordered" for line in self.of(batch)):
            self.releases[batch] = 1

    def review(self, action: str, batch: str, numbers: Sequence[int]) -> None:
        """Hold, stop, comment or clear lines."""
        lines = self.of(batch)
        for number in numbers:
            if not 1 <= number <= len(lines):
                continue
            line = lines[number - 1]
            if (action, line.state) == ("hold", "ready"):
                line.state = "held"
            elif (action, line.state) == ("stop", "held"):
                line.state = "stopped"
            elif (action, line.state) == ("clear", "held") and not self._is_dead(line):
                line.state, line.choice = "ready", self.choices.get(line.person, 0)

    def release(self, batch: str, number: int, count: int, fen: int) -> None:
        """Check again, compare, order."""
        ready = [line for line in self.of(batch) if line.state == "ready"]
        for line in ready:
            if self._is_dead(line) or line.choice != self.choices.get(line.person, 0):
                line.state = "held"
        ready = [line for line in ready if line.state == "ready"]
        if not ready or number != self.releases.get(batch, 0) + 1:
            return
        if (count, fen) != (len(ready), sum(line.fen for line in ready)):
            return
        self.releases[batch] = number
        for line in ready:
            line.state = "ordered"

    def _is_dead(self, line: Line) -> bool:
        return self.deaths.get(line.person, "9999") < f"{line.period}-01-01"

    def _is_claimed(self, new: Line) -> bool:
        claim = (new.programme, new.period, new.person)
        return any((line.programme, line.period, line.person) == claim for line in self.lines if line.state in LIVE)

    def _find_shared(self, programme: str, period: str, persons: set[int]) -> set[int]:
        """Give the households that several members of this document and of live earlier lines come from."""
        everyone = persons | {
            line.person
            for line in self.lines
            if (line.programme, line.period) == (programme, period) and line.state in LIVE
        }
        homes = [person // HOUSEHOLD_SIZE for person in everyone]
        wanted = {person // HOUSEHOLD_SIZE for person in persons}
        return {home for home in homes if homes.count(home) > 1} & wanted

    def _is_neighbour(self, line: Line, programme: str, period: str, shared: set[int]) -> bool:
        same = (line.programme, line.period) == (programme, period) == ("HOME", period)
        return same and line.person // HOUSEHOLD_SIZE in shared
