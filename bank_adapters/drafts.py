"""Owns the draft: what a legacy file says, before it is signed as a document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Draft:
    """A file as header fields and columns.

    ``fields``: the header's fields of its kind, without v, county, source, seq, count and parts. ``columns``: as
    :func:`schemas.documents.render_parts` takes them, any length; ``bad`` names items that could not be read.
    """

    fields: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any] | None]
