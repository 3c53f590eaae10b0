"""Owns the bodies of ``add-checkpoint`` (C2SP tlog-witness) between log and witness. Never sends or receives them."""

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from consolidator.transparency.checkpoint import Checkpoint, parse_checkpoint
from consolidator.transparency.keys import Verifier
from consolidator.transparency.notes import attach_signature_lines, open_note, parse_untrusted_note
from consolidator.transparency.patterns import BASE64_32_BYTES, SIZE
from schemas.errors import VerificationError, invariant

BODY_BYTES_MAX = 10_240  # what real witnesses read of a request
CONSISTENCY_HASHES_MAX = 63
_HEAD = re.compile(f"old ({SIZE})\n((?:{BASE64_32_BYTES}\n){{0,{CONSISTENCY_HASHES_MAX}}})\n")

_SIZE_LINE = re.compile(f"({SIZE})\n".encode())


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request: the size the witness is thought to have seen, the proof from there, and the signed checkpoint.

    ``untrusted`` is what the checkpoint says, read without looking at its signature.
    """

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    untrusted: Checkpoint


def render_add_checkpoint(old: int, proof: Sequence[bytes], signed: bytes, log_key: Verifier) -> bytes:
    """Write the request for a checkpoint. Only signature lines under the log's own name go along.

    Raises VerificationError when the log did not sign the checkpoint, InvariantError for what cannot be written.
    """
    note = open_note(signed, [log_key])
    own = [line for line in (*note.verified, *note.unverified) if line.name == log_key.name]
    head = f"old {old}\n" + "".join([f"{b64encode(node).decode()}\n" for node in proof]) + "\n"
    invariant(_HEAD.fullmatch(head), "old size or proof of a request cannot be written")
    body = head.encode() + attach_signature_lines(f"{note.text}\n".encode(), own)
    invariant(len(body) <= BODY_BYTES_MAX, "a request to a witness is too large")
    return body


def parse_add_checkpoint(body: bytes) -> AddCheckpoint:
    """Read a request, in exactly one spelling; nothing but its form is checked.

    Raises VerificationError: answer 400.
    """
    if len(body) > BODY_BYTES_MAX:
        reason = f"a request has at most {BODY_BYTES_MAX} bytes"
        raise VerificationError(reason)
    head, blank, checkpoint = body.partition(b"\n\n")
    match = _HEAD.fullmatch((head + blank).decode("latin-1"))
    if match is None:
        reason = "not a request: expected the line old <size>, at most 63 hashes, a blank line, a checkpoint"
        raise VerificationError(reason)
    text, _ = parse_untrusted_note(checkpoint)
    return AddCheckpoint(int(match[1]), tuple(map(b64decode, match[2].split())), checkpoint, parse_checkpoint(text))


def parse_recorded_size(body: bytes) -> int:
    r"""Read the body of a 409: the size that the witness has recorded. Raises VerificationError.

    >>> parse_recorded_size(b"257\n")
    257
    """
    match = _SIZE_LINE.fullmatch(body)
    if match is None:
        reason = "a witness that knows another size must answer with that size on a line, and this is none"
        raise VerificationError(reason)
    return int(match[1])
