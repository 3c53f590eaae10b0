"""Owns the keys of signed notes (C2SP signed-note): names, ids, verifier keys, signers. Never makes or stores a key.

A signer is an interface, so that a key may live in a file today and in a PKCS#11 token tomorrow.
"""

import re
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.errors import ConfigurationError, invariant
from schemas.vkeys import (
    COSIGNATURE,
    ED25519,
    KEY_ID_BYTES,
    KEY_NAME,
    PUBLIC_KEY_BYTES,
    Verifier,
    check_key_id,
    parse_key_line,
    parse_vkey,
    render_key_line,
    render_vkey,
)

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "KEY_ID_BYTES",
    "PUBLIC_KEY_BYTES",
    "Ed25519Signer",
    "Signer",
    "Verifier",
    "derive_signer",
    "parse_private_key",
    "parse_vkey",
    "render_private_key",
    "render_vkey",
]
_PRIVATE = "PRIVATE+KEY+"


class Signer(Protocol):
    """Whoever can sign notes under one name: a key file, a token, a test."""

    @property
    def name(self) -> str:
        """The key name of the signature line."""

    @property
    def key_id(self) -> bytes:
        """The four bytes that go before the signature."""

    def sign(self, message: bytes) -> bytes:
        """Sign exactly these bytes; the answer is what follows the key id."""


@dataclass(frozen=True, slots=True, eq=False)
class Ed25519Signer:
    """A private key in memory: of a log (type 0x01) a signer of notes, of a witness (0x04) only what cosigns.

    Its ``repr`` shows the public half only.
    """

    verifier: Verifier
    private: Ed25519PrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        """The key name of the signature line."""
        return self.verifier.name

    @property
    def key_id(self) -> bytes:
        """The four bytes that go before the signature."""
        return self.verifier.key_id

    def sign(self, message: bytes) -> bytes:
        """Sign (RFC 8032 Ed25519, deterministic): 64 bytes. Raises InvariantError for a witness's key."""
        invariant(self.verifier.kind == ED25519, "a witness's key signs nothing but cosignatures")
        return self.private.sign(message)


def derive_signer(name: str, seed: bytes, kind: int = ED25519) -> Ed25519Signer:
    """Give the Ed25519 key of a 32-byte seed: of a log (``ED25519``) or of a witness (``COSIGNATURE``).

    Raises ConfigurationError when the name cannot be a key name or the seed is not 32 bytes.

    >>> render_vkey(derive_signer("log.example/a", bytes(32)).verifier)
    'log.example/a+acaa83da+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop'
    """
    if not re.fullmatch(KEY_NAME, name):
        reason = "a key name is not empty and holds no space, no control character and no plus sign"
        raise ConfigurationError(reason)
    if len(seed) != PUBLIC_KEY_BYTES:
        reason = "the seed of an Ed25519 key has 32 bytes"
        raise ConfigurationError(reason)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return Ed25519Signer(Verifier(name, kind, private.public_key().public_bytes_raw()), private)


def parse_private_key(line: str, kind: int = ED25519) -> Ed25519Signer:
    """Read a private key line ``PRIVATE+KEY+name+id+base64(type || seed)``, without its line end.

    Only a key of the type asked for is taken: a log's (``ED25519``) or a witness's (``COSIGNATURE``).
    Raises ConfigurationError; the message never holds a part of the line.
    """
    if not line.startswith(_PRIVATE):
        reason = "not a private key: the line must begin with PRIVATE+KEY+"
        raise ConfigurationError(reason)
    name, key_id, found, seed = parse_key_line(line.removeprefix(_PRIVATE))
    if found != kind:
        reason = f"the private key is of type 0x{found:02x}, and one of type 0x{kind:02x} is needed here"
        raise ConfigurationError(reason)
    signer = derive_signer(name, seed, kind)
    check_key_id(signer.verifier, key_id)
    return signer


def render_private_key(signer: Ed25519Signer) -> str:
    """Write the private key line. Secret: only for a key file of mode 0600, never for a log or a screen."""
    return _PRIVATE + render_key_line(signer.verifier, signer.private.private_bytes_raw())
