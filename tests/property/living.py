"""Lives a history twice, in the ledger and in the model, and compares after every command all that is public."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from consolidator.facts.snapshots import parse_snapshot, render_snapshot
from consolidator.facts.state import State
from consolidator.ledger.ledger import apply
from schemas.commands import Command
from tests.property.acts import HIMSELF, NOT_STATED, Act, History, tell
from tests.property.county import ACCOUNT_BANKS, IDS, ODD_SHAPE, account_of, fork, fork_model, make_commands
from tests.property.model import LIVE, Model, Row, Told, day_of
from tests.property.observing import check_held, check_told, expect, observe, read_emissions
from tests.property.policy import STANDARD_FEN
from tests.property.shrinking import shrink

DOCUMENT_SECONDS = 7_200  # so that days and cooling-off times pass while documents come
_FITTING = {"hold": ("ready",), "stop": ("held",), "clear": ("held", "ready"), "comment": LIVE}


def live(history: History) -> "Life":
    """Live a history; what goes wrong carries the history in words and as JSON, ready to be kept."""
    life = Life()
    for done, act in enumerate(history, start=1):
        try:
            life.act(act)
        except Exception as error:
            error.add_note(f"the last act went wrong:\n{tell(history[:done])}\n{json.dumps(history[:done])}")
            raise
    return life


def fails(history: History) -> bool:
    """Say whether ledger and model disagree, or either of them breaks, somewhere in a history."""
    try:
        live(history)
    except Exception:  # noqa: BLE001 -- whatever goes wrong is a failure
        return True
    return False


def examine(history: History) -> None:
    """Live a history; if that goes wrong, live the smallest one that goes wrong, too."""
    if fails(history):
        live(shrink(history, fails))


@dataclass
class Life:
    """A history while it is lived: ledger, model, the clock at intake's desk, and what has been sent so far."""

    state: State = field(default_factory=fork)
    model: Model = field(default_factory=fork_model)
    clock: int = 0
    sent: list[Row] = field(default_factory=list)
    early: list[Row] = field(default_factory=list)
    late: list[Row] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    stops_inside: bool = False

    def __post_init__(self) -> None:
        """Begin when the county stands."""
        self.clock = self.model.now

    def act(self, act: Act) -> None:
        """Do one thing."""
        late, self.late = self.late, []
        getattr(self, f"_do_{act[0]}")(*act[1:])
        for doc in late:
            self._second(doc, "approver")

    # ---- carrying documents to both, and comparing

    def _send(self, doc: Row, *, whole: bool = True) -> None:
        """Carry a document's header and, if it is whole, its part."""
        if doc not in self.sent:
            self.sent.append(doc)
        self.clock += DOCUMENT_SECONDS
        header, *parts = make_commands(doc, self.clock)
        self.model.header(doc, self.clock)
        self._apply(header)
        if self.stops_inside:
            self.stops_inside = False
            self._do_crash("snapshot")
        for part in parts if whole else ():
            self.model.parts(doc, self.clock)
            self._apply(part)

    def _apply(self, command: Command) -> None:
        """Apply a command that the model has taken, and compare."""
        self.commands.append(command)
        told = list(read_emissions(apply(self.state, command)))
        check_told(told, self.model.told)
        check_held(observe(self.state), expect(self.model))
        self.model.told = []
        self.told += told

    def _make(self, key: str, kind: str, **fields: Any) -> Row:  # noqa: ANN401 -- fields of any kind of document
        """Make the next document of a key."""
        number = len(self.model.accepted.get(key, [])) + 1
        return {"key": key, "seq": number, "kind": kind, "id": f"{kind}-{len(self.sent) + 1}", **fields}

    def _find_batch(self, index: int) -> str:
        """Name one of the batches sent so far, also one that was turned away; before the first, an unknown one."""
        names = [doc["id"] for doc in self.sent if doc["kind"] == "batch"]
        return names[index % len(names)] if names else "unknown"

    # ---- acts: documents

    def _do_batch(self, way: str, programme: str, period: str, lie: str, lines: Sequence[Sequence[Any]]) -> None:
        rows = [_make_row(*line) for line in lines]
        if lie == "an unreadable amount":
            rows[-1]["fen"] = None
        count = len(rows) + (lie == "one line more")
        fen = sum(row["fen"] or 0 for row in rows) + (lie == "one fen more")
        fields = {"programme": programme, "period": period, "rows": rows, "total_count": count, "total_fen": fen}
        doc = self._make("adapter", "batch", **fields)
        if way.startswith("early"):
            doc["seq"] += int(way[-1])
            self.early.append(doc)
        self._send(doc, whole=way != "half")

    def _do_review(self, key: str, action: str, pick: int, extent: str) -> Row:
        fitting = [line for state in _FITTING[action] for line in self.model.lines if line["state"] == state]
        target = fitting[pick % len(fitting)] if fitting else {"batch": self._find_batch(pick), "line": 1}
        lines = [target["line"]]
        if extent == "all":
            lines = [line["line"] for line in fitting if line["batch"] == target["batch"]] or lines
        elif extent == "odd":
            lines += [1, 9, 1]
        doc = self._make(key, "review", action=action, batch=target["batch"], lines=lines)
        self._send(doc)
        return doc

    def _do_clear(self, pick: int, extent: str, confirmer: str) -> None:
        doc = self._do_review("reviewer", "clear", pick, extent)
        self._second(doc, confirmer)

    def _do_release(self, pick: int, lie: str, confirmer: str) -> None:
        names = [name for name in self.model.batches if self.model.find(name, "ready")]
        name = names[pick % len(names)] if names else self._find_batch(pick)
        figures = self.model.figures(name) or [("402", 1, 1)]
        bank, count, fen = figures[0]
        if lie in {"fen", "bank"}:
            figures[0] = ("103" if lie == "bank" else bank, count, fen + (lie == "fen"))
        batch = self.model.batches.get(name, {"releases": 0, "until": 0})
        if lie != "early":
            self.clock = max(self.clock, batch["until"])
        number = batch["releases"] + 1 + (lie == "number")
        doc = self._make("clerk", "release", batch=name, rows=figures, number=number)
        self._send(doc)
        self._second(doc, confirmer)

    def _second(self, doc: Row, confirmer: str) -> None:
        """Send the second person's word: now, after the next act, or never."""
        if confirmer == "late":
            self.late.append(doc)
        elif confirmer:
            self._send(self._make(confirmer, "confirm", of=doc))

    def _do_confirm(self, key: str, index: int) -> None:
        """Confirm a document that waits for it; if none does, one that is done, or never was in force."""
        asking = [doc for doc in self.sent if doc["kind"] == "release" or doc.get("action") == "clear"]
        waiting = [doc for doc, _ in self.model.pending] or asking
        if waiting:
            self._send(self._make(key, "confirm", of=waiting[index % len(waiting)]))

    def _date(self, update: str) -> Row:
        """Give what a register says of itself; an old one was true before the county began."""
        day = "2026-10-30" if update == "old" else day_of(self.model.now)
        return {"update": "full" if update == "old" else update, "snapshot_on": day}

    def _do_death(self, who: int, day: str) -> None:
        if who != ODD_SHAPE:
            self._send(self._make("clerk", "death", who=IDS[who], died_on=day, **self._date("delta")))

    def _do_household(self, who: int, home: str) -> None:
        self._send(self._make("clerk", "household", who=IDS[who], home=home, **self._date("delta")))

    def _do_relation(self, payee: int, who: int, from_on: str, to_on: str, update: str) -> None:
        days = {"from_on": from_on, "to_on": to_on, **self._date(update)}
        self._send(self._make("clerk", "relation", payee=IDS[payee], who=IDS[who], **days))

    def _do_choice(self, who: int, choice: int, holder: int) -> None:
        if who != ODD_SHAPE:
            account = account_of(who if holder == HIMSELF else holder, choice)
            self._send(self._make("clerk", "choice", who=IDS[who], bank=ACCOUNT_BANKS[choice][0], account=account))

    # ---- acts: mishaps, and time

    def _do_repeat(self, index: int) -> None:
        if self.sent:
            self._send(self.sent[index % len(self.sent)])

    def _do_conflict(self, same: str, index: int) -> None:
        """Send other content under a number or an id that an earlier document has."""
        if not self.sent:
            return
        earlier = self.sent[index % len(self.sent)]
        if same == "number":
            self._send({**earlier, "id": f"{earlier['kind']}-{len(self.sent) + 1}"})
        else:
            self._send({**earlier, "seq": len(self.model.accepted.get(earlier["key"], [])) + 1})

    def _do_offer(self, index: int) -> None:
        """Intake offers a document again that came before its number was due."""
        if self.early:
            self._send(self.early[index % len(self.early)])

    def _do_wait(self, hours: int, ticks: bool) -> None:  # noqa: FBT001 -- as it stands in the history
        self.clock += hours * 3600
        if ticks:
            self.model.tick(self.clock)
            self._apply(Command("tick", self.clock, b""))

    def _do_crash(self, how: str) -> None:
        """Lose the memory: take it from a snapshot, now or amid the next document, or from the commands."""
        if how == "inside":
            self.stops_inside = True
        elif how == "snapshot":
            self.state = parse_snapshot(render_snapshot(self.state))
        else:
            self.state = fork()
            again = [told for command in self.commands for told in read_emissions(apply(self.state, command))]
            assert again == self.told, "a replay says something else"


def _make_row(who: int, payee: int, amount: str, milli: int, stated: int) -> Row:
    """Make a line of a batch out of numbers and words."""
    collector = who if payee == HIMSELF else payee
    standard = STANDARD_FEN * milli // 1000
    fen = {"exact": standard, "below": standard - 1, "above": standard + 1, "zero": 0}[amount]
    return {
        "who": IDS[who],
        "payee": IDS[collector],
        "fen": fen,
        "milli": milli,
        "stated": "" if stated == NOT_STATED else account_of(collector, stated),
        "odd": ODD_SHAPE in {who, collector},
    }
