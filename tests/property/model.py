"""A naive model of a county: rows as dictionaries, plain loops, each rule written as its sentence in the rule book.

It is told documents as dictionaries (no signatures, no bytes: two documents are the same when their contents are equal)
and says what the log must say. It remembers only rows and looks everything up anew each time. It shares no code with
the ledger. Where the words leave a choice open, a comment says which one was made.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.property import policy
from tests.property.policy import PAYING

Row = dict[str, Any]
Told = tuple[Any, ...]

LIVE = ("ready", "held", "ordered")  # a line that may still be paid, or was: it holds its entitlement
WAITING = ("undecided", "ready", "held")
PROVINCES = "11-15 21-23 31-37 41-46 50-54 61-65 71-71 81-83 91-91"  # first two digits of every region there ever was
MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # nobody here was born on 29 February


class Model:
    """What should be. Everything is public and a plain list or dictionary, so that tests read it."""

    def __init__(self, now: int) -> None:
        """Start with nothing but a clock."""
        self.now = now
        self.accepted: dict[str, list[Row]] = {}  # key → its documents, in order
        self.noted: list[tuple[str, Row]] = []  # conflicts and gaps that have their entry
        self.ids: list[str] = []
        self.open: dict[str, Row] = {}  # key → document whose parts are missing
        self.pending: list[tuple[Row, int]] = []  # documents that wait for a second person, and since which command
        self.taken = 0  # commands that took a place
        self.batches: dict[str, Row] = {}
        self.lines: list[Row] = []
        self.deaths: dict[str, str] = {}
        self.homes: dict[str, str] = {}
        self.relations: list[Row] = []
        self.accounts: dict[str, Row] = {}
        self.designations: dict[str, list[Row]] = {}
        self.moves: list[tuple[str, str, str, int]] = []  # programme, bank, state, fen since the last close
        self.told: list[Told] = []

    def header(self, doc: Row, at: int) -> None:
        """A header comes in at a time."""
        taken = self.accepted.setdefault(doc["key"], [])
        place = "due" if doc["seq"] == len(taken) + 1 else "conflict" if doc["seq"] <= len(taken) else "gap"
        if doc in taken or (place, doc) in self.noted:
            return
        self._pass_time(at)
        if place != "due":
            self.noted.append((place, doc))
            self._tell_document(doc, place, "D01" if place == "conflict" else "D02")
            return
        if doc["key"] in self.open:
            self._tell_nothing_done(self.open.pop(doc["key"]), "D07")
        taken.append(doc)
        if code := self._judge(doc):
            self._tell_document(doc, "conflict" if code == "D03" else "refused", code)
            return
        self._tell_document(doc, "new", "")
        self.ids.append(doc["id"])
        if doc["kind"] == "confirm":
            self._confirm(doc)
        else:
            self.open[doc["key"]] = doc

    def _judge(self, doc: Row) -> str:
        """Give the code for which a document in its place is refused: power, then id, then what its kind needs."""
        allowed = policy.MAY.get(str(doc.get("action", doc["kind"])))
        if allowed is not None and doc["key"] not in allowed:
            return "D05"
        if doc["id"] in self.ids:  # only what was accepted has used its id
            return "D03"
        if doc["kind"] == "batch":
            return "D11" if doc["programme"] not in PAYING else "D12" if len(doc["period"]) != len("2026") else ""
        if doc["kind"] in {"review", "release"}:
            named = self.batches.get(doc["batch"])
            return "D13" if named is None else "" if named["state"] in {"assessed", "released"} else "D16"
        return self._judge_confirm(doc) if doc["kind"] == "confirm" else ""

    def _judge_confirm(self, doc: Row) -> str:
        if doc["of"] not in [waiting for waiting, _ in self.pending]:
            return "D15"
        if policy.PEOPLE_BEHIND[doc["key"]] == policy.PEOPLE_BEHIND[doc["of"]["key"]]:
            return "D14"
        return "" if doc["key"] in policy.MAY_CONFIRM[doc["of"]["kind"]] else "D05"

    def parts(self, doc: Row, at: int) -> None:
        """The parts of a document come in; they matter only if it is the one its key has open."""
        if self.open.get(doc["key"]) != doc:
            return
        self._pass_time(at)
        del self.open[doc["key"]]
        if doc["kind"] == "release" or (doc["kind"] == "review" and doc["action"] == "clear"):
            self.pending.append((doc, self.taken))
        else:
            getattr(self, f"_{doc['kind']}")(doc)

    def _confirm(self, doc: Row) -> None:
        waiting = next(found for found in self.pending if found[0] == doc["of"])
        self.pending.remove(waiting)
        getattr(self, f"_{doc['of']['kind']}")({**doc["of"], "since": waiting[1]})

    def tick(self, at: int) -> None:
        """Nothing came, but the clock moved on; where nothing was moved, not even that."""
        if self.moves and at // 3600 > self.now // 3600:
            self._pass_time(at)

    def _pass_time(self, at: int) -> None:
        """Time never runs back; the first command past an hour closes it."""
        if self.moves and at // 3600 > self.now // 3600:
            self._tell("close", *add_up(self.moves))
            self.moves = []
        self.now = max(at, self.now)
        self.taken += 1

    def _death(self, doc: Row) -> None:
        self.deaths[doc["who"]] = doc["died_on"]
        self._tell_effect(doc, [])

    def _household(self, doc: Row) -> None:
        """Somebody lives there now; that counts for all lines, whenever they were sent."""
        self.homes[doc["who"]] = doc["home"]
        waiting = [line for line in self.lines if line["state"] in WAITING]
        for line in self.lines:
            line["home"] = self.homes.get(line["who"])
        for line, finding in self._find_groups(waiting):
            self._mark_late(line, finding)
        self._tell_effect(doc, [])

    def _relation(self, doc: Row) -> None:
        """Who may collect for whom, from a day to a day; a full register replaces what was known, if it is no older."""
        full = doc["update"] == "full"
        if full and any(doc["snapshot_on"] < known["snapshot_on"] for known in self.relations):
            self._tell_nothing_done(doc, "D23")
        else:
            self.relations = [doc] if full else [*self.relations, doc]
            self._tell_effect(doc, [])

    def _choice(self, doc: Row) -> None:
        """A payee names his account: a first choice at once, another account after the cooling-off time."""
        known = self.accounts[doc["account"]]
        history = self.designations.setdefault(doc["who"], [])
        code = "" if known["holder"] == doc["who"] else "S06"
        if not code and (not history or history[-1]["account"] != doc["account"]):  # the same again is no new version
            chosen = self.designation(doc["who"])
            at_once = chosen is None or chosen["account"] == doc["account"]  # taking a change back is at once, too
            since = self.now + (0 if at_once else policy.COOLING_OFF_SECONDS)
            history.append({"version": len(history) + 1, "since": since, "account": doc["account"], **known})
        self._tell_effect(doc, [code])

    def designation(self, who: str) -> Row | None:
        """Give the latest designation that has taken effect."""
        past = [chosen for chosen in self.designations.get(who, []) if chosen["since"] <= self.now]
        return past[-1] if past else None

    def _batch(self, doc: Row) -> None:
        """Void it, or assess every line of it."""
        fen = [row["fen"] for row in doc["rows"]]
        readable = sum(amount for amount in fen if amount is not None)
        until = self.now + (0 if doc["programme"] == "FAST" else policy.REVIEW_SECONDS)  # nobody releases it earlier
        batch = self.batches[doc["id"]] = {"id": doc["id"], "state": "void", "releases": 0, "until": until}
        if None in fen or (doc["total_count"], doc["total_fen"]) != (len(fen), readable):
            bad = tuple(line for line, amount in enumerate(fen, start=1) if amount is None)
            self._tell("batch", doc["id"], "void", ("R40:red",), bad, len(fen), readable)
            self._tell("outcome", "void", "D20")
            return
        lines = [self._make_line(doc, number, row) for number, row in enumerate(doc["rows"], start=1)]
        marks = self._find_groups(lines)
        for line, finding in marks:
            if line in self.lines:
                self._mark_late(line, finding)
        for line in lines:
            self._assess(line, [finding for marked, finding in marks if marked is line])
        batch["state"] = "assessed"
        self._tell("batch", doc["id"], "assessed", *self.sums(doc["id"]))
        self._settle(batch)
        if doc["programme"] == "FAST" and self.find(doc["id"], "ready"):
            self._order(batch)

    def _make_line(self, doc: Row, number: int, row: Row) -> Row:
        own = {"batch": doc["id"], "line": number, "programme": doc["programme"], "period": doc["period"]}
        empty: Row = {"findings": [], "cleared": [], "clues": [], "news": 0}
        return {**row, **own, **empty, "home": self.homes.get(row["who"]), "state": "undecided"}

    def _find_groups(self, lines: list[Row]) -> list[Told]:
        """Mark every line of a group of these lines that too many persons belong to, wherever it stands.

        Refused lines do not count; lines of a new document do, whatever another rule will say of them.
        """
        both = self.lines + [line for line in lines if line not in self.lines]
        everyone = [line for line in both if line["state"] in {*LIVE, *WAITING} and not line["odd"]]
        found: list[Told] = []
        for code, group_of, most in (("R18", household_of, 1), ("R54", collector_of, policy.PERSONS_MAX)):
            for group in dict.fromkeys(group_of(line) for line in everyone if line in lines and group_of(line)):
                members = [line for line in everyone if group_of(line) == group]
                if len({line["who"] for line in members}) > most:
                    found += [(line, f"{code}:orange") for line in members]
        return found

    def _mark_late(self, line: Row, finding: str) -> None:
        """An earlier line is held; if it is held already, or ordered, that is told once."""
        known = line["findings"] if line["state"] == "held" else line["clues"]
        if line["state"] == "ready":
            self._change(line, "held", [finding])
        elif finding not in known:
            known.append(finding)
            line["news"] = self.taken
            self._tell("finding", line["batch"], line["line"], line["state"], finding)

    def _assess(self, line: Row, marks: list[str]) -> None:
        hits = ["S01:red"] if line["odd"] else [*self._look(line), *marks, *self._find_repeat(line)]
        found = sorted({*hits, *(["S12:red"] if line["fen"] == 0 else [])})
        line["state"] = "refused" if of_level(found, "red") else "held" if of_level(found, "orange") else "ready"
        line["findings"], (line["version"], line["bank"]) = found, self._route(line)
        self.lines.append(line)
        bank = line["bank"] if line["state"] == "ready" else ""
        self._tell("line", line["batch"], line["line"], line["state"], bank, *found)
        self.moves.append((line["programme"], bank, line["state"], line["fen"]))

    def _look(self, line: Row) -> list[str]:
        """Run every rule that looks at one line and at what is known now."""
        who, payee, chosen = line["who"], line["payee"], self.designation(line["payee"])
        today = day_of(self.now)
        collected = payee != who  # then he who collects must have a right ID, and be alive
        hits = {
            "R01:red": not is_right_id(who) or not is_right_id(payee),
            "R01:blue": not any(span[:2] <= who[:2] <= span[3:] for span in PROVINCES.split()),
            "R05:red": f"{line['period']}-01-01" > self.deaths.get(who, "9999")
            or (collected and today > self.deaths.get(payee, "9999")),
            "R13:orange": chosen is None,
            "R13:blue": chosen is not None and line["stated"] not in {"", chosen["account"]},
            "R21:red": line["fen"] * 1000 > policy.STANDARD_FEN * line["milli"],
            "R54:orange": collected and not self._is_related(payee, who, today),
            "H02:orange": chosen is not None and not (chosen["branch"] or chosen["bank"] in PAYING[line["programme"]]),
        }
        return [finding for finding, hit in hits.items() if hit]

    def _is_related(self, payee: str, who: str, today: str) -> bool:
        return any(
            (known["payee"], known["who"]) == (payee, who) and known["from_on"] <= today <= (known["to_on"] or "9999")
            for known in self.relations
        )

    def _find_repeat(self, line: Row) -> list[str]:
        """R16: another line holds programme, period and person."""
        same = ("programme", "period", "who")
        held = [other for other in self.lines if other["state"] in LIVE and not other["odd"]]
        return ["R16:red" for other in held if all(other[name] == line[name] for name in same)]

    def _route(self, line: Row) -> tuple[int, str]:
        chosen = self.designation(line["payee"]) or {"version": 0, "bank": ""}
        return chosen["version"], chosen["bank"] if chosen["bank"] in PAYING[line["programme"]] else policy.AGENT

    def _review(self, doc: Row) -> None:
        codes = []
        for number in doc["lines"]:
            found = [line for line in self.lines if (line["batch"], line["line"]) == (doc["batch"], number)]
            codes.append(self._review_line(doc, found[0]) if found else "S03")
        self._tell_effect(doc, codes)
        self._settle(self.batches[doc["batch"]])

    def _review_line(self, doc: Row, line: Row) -> str:
        action = doc["action"]
        if action == "comment":
            self._tell("comment", line["batch"], line["line"])
            return ""
        if line["state"] != ("ready" if action == "hold" else "held"):
            return "S04"
        if action == "clear":  # who proposed it must have seen what is known of the line
            return "S17" if line["news"] > doc["since"] else self._clear(line)
        self._change(line, *(("held", ["H03:orange"]) if action == "hold" else ("stopped", line["findings"])))
        return ""

    def _clear(self, line: Row) -> str:
        """Assess anew. What is found now is what was cleared; the entry also names what it was held for."""
        found = self._look(line)
        version, bank = self._route(line)
        if not version or of_level(found, "red") or "H02:orange" in found:
            return "S08" if not version else "S09" if of_level(found, "red") else "H02"
        line["cleared"], line["version"], line["bank"] = of_level(found, "orange"), version, bank
        self._change(line, "ready", sorted({*line["cleared"], *line["findings"]}))
        return ""

    def _release(self, doc: Row) -> None:
        """Check again, compare number and figures, order."""
        batch = self.batches[doc["batch"]]
        if not self.find(batch["id"], "ready") and not self.find(batch["id"], "held"):
            self._tell_nothing_done(doc, "D16")
            return
        for line in self.find(batch["id"], "ready"):
            found = of_level(self._look(line), "red", "orange")
            new = [finding for finding in found if finding not in line["cleared"]]
            if self._route(line)[0] not in {line["version"], 0}:
                new.append("H01:orange")
            if new:
                self._change(line, "held", sorted(new))
        figures = self.figures(batch["id"])
        wrong_number = doc["number"] != batch["releases"] + 1
        code = "D19" if wrong_number else "D18" if not figures else "" if sorted(doc["rows"]) == figures else "D17"
        if self.now < batch["until"]:
            code = "D25"
        word = "refused" if code else "accepted"
        self._tell("release", batch["id"], doc["number"], word, code, *figures)
        if code:
            self._tell("outcome", "refused", code)
        else:
            self._order(batch)

    def figures(self, name: str) -> list[Told]:
        """Give bank, count and fen of what is ready."""
        return add_up([(line["bank"], line["fen"]) for line in self.find(name, "ready")])

    def _order(self, batch: Row) -> None:
        batch["releases"] += 1
        for bank, count, fen in self.figures(batch["id"]):
            self._tell("orders", batch["id"], bank, batch["releases"], count, fen)
        for line in self.find(batch["id"], "ready"):
            line["state"] = "ordered"
            self.moves.append((line["programme"], line["bank"], "ordered", line["fen"]))
        batch["state"] = "released"

    def find(self, name: str, state: str) -> list[Row]:
        """Give a batch's lines in a state."""
        return [line for line in self.lines if (line["batch"], line["state"]) == (name, state)]

    def sums(self, name: str) -> list[Told]:
        """Give count and fen of a batch's lines by state."""
        return add_up([(line["state"], line["fen"]) for line in self.lines if line["batch"] == name])

    def _settle(self, batch: Row) -> None:
        waiting = [line for line in self.lines if line["batch"] == batch["id"] and line["state"] in LIVE]
        if not waiting and batch["state"] != "settled":
            batch["state"] = "settled"
            self._tell("batch", batch["id"], "settled", *self.sums(batch["id"]))

    def _change(self, line: Row, state: str, findings: list[str]) -> None:
        bank = line["bank"] if "ready" in {line["state"], state} else ""
        self._tell("change", line["batch"], line["line"], line["state"], state, bank, *sorted(findings))
        line["state"], line["findings"], line["news"] = state, list(findings), self.taken
        self.moves.append((line["programme"], line["bank"] if state == "ready" else "", state, line["fen"]))

    def _tell_document(self, doc: Row, outcome: str, code: str) -> None:
        self._tell("document", doc["key"], doc["seq"], doc["id"], outcome, code)
        self._tell("outcome", outcome, code)

    def _tell_effect(self, doc: Row, codes: Sequence[str]) -> None:
        items = len(codes) or 1
        refused = [(number, code) for number, code in enumerate(codes, start=1) if code]
        self._tell("effect", doc["id"], items - len(refused), *refused)

    def _tell_nothing_done(self, doc: Row, code: str) -> None:
        self._tell("effect", doc["id"], 0, code)
        self._tell("outcome", "refused", code)

    def _tell(self, *told: Any) -> None:  # noqa: ANN401 -- words and numbers, as the log has them
        self.told.append(told)


