"""Owns the gate's question: may this order file go out? Pure."""

from dataclasses import dataclass

from consolidator.transparency.policy import NO_QUORUM, Policy
from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.quorum import open_with_quorum
from schemas.orders import OrderFile

NO_WITNESSES = "无见证,仅供演示 / no witnesses: for demonstration only"


@dataclass(frozen=True, slots=True)
class Clearance:
    """Under what order files go out: a checkpoint over ``size`` entries that has the quorum in force, and its tree.

    Only :func:`grant_clearance` makes one.
    """

    size: int
    checkpoint: bytes
    policy: Policy
    read_node: ReadNode


def grant_clearance(checkpoint: bytes, policy: Policy, read_node: ReadNode) -> Clearance:
    """Check log signature, cosignatures and quorum of a checkpoint. Raises VerificationError when it opens nothing."""
    size = open_with_quorum(checkpoint, policy).checkpoint.size
    return Clearance(size, checkpoint, policy, read_node)


def is_covered(clearance: Clearance, file: OrderFile) -> bool:
    """Say whether the checkpoint, which has the quorum in force, covers the file's entry."""
    return 0 <= file.entry < clearance.size


def is_witnessed(clearance: Clearance) -> bool:
    """Say whether anybody but the log itself vouches for it; if not, every screen says so."""
    return clearance.policy.quorum != NO_QUORUM
