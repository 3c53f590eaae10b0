"""A journal whose entries a test chooses: commits of any size, signed, without a ledger behind them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.publishing.publisher import Publisher
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.keys import Ed25519Signer, derive_signer
from consolidator.transparency.tree import CompactRange
from schemas.commands import Command
from schemas.commits import BUNDLE_ENTRIES_MAX, Bundle, CommitRecord, Head, Step
from schemas.errors import InvariantError
from streams.embedded.journal import SqliteJournal, create_journal, open_journal, open_journal_read_only

SIGNER = derive_signer("log.example/511112", bytes(32))


def no_helper(_: object) -> "object":
    """Stand where the second process is started, in tests that have none."""
    message = "no second process was expected"
    raise AssertionError(message)


@dataclass(slots=True)
class Writing:
    """A journal at work, and the entries committed to it."""

    path: Path
    journal: SqliteJournal
    signer: Ed25519Signer = SIGNER
    entries: list[bytes] = field(default_factory=list)
    tree: CompactRange = field(default_factory=CompactRange)

    def commit(self, entries: Sequence[bytes]) -> CommitRecord:
        """Commit entries as an engine does, in bundles of their own."""
        step = Step(0, tuple(self._pack(entries)))
        self.entries += entries
        self.tree = self.tree.append_many(entries)
        record = CommitRecord(position=1, item=0, head=self._head())
        self.journal.last_commit()
        self.journal.commit([step], record)
        return record

    def grow(self, size: int) -> CommitRecord:
        """Commit entries made up for the purpose until there are ``size``."""
        return self.commit([b"entry %d" % index for index in range(len(self.entries), size)])

    @property
    def record(self) -> CommitRecord:
        """The newest commit."""
        record = self.journal.last_commit()
        if record is None:
            raise InvariantError
        return record

    def _pack(self, entries: Sequence[bytes]) -> Iterator[Bundle]:
        for start in range(0, len(entries), BUNDLE_ENTRIES_MAX):
            run = entries[start : start + BUNDLE_ENTRIES_MAX]
            packed = b"".join([len(entry).to_bytes(2, "big") + entry for entry in run])
            yield Bundle(len(self.entries) + start, len(run), packed, b"")

    def _head(self) -> Head:
        root = self.tree.root()
        signed = sign_checkpoint(Checkpoint(self.signer.name, self.tree.size, root), self.signer)
        return Head(ordinal=1, now=0, size=self.tree.size, root=root.hex(), checkpoint=signed.decode(), totals={})


@contextmanager
def write_journal(path: Path) -> Iterator[Writing]:
    """Make a journal to commit entries to."""
    create_journal(path, Command("genesis", 0, b"{}"))
    with open_journal(path) as journal:
        yield Writing(path, journal)


@contextmanager
def publish_from(path: Path, folder: Path) -> Iterator[Publisher]:
    """Give a publisher of a journal's log; it never starts a second process."""
    with open_journal_read_only(path) as journal:
        yield Publisher(folder, journal, SIGNER.verifier, no_helper)  # type: ignore[arg-type]  # never called


def read_all(folder: Path) -> dict[str, bytes]:
    """Give every file of a published log."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