def add_up(rows: Sequence[tuple[Any, ...]]) -> list[Told]:
    """Count rows and add up their last value, fen, by all the values before it."""
    keys = sorted({row[:-1] for row in rows})
    fen = {key: [row[-1] for row in rows if row[:-1] == key] for key in keys}
    return [(*key, len(fen[key]), sum(fen[key])) for key in keys]


def household_of(line: Row) -> Any:  # noqa: ANN401 -- whatever tells groups apart
    """R18: a per-household item, in one period, for a household that the register knows."""
    return (line["period"], line["home"]) if line["programme"] == "HOME" and line["home"] else None


def collector_of(line: Row) -> Any:  # noqa: ANN401 -- whatever tells groups apart
    """R54: the payee who collects for another, over all programmes and periods."""
    return line["payee"] if line["payee"] != line["who"] else None


def of_level(findings: list[str], *levels: str) -> list[str]:
    """Give the findings of some levels."""
    return sorted({finding for finding in findings if finding.partition(":")[2] in levels})


def is_right_id(value: str) -> bool:
    """R01: MOD 11-2 (each place weighs twice the one behind it; the sum leaves 1), and a day that exists."""
    digits = [10 if sign == "X" else "0123456789".index(sign) for sign in value]
    month, day = int(value[10:12]), int(value[12:14])
    weighed = sum(digit * 2 ** (17 - place) for place, digit in enumerate(digits))
    return weighed % 11 == 1 and 1 <= month <= len(MONTH_DAYS) and 1 <= day <= MONTH_DAYS[month - 1]


def day_of(now: int) -> str:
    """Give the day in China."""
    return date.fromordinal(719_163 + (now + 8 * 3600) // 86_400).isoformat()  # 719,163 is the first day of 1970
