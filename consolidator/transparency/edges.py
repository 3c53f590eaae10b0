"""Owns the growing of hash tiles: the right edge of the tiled tree, and the tiles that new leaves make or complete.

Each level is one run of bytes, hashed row by row, never node by node: the same work makes tiles and checks them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consolidator.transparency.tiles import LEVEL_MAX, TILE_HEIGHT, TILE_WIDTH, ReadTile, Tile, count_hashes, find_tile
from consolidator.transparency.tree import HASH_BYTES, CompactRange, hash_pairs
from schemas.errors import VerificationError

TILE_BYTES = TILE_WIDTH * HASH_BYTES


@dataclass(frozen=True, slots=True)
class TileEdge:
    """The partial tiles of a log: what a publisher must remember to write the next ones.

    ``rows`` holds, level by level from the leaves, the hashes of the partial tile at that level one after another, at
    most 255 of 32 bytes, for as many levels as the log has. Growing gives a new edge and leaves this one as it was.

    Raises VerificationError when size and rows do not fit each other.
    """

    size: int = 0
    rows: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no log can be."""
        if [len(row) for row in self.rows] != _list_lengths(self.size):
            reason = "the tiles at the right edge do not fit the log's size: export the log anew"
            raise VerificationError(reason)

    def compact_range(self) -> CompactRange:
        """Give what the log itself remembers, for comparing roots: costs 255 hashes a level at most."""
        peaks = [peak for row in reversed(self.rows) for peak in _list_peaks(row)]
        return CompactRange(self.size, tuple(peaks))


@dataclass(frozen=True, slots=True)
class Growth:
    """What new leaves lead to: the new edge, and the contents of the tiles that are new or have a new width."""

    edge: TileEdge
    tiles: Mapping[Tile, bytes]


def grow(edge: TileEdge, leaves: Iterable[bytes]) -> Growth:
    """Add leaf hashes (32 bytes each) in their order.

    >>> sorted(grow(TileEdge(), [bytes(32)] * 257).tiles)[0]
    Tile(level=0, index=0, width=256)
    """
    fresh = b"".join(leaves)
    size = edge.size + len(fresh) // HASH_BYTES
    rows, tiles = [], dict[Tile, bytes]()
    for level in range(len(_list_lengths(size))):
        row = (edge.rows[level] if level < len(edge.rows) else b"") + fresh
        if fresh:
            tiles |= _cut(level, count_hashes(level, edge.size) // TILE_WIDTH, row)
        full = len(row) // TILE_BYTES * TILE_BYTES
        rows.append(row[full:])
        fresh = _hash_tiles(row[:full])
    return Growth(TileEdge(size, tuple(rows)), tiles)


def read_edge(read: ReadTile, size: int) -> TileEdge:
    """Read the right edge of a published log of ``size`` entries: one tile a level at most.

    Raises VerificationError when a tile has another length than its width says. Compare the root before trusting it:
    ``edge.compact_range().root()``.
    """
    rows = []
    for level in range(len(_list_lengths(size))):
        full, width = divmod(count_hashes(level, size), TILE_WIDTH)
        rows.append(read(find_tile(level, full, size)) if width else b"")
    return TileEdge(size, tuple(rows))


def _cut(level: int, first: int, row: bytes) -> Mapping[Tile, bytes]:
    pieces = [row[at : at + TILE_BYTES] for at in range(0, len(row), TILE_BYTES)]
    return {Tile(level, first + at, len(piece) // HASH_BYTES): piece for at, piece in enumerate(pieces)}


def _hash_tiles(row: bytes) -> bytes:
    """Give the root of each full tile of a row."""
    for _ in range(TILE_HEIGHT):
        row = hash_pairs(row)
    return row


def _list_peaks(row: bytes) -> list[bytes]:
    """Give the roots of the full subtrees in a partial tile, the largest first."""
    peaks = []
    while row:
        if len(row) // HASH_BYTES & 1:
            peaks.append(row[-HASH_BYTES:])
        row = hash_pairs(row)
    return peaks[::-1]


def _list_lengths(size: int) -> list[int]:
    counts = [count_hashes(level, size) for level in range(LEVEL_MAX + 1)]
    return [count % TILE_WIDTH * HASH_BYTES for count in counts if count]
