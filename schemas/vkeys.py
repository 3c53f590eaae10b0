"""Owns verifier keys (C2SP signed-note): names, types, ids, and the one line each is written as. Never makes a key."""

import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

from schemas.errors import ConfigurationError

ED25519 = 0x01
COSIGNATURE = 0x04  # timestamped Ed25519 cosignature of a witness
KEY_ID_BYTES = 4
PUBLIC_KEY_BYTES = 32

_SYMBOL = "[A-Za-z0-9+/]"
# RFC 4648 section 4, padded. The last symbol before the padding carries bits that must be zero (section 3.5), otherwise
# two texts would mean the same bytes and a signature line could be changed without anybody noticing.
_TWO_OF_THREE = f"{_SYMBOL}{{2}}[AEIMQUYcgkosw048]="
_ONE_OF_THREE = f"{_SYMBOL}[AQgw]=="

BASE64 = f"(?:{_SYMBOL}{{4}})*(?:{_TWO_OF_THREE}|{_ONE_OF_THREE}|{_SYMBOL}{{4}})"
BASE64_32_BYTES = f"{_SYMBOL}{{40}}{_TWO_OF_THREE}"
# C2SP signed-note: not empty, no Unicode space, no plus; control characters and lone surrogates cannot stand in a note.
KEY_NAME = r"[^\s+\x00-\x1f\ud800-\udfff]+"
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


def parse_vkey(text: str) -> Verifier:
    """Read a verifier key ``name+id+base64(type || public key)``; nothing may stand before or after it.

    Types other than 0x01 and 0x04 are read without looking into their public key.
    Raises ConfigurationError when the text is no verifier key or its id is not that of its name and key.

    >>> parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k").name
    'example.com/foo'
    """
    name, key_id, kind, public = parse_key_line(text)
    if kind in {ED25519, COSIGNATURE} and len(public) != PUBLIC_KEY_BYTES:
        reason = "a verifier key of type 0x01 or 0x04 holds 32 bytes after the type"
        raise ConfigurationError(reason)
    verifier = Verifier(name, kind, public)
    check_key_id(verifier, key_id)
    return verifier


def render_vkey(verifier: Verifier) -> str:
    """Write a verifier key the way :func:`parse_vkey` reads it."""
    return render_key_line(verifier, verifier.public)


def parse_key_line(text: str) -> tuple[str, bytes, int, bytes]:
    """Take a key line apart: name, id, type, and what follows the type. The id is not checked yet."""
    match = _KEY.fullmatch(text)
    if match is None:
        reason = "not a key: expected name+id+base64, id being eight lower-case hex digits"
        raise ConfigurationError(reason)
    material = b64decode(match[3])
    return match[1], bytes.fromhex(match[2]), material[0], material[1:]


def render_key_line(verifier: Verifier, key: bytes) -> str:
    """Write a key line under the verifier's name, id and type; ``key`` is its public half, or the seed."""
    return f"{verifier.name}+{verifier.key_id.hex()}+{b64encode(bytes([verifier.kind]) + key).decode()}"


def check_key_id(verifier: Verifier, key_id: bytes) -> None:
    """Refuse a key whose stated id is not that of its name and bytes. Raises ConfigurationError."""
    if verifier.key_id != key_id:
        reason = "the key's id does not fit its name and key: copy the whole line again"
        raise ConfigurationError(reason)
