"""Owns the asking of one witness for one checkpoint (C2SP tlog-witness): a request or two, and what came of it.

Any answer but 200 with a right cosignature is no cosignature; the size a witness knows is read from a 409 only.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from consolidator.cosigning.posting import Response, post
from consolidator.transparency.addcheckpoint import render_add_checkpoint
from consolidator.transparency.cosignatures import Cosignature, take_cosignature
from consolidator.transparency.keys import Verifier
from consolidator.transparency.patterns import SIZE
from consolidator.transparency.policy import Witness
from consolidator.transparency.proofs import ReadNode, make_consistency_proof
from consolidator.transparency.witnessing import Status
from schemas.errors import DependencyError, VerificationError

REQUEST_SECONDS_MAX = 10.0  # one that follows the entries reads them before it answers
_SIZE_LINE = re.compile(f"({SIZE})\n")


@dataclass(frozen=True, slots=True)
class Offer:
    """A checkpoint that witnesses are asked for. ``number`` counts the rounds; ``read_node`` serves its tree."""

    number: int
    size: int
    signed: bytes
    log_key: Verifier
    read_node: Callable[[], ReadNode]


@dataclass(frozen=True, slots=True)
class Reply:
    """What asking came to: a verified cosignature, or why there is none. ``known`` is the size the witness knows."""

    witness: Witness
    number: int
    known: int
    cosignature: Cosignature | None = None
    error: str = ""


def ask(witness: Witness, offer: Offer, known: int) -> Reply:
    """Ask a witness that is thought to know the log at ``known`` entries; once more when it says that it does not."""
    try:
        response = _send(witness, offer, known)
        if response.status == Status.CONFLICT:
            known = _read_known(response)
            response = _send(witness, offer, known)
        return _read_reply(witness, offer, known, response)
    except (DependencyError, VerificationError) as error:
        return Reply(witness, offer.number, known, error=str(error))


def _send(witness: Witness, offer: Offer, known: int) -> Response:
    if known > offer.size:
        reason = f"it knows the log at {known} entries, more than there are: this log was rolled back, or it lies"
        raise VerificationError(reason)
    proof = make_consistency_proof(offer.read_node(), known, offer.size)
    body = render_add_checkpoint(known, proof, offer.signed, offer.log_key)
    return post(f"{witness.url.rstrip('/')}/add-checkpoint", body, REQUEST_SECONDS_MAX)


def _read_known(response: Response) -> int:
    match = _SIZE_LINE.fullmatch(response.body.decode("latin-1"))
    if match is None or response.media_type != "text/x.tlog.size":
        reason = "it answers 409 without the size it knows"
        raise VerificationError(reason)
    return int(match[1])


def _read_reply(witness: Witness, offer: Offer, known: int, response: Response) -> Reply:
    if response.status != Status.OK:
        return Reply(witness, offer.number, known, error=f"it answers {response.status}: {_show(response.body)}")
    cosignature = take_cosignature(offer.signed, response.body, offer.log_key, witness.key)
    return Reply(witness, offer.number, offer.size, cosignature)


def _show(body: bytes) -> str:
    """Give the beginning of an answer that may hold anything, safe for a terminal and a log."""
    text = body[:120].decode("utf-8", "replace").partition("\n")[0]
    return "".join(sign if sign.isprintable() else "?" for sign in text)
