"""Owns cosignatures (C2SP tlog-cosignature, type 0x04): making, reading, taking over. Never decides whether to cosign.

A cosignature says: at that second this was the largest consistent head I had seen of this log.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from consolidator.transparency.checkpoint import Checkpoint, open_checkpoint, render_checkpoint
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, Verifier
from consolidator.transparency.notes import SignatureLine, make_signature_line, open_note
from consolidator.transparency.signatures import SECONDS_MAX, TIME_BYTES, read_seconds, render_cosigned
from schemas.errors import VerificationError, invariant


@dataclass(frozen=True, slots=True)
class Cosignature:
    """Which witness cosigned, at which POSIX second, and the line that proves it."""

    witness: Verifier
    seconds: int
    line: SignatureLine


@dataclass(frozen=True, slots=True)
class Cosigned:
    """An opened checkpoint: signed by its log, with every known witness's cosignature, each witness once."""

    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Cosigner:
    """A witness's key at one second: a signer whose line holds the time. Signs nothing but checkpoints."""

    key: Ed25519Signer
    seconds: int

    @property
    def name(self) -> str:
        """The key name of the signature line."""
        return self.key.name

    @property
    def key_id(self) -> bytes:
        """The four bytes that go before the signature."""
        return self.key.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign the text of a checkpoint: 8 bytes of time, 64 of signature."""
        invariant(self.key.verifier.kind == COSIGNATURE, "a log's key makes no cosignatures")
        invariant(0 <= self.seconds <= SECONDS_MAX, "a cosignature's time is POSIX seconds, below 2^63")
        signature = self.key.private.sign(render_cosigned(message, self.seconds))
        return self.seconds.to_bytes(TIME_BYTES, "big") + signature


def cosign(checkpoint: Checkpoint, key: Ed25519Signer, seconds: int) -> SignatureLine:
    """Cosign a checkpoint, whose consistency the caller has checked and stored, at this POSIX second."""
    return make_signature_line(Cosigner(key, seconds), render_checkpoint(checkpoint))


def open_cosigned(raw: bytes, log_key: Verifier, witnesses: Iterable[Verifier]) -> Cosigned:
    """Read a signed checkpoint of the log that has this key, and whatever these witnesses (type 0x04) cosigned.

    Raises VerificationError when the log's signature is missing, a line under a known key is wrong, or anything is
    malformed. Lines of unknown keys are ignored. How many witnesses are enough is the policy's business.
    """
    checkpoint, trusted = open_checkpoint(raw, log_key), tuple(witnesses)
    invariant(all(key.kind == COSIGNATURE for key in trusted), "a witness cosigns with a key of type 0x04")
    keys = {(key.name, key.key_id): key for key in trusted}
    lines = open_note(raw, [log_key, *trusted]).verified
    found = [(keys[line.name, line.key_id], line) for line in lines if (line.name, line.key_id) in keys]
    return Cosigned(checkpoint, tuple(Cosignature(key, read_seconds(line.signature), line) for key, line in found))


def take_cosignature(signed: bytes, answer: bytes, log_key: Verifier, witness: Verifier) -> Cosignature:
    """Find this witness's cosignature in what it answered, signature lines, to a checkpoint only the log signed.

    Raises VerificationError when it is missing, wrong, or anything else than signature lines was answered.
    """
    found = open_cosigned(signed + answer, log_key, [witness]).cosignatures
    if not found:
        reason = "the witness's answer holds no cosignature under its key: check the key in the policy"
        raise VerificationError(reason)
    return found[0]
