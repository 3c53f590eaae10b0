"""A log that somebody else wrote: tessera's sample with sixteen signed checkpoints, read and judged by our code."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from consolidator.transparency.bundles import parse_bundle, render_bundle
from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint, render_checkpoint
from consolidator.transparency.edges import TileEdge, grow, read_edge
from consolidator.transparency.keys import Verifier, parse_vkey
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import (
    check_consistency,
    check_inclusion,
    make_consistency_proof,
    make_inclusion_proof,
)
from consolidator.transparency.tiles import ENTRIES, Tile, list_growth, render_tile_path
from consolidator.transparency.tree import CompactRange, hash_leaves
from schemas.errors import VerificationError


@pytest.fixture
def key(sample_log: Path) -> Verifier:
    """Give the sample's verifier key, which stands in the script that built it."""
    found = re.search('LOG_PUBLIC_KEY="([^"]+)"', (sample_log / "build_log.sh").read_text())
    assert found
    return parse_vkey(found[1])


@pytest.fixture
def checkpoints(sample_log: Path, key: Verifier) -> list[Checkpoint]:
    """Give all checkpoints, their signatures checked, the smallest first."""
    return [open_checkpoint((sample_log / f"log/checkpoint.{size}").read_bytes(), key) for size in range(16)]


def test_all_sixteen_checkpoints_open_and_read_back(checkpoints: list[Checkpoint], sample_log: Path) -> None:
    assert [checkpoint.size for checkpoint in checkpoints] == list(range(16))
    for checkpoint in checkpoints:
        raw = (sample_log / f"log/checkpoint.{checkpoint.size}").read_text()
        assert raw.startswith(render_checkpoint(checkpoint) + "\n")


def test_no_checkpoint_opens_when_a_bit_of_it_is_wrong(sample_log: Path, key: Verifier) -> None:
    raw = (sample_log / "log/checkpoint.15").read_bytes()
    open_checkpoint(raw, key)
    for at in range(len(raw)):
        with pytest.raises(VerificationError):
            open_checkpoint(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], key)


def test_bundles_and_tiles_are_byte_for_byte_those_we_would_write(
    checkpoints: list[Checkpoint], sample_log: Path
) -> None:
    def read(tile: Tile) -> bytes:
        return (sample_log / "log" / render_tile_path(tile)).read_bytes()

    edge = TileEdge()
    for checkpoint in checkpoints[1:]:
        bundle, *tiles = list_growth(edge.size, checkpoint.size)
        entries = parse_bundle(read(bundle), checkpoint.size)
        growth = grow(edge, hash_leaves(entries[edge.size :]))
        assert {tile: read(tile) for tile in tiles} == growth.tiles
        assert render_bundle(entries) == read(bundle)
        edge = growth.edge
        assert edge == read_edge(read, checkpoint.size)
        assert edge.compact_range() == CompactRange().append_many(entries)
        assert edge.compact_range().root() == checkpoint.root


def test_proofs_out_of_its_tiles_hold_against_its_checkpoints(checkpoints: list[Checkpoint], sample_log: Path) -> None:
    read = serve_nodes(lambda tile: (sample_log / "log" / render_tile_path(tile)).read_bytes(), 15)
    last = checkpoints[-1].head
    entries = parse_bundle((sample_log / "log" / render_tile_path(Tile(ENTRIES, 0, 15))).read_bytes(), 15)
    for index, leaf in enumerate(hash_leaves(entries)):
        check_inclusion(leaf, index, last, make_inclusion_proof(read, index, 15))
    for old, new in pairwise(checkpoints[1:]):
        check_consistency(old.head, new.head, make_consistency_proof(read, old.size, new.size))
        check_consistency(old.head, last, make_consistency_proof(read, old.size, 15))
