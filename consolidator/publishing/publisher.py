"""Owns when what is published: the files of every commit first, then its checkpoint, at most one a second.

One process at a time publishes a log: hold the home's lock. A start and a start after a crash are one path.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from consolidator.publishing.ahead import Ahead, StartAhead
from consolidator.publishing.checkpoints import (
    NOTHING,
    check_published,
    derive_tree_head,
    describe_fork,
    publish_checkpoint,
    read_published,
)
from consolidator.publishing.files import Drawer
from consolidator.publishing.tiles import publish_tiles, read_published_edge, remove_partials
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.keys import Verifier
from consolidator.transparency.tree import TreeHead
from schemas.commits import CommitRecord, Head
from schemas.errors import VerificationError
from streams.journal import Journal

HEAD_SECONDS = 1.0  # the least time between two heads published during a run
AHEAD_COMMANDS = 200  # from so many pending commands on, a second process writes the files meanwhile


@dataclass(slots=True)
class Publisher:
    """A county's published log: ``tiled`` is the head whose files are on disk, ``published`` the checkpoint's.

    ``on_head`` is given each head that could be published now, with its signed checkpoint, and publishes it in its own
    time; without it the checkpoint goes out at once.
    """

    folder: Path
    journal: Journal
    log_key: Verifier
    start_ahead: StartAhead
    now: Callable[[], float] = monotonic
    on_head: Callable[[TreeHead, bytes], None] | None = None
    tiled: TreeHead = field(default=NOTHING, init=False)
    published: TreeHead = field(default=NOTHING, init=False)
    published_at: float = field(default=float("-inf"), init=False)
    _before: TreeHead = field(default=NOTHING, init=False)  # published before that: it may still be read
    _ahead: Ahead | None = field(default=None, init=False)

    def start(self, record: CommitRecord | None) -> None:
        """Look at what is published and bring the files up to the journal's last commit, if there is one.

        Files that were lost or damaged are written anew. Raises VerificationError, having changed nothing, when what
        was published is newer than the journal, another log's, or another history.
        """
        head = NOTHING if record is None else derive_tree_head(record.head)
        self.published = self._before = self.tiled = read_published(self.folder, self.log_key)
        check_published(self.published, head)
        Drawer(self.folder).clear_drafts()
        edge = self._find_edge()
        self._grow(edge, head)

    def bring_tiles(self, head: Head) -> None:
        """Bring bundles and tiles up to a committed head; on return they are on disk.

        What was written last is first read back and hashed again. Raises VerificationError when that, or what the
        entries give, is not what was signed; DependencyError when the disk does not take the files.
        """
        self._grow(self._read_edge(self.tiled), derive_tree_head(head))

    def publish_checkpoint(self, head: TreeHead, signed: bytes) -> None:
        """Publish the signed checkpoint of a head that the files have reached, with whatever cosignatures it has.

        Partial files stay until their tile is full and one more checkpoint is out, so that whoever reads the log by
        its last checkpoint finds what it names.
        """
        if head.size < self.published.size:
            return
        publish_checkpoint(self.folder, signed)
        remove_partials(self.folder, self._before.size, self.published.size)
        self._before, self.published, self.published_at = self.published, head, self.now()

    def publish(self, head: Head) -> None:
        """Publish a committed head: its files now, its checkpoint when it has what it needs."""
        self.bring_tiles(head)
        if derive_tree_head(head) != self.published or self.on_head is not None:
            self._hand_over(head)

    @contextmanager
    def busy(self, pending: int) -> Iterator[None]:
        """Have the files written by a second process while many commands are applied."""
        if pending >= AHEAD_COMMANDS:
            self._ahead = self.start_ahead(self.tiled)
        try:
            yield
            if self._ahead is not None:
                self._adopt(self._ahead.finish())
        finally:
            if self._ahead is not None:
                self._ahead.close()
            self._ahead = None

    def note_commit(self) -> None:
        """Take note that something was committed; publish it when the last head is a second old."""
        due = self.now() - self.published_at >= HEAD_SECONDS
        record = self.journal.last_commit() if due or self._ahead else None
        if record is None:
            return
        if self._ahead is not None:
            self._ahead.tell(record.head)
        if due:
            self._publish_due(record.head)

    def _publish_due(self, head: Head) -> None:
        if self._ahead is None:
            self.publish(head)
        elif (done := self._ahead.poll()) is not None:
            self._adopt(done)
            self._hand_over(done)

    def _hand_over(self, head: Head) -> None:
        self.published_at = self.now()
        (self.on_head or self.publish_checkpoint)(self.tiled, head.checkpoint.encode())

    def _adopt(self, head: Head | None) -> None:
        """Take over what the second process has written, once it was read back."""
        if head is not None:
            self._read_edge(derive_tree_head(head))
            self.tiled = derive_tree_head(head)

    def _find_edge(self) -> TileEdge:
        """Read the edge that was published, or make all files anew if they are damaged."""
        try:
            return self._read_edge(self.published)
        except VerificationError:
            edge = publish_tiles(self.folder, self.journal, TileEdge(), self.published.size)
            _check_edge(edge, self.published, self.published.size)
            return edge

    def _read_edge(self, head: TreeHead) -> TileEdge:
        return read_published_edge(self.folder, head) if head.size else TileEdge()

    def _grow(self, edge: TileEdge, head: TreeHead) -> None:
        grown = publish_tiles(self.folder, self.journal, edge, head.size)
        _check_edge(grown, head, edge.size)
        self.tiled = head


def _check_edge(edge: TileEdge, head: TreeHead, size: int) -> None:
    if edge.compact_range().root() != head.root:
        raise VerificationError(describe_fork(size))
