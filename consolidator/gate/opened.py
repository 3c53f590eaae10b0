"""Owns the ``extra`` of an opened tlog-proof: an entry with its private bytes and opening, and how they are checked.

``extra`` is canonical JSON: ``entry`` and ``private`` as text, ``opening`` in hex; of an order file also ``rest``: the
columns of its list that the bank's layout does not carry, canonical JSON, compressed (zlib), in base64.
"""

import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from consolidator.privacy.commitments import commit
from consolidator.transparency.tlogproof import PROOF_BYTES_MAX
from schemas.canonical import render_canonical
from schemas.errors import ConfigurationError, VerificationError
from schemas.identifiers import Sha256

_REST_BYTES_MAX = 40_000_000  # a million orders
_EXTRA_BYTES_MAX = PROOF_BYTES_MAX * 3 // 4 - 20_000  # in base64, beside hashes and a checkpoint with its cosignatures


@dataclass(frozen=True, slots=True)
class Opened:
    """An entry's bytes, its private bytes, the 32-byte opening, and for an order file the rest of its list."""

    entry: bytes
    private: bytes
    opening: bytes
    rest: Mapping[str, Sequence[str]]


class _Extra(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    entry: str
    private: str
    opening: Sha256
    rest: str = Field(default="")


def render_opened(opened: Opened) -> bytes:
    """Write the ``extra``. ConfigurationError when it is larger than a proof's readers take."""
    fields = {"entry": opened.entry.decode(), "private": opened.private.decode(), "opening": opened.opening.hex()}
    rest = b64encode(zlib.compress(render_canonical(opened.rest))).decode() if opened.rest else ""
    raw = render_canonical(fields | ({"rest": rest} if rest else {}))
    if len(raw) > _EXTRA_BYTES_MAX:
        message = (
            "代发文件太大,请在政策中调低 file_lines_max / "
            "the list is too large for its proof: lower the bank's file_lines_max in policy"
        )
        raise ConfigurationError(message)
    return raw


def parse_opened(extra: bytes | None) -> Opened:
    """Read an ``extra`` that :func:`render_opened` wrote. VerificationError for anything else; trust nothing yet."""
    if extra is None:
        reason = "the proof opens nothing: ask for the proof that came with the order file"
        raise VerificationError(reason)
    try:
        fields = _Extra.model_validate_json(extra)
        rest = _parse_rest(fields.rest)
    except (ValidationError, ValueError, zlib.error) as error:
        reason = "what the proof opens cannot be read: it was changed, or made by another program"
        raise VerificationError(reason) from error
    return Opened(fields.entry.encode(), fields.private.encode(), bytes.fromhex(fields.opening), rest)


class _Rest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    bank: list[str] | None = None
    branch: list[str] | None = None


def _parse_rest(text: str) -> Mapping[str, Sequence[str]]:
    if not text:
        return {}
    decompressor = zlib.decompressobj()
    raw = decompressor.decompress(b64decode(text, validate=True), _REST_BYTES_MAX)
    if not decompressor.eof or decompressor.unused_data:
        message = "more than one list, or a torn one"
        raise ValueError(message)
    return _Rest.model_validate_json(raw).model_dump(exclude_none=True)


def check_opening(opened: Opened) -> None:
    """Check that the entry commits to exactly these private bytes. Raises VerificationError."""
    try:
        sealed = json.loads(opened.entry)["sealed"]
    except (ValueError, KeyError, TypeError) as error:
        reason = "the entry commits to nothing that could be opened"
        raise VerificationError(reason) from error
    if sealed != commit(opened.opening, opened.private):
        reason = "the private part is not the one that the entry commits to: it was changed"
        raise VerificationError(reason)
