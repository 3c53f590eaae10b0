"""Owns what a witness holds against a log: two signed checkpoints that contradict each other, or a wrong entry.

Evidence and what a person decided about it stay for ever. It is about integrity only, never about a payment.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Literal

from schemas.errors import ConfigurationError, ConflictError
from schemas.instants import render_instant
from streams.embedded.schema import sqlite_errors

Kind = Literal["fork", "entry"]
VIOLATIONS_MAX = 100  # of one log: more would prove nothing new, and a log could fill the disk with them
TABLES = """
CREATE TABLE violations (
    id INTEGER PRIMARY KEY,
    origin TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('fork', 'entry')),
    entry INTEGER,
    reason TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    evidence TEXT NOT NULL,
    content BLOB NOT NULL,
    sha256 TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE acceptances (
    violation INTEGER PRIMARY KEY REFERENCES violations (id),
    seconds INTEGER NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
CREATE TABLE troubles (origin TEXT PRIMARY KEY, seconds INTEGER NOT NULL, reason TEXT NOT NULL) STRICT;
"""
_LIST = """
SELECT v.id, v.kind, v.entry, v.reason, v.seconds, v.evidence, a.seconds, a.person, a.reason
FROM violations v LEFT JOIN acceptances a ON a.violation = v.id WHERE v.origin = ? ORDER BY v.id
"""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something a log must never do. ``evidence`` is what anybody can check it with; it is published.

    ``content`` is the entry itself, which is kept and not published: a log that is wrong may hold anything.
    """

    kind: Kind
    reason: str
    evidence: Mapping[str, Any]
    entry: int | None = None
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A person of the body decided to go on past a violation."""

    seconds: int
    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A violation as it stands in the store, and whether somebody accepted it."""

    id: int
    violation: Violation
    seconds: int
    acceptance: Acceptance | None


class Evidence:
    """The part of a witness's store that holds violations. Recording is done within the store's ``changing``."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Look at an open store."""
        self._connection = connection

    def record(self, origin: str, violation: Violation, seconds: int) -> None:
        """Record a violation; the same one again changes nothing, nor does one over the bound."""
        evidence = json.dumps(violation.evidence, ensure_ascii=False)
        digest = sha256(f"{origin}\n{violation.kind}\n{violation.entry}\n{evidence}".encode()).hexdigest()
        told = (origin, violation.kind, violation.entry, violation.reason, seconds, evidence, violation.content)
        self._execute(
            "INSERT INTO violations (origin, kind, entry, reason, seconds, evidence, content, sha256)"
            " SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE (SELECT count(*) FROM violations WHERE origin = ?) < ?"
            " ON CONFLICT DO NOTHING",
            (*told, digest, origin, VIOLATIONS_MAX),
        )

    def list_all(self, origin: str) -> list[Recorded]:
        """List the violations of a log, the first found first."""
        return [_parse_row(row) for row in self._execute(_LIST, (origin,))]

    def list_open(self, origin: str) -> list[Recorded]:
        """List those that nobody accepted."""
        return [each for each in self.list_all(origin) if each.acceptance is None]

    def list_accepted_entries(self, origin: str) -> frozenset[int]:
        """Give the indices of wrong entries that the body goes on past."""
        found = [each.violation.entry for each in self.list_all(origin) if each.acceptance is not None]
        return frozenset(entry for entry in found if entry is not None)

    def accept(self, violation: int, acceptance: Acceptance) -> None:
        """Record that the body goes on past a violation, once for ever. ConflictError when somebody did so before.

        May be called beside the running witness; it is no change that the mark counts.
        """
        values = (violation, acceptance.seconds, acceptance.person, acceptance.reason)
        if not self._execute("INSERT INTO acceptances VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", values).rowcount:
            message = "此问题已有人处理 / somebody accepted this violation before: see 'consolidator witness status'"
            raise ConflictError(message)

    def note_trouble(self, origin: str, reason: str, seconds: int) -> None:
        """Remember why a head was not cosigned, for ``status``; an empty reason: it was. No evidence of anything."""
        if self.find_trouble(origin)[1] != reason:
            self._execute("INSERT OR REPLACE INTO troubles VALUES (?, ?, ?)", (origin, seconds, reason))

    def find_trouble(self, origin: str) -> tuple[int, str]:
        """Give since when and why heads are not cosigned; an empty reason when nothing is wrong."""
        row = self._execute("SELECT seconds, reason FROM troubles WHERE origin = ?", (origin,)).fetchone()
        return (0, "") if row is None else (row[0], row[1])

    def _execute(self, statement: str, values: tuple[object, ...]) -> sqlite3.Cursor:
        with sqlite_errors("witness.sqlite"):
            return self._connection.execute(statement, values)


def find_open(found: Sequence[Recorded], index: int | None, number: int | None) -> Recorded:
    """Find the one a person means, by the entry's index or by its number. ConfigurationError if none is open."""
    for each in found:
        if (each.id == number or number is None) and (each.violation.entry == index or index is None):
            return each
    message = "没有这样的未决问题,见 witness status / no such open violation: see 'consolidator witness status'"
    raise ConfigurationError(message)


def describe(recorded: Recorded) -> dict[str, Any]:
    """Give a violation as it is published and shown."""
    accepted, violation = recorded.acceptance, recorded.violation
    told = {"id": recorded.id, "kind": violation.kind, "found_at": render_instant(recorded.seconds)}
    told |= {} if violation.entry is None else {"index": violation.entry}
    decided = accepted and {"at": render_instant(accepted.seconds), "by": accepted.person, "reason": accepted.reason}
    return {**told, "reason": violation.reason, "accepted": decided, **violation.evidence}


def _parse_row(row: tuple[Any, ...]) -> Recorded:
    number, kind, entry, reason, seconds, evidence, accepted_seconds, person, why = row
    acceptance = None if accepted_seconds is None else Acceptance(accepted_seconds, person, why)
    return Recorded(number, Violation(kind, reason, json.loads(evidence), entry), seconds, acceptance)
