"""Owns the reading of a legacy file with its cover sheet into a draft."""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from bank_adapters.drafts import Draft
from bank_adapters.formats.columns import build_columns
from bank_adapters.formats.covers import parse_cover, parse_totals
from bank_adapters.formats.csv_files import parse_csv
from bank_adapters.formats.delimited import parse_delimited
from bank_adapters.formats.fixed import parse_fixed
from bank_adapters.formats.json_files import parse_json
from bank_adapters.formats.layouts import InLayout
from bank_adapters.formats.tables import Table
from bank_adapters.formats.xlsx import parse_xlsx

PARSERS: Mapping[str, Callable[[InLayout, bytes], Table]] = {
    "delimited": parse_delimited,
    "csv": parse_csv,
    "fixed": parse_fixed,
    "xlsx": parse_xlsx,
    "json": parse_json,
}
_ENDINGS = {".xlsx": "xlsx", ".xls": "xlsx", ".json": "json"}
_LONG_DIGITS = re.compile(r"[0-9]{15,}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
NAME_CHARACTERS_MAX = 200


def parse_file(layout: InLayout, name: str, raw: bytes, cover: bytes | None) -> Draft:
    """Read a file. Raises InputError with a code, and the row where there is one; texts of the file are never in it.

    An amount that cannot be read is null and named in ``bad`` (the ledger then voids the batch); other odd values are
    passed on, and the ledger refuses their line.
    """
    fields = parse_cover(layout, cover)
    table = PARSERS[choose_format(layout, name)](layout, raw)
    totals: Mapping[str, Any] = {}
    if layout.kind == "batch":
        totals = {"totals": parse_totals(cover, table.stated)}
    file = {"name": _derive_name(name), "sha256": sha256(raw).hexdigest()}
    return Draft({**fields, **totals, "file": file}, build_columns(layout, table))


def choose_format(layout: InLayout, name: str) -> str:
    """Give the format of a file: the profile's, unless the name ends as one that it takes also."""
    found = [word for ending, word in _ENDINGS.items() if name.lower().endswith(ending)]
    return found[0] if found and found[0] in layout.also else layout.format


def _derive_name(name: str) -> str:
    """A file's name goes into a signed header: no ID or account number in it."""
    return _LONG_DIGITS.sub("x", _CONTROL.sub("_", name))[-NAME_CHARACTERS_MAX:]
