"""Owns what a retired year's commands left outside the journal: which files, and their removal.

Every function may be repeated after a crash at any point: what has to go is found by what the journal still holds.
"""

import shutil
from pathlib import Path

from consolidator.gate.sending import Gate, list_papers, list_stale_drafts
from consolidator.home.epochs.readiness import find_year_end
from consolidator.home.files import disk_errors, make_folder, sync_folder, write_whole
from consolidator.home.paths import Home
from consolidator.intake.forgetting import forget_refused_before, forget_taken
from consolidator.keys import read_epoch_keys, render_epoch_keys
from schemas.orders import OrderFile
from streams.embedded.journal import SqliteJournal
from streams.journal import Cut


def sweep(home: Home, journal: SqliteJournal, gate: Gate, year: int) -> None:
    """Remove all of it: the key first, as without it no opening can be derived from anything that is left."""
    _forget_keys(home, year)
    forget_taken(home, journal, journal.cut().command)
    forget_refused_before(home, find_year_end(year))
    _forget_orders(gate, journal.cut())
    _forget_lists(home)
    journal.scrub()


def _forget_keys(home: Home, year: int) -> None:
    keys = read_epoch_keys(home.epoch_keys)
    living = {each: key for each, key in keys.items() if each > year}
    if living != keys:
        write_whole(home.epoch_keys, render_epoch_keys(living))


def list_files(gate: Gate, cut: Cut) -> list[OrderFile]:
    """List the order files before a cut."""
    return [file for file in gate.journal.order_files() if file.entry < cut.entry]


def list_outbox(gate: Gate, cut: Cut) -> list[Path]:
    """List what lies in the outbox of them, with their proofs, and drafts that nobody needs."""
    papers = [path for file in list_files(gate, cut) for path in list_papers(gate, file)]
    return [*papers, *list_stale_drafts(gate)]


def _forget_orders(gate: Gate, cut: Cut) -> None:
    with disk_errors():
        paths = list_outbox(gate, cut)
        for path in paths:
            path.unlink(missing_ok=True)
        for folder in sorted({path.parent for path in paths}):
            sync_folder(folder)
    gate.records.forget_digests(file.file for file in list_files(gate, cut))


def _forget_lists(home: Home) -> None:
    """Remove all that goes back to senders: it is derived, and made again from what is left."""
    with disk_errors():
        make_folder(home.returns)
        for path in sorted(home.returns.iterdir()):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        sync_folder(home.returns)
