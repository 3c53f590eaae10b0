"""Owns what exactly is signed under each type of key, and the check of it. Never makes a signature.

Type 0x01 signs the text of a note as it is; type 0x04 (C2SP tlog-cosignature) signs the text of a checkpoint behind two
lines that say so and when, and puts the time in front of the signature.
"""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from consolidator.transparency.keys import COSIGNATURE, ED25519, Verifier
from schemas.errors import VerificationError

SECONDS_MAX = 2**63 - 1
TIME_BYTES = 8
_ED25519_BYTES = 64


def check_signature(verifier: Verifier, message: bytes, signature: bytes) -> None:
    """Check a signature over exactly the bytes of this text (RFC 8032, cofactorless, as ref10 and Go do).

    ``signature`` is what follows the key id. Raises VerificationError when it is wrong, or when the key is of a type
    that cannot be checked here.
    """
    if verifier.kind == COSIGNATURE:
        message, signature = render_cosigned(message, read_seconds(signature)), signature[TIME_BYTES:]
    elif verifier.kind != ED25519:
        reason = f"signatures of type 0x{verifier.kind:02x} cannot be checked: use a newer version"
        raise VerificationError(reason)
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature, message)
    except InvalidSignature as error:
        reason = "a signature under a known key is wrong: do not trust this text"
        raise VerificationError(reason) from error


def render_cosigned(text: bytes, seconds: int) -> bytes:
    r"""Write what a witness signs: the checkpoint's text behind a header and the time (POSIX seconds).

    >>> render_cosigned(b"log.example\n", 1767225600)
    b'cosignature/v1\ntime 1767225600\nlog.example\n'
    """
    return b"cosignature/v1\ntime %d\n%s" % (seconds, text)


def read_seconds(signature: bytes) -> int:
    """Read the time, POSIX seconds, in front of a cosignature. Raises VerificationError for what is none."""
    seconds = int.from_bytes(signature[:TIME_BYTES], "big")
    if len(signature) != TIME_BYTES + _ED25519_BYTES or seconds > SECONDS_MAX:
        reason = "a cosignature is 8 bytes of time, below 2^63, and 64 bytes of signature, and this is not"
        raise VerificationError(reason)
    return seconds
