"""Owns the document file: JSON Lines, the signed envelope first, then the parts, one a line, exact bytes.

Making one (:func:`render_document`) and reading one (:func:`parse_document`) are inverse.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from schemas.canonical import render_canonical
from schemas.commands import Command
from schemas.envelope import Envelope, parse_envelope, render_envelope
from schemas.errors import InputError
from schemas.headers import PART_ITEMS_MAX, Header, parse_base_header
from schemas.parts import PART_BYTES_MAX

DOCUMENT_BYTES_MAX = 536_870_912  # a million batch lines at about 300 bytes, with room
Sign = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """An authenticated, complete document: its envelope line, what its header states, its parts' bytes."""

    envelope_line: bytes
    envelope: Envelope
    header: Header
    parts: Sequence[bytes]


def render_document(fields: Mapping[str, Any], parts: Sequence[bytes], count: int, key: str, sign: Sign) -> bytes:
    """Sign a document: ``fields`` are the header's fields without v, count and parts, which are derived here.

    ``key`` is the public key in hex, ``sign`` makes its Ed25519 signature. Returns the file's bytes.
    """
    header = {"v": 1, "count": count, "parts": [sha256(part).hexdigest() for part in parts], **fields}
    return b"\n".join([render_envelope(render_canonical(header), key, sign), *parts, b""])


def render_parts(columns: Mapping[str, Sequence[Any] | None]) -> tuple[list[bytes], int]:
    """Cut columns of any length into parts of at most 1,000 items; absent columns (None) stay absent.

    Returns the parts' bytes and the number of items. ``bad`` is a list of (index, field, code) over all items.

    >>> render_parts({"line": [4], "reason": ["x"]})
    ([b'{"line":[4],"reason":["x"]}'], 1)
    """
    present = {name: column for name, column in columns.items() if column is not None and name != "bad"}
    count = len(next(iter(present.values())))
    bad = columns.get("bad") or []
    return [_render_part(present, bad, first) for first in range(0, count, PART_ITEMS_MAX)], count


def _render_part(columns: Mapping[str, Sequence[Any]], bad: Sequence[tuple[int, str, str]], first: int) -> bytes:
    end = first + PART_ITEMS_MAX
    part: dict[str, Any] = {name: column[first:end] for name, column in columns.items()}
    odd = [[index - first, field, code] for index, field, code in bad if first <= index < end]
    if odd:
        part["bad"] = odd
    return json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()


def parse_document(raw: bytes) -> Document:
    """Read a document file and check that it is authenticated and whole.

    Raises InputError: ``I02`` too large, ``I03`` signature, ``I04`` no envelope, ``I05`` header, ``I06`` parts missing
    (a half-written file), ``I07`` a part is not the one the header names.
    """
    if len(raw) > DOCUMENT_BYTES_MAX:
        raise InputError("I02", f"a document has at most {DOCUMENT_BYTES_MAX} bytes")
    envelope_line, *parts = raw.split(b"\n")
    if parts and not parts[-1]:
        parts.pop()
    envelope = parse_envelope(envelope_line)
    header = parse_base_header(envelope.header)
    _check_parts(header, parts)
    return Document(envelope_line, envelope, header, parts)


def _check_parts(header: Header, parts: Sequence[bytes]) -> None:
    if len(parts) < len(header.parts):
        raise InputError("I06", f"{len(parts)} of {len(header.parts)} parts are there")
    if len(parts) > len(header.parts):
        raise InputError("I07", "more lines than the header names", f"line {len(header.parts) + 2}")
    for number, (part, digest) in enumerate(zip(parts, header.parts, strict=True), start=2):
        if len(part) > PART_BYTES_MAX:
            raise InputError("I02", f"a part has at most {PART_BYTES_MAX} bytes", f"line {number}")
        if sha256(part).hexdigest() != digest:
            # The last line of a truncated file is the usual case, but any changed byte ends here.
            raise InputError("I07", "digest differs from the header's", f"line {number}")


def derive_commands(document: Document, at: int) -> list[Command]:
    """Turn a document into the commands that go to the journal: its header, then its parts."""
    digest = document.envelope.digest
    header = Command("header", at, document.envelope_line, digest)
    return [header, *(Command("part", at, part, digest, index) for index, part in enumerate(document.parts))]
