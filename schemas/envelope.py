"""Owns the signed envelope: DSSE (secure-systems-lab/dsse v1) with Ed25519 over type and exact header bytes.

``keyid`` is the public key itself in hex (64 characters), so a signature can be checked before anybody is known;
whether that key has any power is the ledger's question.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from schemas.canonical import render_canonical
from schemas.errors import InputError
from schemas.identifiers import KeyId

PAYLOAD_TYPE = "application/vnd.consolidator.header+json"
ENVELOPE_BYTES_MAX = 262_144  # a header of 1,000 part digests is 67 kB, base64 makes it 90 kB


class _Signature(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    keyid: KeyId
    sig: str = Field(max_length=88)


class _Envelope(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    payload: str
    payloadType: str = Field(pattern=f"^{PAYLOAD_TYPE.replace('+', '[+]')}$")  # noqa: N815 -- the name DSSE gives it
    signatures: list[_Signature] = Field(min_length=1, max_length=1)


@dataclass(frozen=True, slots=True)
class Envelope:
    """An authenticated header: exact header bytes, the key that signed them (hex), and the document's digest (hex)."""

    header: bytes
    key: str
    digest: str


def derive_digest(key: str, header: bytes) -> str:
    """Give a document's digest (hex): SHA-256 of the key's 32 bytes and the exact header bytes.

    Somebody else's signature under the same header is another document, and cannot stand in its way.
    """
    return sha256(bytes.fromhex(key) + header).hexdigest()


def render_pae(payload: bytes) -> bytes:
    """Give the bytes that are signed (DSSE's pre-authentication encoding).

    >>> render_pae(b"{}")
    b'DSSEv1 40 application/vnd.consolidator.header+json 2 {}'
    """
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def render_envelope(header: bytes, key: str, sign: Callable[[bytes], bytes]) -> bytes:
    """Sign header bytes and write the envelope as one JSON line without the line end."""
    signature = {"keyid": key, "sig": base64.b64encode(sign(render_pae(header))).decode()}
    payload = base64.b64encode(header).decode()
    return render_canonical({"payload": payload, "payloadType": PAYLOAD_TYPE, "signatures": [signature]})


def parse_envelope(raw: bytes) -> Envelope:
    """Read an envelope and verify its signature under its own ``keyid``.

    Raises InputError: ``I02`` too large, ``I04`` not an envelope, ``I03`` wrong signature.
    """
    if len(raw) > ENVELOPE_BYTES_MAX:
        raise InputError("I02", f"an envelope has at most {ENVELOPE_BYTES_MAX} bytes")
    try:
        envelope = _Envelope.model_validate_json(raw)
        header = base64.b64decode(envelope.payload, validate=True)
        signature = base64.b64decode(envelope.signatures[0].sig, validate=True)
    except ValueError as error:  # ValidationError, binascii.Error, and what base64 says of text beyond ASCII
        raise InputError("I04", "not a signed envelope") from error
    key = envelope.signatures[0].keyid
    _check_signature(key, signature, header)
    return Envelope(header=header, key=key, digest=derive_digest(key, header))


def _check_signature(key: str, signature: bytes, header: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(signature, render_pae(header))
    except (InvalidSignature, ValueError) as error:
        raise InputError("I03", "the signature does not fit key and header") from error
