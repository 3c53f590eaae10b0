"""Owns a second place where a log is published, from committed entries and signed heads that somebody else made.

Every root is computed here from the entries. A head that they do not lead to stops the mirror: that is what it is for.
"""

from dataclasses import dataclass, field
from pathlib import Path

from consolidator.publishing.checkpoints import NOTHING, publish_checkpoint, read_published
from consolidator.publishing.files import Drawer
from consolidator.publishing.reading import serve_published
from consolidator.publishing.tiles import publish_tiles, read_published_edge, remove_partials
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.keys import Verifier
from consolidator.transparency.proofs import read_compact_range
from consolidator.transparency.tree import TreeHead
from schemas.errors import VerificationError
from streams.journal import BundleSource


@dataclass(slots=True)
class Mirror:
    """A log's files in a folder: ``tiled`` is the head whose entries are there, ``published`` the checkpoint's."""

    folder: Path
    source: BundleSource
    log_key: Verifier
    tiled: TreeHead = field(default=NOTHING, init=False)
    published: TreeHead = field(default=NOTHING, init=False)
    _before: TreeHead = field(default=NOTHING, init=False)  # published before that: it may still be read
    _edge: TileEdge = field(default_factory=TileEdge, init=False)

    def start(self) -> None:
        """Go on from what is published. VerificationError when its last tiles do not lead to its checkpoint."""
        self.published = self._before = self.tiled = read_published(self.folder, self.log_key)
        Drawer(self.folder).clear_drafts()
        if self.tiled.size:
            self._edge = read_published_edge(self.folder, self.tiled)

    def grow(self, signed: bytes) -> None:
        """Bring the files up to a head that the log signed. VerificationError unless the entries lead to it."""
        head = open_checkpoint(signed, self.log_key).head
        if head.size > self.tiled.size:
            edge = publish_tiles(self.folder, self.source, self._edge, head.size)
            self._check(head, edge.compact_range().root())
            self._edge, self.tiled = edge, head
        self._check_within(head)

    def publish(self, note: bytes) -> bool:
        """Publish a head that was let out, with its cosignatures; says whether it was new.

        One that the files have not reached waits. VerificationError unless it is a head of the same tree.
        """
        head = open_checkpoint(note, self.log_key).head
        if head.size > self.tiled.size or head.size < self.published.size:
            return False
        self._check_within(head)
        publish_checkpoint(self.folder, note)
        remove_partials(self.folder, self._before.size, self.published.size)
        is_new = head != self.published
        self._before, self.published = self.published, head
        return is_new

    def _check_within(self, head: TreeHead) -> None:
        """Compare an older head with the tree that is there."""
        if head.size:
            self._check(head, read_compact_range(serve_published(self.folder, self.tiled.size), head.size).root())

    def _check(self, head: TreeHead, root: bytes) -> None:
        if root != head.root:
            message = (
                f"条目 {head.size} 处,所签树根与条目不符,已停止公布。请保留此目录与主题作为证据,并告知监督部门 / "
                f"at size {head.size} the signed root is not what the entries lead to, and nothing more is published: "
                "keep this folder and the topics as evidence, and tell the oversight body"
            )
            raise VerificationError(message)
