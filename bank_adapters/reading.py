"""Owns the reading of a legacy file with its cover sheet into a draft."""

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from bank_adapters.drafts import Draft
from bank_adapters.formats.columns import build_columns
from bank_adapters.formats.covers import parse_cover, parse_totals
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import parse_table

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONG_DIGITS = re.compile(r"[0-9]{15,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME_CHARACTERS_MAX = 200


def parse_file(layout: InLayout, name: str, raw: bytes, cover: bytes | None) -> Draft:
    """Read a file. Raises InputError with a code, and the row where there is one; texts of the file are never in it.

    An amount that cannot be read is null and named in ``bad`` (the ledger then voids the batch); other odd values are
    passed on, and the ledger refuses their line.
    """
    fields = parse_cover(layout, cover)
    table = parse_table(layout, raw)
    totals: Mapping[str, Any] = {}
    if layout.kind == "batch":
        totals = {"totals": parse_totals(cover, table.stated)}
    file = {"name": _derive_name(name), "sha256": sha256(raw).hexdigest()}
    return Draft({**fields, **totals, "file": file}, build_columns(layout, table))


def _derive_name(name: str) -> str:
    """A file's name goes into a signed header: no ID or account number in it."""
    return _LONG_DIGITS.sub("x", _CONTROL.sub("_", name))[-NAME_CHARACTERS_MAX:]
