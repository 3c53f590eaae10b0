"""Owns the publication of bundles and tiles: from where the published files end up to a committed size.

A file's name says which entries it covers, so writing it again writes the same bytes; what is there already is harmless
and what a crash left half done is simply done again. The checkpoint, which makes the files count, is not written here.
"""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from consolidator.publishing.files import Drawer
from consolidator.transparency.bundles import parse_bundle, render_bundles
from consolidator.transparency.edges import Growth, TileEdge, grow, read_edge
from consolidator.transparency.tiles import ENTRIES, LEVEL_MAX, TILE_WIDTH, Tile, count_hashes, render_tile_path
from consolidator.transparency.tree import CompactRange, TreeHead, hash_leaves
from consolidator.verify.sources import read_from_folder
from schemas.errors import VerificationError
from streams.journal import BundleSource

RUN_ENTRIES = 16 * TILE_WIDTH  # how much is hashed and written at once


def publish_tiles(folder: Path, journal: BundleSource, edge: TileEdge, size: int) -> TileEdge:
    """Write the bundles and tiles that lead from an edge to ``size`` entries; on return they are on disk.

    Gives the new edge, whose root the caller compares with the signed one before any checkpoint is published.
    Raises VerificationError when the journal's entries are not those the edge was made of, DependencyError when the
    disk does not take the files.
    """
    if edge.size == size:
        return edge
    drawer, start = Drawer(folder), edge.size
    for entries in _read_runs(journal, edge.size, size):
        known = edge.size % TILE_WIDTH
        leaves = hash_leaves(entries)
        _check_known(leaves[:known], edge)
        growth = grow(edge, leaves[known:])
        _put_bundles(drawer, edge.size - known, entries)
        _put_full_tiles(drawer, growth)
        edge = growth.edge
    _put_partial_tiles(drawer, edge, start)
    drawer.sync()
    return edge


def derive_root(journal: BundleSource, size: int) -> bytes:
    """Give the root of the journal's first ``size`` entries, without writing anything."""
    tree = CompactRange()
    for entries in _read_runs(journal, 0, size):
        tree = tree.append_many(entries)
    return tree.root()


def read_published_edge(folder: Path, head: TreeHead) -> TileEdge:
    """Read the right edge back from the published files and hash it again.

    Raises VerificationError when the files are not those that lead to the head's root.
    """
    read = read_from_folder(folder)
    edge = read_edge(lambda tile: read(render_tile_path(tile)), head.size)
    if edge.compact_range().root() != head.root:
        reason = "the published tiles at the log's end do not lead to its root"
        raise VerificationError(reason)
    return edge


def remove_partials(folder: Path, old: int, size: int) -> None:
    """Remove the partial files of tiles that were partial at ``old`` entries and are full at ``size``."""
    for level in (ENTRIES, *range(LEVEL_MAX + 1)):
        full, width = divmod(count_hashes(level, old), TILE_WIDTH)
        if width and count_hashes(level, size) // TILE_WIDTH > full:
            place = folder / f"{render_tile_path(Tile(level, full))}.p"
            shutil.rmtree(place, ignore_errors=True)  # what stays is harmless


def _read_runs(journal: BundleSource, start: int, size: int) -> Iterator[list[bytes]]:
    """Give the entries from the beginning of the tile that holds ``start``, up to ``size``, in runs of whole tiles."""
    entries = _read_entries(journal, start // TILE_WIDTH * TILE_WIDTH, size)
    while run := list(islice(entries, RUN_ENTRIES)):
        yield run


def _read_entries(journal: BundleSource, first: int, size: int) -> Iterator[bytes]:
    if first == size:
        return
    for bundle in journal.bundles(first):
        entries = parse_bundle(bundle.entries, bundle.count)
        yield from entries[max(first - bundle.first, 0) : size - bundle.first]
        if bundle.first + bundle.count >= size:
            return


def _check_known(leaves: list[bytes], edge: TileEdge) -> None:
    if leaves and b"".join(leaves) != edge.rows[0]:
        reason = f"the journal's entries before {edge.size} are not those that were published"
        raise VerificationError(reason)


def _put_bundles(drawer: Drawer, first: int, entries: list[bytes]) -> None:
    for tile, content in render_bundles(first, entries).items():
        drawer.put(render_tile_path(tile), content)


def _put_full_tiles(drawer: Drawer, growth: Growth) -> None:
    for tile, content in growth.tiles.items():
        if tile.width == TILE_WIDTH:
            drawer.put(render_tile_path(tile), content)


def _put_partial_tiles(drawer: Drawer, edge: TileEdge, start: int) -> None:
    """Write the partial tiles that are new or wider at the end; those in between belong to no checkpoint."""
    for level, row in enumerate(edge.rows):
        count = count_hashes(level, edge.size)
        if row and count > count_hashes(level, start):
            full, width = divmod(count, TILE_WIDTH)
            drawer.put(render_tile_path(Tile(level, full, width)), row)
