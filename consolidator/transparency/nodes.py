"""Owns the way from published tiles to the tree's nodes, which proofs are made of. Never reads a file itself."""

from functools import lru_cache

from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.tiles import TILE_HEIGHT, TILE_WIDTH, ReadTile, find_tile
from consolidator.transparency.tree import HASH_BYTES, hash_pairs
from schemas.errors import VerificationError

TILES_KEPT = 4096  # 16 kB each, 64 MB at most: every tile of a log of a million entries


def serve_nodes(read: ReadTile, size: int, tiles_kept: int = TILES_KEPT) -> ReadNode:
    """Give a reader of nodes over the tiles of a log published at ``size`` entries, for making proofs.

    A proof reads one tile a level, and one more each at the right edge; tiles are kept with the rows above them, so
    that the next proof nearby hashes nothing. Proofs for any smaller tree can be made as well. Nothing read is trusted:
    a proof made of false tiles leads to another root. The reader raises VerificationError for a tile of wrong length,
    or for a node that the log does not have.
    """

    @lru_cache(maxsize=tiles_kept)
    def expand(level: int, index: int) -> list[bytes]:
        tile = find_tile(level, index, size)
        rows = [read(tile)]
        if len(rows[0]) != tile.width * HASH_BYTES:
            reason = f"tile {index} at level {level} has not the length of its width: export the log anew"
            raise VerificationError(reason)
        for _ in range(TILE_HEIGHT - 1):
            rows.append(hash_pairs(rows[-1]))
        return rows

    def read_node(level: int, index: int) -> bytes:
        if index < 0 or (index + 1) << level > size:
            reason = f"a log of {size} entries has no full node {index} at level {level}"
            raise VerificationError(reason)
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile, place = divmod(index << height, TILE_WIDTH)
        at = (place >> height) * HASH_BYTES
        return expand(tile_level, tile)[height][at : at + HASH_BYTES]

    return read_node
