"""Hash tiles against their definition, grown at once and bit by bit."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consolidator.transparency.edges import TileEdge, grow, read_edge
from consolidator.transparency.tiles import ENTRIES, Tile, list_growth
from consolidator.transparency.tree import CompactRange, hash_leaves
from schemas.errors import VerificationError
from tests.unit.transparency.naive import BORDER_SIZES, TORN, NaiveTree, make_tiles, numbered_leaves

LEAVES = numbered_leaves(70_001)
TREE = NaiveTree(LEAVES)


def naive_tile(tile: Tile) -> bytes:
    """MTH(D[(256n + i)·256^l : (256n + i + 1)·256^l]) for each i, as the specification says."""
    span = 256**tile.level
    first = 256 * tile.index
    return b"".join(TREE.root(place * span, (place + 1) * span) for place in range(first, first + tile.width))


def hash_tiles_of(old: int, size: int) -> list[Tile]:
    """Give the tiles of a growth without the bundles."""
    return [tile for tile in list_growth(old, size) if tile.level != ENTRIES]


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_the_tiles_of_a_log_are_those_of_the_specification(size: int) -> None:
    tiles = make_tiles(LEAVES[:size])
    assert list(tiles) == hash_tiles_of(0, size)
    assert all(raw == naive_tile(tile) for tile, raw in tiles.items())


@given(st.lists(st.integers(0, 700), max_size=8), st.integers(0, 66_000))
def test_a_log_that_grows_bit_by_bit_gets_the_same_tiles(steps: list[int], start: int) -> None:
    edge, published = grow(TileEdge(), LEAVES[:start]).edge, make_tiles(LEAVES[:start])
    for step in steps:
        before, size = edge, min(edge.size + step, len(LEAVES))
        growth = grow(edge, LEAVES[edge.size : size])
        assert list(growth.tiles) == hash_tiles_of(edge.size, size)
        assert edge == before
        published |= growth.tiles
        edge = growth.edge
    whole = make_tiles(LEAVES[: edge.size])
    assert edge == read_edge(whole.__getitem__, edge.size)
    assert {tile: published[tile] for tile in whole} == whole


@pytest.mark.parametrize("size", BORDER_SIZES)
def test_the_edge_and_the_compact_range_come_back_from_the_tiles(size: int) -> None:
    tiles, asked = make_tiles(LEAVES[:size]), list[Tile]()

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return tiles[tile]

    edge = read_edge(read, size)
    assert edge == grow(TileEdge(), LEAVES[:size]).edge
    assert edge.compact_range() == CompactRange().append_hashes(LEAVES[:size])
    assert len(asked) <= 3


def test_entries_and_leaf_hashes_lead_to_the_same_root() -> None:
    entries = [b"r%d" % number for number in range(7)]
    assert grow(TileEdge(), hash_leaves(entries)).edge.compact_range() == CompactRange().append_many(entries)


@pytest.mark.parametrize("harm", TORN)
def test_a_tile_at_the_edge_that_is_too_short_or_too_long_is_refused(harm: Callable[[bytes], bytes]) -> None:
    tiles = make_tiles(LEAVES[:700])
    with pytest.raises(VerificationError, match="right edge"):
        read_edge(lambda tile: harm(tiles[tile]), 700)


@pytest.mark.parametrize(
    ("size", "rows"), [(1, ()), (0, (b"",)), (-1, ()), (256, (b"",)), (257, (bytes(32),)), (1, (bytes(64),))]
)
def test_an_edge_whose_rows_do_not_fit_its_size_cannot_be(size: int, rows: tuple[bytes, ...]) -> None:
    with pytest.raises(VerificationError, match="do not fit"):
        TileEdge(size, rows)
