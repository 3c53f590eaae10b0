"""Owns the gate's question: may this order file go out? Pure."""

from consolidator.gate.proving import Clearance
from consolidator.transparency.policy import NO_QUORUM
from schemas.orders import OrderFile

NO_WITNESSES = "无见证,仅供演示 / no witnesses: for demonstration only"


def is_covered(clearance: Clearance, file: OrderFile) -> bool:
    """Say whether the checkpoint, which has the quorum in force, covers the file's entry."""
    return 0 <= file.entry < clearance.size


def is_witnessed(clearance: Clearance) -> bool:
    """Say whether anybody but the log itself vouches for it; if not, every screen says so."""
    return clearance.policy.quorum != NO_QUORUM
