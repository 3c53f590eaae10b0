"""Owns the putting of an order file into a bank's folder: once for ever, whole, and without a lock.

A process that was stopped in the middle must not hold up the others, nor do anything a second time when it wakes. So
each writes a draft of its own, and makes it the one that counts by linking its receipt: only one receipt can be there.
Then anybody may rename the draft that the receipt names, the proof first: only one rename of a file succeeds. A receipt
whose draft is gone means that the file was put there, wherever the bank has taken it since.
"""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import Literal

from consolidator.gate.checking import CheckedFile
from consolidator.gate.sending import proof_of
from consolidator.home.files import disk_errors, make_folder, move, sync_folder, write_synced
from schemas.errors import InputError

OTHER_CONTENT = "I34"
_RECEIPTS = "received"
_STAGING = ".staging"
_RECEIPT = "receipt.json"
_SHOWN_CHARACTERS = 16  # of a SHA-256


@dataclass(frozen=True, slots=True)
class Place:
    """The place of one order file in a bank's folder."""

    root: Path
    county: str
    name: str

    @property
    def target(self) -> Path:
        """Where the bank finds it."""
        return self.root / self.county / self.name

    @property
    def receipt(self) -> Path:
        """What remembers it."""
        return self.root / _RECEIPTS / self.county / f"{self.name}.json"

    @property
    def draft_stem(self) -> str:
        """What the names of its drafts' folders begin with."""
        return f"{self.county}_{self.name}"


def put_once(root: Path, checked: CheckedFile, name: str, papers: tuple[bytes, bytes]) -> Literal["received", "known"]:
    """Put a checked order file and its proof there, unless that was done before; on return it is on disk.

    Any process may do it at any time. InputError ``I34`` when another content has the name.
    """
    place, digest = Place(root, checked.county, name), sha256(papers[0]).hexdigest()
    with disk_errors():
        if not place.receipt.exists():
            _claim(place, checked, digest, papers)
        told = json.loads(place.receipt.read_bytes())
        _check_same(told["sha256"], digest)
        return _finish(place, told["draft"])


def _claim(place: Place, checked: CheckedFile, digest: str, papers: tuple[bytes, bytes]) -> None:
    """Write a draft, and make it the one that counts unless another is."""
    draft = f"{place.draft_stem}.{token_hex(8)}"
    folder = place.root / _STAGING / draft
    make_folder(folder)
    if place.target.exists():  # put there by hand: it stays what it is
        _check_same(sha256(place.target.read_bytes()).hexdigest(), digest)
    else:
        write_synced(proof_of(folder / place.name), papers[1])
        write_synced(folder / place.name, papers[0])
    told = {"v": 1, "file": checked.file, "sha256": digest, "count": checked.count, "fen": checked.fen, "draft": draft}
    write_synced(folder / _RECEIPT, f"{json.dumps(told)}\n".encode())
    sync_folder(folder)  # the receipt must never be known without the draft
    make_folder(place.receipt.parent)
    try:
        os.link(folder / _RECEIPT, place.receipt)
    except FileExistsError:
        rmtree(folder, ignore_errors=True)
    sync_folder(place.receipt.parent)


def _finish(place: Place, draft: str) -> Literal["received", "known"]:
    """Bring the draft that counts to its place, the order file last; who comes second finds nothing left to do."""
    folder = place.root / _STAGING / draft
    make_folder(place.target.parent)
    _move_once(proof_of(folder / place.name), proof_of(place.target))
    was_here = _move_once(folder / place.name, place.target)
    sync_folder(place.target.parent)  # also what another process moved a moment ago
    rmtree(folder, ignore_errors=True)
    return "received" if was_here else "known"


def _move_once(path: Path, target: Path) -> bool:
    try:
        move(path, target)
    except FileNotFoundError:
        return False
    return True


def _check_same(held: str, digest: str) -> None:
    if held != digest:
        detail = f"SHA-256 {held[:_SHOWN_CHARACTERS]} is held, {digest[:_SHOWN_CHARACTERS]} came"
        raise InputError(OTHER_CONTENT, detail)


def clear_drafts(root: Path) -> None:
    """Remove what processes left that ended in the middle: drafts of files that another draft was put there for."""
    with disk_errors():
        folders = sorted((root / _STAGING).glob("*"))
    for folder in folders:
        county, _, rest = folder.name.partition("_")
        place = Place(root, county, rest.rpartition(".")[0])
        with disk_errors():
            if place.receipt.exists() and json.loads(place.receipt.read_bytes())["draft"] != folder.name:
                rmtree(folder, ignore_errors=True)
