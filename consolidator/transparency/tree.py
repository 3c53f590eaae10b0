"""Owns the RFC 6962 Merkle tree: hashes, heads, and the compact range that a growing log keeps. Never stores entries.

Hash calls dominate, so a run of leaves is merged level by level, each level in one comprehension, never leaf by leaf.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from hashlib import sha256
from struct import Struct

from schemas.errors import VerificationError

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()
_PAIR = Struct(f"{2 * HASH_BYTES}s")


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry as a leaf (RFC 6962 section 2.1): 32 bytes.

    >>> leaf_hash(b"").hex()[:8]
    '6e340b9c'
    """
    return sha256(b"\0" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two children, 32 bytes each, as their parent (RFC 6962 section 2.1): 32 bytes.

    >>> node_hash(b"N123", b"N456").hex()[:8]
    'aa217fe8'
    """
    return sha256(b"\1" + left + right).digest()


def hash_leaves(entries: Iterable[bytes]) -> list[bytes]:
    """Hash many entries as leaves, in their order."""
    return [sha256(b"\0" + entry).digest() for entry in entries]


def hash_pairs(row: bytes) -> bytes:
    """Give the next higher row of a tree: ``row`` is hashes one after another; one left over at its end is dropped.

    >>> hash_pairs(bytes(96)) == node_hash(bytes(32), bytes(32))
    True
    """
    whole = row[: len(row) // _PAIR.size * _PAIR.size]
    return b"".join([sha256(b"\1" + pair).digest() for (pair,) in _PAIR.iter_unpack(whole)])


def fold_peaks(peaks: Sequence[bytes]) -> bytes:
    """Hash the roots of full subtrees, the largest (leftmost) first, at least one, to the root over all of them."""
    return reduce(lambda right, left: node_hash(left, right), reversed(peaks))


@dataclass(frozen=True, slots=True)
class TreeHead:
    """A tree by its number of entries and its 32-byte root: what one remembers of a log whose growth one follows."""

    size: int
    root: bytes


@dataclass(frozen=True, slots=True)
class CompactRange:
    """The least a log must remember to go on: its size and the roots of its full subtrees ("peaks").

    ``peaks`` holds one 32-byte hash per one-bit of ``size``, the largest (leftmost) subtree first. Appending gives a
    new range and leaves this one as it was, so a failed commit is undone by forgetting.

    Raises VerificationError when size and peaks do not fit each other.

    >>> CompactRange().append_many([b"r0", b"r1", b"r2"]).size
    3
    """

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no tree can be."""
        if self.size < 0 or len(self.peaks) != self.size.bit_count():
            reason = "the tree's size does not fit its number of peaks: replay from an older snapshot"
            raise VerificationError(reason)
        if any(len(peak) != HASH_BYTES for peak in self.peaks):
            reason = "a peak of the tree is not 32 bytes: replay from an older snapshot"
            raise VerificationError(reason)

    def append_many(self, entries: Sequence[bytes]) -> "CompactRange":
        """Give the range after these entries, in their order."""
        return self.append_hashes(hash_leaves(entries))

    def append_hashes(self, leaves: Sequence[bytes]) -> "CompactRange":
        """Give the range after these leaf hashes (32 bytes each), in their order.

        At each level the waiting peak of the old tree, if there is one, is the left sibling of the first new node;
        with it the run starts at an even place, so neighbours pair up. A node left over is a peak of the new tree.
        """
        old, fresh = list(self.peaks), list[bytes]()
        nodes, size = list(leaves), self.size
        while nodes:
            if size & 1:
                nodes.insert(0, old.pop())
            if len(nodes) & 1:
                fresh.append(nodes.pop())
            lefts, rights = nodes[::2], nodes[1::2]
            nodes = [sha256(b"\1" + left + right).digest() for left, right in zip(lefts, rights, strict=True)]
            size >>= 1
        return CompactRange(self.size + len(leaves), (*old, *reversed(fresh)))

    def root(self) -> bytes:
        """Give the root hash, 32 bytes; of the empty tree it is SHA-256 of nothing.

        >>> CompactRange().root().hex()[:8]
        'e3b0c442'
        """
        if not self.peaks:
            return EMPTY_ROOT
        return fold_peaks(self.peaks)
