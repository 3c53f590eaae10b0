"""Owns the gate's question: may this order file go out? Pure."""

from schemas.errors import InvariantError
from schemas.orders import OrderFile

NO_WITNESSES = "无见证,仅供演示 / no witnesses: for demonstration only"


def pass_gate(quorum: str, size: int, file: OrderFile) -> str:
    """Let an order file out under a checkpoint over ``size`` entries; returns the remark that goes with it.

    Raises InvariantError when the checkpoint does not cover the file's entry, or the quorum is one nobody can check.
    """
    if not 0 <= file.entry < size:
        message = "the checkpoint does not cover the order file's entry"
        raise InvariantError(message)
    if quorum != "none":
        message = "this program cannot check such a quorum: use a newer version"
        raise InvariantError(message)
    return NO_WITNESSES
