"""Owns the reading of the tree's nodes back from the published files, for proofs. Any thread may do so at any time."""

from contextlib import suppress
from pathlib import Path

from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.tiles import Tile, render_tile_path
from consolidator.transparency.tree import HASH_BYTES
from consolidator.verify.sources import MissingFileError, read_from_folder


def serve_published(folder: Path, size: int) -> ReadNode:
    """Give a reader of nodes of the log that was published in a folder up to ``size`` entries.

    A partial tile may be removed meanwhile, once the full one is there: then the beginning of that is read.
    """
    read = read_from_folder(folder)

    def read_tile(tile: Tile) -> bytes:
        with suppress(MissingFileError):
            return read(render_tile_path(tile))
        return read(render_tile_path(Tile(tile.level, tile.index)))[: tile.width * HASH_BYTES]

    return serve_nodes(read_tile, size)
