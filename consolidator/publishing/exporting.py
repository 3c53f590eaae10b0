"""Owns the export of a published log to a folder that a web server serves. Nothing private goes along."""

from pathlib import Path

from consolidator.home.files import disk_errors, hold_folder
from consolidator.home.paths import Home
from consolidator.publishing.checkpoints import check_published, describe_fork, publish_checkpoint, read_published
from consolidator.publishing.tiles import publish_tiles, read_published_edge
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.keys import Verifier
from consolidator.transparency.tree import TreeHead
from consolidator.verify.sources import CHECKPOINT, Read
from schemas.errors import VerificationError
from streams.embedded.journal import open_journal_read_only


def export_log(home: Home, read: Read, log_key: Verifier, to: Path) -> TreeHead:
    """Bring a folder to the home's published checkpoint, cosignatures and all; gives its head.

    What an earlier export left there is continued. Raises VerificationError when that, or the journal, is not the
    beginning of the same log; DependencyError when the disk does not take the files.
    """
    signed = read(CHECKPOINT)
    head = open_checkpoint(signed, log_key).head
    with disk_errors():
        to.mkdir(parents=True, exist_ok=True)  # a web server reads it: not for its owner only
    with hold_folder(to), open_journal_read_only(home.journal) as journal:
        exported = read_published(to, log_key)
        check_published(exported, head)
        edge = read_published_edge(to, exported) if exported.size else TileEdge()
        edge = publish_tiles(to, journal, edge, head.size)
        if edge.compact_range().root() != head.root:
            raise VerificationError(describe_fork(exported.size))
        publish_checkpoint(to, signed)
    return head
