"""Owns the report on a retired year, kept in the journal for ever: what was removed, how much, when, at which head.

It holds counts and names of things that are public. Never a digest of private bytes: without an opening that could be
guessed from, and would outlive them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from schemas.canonical import render_canonical
from schemas.identifiers import Sha256
from schemas.instants import render_instant
from streams.embedded.journal import Retirement, SqliteJournal
from streams.journal import Cut

Row = dict[str, Any]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Place(_Model):
    """A place in the log: the position of the next command, the size, the root."""

    command: int
    size: int
    root: Sha256


class Removed(_Model):
    """How much was removed. ``documents_sha256``: of the documents' digests in order, which the log names all of.

    ``disclosures``: private parts of entries; ``order_lists``: lists of order files; the last three are files.
    """

    commands: int
    documents: int
    documents_sha256: Sha256
    disclosures: int
    order_lists: int
    taken: int
    refused: int
    outbox: int


class Report(_Model):
    """A retired year. ``at``: when (POSIX seconds), ``head``: the last commit then, ``replay_from``: the kept state.

    ``unanswered``: lines and fen whose bank had never answered.
    """

    v: Literal[1] = 1
    year: int
    at: int
    head: Place
    replay_from: Place
    unanswered: tuple[int, int]
    removed: Removed


@dataclass(frozen=True, slots=True)
class RetiredYear:
    """A report, and how far the work on it is: until ``finished`` the same command has to be repeated."""

    report: Report
    cut: Cut
    finished: bool


def render_report(report: Report) -> bytes:
    """Write a report as the journal keeps it."""
    return render_canonical(report.model_dump())


def list_retired(journal: SqliteJournal) -> Sequence[RetiredYear]:
    """Give the retired years in order."""
    return [_read(each) for each in journal.retirements()]


def _read(kept: Retirement) -> RetiredYear:
    return RetiredYear(Report.model_validate_json(kept.report), kept.cut, kept.finished)


def describe_retired(year: RetiredYear) -> Row:
    """Describe a retired year."""
    word = "retired" if year.finished else "unfinished"
    return {
        **year.report.model_dump(exclude={"at", "v"}),
        "state": word,
        "retired_at": render_instant(year.report.at),
        "entries_before": year.cut.entry,
        "commands_before": year.cut.command,
    }


def tell_retired(retired: Sequence[RetiredYear], index: int) -> str:
    """Say why an entry's private part cannot be shown or opened, ``中文 / English``; empty when it was not retired."""
    year = next((each.report.year for each in retired if index < each.cut.entry), None)
    if year is None:
        return ""
    return (
        f"{year} 年已到期销毁(epoch retire):查阅件、开示值与原件都已不在,公开条目仍可核验 / {year} was retired: its "
        "private parts, openings and documents are gone; the public entry can still be verified"
    )
