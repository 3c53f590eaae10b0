"""Owns a witness's decision about a checkpoint (C2SP tlog-witness). Pure: whoever calls it stores and signs.

The caller reads the recorded head and stores the new one in one transaction, durably, before it cosigns and answers.
"""

from dataclasses import dataclass
from enum import IntEnum

from consolidator.transparency.addcheckpoint import AddCheckpoint
from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint
from consolidator.transparency.keys import Verifier
from consolidator.transparency.proofs import check_growth
from consolidator.transparency.tree import EMPTY_ROOT, TreeHead
from schemas.errors import VerificationError

RECORDED_TYPE = "text/x.tlog.size"  # of a 409, whose body is the recorded size


class Status(IntEnum):
    """The HTTP status codes of the protocol."""

    OK = 200
    BAD_REQUEST = 400
    FORBIDDEN = 403
    NOT_FOUND = 404
    CONFLICT = 409
    UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Accepted:
    """The checkpoint is consistent: store its head, then cosign it and answer 200 with the line."""

    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class Declined:
    """No cosignature: what to answer, and why.

    ``is_fork`` is true when the log signed another root for the size that was cosigned before: keep both checkpoints,
    they are the evidence.
    """

    status: Status
    body: str
    content_type: str = "text/plain; charset=utf-8"
    is_fork: bool = False


def decide(request: AddCheckpoint, log_key: Verifier | None, recorded: TreeHead | None) -> Accepted | Declined:
    """Decide about a request, by the order of the specification.

    ``log_key`` is the one trusted for the origin of ``request.untrusted``, None if the origin is unknown; ``recorded``
    the head cosigned last for it, None if there was none. The same head again is accepted again.
    """
    if log_key is None:
        return Declined(Status.NOT_FOUND, "this witness does not know the log of that origin\n")
    try:
        checkpoint = open_checkpoint(request.checkpoint, log_key)
    except VerificationError as error:
        return Declined(Status.FORBIDDEN, f"{error}\n")
    return _decide_signed(request, checkpoint, recorded or TreeHead(0, EMPTY_ROOT))


def _decide_signed(request: AddCheckpoint, checkpoint: Checkpoint, recorded: TreeHead) -> Accepted | Declined:
    is_fork = checkpoint.size == recorded.size and checkpoint.root != recorded.root
    if request.old > checkpoint.size:
        return Declined(Status.BAD_REQUEST, "the old size is larger than the checkpoint's\n", is_fork=is_fork)
    if request.old != recorded.size:
        return Declined(Status.CONFLICT, f"{recorded.size}\n", RECORDED_TYPE, is_fork)
    try:
        check_growth(recorded, checkpoint.head, request.proof)
    except VerificationError as error:
        return Declined(Status.UNPROCESSABLE, f"{error}\n", is_fork=is_fork)
    return Accepted(checkpoint)
