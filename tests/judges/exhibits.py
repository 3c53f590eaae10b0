"""A log of any size written into a folder by our own code, as a county publishes it, with proofs to be judged."""

import json
from base64 import b64encode
from pathlib import Path

from consolidator.transparency.bundles import render_bundles
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import COSIGNATURE, derive_signer, render_vkey
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.notes import attach_signature_lines
from consolidator.transparency.policy import Policy, Witness, render_policy
from consolidator.transparency.proofs import ReadNode, make_consistency_proof, make_inclusion_proof
from consolidator.transparency.tiles import render_tile_path
from consolidator.transparency.tlogproof import TlogProof, render_tlog_proof
from consolidator.transparency.tree import hash_leaves
from tests.unit.transparency.naive import BORDER_SIZES

SECONDS = 1767225600
LOG = derive_signer("log.example/county/511199", bytes(range(32)))
WITNESS = derive_signer("audit.example/w1", bytes(range(32, 64)), COSIGNATURE)
POLICY = Policy(LOG.verifier, "w1", (Witness("w1", WITNESS.verifier, "http://127.0.0.1:7380/"),))


def make_entries(size: int) -> list[bytes]:
    """Give distinct entries; one is empty, one is as long as an entry can be."""
    entries = [b'{"entry":%d}' % number for number in range(size)]
    entries[5:6] = [b""] * (size > 5)
    entries[300:301] = [b"x" * 65_535] * (size > 300)
    return entries


def write_exhibit(folder: Path, size: int) -> Path:
    """Write tiles, bundles, cosigned checkpoint, policy, proofs. The log grows in two steps, as a log does."""
    entries = make_entries(size)
    leaves = hash_leaves(entries)
    first = grow(TileEdge(), leaves[: size // 3])
    second = grow(first.edge, leaves[size // 3 :])
    tiles = {**first.tiles, **second.tiles}
    for tile, raw in [*tiles.items(), *render_bundles(0, entries).items()]:
        path = folder / render_tile_path(tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
    checkpoint = Checkpoint(LOG.name, size, second.edge.compact_range().root())
    signed = attach_signature_lines(sign_checkpoint(checkpoint, LOG), [cosign(checkpoint, WITNESS, SECONDS)])
    (folder / "checkpoint").write_bytes(signed)
    (folder / "policy.txt").write_bytes(render_policy(POLICY))
    _write_proofs(folder, size, serve_nodes(tiles.__getitem__, size), signed)
    return folder


def _write_proofs(folder: Path, size: int, read: ReadNode, signed: bytes) -> None:
    indexes = [index for index in sorted({*BORDER_SIZES, 5, 300, size // 2, size - 1}) if 0 <= index < size]
    sizes = [at for at in sorted({*BORDER_SIZES, size // 2, size}) if 0 < at <= size]
    inclusion = [(index, at) for at in sizes for index in indexes if index < at]
    consistency = [(old, at) for at in sizes for old in sizes if old <= at]
    manifest = {
        "log": render_vkey(LOG.verifier),
        "witness": render_vkey(WITNESS.verifier),
        "seconds": SECONDS,
        "inclusion": [
            {"index": index, "size": at, "hashes": _spell(make_inclusion_proof(read, index, at))}
            for index, at in inclusion
        ],
        "consistency": [
            {"old": old, "size": at, "hashes": _spell(make_consistency_proof(read, old, at))} for old, at in consistency
        ],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    for number, index in enumerate(indexes):
        extra = b"opening" if number % 2 else None
        proof = TlogProof(index, make_inclusion_proof(read, index, size), signed, extra)
        (folder / f"{index}.tlog-proof").write_bytes(render_tlog_proof(proof))


def _spell(hashes: tuple[bytes, ...]) -> list[str]:
    return [b64encode(node).decode() for node in hashes]
