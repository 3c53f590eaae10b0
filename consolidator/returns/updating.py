"""Owns the bringing up to date of all lists after a run: read what is new in the log, write the lists that changed.

A list is derived. What is lost or wrong, the record of progress too, is made again from the log and the journal.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from consolidator.home.files import disk_errors, make_folder
from consolidator.returns.details import add_persons, list_parts, list_unreadable, place_documents
from consolidator.returns.folding import Fold, fold_entries
from consolidator.returns.lists import is_written, name_list, write_document_list
from consolidator.returns.overdue import take_announcements, write_overdue
from consolidator.returns.store import Progress, Standing, Store, forget, open_store
from consolidator.returns.turned_away import write_turned_away
from schemas.commits import CommitRecord, Outcome, list_raw_entries
from schemas.errors import DependencyError
from streams.journal import Journal
from streams.machine import Machine
from streams.replay import replay

STATE = ".state"
NOTED_LINES_MIN = 20_000  # a list of so many lines takes seconds: somebody waits and is told
_ITEM = "item "
Items = list[tuple[int, str]]


OnLarge = Callable[[str, int], None]


def tell_nobody(_name: str, _lines: int) -> None:
    """Take no notice of a large list."""


@dataclass(frozen=True, slots=True)
class Lists:
    """All that the lists of a home are made from.

    ``make_machine`` gives a fresh ledger, for what neither log nor parts hold; ``on_large`` is told of a list that
    takes a while: its name and number of lines.
    """

    returns: Path
    refused: Path
    journal: Journal
    make_machine: Callable[[], Machine]
    on_large: OnLarge = tell_nobody


def update_lists(lists: Lists, outcomes: Sequence[Outcome] = ()) -> None:
    """Bring the lists up to date with the last commit. ``outcomes`` are those of this run, which spare a replay."""
    _update(lists, outcomes, _write_changed)


def restore_lists(lists: Lists) -> None:
    """Do the same, and write lists that are missing: at a start."""
    _update(lists, (), _write_missing)


def _update(lists: Lists, outcomes: Sequence[Outcome], write: Callable[[Lists, Store, Fold], None]) -> None:
    record = lists.journal.last_commit()
    if record is None:
        return
    try:
        _update_from(lists, record, outcomes, write)
    except sqlite3.OperationalError as error:  # full or locked: the next run goes on where this one began
        message = f"清单记录无法写入 / returns/{STATE} cannot be written ({error}): free disk space, then run again"
        raise DependencyError(message) from error
    except (sqlite3.DatabaseError, _OutOfStepError):
        with disk_errors():
            forget(lists.returns / STATE)
        _update_from(lists, record, outcomes, write)


class _OutOfStepError(Exception):
    """The record of progress is of another log."""


def _update_from(
    lists: Lists, record: CommitRecord, outcomes: Sequence[Outcome], write: Callable[[Lists, Store, Fold], None]
) -> None:
    with disk_errors():
        make_folder(lists.returns)
    with open_store(lists.returns / STATE) as store:
        fold = Fold(store)
        progress = _begin(lists.journal) if store.progress().size == 0 else store.progress()
        if progress.size < lists.journal.cut().entry or not _is_of(lists.journal, progress, record.head.size):
            raise _OutOfStepError
        if progress.size < record.head.size:
            progress = _take_new(lists, record, progress, fold, outcomes)
        write(lists, store, fold)
        write_overdue(lists.returns, store)
        write_turned_away(lists.refused, lists.returns, store)
        store.commit(progress)


def _begin(journal: Journal) -> Progress:
    """Begin with the first entry; where years were retired, with what is left: nobody is named before that."""
    cut = journal.cut()
    return Progress(cut.entry, cut.command, _digest_before(journal, cut.entry) if cut.entry else "")


def _is_of(journal: Journal, progress: Progress, size: int) -> bool:
    """Say whether the record of progress is of this log: the last entry covered is the one it names."""
    if progress.size == 0:
        return True
    if progress.size > size:
        return False
    return _digest_before(journal, progress.size) == progress.last


def _digest_before(journal: Journal, size: int) -> str:
    """Give the digest of the last of so many entries; empty when there are fewer."""
    entries = list_raw_entries(islice(journal.bundles(size - 1), 1))
    return next((sha256(raw).hexdigest() for at, raw, _ in entries if at == size - 1), "")


def _take_new(
    lists: Lists, record: CommitRecord, progress: Progress, fold: Fold, outcomes: Sequence[Outcome]
) -> Progress:
    """Take the entries in that came since, and what the journal adds to them."""
    store, journal = fold.store, lists.journal
    last = fold_entries(fold, journal.bundles(progress.size), progress.size, record.head.size)
    place_documents(store, journal, progress.position, record.position)
    for number in sorted(fold.void):
        list_unreadable(fold, journal, number)
    if fold.partial:
        _complete(lists, record, fold, outcomes)
    for number in sorted(fold.announcements):
        take_announcements(store, store.document(number), list_parts(journal, store.document(number)))
    for number in sorted(fold.touched):
        add_persons(store, journal, number)
    return Progress(record.head.size, record.position, sha256(last).hexdigest())


def _complete(lists: Lists, record: CommitRecord, fold: Fold, outcomes: Sequence[Outcome]) -> None:
    """Enter the refused items that the log does not name: known from this run, or found by doing everything again."""
    digests = {fold.store.document(number).digest: number for number in fold.partial}
    found = _collect_items(digests, outcomes)
    if any(len(found[digest]) < fold.partial[number] for digest, number in digests.items()):
        found = {digest: [] for digest in digests}
        for step in replay(lists.journal, lists.make_machine(), record):
            for digest, items in _collect_items(digests, step.outcomes).items():
                found[digest] += items
    for digest, items in found.items():
        for item, code in items:
            fold.put(digests[digest], item, Standing("refused", findings=[code]))


def _collect_items(digests: Mapping[str, int], outcomes: Sequence[Outcome]) -> dict[str, Items]:
    found: dict[str, Items] = {digest: [] for digest in digests}
    for outcome in outcomes:
        if outcome.word == "item" and outcome.digest in found:
            found[outcome.digest].append((int(outcome.position.removeprefix(_ITEM)), outcome.code))
    return found


def _write_changed(lists: Lists, store: Store, fold: Fold) -> None:
    for number in sorted(fold.touched):
        _write(lists, store, number)


def _write_missing(lists: Lists, store: Store, fold: Fold) -> None:
    _write_changed(lists, store, fold)
    for document in list(store.list_answered()):
        if document.id not in fold.touched and not is_written(lists.returns / document.source, name_list(document)):
            _write(lists, store, document.id)


def _write(lists: Lists, store: Store, number: int) -> None:
    document = store.document(number)
    lines = store.count_lines(number)
    if lines >= NOTED_LINES_MIN:
        lists.on_large(name_list(document), lines)
    write_document_list(lists.returns / document.source, store, document)
