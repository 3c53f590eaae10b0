"""Owns ``taken/``: signed documents on their way into the journal, each on disk before it is appended.

``taken/SOURCE/new/`` holds what may not be in the journal yet, ``taken/SOURCE/`` what is. A crash in between is healed
by :func:`heal_spool`. A document's file is named ``KEY-NUMBER-TAG.jsonl``, and in ``new/`` ``STAMP_`` stands before it
(``STAMP+`` when the journal holds the document already and it is offered again).
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from consolidator.home.files import disk_errors, hold_folder, move, write_whole
from consolidator.home.paths import Home
from consolidator.intake.outcomes import Word
from consolidator.intake.refusals import find_refused, forget_refused
from schemas.documents import Document, derive_commands, parse_document
from schemas.errors import ConflictError
from streams.journal import DocumentSink

NEW = "new"
_KEY_CHARACTERS = 16  # of the public key in hex: enough that nobody finds another key with the same
KEPT = re.compile(r"(?P<key>[0-9a-f]{16})-(?P<number>[0-9]{8,16})-(?P<tag>[0-9a-f]+(-[0-9a-f]+)?)[.]jsonl")
_WAITING = re.compile(f"(?P<stamp>[0-9]{{12}})(?P<mark>[_+])(?P<name>{KEPT.pattern})")


@dataclass(frozen=True, slots=True)
class Offer:
    """A signed document to bring into the journal: exact bytes, stamp (an instant), and what it is found by again."""

    document: Document
    raw: bytes
    at: int
    tag: str

    @property
    def name(self) -> str:
        """The file's name in ``taken/SOURCE/``."""
        return f"{self.document.envelope.key[:_KEY_CHARACTERS]}-{self.document.header.seq:08d}-{self.tag}.jsonl"


def hold_source(home: Home, source: str) -> AbstractContextManager[Path]:
    """Hold a source's folder, so that two processes never use one number twice. Waits for its turn."""
    return hold_folder(home.taken / source)


def take_document(home: Home, journal: DocumentSink, offer: Offer) -> Word:
    """Bring a document into the journal, unless it is there. The caller holds the source (:func:`hold_source`).

    A document whose key the ledger did not know is offered again when it comes again.
    """
    digest = offer.document.envelope.digest
    folder = home.taken / offer.document.header.source
    refused = find_refused(home, offer.document.header.source, digest)
    held = journal.holds_document(digest)
    if held and refused is None:
        return "identical"
    waiting = folder / NEW / f"{offer.at:012d}{'+' if held else '_'}{offer.name}"
    write_whole(waiting, offer.raw)
    if refused is not None:
        forget_refused(refused)
    journal.append(derive_commands(offer.document, offer.at))
    move(waiting, folder / offer.name)
    return "new"


def heal_spool(home: Home, journal: DocumentSink) -> int:
    """Append what a crash left between writing and appending, in order of stamps; gives the number of documents."""
    with disk_errors():
        sources = sorted(path.parent.name for path in home.taken.glob(f"*/{NEW}"))
    return sum(_heal_source(home, journal, source) for source in sources)


def _heal_source(home: Home, journal: DocumentSink, source: str) -> int:
    if not any((home.taken / source / NEW).iterdir()):
        return 0
    with hold_source(home, source) as folder:
        return heal_held(folder, journal)


def heal_held(folder: Path, journal: DocumentSink) -> int:
    """Heal one source, which the caller holds, in order of stamps; gives the number of documents appended."""
    waiting = folder / NEW
    healed = 0
    for path in sorted(waiting.iterdir()) if waiting.is_dir() else []:
        if path.name.startswith("."):  # a draft that was never renamed
            path.unlink()
            continue
        match = _WAITING.fullmatch(path.name)
        if match is None:
            message = f"不认识的文件 {path},查看后移走 / a file nobody put there: look at {path}, then remove it"
            raise ConflictError(message)
        document = parse_document(path.read_bytes())
        if match["mark"] == "+" or not journal.holds_document(document.envelope.digest):
            journal.append(derive_commands(document, int(match["stamp"])))
            healed += 1
        move(path, folder / match["name"])
    return healed


def find_kept(folder: Path, tag: str) -> Path | None:
    """Find a document of a source by its tag. The caller holds the source, and its ``new/`` was healed."""
    return next(
        (path for path in folder.iterdir() if (match := KEPT.fullmatch(path.name)) and match["tag"] == tag), None
    )


def derive_next_number(folder: Path, key: str) -> int:
    """Give the next number of an adapter's key: one more than its newest document. The caller holds the source."""
    matches = [KEPT.fullmatch(path.name) for path in folder.iterdir()]
    numbers = (int(match["number"]) for match in matches if match and match["key"] == key[:_KEY_CHARACTERS])
    return 1 + max(numbers, default=0)
