"""The Merkle tree by the words of RFC 6962 section 2.1, as plainly as it can be written: the judge of the fast one."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256

from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.tiles import Tile
from consolidator.transparency.tree import TreeHead

# What must never pass for a tile: a byte short, a hash short, a hash more, nothing.
TORN: tuple[Callable[[bytes], bytes], ...] = (
    lambda raw: raw[:-1],
    lambda raw: raw[:-32],
    lambda raw: raw + bytes(32),
    lambda _: b"",
)
BORDER_SIZES = (0, 1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_001)


def naive_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, by its recursion."""
    return NaiveTree([sha256(b"\x00" + entry).digest() for entry in entries]).root(0, len(entries))


def numbered_leaves(size: int) -> list[bytes]:
    """Give that many distinct leaf hashes."""
    return [sha256(b"\x00entry %d" % number).digest() for number in range(size)]


def split(size: int) -> int:
    """Give the largest power of two below the size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


class NaiveTree:
    """A tree over leaf hashes that answers from the definitions, remembering subtrees only to be fast enough."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        """Take the leaf hashes; nothing is computed yet."""
        self.leaves = leaves
        self.root = lru_cache(maxsize=None)(self._root)

    def _root(self, start: int, stop: int) -> bytes:
        """MTH(D[start:stop])."""
        if start == stop:
            return sha256(b"").digest()
        if stop - start == 1:
            return self.leaves[start]
        middle = start + split(stop - start)
        return sha256(b"\x01" + self.root(start, middle) + self.root(middle, stop)).digest()

    def head(self, size: int) -> TreeHead:
        """Give the head of the first entries."""
        return TreeHead(size, self.root(0, size))

    def path(self, index: int, start: int, stop: int) -> list[bytes]:
        """PATH(m, D[n]) of section 2.1.1; ``index`` counts from ``start``."""
        if stop - start == 1:
            return []
        half = split(stop - start)
        middle = start + half
        if index < half:
            return [*self.path(index, start, middle), self.root(middle, stop)]
        return [*self.path(index - half, middle, stop), self.root(start, middle)]

    def proof(self, old: int, start: int, stop: int, *, whole: bool = True) -> list[bytes]:
        """SUBPROOF(m, D[n], b) of section 2.1.2; ``old`` counts from ``start``."""
        if old == stop - start:
            return [] if whole else [self.root(start, stop)]
        half = split(stop - start)
        middle = start + half
        if old <= half:
            return [*self.proof(old, start, middle, whole=whole), self.root(middle, stop)]
        return [*self.proof(old - half, middle, stop, whole=False), self.root(start, middle)]


def make_tiles(leaves: Sequence[bytes]) -> dict[Tile, bytes]:
    """Give the hash tiles of a log with these leaf hashes, as published."""
    return dict(grow(TileEdge(), leaves).tiles)


def serve(leaves: Sequence[bytes]) -> ReadNode:
    """Give the nodes of a log with these leaf hashes, read from its tiles."""
    return serve_nodes(make_tiles(leaves).__getitem__, len(leaves))
