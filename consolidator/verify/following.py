"""Owns the reading on of a published log: its entry bundles and tiles from where a verifier stands to a signed head.

Every hash of every tile is compared with what the entries give, so the tiles need not be trusted, and proofs made from
them are good. It remembers the right edge of the tree and nothing of what it has read.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from consolidator.transparency.bundles import parse_bundle
from consolidator.transparency.edges import Growth, TileEdge, grow
from consolidator.transparency.tiles import ENTRIES, TILE_WIDTH, Tile, count_hashes, find_tile, render_tile_path
from consolidator.transparency.tree import TreeHead, hash_leaves
from consolidator.verify.books import Books, require
from consolidator.verify.log import check_entries
from consolidator.verify.sources import Read
from schemas.errors import VerificationError

RUN_BUNDLES = 16  # how much is hashed at once: 4,096 entries
Heed = Callable[[list[bytes], int], None]  # is given a run of entries and the index of the first


@dataclass(slots=True)
class Following:
    """How far a verifier has followed a log: the edge of its tree, and what its entries said.

    After a VerificationError it is in no known state: throw it away. After a DependencyError, or when a file is missing
    because the log has grown, it stands where its edge says, and can go on.
    """

    edge: TileEdge = field(default_factory=TileEdge)
    books: Books = field(default_factory=Books)


def follow(following: Following, read: Read, head: TreeHead, heed: Heed | None = None) -> None:
    """Read on to a head that its log signed, checking every entry. ``heed`` is given each run once it was checked.

    Raises VerificationError that says in one sentence what is wrong, and at which entry if it is an entry;
    DependencyError when the source does not answer.
    """
    for entries, edge in read_runs(read, following.edge, head.size):
        check_entries(following.books, entries, following.edge.size)
        first, following.edge = following.edge.size, edge
        if heed is not None:
            heed(entries, first)
    check_head(following.edge, head)


def check_tree(read: Read, edge: TileEdge, head: TreeHead) -> TileEdge:
    """Read on to a head without looking into entries: bundles, tiles and root. Gives the new edge."""
    for _, grown in read_runs(read, edge, head.size):
        edge = grown
    check_head(edge, head)
    return edge


def check_head(edge: TileEdge, head: TreeHead) -> None:
    """Refuse an edge that is not the head's. Raises VerificationError."""
    require(
        edge.size <= head.size,
        f"日志从 {edge.size} 条退回到 {head.size} 条 / the log had {edge.size} entries before, and has {head.size} now",
    )
    require(edge.compact_range().root() == head.root, "树根与检查点不符 / the tree's root is not the checkpoint's")


def read_runs(read: Read, edge: TileEdge, size: int) -> Iterator[tuple[list[bytes], TileEdge]]:
    """Give the entries from the edge up to ``size`` in runs, each with the edge after it, all tiles compared.

    A run is given before anybody knows that the log signed it: compare the last edge's root with the head.
    """
    while edge.size < size:
        end = min((edge.size // TILE_WIDTH + RUN_BUNDLES) * TILE_WIDTH, size)
        entries = _read_entries(read, edge, end, size)
        growth = grow(edge, hash_leaves(entries))
        _check_full_tiles(read, growth)
        edge = growth.edge
        if end == size:
            _check_edge(read, edge)
        yield entries, edge


def _read_entries(read: Read, edge: TileEdge, end: int, size: int) -> list[bytes]:
    """Read the entries from the edge to ``end``, whose bundles have the widths of a log of ``size``."""
    first, known = divmod(edge.size, TILE_WIDTH)
    entries = list[bytes]()
    for index in range(first, -(-end // TILE_WIDTH)):
        entries += _read_bundle(read, find_tile(ENTRIES, index, size))
    changed = known and b"".join(hash_leaves(entries[:known])) != edge.rows[0]
    require(
        not changed,
        f"第 {edge.size} 条之前的条目被改动 / entries before {edge.size} are not those that stood there before",
    )
    return entries[known:]


def _read_bundle(read: Read, bundle: Tile) -> list[bytes]:
    path = render_tile_path(bundle)
    raw = read(path)
    try:
        return parse_bundle(raw, bundle.width)
    except VerificationError as error:
        message = f"条目文件 {path} 残缺或有多余 / {path} is torn: it must hold exactly {bundle.width} entries"
        raise VerificationError(message) from error


def _check_full_tiles(read: Read, growth: Growth) -> None:
    """Compare the tiles that this run completed; partial ones in the midst of a log are nowhere published."""
    for tile, content in growth.tiles.items():
        if tile.width == TILE_WIDTH:
            _compare(read, tile, content)


def _check_edge(read: Read, edge: TileEdge) -> None:
    """Compare the partial tiles at the end."""
    for level, row in enumerate(edge.rows):
        if row:
            full = count_hashes(level, edge.size) // TILE_WIDTH
            _compare(read, find_tile(level, full, edge.size), row)


def _compare(read: Read, tile: Tile, content: bytes) -> None:
    path = render_tile_path(tile)
    require(read(path) == content, f"哈希文件 {path} 与条目不符 / the hashes in {path} are not those of the entries")
