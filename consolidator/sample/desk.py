"""Owns signing for the sample's officers: documents in their order, each key counting its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.sample.keyring import derive_key
from schemas.documents import render_document, render_parts
from schemas.envelope import parse_envelope


class Desk:
    """Signs documents. ``sign`` counts each key's documents; the order of calls is the order of sending."""

    def __init__(self, seed: int, county: str) -> None:
        """Start with nothing signed."""
        self.county = county
        self._seed = seed
        self._counts: dict[str, int] = {}

    def sign(
        self, key: str, fields: Mapping[str, Any], columns: Mapping[str, Sequence[Any]] | None = None
    ) -> tuple[bytes, str]:
        """Sign a document with the key of that name. Returns the file and the digest of its header."""
        signer = derive_key(self._seed, key)
        seq = self._counts[key] = self._counts.get(key, 0) + 1
        parts, count = render_parts(columns) if columns is not None else ([], 0)
        header = {"county": self.county, "seq": seq, **fields}
        raw = render_document(header, parts, count, signer.verifier.public.hex(), signer.sign)
        return raw, parse_envelope(raw.split(b"\n", 1)[0]).digest
