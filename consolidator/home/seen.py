"""Owns what a verifier remembers between two looks at a log: the checkpoint it saw last, a file in note form.

Without it a fork or a rollback cannot be seen. It is replaced by a later one only, and only once that was verified.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from consolidator.home.files import disk_errors, hold_folder, write_whole
from consolidator.transparency.keys import Verifier
from consolidator.verify.published import ContradictionError, Opened, read_seen
from schemas.errors import VerificationError

SEEN = "checkpoint"  # the name within a home's seen/


def read_last_seen(path: Path | None) -> bytes | None:
    """Give the checkpoint seen last, if any."""
    with disk_errors():
        return path.read_bytes() if path is not None and path.exists() else None


def check_and_keep(path: Path | None, opened: Opened, log_key: Verifier, check: Callable[[bytes], None]) -> None:
    """Check a verified head against the one seen last, and remember it if it is later.

    Raises VerificationError naming the two files with the contradicting checkpoints, which are kept.
    """
    if path is None:
        return
    with hold_folder(path.parent):
        seen = read_last_seen(path)
        if seen is not None:
            try:
                check(seen)
            except ContradictionError as error:
                raise keep_evidence(path, error) from error
        if seen is None or read_seen(seen, log_key).size < opened.head.size:
            write_whole(path, opened.signed)


def keep_evidence(path: Path, error: ContradictionError) -> VerificationError:
    """Keep both checkpoints beside the one seen last; gives the error that names them."""
    name = f"{path.name}.evidence-{sha256(error.seen + error.signed).hexdigest()[:16]}"
    before, now = path.with_name(f"{name}-before"), path.with_name(f"{name}-now")
    write_whole(before, error.seen)
    write_whole(now, error.signed)
    zh, _, en = str(error).partition(" / ")
    message = f"{zh}。证据:{before} 与 {now} / {en}; the evidence: {before} and {now}"
    return VerificationError(message)
