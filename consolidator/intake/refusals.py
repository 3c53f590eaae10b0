"""Owns ``refused/``: the raw bytes of what was turned away, and beside them the reason. The same file lands once."""

import json
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from consolidator.home.files import PRIVATE, derive_safe_name, disk_errors, hold_folder, sync_folder, write_whole
from consolidator.home.paths import UNKNOWN_SOURCE, Home
from consolidator.intake.outcomes import describe_reason
from schemas.errors import InputError
from schemas.instants import render_instant

REASON = ".reason.json"
DIGEST_CHARACTERS = 16  # of a file's SHA-256, in file names
_CHUNK_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is turned away: name and source (empty if unknown) of the file, why, and its stamp (an instant)."""

    name: str
    source: str
    error: InputError
    at: int


def keep_refused(home: Home, refusal: Refusal, raw: bytes) -> Path:
    """Keep refused bytes with their reason; gives the file's new place."""
    digest = sha256(raw).hexdigest()
    with hold_folder(_derive_folder(home, refusal)) as folder:
        target = _derive_place(folder, refusal, digest)
        write_whole(target, raw)
        _write_reason(target, refusal, digest)
    return target


def keep_refused_file(home: Home, refusal: Refusal, path: Path) -> Path:
    """Keep a refused file of any size: it is copied piece by piece, never held in memory."""
    with disk_errors(), hold_folder(_derive_folder(home, refusal)) as folder:
        draft = folder / ".copy.tmp"
        digest = _copy(path, draft)
        target = _derive_place(folder, refusal, digest)
        draft.replace(target)
        sync_folder(folder)
        _write_reason(target, refusal, digest)
    return target


def find_refused(home: Home, source: str, digest: str) -> Path | None:
    """Give the place of a refused document by its header's digest, if it was turned away by the ledger as unknown."""
    path = home.refused / source / derive_unknown_name(digest)
    return path if path.exists() else None


def keep_unknown(home: Home, refusal: Refusal, raw: bytes) -> None:
    """Keep a document that the ledger does not know the key of; it may be offered again (:func:`find_refused`)."""
    with hold_folder(_derive_folder(home, refusal)) as folder:
        target = folder / refusal.name
        _write_reason(target, refusal, sha256(raw).hexdigest())
        write_whole(target, raw)


def forget_refused(path: Path) -> None:
    """Take a refused document out again, because it is offered again."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + REASON).unlink(missing_ok=True)


def derive_unknown_name(digest: str) -> str:
    """Name the file of a document that the ledger does not know the key of."""
    return f"{digest}.unauthenticated.jsonl"


def _derive_folder(home: Home, refusal: Refusal) -> Path:
    return home.refused / (refusal.source or UNKNOWN_SOURCE)


def _derive_place(folder: Path, refusal: Refusal, digest: str) -> Path:
    return folder / f"{digest[:DIGEST_CHARACTERS]}_{derive_safe_name(refusal.name)}"


def _write_reason(target: Path, refusal: Refusal, digest: str) -> None:
    error = refusal.error
    reason = describe_reason(error.code, error.position, error.detail)
    stamp = render_instant(refusal.at)
    content = {"v": 1, "file": derive_safe_name(refusal.name), "at": stamp, "sha256": digest, **reason}
    raw = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    write_whole(target.with_name(target.name + REASON), raw.encode())


def _copy(path: Path, target: Path) -> str:
    digest = sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with path.open("rb") as source, os.fdopen(descriptor, "wb") as copy:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()
