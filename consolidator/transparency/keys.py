"""Owns the keys of signed notes (C2SP signed-note): names, ids, verifier keys, signers. Never makes or stores a key.

A signer is an interface, so that a key may live in a file today and in a PKCS#11 token tomorrow.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consolidator.transparency.patterns import BASE64, KEY_NAME
from schemas.errors import ConfigurationError, invariant

ED25519 = 0x01
COSIGNATURE = 0x04  # timestamped Ed25519 cosignature of a witness
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32
_PRIVATE = "PRIVATE+KEY+"
_KEY = re.compile(rf"({KEY_NAME})\+([0-9a-f]{{8}})\+({BASE64})")


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name it signs under. ``kind`` is the signature type byte, ``public`` the bytes after it."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that, with the name, say which key a signature line belongs to. Not a strong hash."""
        return sha256(b"%s\n%c%s" % (self.name.encode(), self.kind, self.public)).digest()[:KEY_ID_BYTES]


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


def parse_vkey(text: str) -> Verifier:
    """Read a verifier key ``name+id+base64(type || public key)``; nothing may stand before or after it.

    Types other than 0x01 and 0x04 are read without looking into their public key.
    Raises ConfigurationError when the text is no verifier key or its id is not that of its name and key.

    >>> parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").name
    'example.com/foo'
    """
    name, key_id, kind, public = _parse_key(text)
    if kind in {ED25519, COSIGNATURE} and len(public) != PUBLIC_KEY_BYTES:
        reason = "a verifier key of type 0x01 or 0x04 holds 32 bytes after the type"
        raise ConfigurationError(reason)
    verifier = Verifier(name, kind, public)
    _check_key_id(verifier, key_id)
    return verifier


def render_vkey(verifier: Verifier) -> str:
    """Write a verifier key the way :func:`parse_vkey` reads it."""
    return _render_key(verifier, verifier.public)


def parse_private_key(line: str, kind: int = ED25519) -> Ed25519Signer:
    """Read a private key line ``PRIVATE+KEY+name+id+base64(type || seed)``, without its line end.

    Only a key of the type asked for is taken: a log's (``ED25519``) or a witness's (``COSIGNATURE``).
    Raises ConfigurationError; the message never holds a part of the line.
    """
    if not line.startswith(_PRIVATE):
        reason = "not a private key: the line must begin with PRIVATE+KEY+"
        raise ConfigurationError(reason)
    name, key_id, found, seed = _parse_key(line.removeprefix(_PRIVATE))
    if found != kind:
        reason = f"the private key is of type 0x{found:02x}, and one of type 0x{kind:02x} is needed here"
        raise ConfigurationError(reason)
    signer = derive_signer(name, seed, kind)
    _check_key_id(signer.verifier, key_id)
    return signer


def render_private_key(signer: Ed25519Signer) -> str:
    """Write the private key line. Secret: only for a key file of mode 0600, never for a log or a screen."""
    return _PRIVATE + _render_key(signer.verifier, signer.private.private_bytes_raw())


def _parse_key(text: str) -> tuple[str, bytes, int, bytes]:
    match = _KEY.fullmatch(text)
    if match is None:
        reason = "not a key: expected name+id+base64, id being eight lower-case hex digits"
        raise ConfigurationError(reason)
    material = b64decode(match[3])
    return match[1], bytes.fromhex(match[2]), material[0], material[1:]


def _render_key(verifier: Verifier, key: bytes) -> str:
    return f"{verifier.name}+{verifier.key_id.hex()}+{b64encode(bytes([verifier.kind]) + key).decode()}"


def _check_key_id(verifier: Verifier, key_id: bytes) -> None:
    if verifier.key_id != key_id:
        reason = "the key's id does not fit its name and key: copy the whole line again"
        raise ConfigurationError(reason)
