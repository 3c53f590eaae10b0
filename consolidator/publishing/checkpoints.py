"""Owns the published checkpoint: reading it, replacing it, and whether a journal may go on from it."""

from pathlib import Path

from consolidator.publishing.files import Drawer
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.keys import Verifier
from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
from consolidator.verify.sources import CHECKPOINT, MissingFileError, read_from_folder
from schemas.commits import Head
from schemas.errors import VerificationError

NOTHING = TreeHead(0, EMPTY_ROOT)


def publish_checkpoint(folder: Path, signed: bytes) -> None:
    """Replace the checkpoint in one step; on return it is on disk. The files it speaks of are on disk already.

    ``signed`` goes out as it is, with whatever cosignatures it has. The caller never publishes one that is behind or
    beside the last.
    """
    drawer = Drawer(folder)
    drawer.put(CHECKPOINT, signed)
    drawer.sync()


def derive_tree_head(head: Head) -> TreeHead:
    """Give size and root of a commit's head."""
    return TreeHead(head.size, bytes.fromhex(head.root))


def read_published(folder: Path, log_key: Verifier) -> TreeHead:
    """Give the published head; without a checkpoint nothing is published.

    Raises VerificationError for a checkpoint that this log did not sign.
    """
    if not folder.is_dir():
        return NOTHING
    try:
        return open_checkpoint(read_from_folder(folder)(CHECKPOINT), log_key).head
    except MissingFileError:
        return NOTHING
    except VerificationError as error:
        message = (
            f"已公布的检查点不可用({error})。不要删除:先与见证方或核验方手中最新的检查点核对,"
            f"确认账本没有回退后,再移走 {folder} 并重新启动 / "
            f"the published checkpoint is of no use ({error}): do not delete it; compare the journal with the newest "
            f"checkpoint that a witness or verifier holds, and only if the journal is not behind it move {folder} away "
            "and start again"
        )
        raise VerificationError(message) from error


def check_published(published: TreeHead, committed: TreeHead) -> None:
    """Refuse to go on when more, or something else, was published than the journal holds. Raises VerificationError."""
    if published.size > committed.size:
        message = (
            f"已公布 {published.size} 条,账本只有 {committed.size} 条,账本是旧备份。"
            "请恢复最新的账本,不要删除已公布的日志 / "
            f"{published.size} entries were published and the journal has {committed.size}: it is an old backup; "
            "restore the newest journal, and do not delete the published log"
        )
        raise VerificationError(message)
    if published.size == committed.size and published.root != committed.root:
        raise VerificationError(describe_fork(published.size))


def describe_fork(size: int) -> str:
    """Say that the journal, after ``size`` entries that were published, does not lead to the root it signed."""
    if not size:
        return (
            "账本的条目与其最后提交的树根不符,请恢复账本备份 / the journal's entries do not lead to the root of its "
            "last commit: restore it from a backup"
        )
    return (
        f"账本前 {size} 条与已公布的日志不是同一本账。请保留两者作为证据,恢复正确的账本,并告知监督部门 / "
        f"the journal's first {size} entries are not those that were published, or what follows was changed: keep both "
        "as evidence, restore the right journal, and tell the oversight body"
    )
