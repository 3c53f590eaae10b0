"""Nodes of the tree out of published tiles: the right ones, from few tiles, and never from a torn one."""

from collections.abc import Callable

import pytest

from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import ReadNode, check_inclusion, make_consistency_proof, make_inclusion_proof
from consolidator.transparency.tiles import Tile
from schemas.errors import VerificationError
from tests.unit.transparency.naive import TORN, NaiveTree, make_tiles, numbered_leaves, serve

LEAVES = numbered_leaves(70_001)
TREE = NaiveTree(LEAVES)
TILES = make_tiles(LEAVES)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_every_full_node_of_a_log_is_the_one_of_the_definition(size: int) -> None:
    read = serve(LEAVES[:size])
    for level in range(size.bit_length()):
        for index in range(size >> level):
            assert read(level, index) == TREE.root(index << level, (index + 1) << level)


@pytest.mark.parametrize("level", range(17))
def test_the_last_full_node_at_every_level_of_a_large_log_is_the_one_of_the_definition(level: int) -> None:
    index = (70_001 >> level) - 1
    assert serve(LEAVES)(level, index) == TREE.root(index << level, (index + 1) << level)


@pytest.mark.parametrize(("level", "index"), [(0, 700), (0, -1), (1, 350), (9, 1), (10, 0), (60, 0), (0, 2**60)])
def test_a_node_that_the_log_does_not_have_in_full_is_refused(level: int, index: int) -> None:
    with pytest.raises(VerificationError, match="no full node"):
        serve(LEAVES[:700])(level, index)


@pytest.mark.parametrize(
    "make",
    [
        lambda read: make_inclusion_proof(read, 12_345, 70_001),
        lambda read: make_inclusion_proof(read, 70_000, 70_001),
        lambda read: make_consistency_proof(read, 12_345, 70_001),
    ],
)
def test_a_proof_reads_one_tile_a_level_and_one_more_at_the_right_edge(
    make: Callable[[ReadNode], tuple[bytes, ...]],
) -> None:
    asked = list[Tile]()

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return TILES[tile]

    make(serve_nodes(read, 70_001))
    assert len(asked) == len(set(asked)) <= 5


def test_tiles_beyond_those_kept_are_read_again() -> None:
    asked = list[Tile]()

    def read(tile: Tile) -> bytes:
        asked.append(tile)
        return TILES[tile]

    node = serve_nodes(read, 70_001, tiles_kept=1)
    for index in (0, 255, 256, 0):
        assert node(0, index) == LEAVES[index]
    assert asked == [Tile(0, 0), Tile(0, 1), Tile(0, 0)]


@pytest.mark.parametrize("harm", TORN)
def test_a_torn_tile_is_refused(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(VerificationError, match="length of its width"):
        serve_nodes(lambda tile: harm(TILES[tile]), 70_001)(0, 0)


def test_proofs_out_of_a_false_tile_lead_to_another_root() -> None:
    false = serve_nodes(lambda tile: bytes([TILES[tile][0] ^ 1]) + TILES[tile][1:], 70_001)
    with pytest.raises(VerificationError, match="does not lead"):
        check_inclusion(LEAVES[1], 1, TREE.head(70_001), make_inclusion_proof(false, 1, 70_001))
