"""Owns the proof, before anything is destroyed, that the county stands without it.

Everything is computed again and compared with the journal. On the way a state is kept, at the first command after the
year at which nothing of it is at work any more; a fresh ledger goes on from that state and must reach the last commit.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from consolidator.facts.state import State
from consolidator.home.epochs.readiness import find_year_end
from consolidator.sealing import County
from schemas.commits import CommitRecord, list_raw_entries
from schemas.errors import ConflictError
from schemas.instants import derive_year, parse_instant
from streams.embedded.journal import SqliteJournal
from streams.journal import Cut
from streams.replay import begin, recompute, resume

OnProgress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an audit works with: a journal up to a commit record, and fresh ledgers. ``on_progress``: entries so far."""

    journal: SqliteJournal
    make_county: Callable[[], County]
    record: CommitRecord
    on_progress: OnProgress


@dataclass(frozen=True, slots=True)
class Kept:
    """What may go (all before ``cut``), and the state to replay from afterwards, with where it stands."""

    cut: Cut
    record: CommitRecord
    state: bytes


def audit(evidence: Evidence, year: int) -> Kept:
    """Recompute all there is from its beginning, and again from the state that is kept.

    Raises VerificationError when the journal is not what its commands give, ConflictError when something of the year is
    at work up to the end.
    """
    kept = _find_kept(evidence, year)
    county = evidence.make_county()
    start = resume(county, kept.record, kept.state)
    for _ in recompute(evidence.journal, county, evidence.record, start, evidence.on_progress):
        """Everything is compared on the way."""
    return kept


def _find_kept(evidence: Evidence, year: int) -> Kept:
    journal, record, county = evidence.journal, evidence.record, evidence.make_county()
    start = begin(journal, county)
    resumed = [start] if start != Cut() else []  # before the first command there is no state
    cut = _find_cut(journal, year) if resumed else start
    left: _Left | None = None
    for place in chain(resumed, recompute(journal, county, record, start, evidence.on_progress)):
        if place.command > record.position:  # the commit stands in the middle of a command
            break
        if derive_year(county.state.now) <= year:
            cut = place
            continue
        left = _find_left(journal, county.state, cut) if left is None else _look_again(left, county.state)
        if left == _NOTHING:
            return _keep(county, cut, place)
    message = (
        f"{year} 年的事项至今没有一刻全部办结,不能销毁 / there is no moment yet at which all of {year} was settled: "
        "settle what is open, then run once more"
    )
    raise ConflictError(message)


def _find_cut(journal: SqliteJournal, year: int) -> Cut:
    """Find the end of a year that lies before the state a replay starts from: by stamps, as nothing can be computed."""
    end = find_year_end(year)
    entry = journal.cut().entry
    for bundle in journal.bundles(entry):
        _, raw, _ = next(list_raw_entries([bundle]))
        if parse_instant(json.loads(raw)["at"]) >= end:
            break
        entry = bundle.first + bundle.count
    return Cut(journal.find_since(end), entry)


@dataclass(frozen=True, slots=True)
class _Left:
    """Batches (by index) and documents (by digest) that stand before the cut and are still at work."""

    batches: frozenset[int] = frozenset()
    documents: frozenset[str] = frozenset()


_NOTHING = _Left()


def _find_left(journal: SqliteJournal, state: State, cut: Cut) -> _Left:
    working = {batch.index: batch.digest for batch in state.batches if batch.open is not None}
    return _Left(
        frozenset(index for index, digest in working.items() if journal.find_last(digest) < cut.command),
        frozenset(digest for digest in _list_waiting(state) if journal.find_last(digest) < cut.command),
    )


def _look_again(left: _Left, state: State) -> _Left:
    batches = frozenset(index for index in left.batches if state.batches[index].open is not None)
    return _Left(batches, left.documents & _list_waiting(state))


def _list_waiting(state: State) -> frozenset[str]:
    return frozenset([*state.pending, *(document.digest for document in state.open.values())])


def _keep(county: County, cut: Cut, place: Cut) -> Kept:
    state = county.snapshot()
    digest = sha256(state).hexdigest()
    return Kept(cut, CommitRecord(position=place.command, item=0, head=county.head(), snapshot=digest), state)
