"""Measures the transparency log's parts on one core: ``python -m tests.benchmarks.transparency [--leaves N]``.

Prints its conditions and medians of five, in processor time, and asserts nothing. Entries have 300 bytes. A proof is
``cold`` when its lowest tile was never read before (it is hashed then), ``random`` when the tiles are kept from an
earlier round, ``near`` when it follows its neighbour's.
"""

import argparse
import os
import platform
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping

from consolidator.transparency.bundles import parse_bundle, render_bundles
from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import COSIGNATURE, derive_signer
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Group, Policy, Witness
from consolidator.transparency.proofs import ReadNode, check_inclusion, make_consistency_proof, make_inclusion_proof
from consolidator.transparency.quorum import open_with_quorum
from consolidator.transparency.tiles import Tile
from consolidator.transparency.tree import CompactRange, TreeHead, hash_leaves

RUNS = 5
PROOFS = 2_000
SIGNATURES = 200
LOG = derive_signer("log.example", bytes(32))
WITNESSES = [derive_signer(f"w{number}.example", bytes([number]) * 32, COSIGNATURE) for number in range(1, 5)]
POLICY = Policy(
    LOG.verifier,
    "g",
    tuple(Witness(f"w{number}", key.verifier) for number, key in enumerate(WITNESSES)),
    (Group("g", 3, ("w0", "w1", "w2", "w3")),),
)


def measure(count: int, work: Callable[[], object]) -> float:
    """Give the median number of things done a second."""
    rates = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        rates.append(count / (time.process_time() - start))
    return statistics.median(rates)


def verify_bundles(bundles: dict[Tile, bytes], signed: bytes) -> None:
    """Check signature, bundles and tree, as whoever verifies a log does first."""
    head, tree = open_checkpoint(signed, LOG.verifier), CompactRange()
    for tile, raw in bundles.items():
        tree = tree.append_hashes(hash_leaves(parse_bundle(raw, tile.width)))
    assert tree.root() == head.root


def list_tree_rates(entries: list[bytes], signed: bytes) -> Iterator[tuple[str, float]]:
    """Measure the tree, the tiles, and the reading of bundles."""
    bundles = render_bundles(0, entries)
    yield "leaves and tree", measure(len(entries), lambda: CompactRange().append_many(entries))
    yield "leaves to tiles, 1,000 at a time", measure(len(entries), lambda: grow_by_parts(entries))
    yield "entries verified: signature, bundles, tree", measure(len(entries), lambda: verify_bundles(bundles, signed))


def list_proof_rates(tiles: Mapping[Tile, bytes], hashes: list[bytes], head: TreeHead) -> Iterator[tuple[str, float]]:
    """Measure the making of proofs out of tiles, and the check of them."""
    dice = random.Random(1)
    cold = [256 * tile + dice.randrange(256) for tile in dice.sample(range(head.size // 256), PROOFS)]
    scattered = [dice.randrange(head.size) for _ in range(PROOFS)]
    near = list(range(head.size // 3, head.size // 3 + PROOFS))

    def prove(places: list[int], read: ReadNode) -> list[tuple[bytes, ...]]:
        return [make_inclusion_proof(read, place, head.size) for place in places]

    def serve() -> ReadNode:
        return serve_nodes(tiles.__getitem__, head.size)

    read = serve()
    proofs = prove(scattered, read)

    def check() -> None:
        for place, proof in zip(scattered, proofs, strict=True):
            check_inclusion(hashes[place], place, head, proof)

    def grow_out() -> None:
        for place in scattered:
            make_consistency_proof(read, place + 1, head.size)

    yield "inclusion proofs made, cold", measure(PROOFS, lambda: prove(cold, serve()))
    yield "inclusion proofs made, random", measure(PROOFS, lambda: prove(scattered, read))
    yield "inclusion proofs made, near", measure(PROOFS, lambda: prove(near, read))
    yield "consistency proofs made, random", measure(PROOFS, grow_out)
    yield "inclusion proofs verified", measure(PROOFS, check)


def list_note_rates(checkpoint: Checkpoint, signed: bytes) -> Iterator[tuple[str, float]]:
    """Measure signing, cosigning, and opening under a policy of four witnesses who all cosigned."""
    cosigned = attach_signature_lines(signed, [cosign(checkpoint, key, 1) for key in WITNESSES])
    many = range(SIGNATURES)
    yield "checkpoints signed", measure(SIGNATURES, lambda: [sign_checkpoint(checkpoint, LOG) for _ in many])
    yield "checkpoints cosigned", measure(SIGNATURES, lambda: [cosign(checkpoint, WITNESSES[0], 1) for _ in many])
    opened = measure(SIGNATURES, lambda: [open_with_quorum(cosigned, POLICY) for _ in many])
    yield "checkpoints opened, 4 cosignatures", opened


def list_rates(leaves: int) -> Iterator[tuple[str, float]]:
    """Measure everything, one after another, on a log of so many entries."""
    entries = [b"%0300d" % number for number in range(leaves)]
    hashes = hash_leaves(entries)
    growth = grow(TileEdge(), hashes)
    checkpoint = Checkpoint(LOG.name, leaves, growth.edge.compact_range().root())
    signed = sign_checkpoint(checkpoint, LOG)
    yield from list_tree_rates(entries, signed)
    yield from list_proof_rates(growth.tiles, hashes, checkpoint.head)
    yield from list_note_rates(checkpoint, signed)


def grow_by_parts(entries: list[bytes]) -> None:
    """Make the tiles as a log does that commits 1,000 entries at a time."""
    edge = TileEdge()
    for at in range(0, len(entries), 1_000):
        edge = grow(edge, hash_leaves(entries[at : at + 1_000])).edge


def main() -> None:
    """Print one line a figure: how many a second, and how long one takes."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.transparency", description=__doc__)
    parser.add_argument("--leaves", type=int, default=1_000_000)
    leaves = parser.parse_args().leaves
    machine = f"Python {platform.python_version()} · {platform.machine()} · {os.cpu_count()} cores"
    sys.stdout.write(f"{machine} · load {os.getloadavg()[0]:.1f} · {leaves:,} leaves · medians of {RUNS}\n")
    for name, rate in list_rates(leaves):
        sys.stdout.write(f"{name:42} {rate:12,.0f}/s {1e6 / rate:9.1f} µs\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
