"""Owns the checkpoint (C2SP tlog-checkpoint): origin, size, root, signed as a note. Never holds time or extensions.

A timestamp that nobody verifies misleads; time comes from the cosignatures of witnesses.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from consolidator.transparency.keys import Signer, Verifier
from consolidator.transparency.notes import open_note, sign_note
from consolidator.transparency.patterns import BASE64_32_BYTES, KEY_NAME, SIZE
from consolidator.transparency.tree import TreeHead
from schemas.errors import VerificationError, invariant

_TEXT = re.compile(f"({KEY_NAME})\n({SIZE})\n({BASE64_32_BYTES})\n")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The head of a log: its origin (the name of its key), its number of entries (0 to 10^18 - 1), its 32-byte root."""

    origin: str
    size: int
    root: bytes

    @property
    def head(self) -> TreeHead:
        """Size and root alone, which is what proofs speak about."""
        return TreeHead(self.size, self.root)


def render_checkpoint(checkpoint: Checkpoint) -> str:
    r"""Write the text that is signed, three lines, each with its newline.

    Raises InvariantError when a strict reader would not read the same checkpoint back.

    >>> render_checkpoint(Checkpoint("log.example/a", 7, bytes(32)))
    'log.example/a\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
    """
    text = f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"
    invariant(_TEXT.fullmatch(text), "a checkpoint's origin, size or root cannot be written")
    return text


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint: exactly three lines, size without leading zero, root in padded base64.

    Trust it only if it came out of an opened note. Raises VerificationError.
    """
    match = _TEXT.fullmatch(text)
    if match is None:
        reason = "not a checkpoint: expected three lines, origin, size and root"
        raise VerificationError(reason)
    return Checkpoint(match[1], int(match[2]), b64decode(match[3]))


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Sign a checkpoint with its log's own key. The caller never signs two that are inconsistent."""
    invariant(checkpoint.origin == signer.name, "a log signs under its own origin")
    return sign_note(render_checkpoint(checkpoint), [signer])


def open_checkpoint(raw: bytes, log_key: Verifier) -> Checkpoint:
    """Read a signed checkpoint of the log that has this key; lines of other keys (witnesses) are ignored.

    Raises VerificationError when it is malformed, not signed by the key, or names another origin.
    """
    checkpoint = parse_checkpoint(open_note(raw, [log_key]).text)
    if checkpoint.origin != log_key.name:
        reason = "the checkpoint names another log than its key does"
        raise VerificationError(reason)
    return checkpoint
