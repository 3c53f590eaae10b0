"""Owns ``submit``: files or a folder, one after the other, each taken, known already, or turned away."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bank_adapters.formats.covers import COVER_BYTES_MAX
from bank_adapters.formats.text import FILE_BYTES_MAX
from bank_adapters.transports.directory import COVER, SIGNED, derive_cover_path, list_ready, remove
from consolidator.home.files import disk_errors
from consolidator.intake.desk import Desk, Reader
from consolidator.intake.legacy import LegacyFile, choose_reader, find_source, sign_file, stands_alone
from consolidator.intake.manifest import is_sample, read_manifest
from consolidator.intake.outcomes import FileOutcome, describe_refused, describe_taken
from consolidator.intake.refusals import DIGEST_CHARACTERS, Refusal, keep_refused, keep_refused_file
from consolidator.intake.spool import Offer, heal_held, heal_spool, hold_source, take_document
from schemas.documents import DOCUMENT_BYTES_MAX, Document, parse_document
from schemas.errors import InputError, UsageError


@dataclass(frozen=True, slots=True)
class Submission:
    """One file to submit: where it is, whose it is (empty: say by name), and the stamp of its commands."""

    path: Path
    source: str
    at: int


def list_submissions(paths: Sequence[Path], source: str, now: int, readers: Sequence[Reader] = ()) -> list[Submission]:
    """Give the files to submit: a sample in its manifest's order and instants, another folder's ready files by name.

    Raises UsageError when a path is not there. ``readers`` tell which files come without a cover sheet.
    """
    return [submission for path in paths for submission in _list_path(path, source, now, readers)]


def _list_path(path: Path, source: str, now: int, readers: Sequence[Reader]) -> Iterator[Submission]:
    if not path.exists():
        message = f"文件不存在:{path} / no such file or folder: {path}"
        raise UsageError(message)
    if _is_cover(path):
        return  # it goes with its file
    if not path.is_dir():
        yield Submission(path, source, now)
    elif is_sample(path):
        for item in read_manifest(path).items:
            yield Submission(path / item.file, item.source, item.stamp)
    else:
        yield from (Submission(ready, source, now) for ready in list_ready(path, partial(stands_alone, readers)))


def _is_cover(path: Path) -> bool:
    return path.name.endswith(COVER) and path.with_name(path.name.removesuffix(COVER)).is_file()


def submit_all(
    desk: Desk, submissions: Sequence[Submission], on_progress: Callable[[int, int], None] = lambda _done, _all: None
) -> list[FileOutcome]:
    """Submit files in order; what an earlier crash left half done goes first. ``on_progress``: files done, of all."""
    heal_spool(desk.home, desk.journal)
    outcomes = []
    for number, submission in enumerate(submissions, start=1):
        outcomes.append(submit_file(desk, submission))
        on_progress(number, len(submissions))
    return outcomes


def submit_file(desk: Desk, submission: Submission) -> FileOutcome:
    """Submit one file. What is turned away is kept in ``refused/`` with its reason."""
    name = submission.path.name
    signed = name.endswith(SIGNED)
    source = "" if signed else find_source(desk.readers, name, submission.source)
    try:
        raw = read_bounded(submission.path, DOCUMENT_BYTES_MAX if signed else FILE_BYTES_MAX)
    except InputError as error:
        if submission.path.is_file() and error.code == "I02":
            keep_refused_file(desk.home, Refusal(name, source, error, submission.at), submission.path)
        return describe_refused(name, source, error)
    try:
        if signed:
            return submit_signed(desk, name, raw, submission.at)
        return _submit_legacy(desk, submission, raw)
    except InputError as error:
        keep_refused(desk.home, Refusal(name, source, error, submission.at), raw)
        return describe_refused(name, source, error)


def submit_signed(desk: Desk, name: str, raw: bytes, at: int) -> FileOutcome:
    """Submit a signed document's bytes. Raises InputError when it is not authenticated, not whole, or not ours."""
    document = parse_document(raw)
    if document.header.county != desk.county:
        raise InputError("I08", "the header names another county")
    with hold_source(desk.home, document.header.source) as folder:
        heal_held(folder, desk.journal)  # the next header of a key voids a document of it that is there only in part
        word = take_document(desk.home, desk.journal, _offer_signed(document, raw, at))
    return describe_taken(name, word, document.header)


def _offer_signed(document: Document, raw: bytes, at: int) -> Offer:
    return Offer(document, raw, at, document.envelope.digest[:DIGEST_CHARACTERS])


def _submit_legacy(desk: Desk, submission: Submission, raw: bytes) -> FileOutcome:
    path = submission.path
    reader, profile = choose_reader(desk.readers, path.name, submission.source)
    file = LegacyFile(path.name, raw, _read_cover(path))
    with hold_source(desk.home, reader.source):
        offer = sign_file(desk, reader, profile, file, submission.at)
        word = take_document(desk.home, desk.journal, offer)
    return describe_taken(path.name, word, offer.document.header)


def _read_cover(path: Path) -> bytes | None:
    cover = derive_cover_path(path)
    if not cover.exists():
        return None
    try:
        return read_bounded(cover, COVER_BYTES_MAX)
    except InputError as error:
        raise InputError("I12", "the cover sheet cannot be read or is too large") from error


def read_bounded(path: Path, size_bytes_max: int) -> bytes:
    """Read a file of at most so many bytes; the size is looked at before anything is read. InputError ``I01 I02``."""
    if not path.is_file():
        raise InputError("I01", "not a file")
    try:
        if path.stat().st_size > size_bytes_max:
            raise InputError("I02", f"a file has at most {size_bytes_max} bytes")
        with path.open("rb") as file:
            raw = file.read(size_bytes_max + 1)
    except OSError as error:
        raise InputError("I01", f"the system says: {error.strerror}") from error
    if len(raw) > size_bytes_max:
        raise InputError("I02", "the file grew while it was read")
    return raw


def list_inbox(desk: Desk, now: int) -> list[Submission]:
    """Give the ready files of ``inbox/SOURCE/``, source by source, by name."""
    with disk_errors():
        folders = sorted(path for path in desk.home.inbox.iterdir() if path.is_dir() and not path.name.startswith("."))
    is_alone = partial(stands_alone, desk.readers)
    return [Submission(path, folder.name, now) for folder in folders for path in list_ready(folder, is_alone)]


def take_inbox(desk: Desk, now: int) -> list[FileOutcome]:
    """Submit what waits in the inbox; a file leaves it once it is kept elsewhere."""
    outcomes = []
    for submission in list_inbox(desk, now):
        outcome = submit_file(desk, submission)
        outcomes.append(outcome)
        if outcome.code != "I01":
            with disk_errors():
                remove(submission.path)
    return outcomes
