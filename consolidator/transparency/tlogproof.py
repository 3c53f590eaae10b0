"""Owns the ``.tlog-proof`` file (C2SP tlog-proof): that an entry stands in a log, checkable without a connection.

``extra`` is not authenticated: whoever uses it recomputes the entry from it and hands its leaf hash to the check.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from consolidator.transparency.cosignatures import Cosigned
from consolidator.transparency.notes import NOTE_BYTES_MAX
from consolidator.transparency.patterns import BASE64, BASE64_32_BYTES, SIZE
from consolidator.transparency.policy import Policy
from consolidator.transparency.proofs import check_inclusion
from consolidator.transparency.quorum import open_with_quorum
from schemas.errors import VerificationError, invariant

PROOF_HASHES_MAX = 63
PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX  # a note, and an entry of 65,535 bytes with its private part in base64
_MAGIC = "c2sp.org/tlog-proof@v1\n"
_HEAD = re.compile(
    f"{re.escape(_MAGIC)}(?:extra ({BASE64})\n)?index ({SIZE})\n((?:{BASE64_32_BYTES}\n){{0,{PROOF_HASHES_MAX}}})\n"
)


@dataclass(frozen=True, slots=True)
class TlogProof:
    """An entry's index, the hashes from its leaf's sibling up, the signed checkpoint as it was, and what goes with it.

    ``extra`` is None when the file has no such line; it is never empty.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def render_tlog_proof(proof: TlogProof) -> bytes:
    """Write the file. Raises InvariantError when :func:`parse_tlog_proof` would not read the same back."""
    extra = "" if proof.extra is None else f"extra {b64encode(proof.extra).decode()}\n"
    hashes = "".join([f"{b64encode(node).decode()}\n" for node in proof.hashes])
    head = f"{_MAGIC}{extra}index {proof.index}\n{hashes}\n"
    invariant(_HEAD.fullmatch(head), "index, hashes or extra of a proof cannot be written")
    raw = head.encode() + proof.checkpoint
    invariant(len(raw) <= PROOF_BYTES_MAX, "a proof is too large for its readers")
    return raw


def parse_tlog_proof(raw: bytes) -> TlogProof:
    """Read the file, in exactly one spelling. Raises VerificationError.

    Nothing in it is checked but its form; the checkpoint's own form is checked when it is opened.
    """
    if len(raw) > PROOF_BYTES_MAX:
        reason = f"a proof has at most {PROOF_BYTES_MAX} bytes"
        raise VerificationError(reason)
    head, blank, checkpoint = raw.partition(b"\n\n")
    match = _HEAD.fullmatch((head + blank).decode("latin-1"))
    if match is None:
        reason = "not a tlog-proof: expected its first line, extra or not, index, hashes, a blank line, a checkpoint"
        raise VerificationError(reason)
    hashes = tuple(map(b64decode, match[3].split()))
    return TlogProof(int(match[2]), hashes, checkpoint, b64decode(match[1]) if match[1] else None)


def check_tlog_proof(proof: TlogProof, leaf: bytes, policy: Policy) -> Cosigned:
    """Check that the entry with this leaf hash stands in the policy's log, under enough witnesses' eyes.

    Gives the checkpoint and the times of its cosignatures. Raises VerificationError that says which step failed.
    """
    cosigned = open_with_quorum(proof.checkpoint, policy)
    check_inclusion(leaf, proof.index, cosigned.checkpoint.head, proof.hashes)
    return cosigned
