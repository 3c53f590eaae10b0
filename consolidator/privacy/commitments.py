"""Owns openings and commitments: how an entry binds private bytes without showing them. Never makes or stores a key.

A plain hash of an ID or account number is guessed in seconds; 32 secret bytes in front of it make that hopeless. The
openings come from one key per epoch, so a replay derives the same ones, and forgetting the key forgets them all.
"""

from collections.abc import Sequence
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

from schemas.errors import ConfigurationError, invariant

EPOCH_KEY_BYTES = 32
OPENING_BYTES = 32
INDEX_MAX = 2**63  # an opening takes two AES blocks, so this keeps the 128-bit counter far from its end


def derive_openings(epoch_key: bytes, first_index: int, count: int) -> list[bytes]:
    """Give the openings (32 bytes each) of ``count`` entries from ``first_index`` on, in one cipher call.

    Opening i is blocks 2i and 2i + 1 of the AES-256-CTR keystream of the epoch key (NIST SP 800-38A, counter block
    big-endian), so the grouping of calls never changes an opening. Each index may hide one private part only.
    Raises ConfigurationError when the key is not 32 bytes, InvariantError for an index that no log can have.

    >>> derive_openings(bytes(32), 4, 2)[1] == derive_openings(bytes(32), 5, 1)[0]
    True
    """
    if len(epoch_key) != EPOCH_KEY_BYTES:
        reason = "an epoch key has 32 bytes"
        raise ConfigurationError(reason)
    invariant(0 <= first_index <= first_index + count < INDEX_MAX, "an entry's index is at least 0 and below 2^63")
    counter = (2 * first_index).to_bytes(16, "big")
    keystream = Cipher(AES256(epoch_key), CTR(counter)).encryptor().update(bytes(OPENING_BYTES * count))
    return [keystream[start : start + OPENING_BYTES] for start in range(0, len(keystream), OPENING_BYTES)]


def commit(opening: bytes, private: bytes) -> str:
    """Bind private bytes under a 32-byte opening: ``SHA-256(0x02 || opening || private)`` in lower hex.

    The first byte keeps commitments apart from the tree's leaves (0x00) and nodes (0x01).

    >>> commit(bytes(32), b"{}")[:8]
    'dce01aae'
    """
    invariant(len(opening) == OPENING_BYTES, "an opening has 32 bytes")
    return sha256(b"\2" + opening + private).hexdigest()


def commit_many(openings: Sequence[bytes], privates: Sequence[bytes]) -> list[str]:
    """Bind each private part under its opening, as :func:`commit` does; the openings come from :func:`derive_openings`.

    Raises InvariantError when there are not as many openings as private parts.
    """
    invariant(len(openings) == len(privates), "each private part has its own opening")
    pairs = zip(openings, privates, strict=True)
    return [sha256(b"\2" + opening + private).hexdigest() for opening, private in pairs]
