"""Owns proofs of single entries: made from a published log's tiles, checked offline. A citizen's file is made here."""

from dataclasses import dataclass

from consolidator.transparency.bundles import parse_bundle
from consolidator.transparency.checkpoint import open_checkpoint
from consolidator.transparency.cosignatures import Cosigned
from consolidator.transparency.keys import Verifier
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.policy import Policy
from consolidator.transparency.proofs import check_inclusion, make_inclusion_proof
from consolidator.transparency.tiles import ENTRIES, TILE_WIDTH, find_tile, render_tile_path
from consolidator.transparency.tlogproof import TlogProof, check_tlog_proof, parse_tlog_proof, render_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.verify.opened import check_opening
from consolidator.verify.sources import CHECKPOINT, Read
from schemas.errors import VerificationError
from schemas.extras import Extra, parse_extra, render_extra


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """An entry that stands in a log at an index, with what opens it, and the cosigned checkpoint that says so."""

    index: int
    extra: Extra
    cosigned: Cosigned


def prove_entry(read: Read, log_key: Verifier, index: int, opened: Extra | None = None) -> bytes:
    """Make the ``.tlog-proof`` of an entry under the published checkpoint, with the entry in ``extra``, perhaps opened.

    It was checked before it is given. Raises VerificationError when there is no such entry, when what is opened is
    another one, or the log is damaged.
    """
    signed = read(CHECKPOINT)
    head = open_checkpoint(signed, log_key).head
    nodes = serve_nodes(lambda tile: read(render_tile_path(tile)), head.size)
    proof = make_inclusion_proof(nodes, index, head.size)
    entry = _read_entry(read, index, head.size)
    check_inclusion(leaf_hash(entry), index, head, proof)
    extra = Extra(entry) if opened is None else opened
    if extra.entry != entry:
        reason = f"账本的条目 {index} 与已公布的不同 / entry {index} here is not the published one: run 'log verify'"
        raise VerificationError(reason)
    return render_tlog_proof(TlogProof(index, proof, signed, render_extra(extra)))


def check_proof(raw: bytes, policy: Policy) -> ProvedEntry:
    """Check a ``.tlog-proof`` of ours under a policy one trusts, without a connection. Raises VerificationError.

    Where the entry is opened, its private part is the one that it commits to.
    """
    proof = parse_tlog_proof(raw)
    if proof.extra is None:
        reason = "证明文件中没有条目 / the proof has no extra line: ask for a proof that 'log prove' wrote"
        raise VerificationError(reason)
    extra = parse_extra(proof.extra)
    cosigned = check_tlog_proof(proof, leaf_hash(extra.entry), policy)
    if extra.opening:
        check_opening(extra)
    return ProvedEntry(proof.index, extra, cosigned)


def _read_entry(read: Read, index: int, size: int) -> bytes:
    bundle, place = divmod(index, TILE_WIDTH)
    tile = find_tile(ENTRIES, bundle, size)
    return parse_bundle(read(render_tile_path(tile)), tile.width)[place]
