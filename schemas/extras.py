"""Owns what goes along with a tlog-proof in its ``extra`` line: the entry and what opens it. Never says it is true.

Canonical JSON, in exactly one spelling: ``v`` 1 and ``entry``, the entry as text, byte for byte as it is hashed. Where
the entry is opened, also ``private`` (the private part as text, byte for byte as it was committed to) and ``opening``
(64 hex digits). With an order file's entry may also come ``rest``: the columns of its list that the bank's layout does
not carry, as canonical JSON, compressed (zlib), in base64.

The proof does not cover these bytes: whoever reads them hashes the entry and hands that hash to the check of the proof,
and recomputes the entry's commitment from private part and opening.
"""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.canonical import render_canonical
from schemas.errors import VerificationError
from schemas.identifiers import Sha256

_REST_BYTES_MAX = 40_000_000  # a million orders


@dataclass(frozen=True, slots=True)
class Extra:
    """An entry's bytes; where it is opened, its private bytes and the 32-byte opening; the rest of an order list."""

    entry: bytes
    private: bytes = b""
    opening: bytes = b""
    rest: Mapping[str, Sequence[str]] = field(default_factory=dict)


class _Fields(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    entry: str
    private: str | None = None
    opening: Sha256 | None = None
    rest: str | None = None

    @model_validator(mode="after")
    def _opens_or_not(self) -> Self:
        if (self.private is None) != (self.opening is None) or (self.rest is not None and self.opening is None):
            message = "private part and opening go together, and the rest of a list only with both"
            raise ValueError(message)
        return self


class _Rest(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    bank: list[str] | None = None
    branch: list[str] | None = None


def render_extra(extra: Extra) -> bytes:
    r"""Write the bytes that go along with an entry's proof; entry and private part are UTF-8.

    >>> render_extra(Extra(b'{"kind":"genesis"}'))
    b'{"entry":"{\\"kind\\":\\"genesis\\"}","v":1}'
    """
    fields = {"v": 1, "entry": extra.entry.decode()}
    if extra.opening:
        fields |= {"private": extra.private.decode(), "opening": extra.opening.hex()}
    if extra.rest:
        fields["rest"] = b64encode(zlib.compress(render_canonical(extra.rest))).decode()
    return render_canonical(fields)


def parse_extra(raw: bytes) -> Extra:
    """Read what :func:`render_extra` wrote; trust nothing of it yet. Raises VerificationError.

    >>> parse_extra(render_extra(Extra(b"an entry"))).entry
    b'an entry'
    """
    try:
        fields = _Fields.model_validate_json(raw)
        if render_canonical(fields.model_dump(exclude_none=True)) != raw:
            raise VerificationError(_NO_ENTRY)
        opening = bytes.fromhex(fields.opening or "")
        return Extra(fields.entry.encode(), (fields.private or "").encode(), opening, _parse_rest(fields.rest))
    except (ValueError, zlib.error) as error:
        raise VerificationError(_NO_ENTRY) from error


def _parse_rest(text: str | None) -> Mapping[str, Sequence[str]]:
    if text is None:
        return {}
    decompressor = zlib.decompressobj()
    raw = decompressor.decompress(b64decode(text, validate=True), _REST_BYTES_MAX)
    if not decompressor.eof or decompressor.unused_data:
        message = "more than one list, or a torn one"
        raise ValueError(message)
    return _Rest.model_validate_json(raw).model_dump(exclude_none=True)


_NO_ENTRY = "证明文件中没有条目 / the proof's extra line holds no entry: ask for a proof that 'log prove' wrote"
