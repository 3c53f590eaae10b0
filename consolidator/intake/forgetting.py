"""Owns the taking out of ``taken/`` and ``refused/`` what only retired years held, and the numbers that must stay.

A file that the journal holds a living copy of stays. Every function may be repeated after a crash at any point.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from consolidator.home.files import disk_errors, hold_folder, sync_folder, write_whole
from consolidator.home.paths import Home
from consolidator.intake.legacy import ORIGINALS
from consolidator.intake.refusals import DIGEST_CHARACTERS, REASON
from consolidator.intake.spool import KEPT, NEW, hold_source
from schemas.envelope import parse_envelope
from schemas.errors import InputError
from schemas.instants import parse_instant
from streams.embedded.journal import SqliteJournal

_NUMBER_TAG = "0"  # no document's tag: those are digests
_ENVELOPE_BYTES_MAX = 1_048_576  # the first line of a document


def list_taken(home: Home, journal: SqliteJournal, before: int) -> list[Path]:
    """List the documents of ``taken/`` that the journal holds no copy of from position ``before`` on, and originals.

    An original goes with the last document made from it; what a crash left half written goes, too.
    """
    return [path for folder in _list_folders(home.taken) for path in _list_source(folder, journal, before)]


def forget_taken(home: Home, journal: SqliteJournal, before: int) -> None:
    """Remove them. Of each key that loses its newest document the number is kept, in the name of an empty file."""
    for source in [folder.name for folder in _list_folders(home.taken)]:
        with hold_source(home, source) as folder, disk_errors():
            stale = _list_source(folder, journal, before)
            _keep_numbers(folder, stale)
            _remove(stale)


def _list_source(folder: Path, journal: SqliteJournal, before: int) -> list[Path]:
    named = {path: match for path in sorted(folder.iterdir()) if (match := KEPT.fullmatch(path.name))}
    stale = [path for path in named if path.stat().st_size and not _is_held(path, journal, before)]
    going = set(stale)
    names = [path.name for path in [*named, *_list_files(folder / NEW)] if path not in going]
    living = {name.split("-")[2][:DIGEST_CHARACTERS] for name in names if name.count("-") > 1}
    originals = [path for path in _list_files(folder / ORIGINALS) if path.name[:DIGEST_CHARACTERS] not in living]
    return [*stale, *originals, *_list_drafts(folder), *_list_drafts(folder / ORIGINALS)]


def _is_held(path: Path, journal: SqliteJournal, before: int) -> bool:
    """Say whether the journal holds a copy that lives. What is no document was put there by somebody: it stays."""
    with path.open("rb") as file:
        line = file.readline(_ENVELOPE_BYTES_MAX)
    try:
        return journal.find_last(parse_envelope(line.rstrip(b"\n")).digest) >= before
    except InputError:
        return True


def _keep_numbers(folder: Path, stale: Sequence[Path]) -> None:
    newest: dict[str, tuple[int, Path]] = {}
    for path in sorted(folder.iterdir()):
        match = KEPT.fullmatch(path.name)
        if match is not None:
            newest[match["key"]] = max(newest.get(match["key"], (0, path)), (int(match["number"]), path))
    for key, (number, path) in newest.items():
        if path in stale:
            write_whole(folder / f"{key}-{number:08d}-{_NUMBER_TAG}.jsonl", b"")


def list_refused(home: Home, end: int) -> list[Path]:
    """List what was turned away before an instant, each before its reason."""
    return [path for folder in _list_folders(home.refused) for path in _list_turned_away(folder, end)]


def forget_refused_before(home: Home, end: int) -> None:
    """Remove it."""
    for place in _list_folders(home.refused):
        with hold_folder(place) as folder, disk_errors():
            _remove(_list_turned_away(folder, end))


def _list_turned_away(folder: Path, end: int) -> list[Path]:
    bases = dict.fromkeys(path.name.removesuffix(REASON) for path in _list_files(folder))
    pairs = [(folder / base, folder / f"{base}{REASON}") for base in bases]
    old = [path for pair in pairs if _find_stamp(*pair) < end for path in pair if path.exists()]
    return [*old, *_list_drafts(folder)]


def _find_stamp(path: Path, reason: Path) -> int:
    """Give the stamp that the reason states; where it has none, when the file was written."""
    try:
        stated: Mapping[str, str] = json.loads(reason.read_bytes())
        return parse_instant(stated["at"])
    except (OSError, ValueError, KeyError, InputError):
        found = path if path.exists() else reason
        return int(found.stat().st_mtime)


def _list_folders(place: Path) -> list[Path]:
    with disk_errors():
        return sorted(path for path in place.iterdir() if path.is_dir())


def _list_files(folder: Path) -> Iterator[Path]:
    """Give the files of a folder that may be missing, without drafts."""
    return (path for path in _list_all(folder) if not path.name.startswith("."))


def _list_drafts(folder: Path) -> Iterator[Path]:
    """Give what a crash left half written; the caller holds the folder, or only counts."""
    return (path for path in _list_all(folder) if path.name.startswith("."))


def _list_all(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


def _remove(paths: Sequence[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
    for folder in dict.fromkeys(path.parent for path in paths):
        sync_folder(folder)
