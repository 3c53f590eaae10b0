"""Owns the reading of stored entries with their private parts, one by one, from the journal's bundles."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from consolidator.verify.opening import open_fields
from schemas.commits import Bundle, list_raw_entries
from schemas.errors import InputError
from schemas.orders import OrderPart


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry at its index; ``private`` is empty where the entry has no private part, or where it is gone."""

    index: int
    fields: dict[str, Any]
    private: dict[str, Any]

    @property
    def is_gone(self) -> bool:
        """Whether it has a private part that was retired with its year."""
        return "sealed" in self.fields and not self.private


class Records(Protocol):
    """What a line's story is read from: the entries with their private parts, and the lists of order files."""

    def bundles(self, first: int = 0) -> Iterator[Bundle]:
        """Give the bundles from the one that holds entry ``first``."""

    def order_parts(self, file: str) -> Iterator[OrderPart]:
        """Give the parts of one order file's list, in order."""


@dataclass(frozen=True, slots=True)
class LineRef:
    """A line's name, ``source/document/line``."""

    source: str
    document: str
    line: int


def parse_line_ref(text: str) -> LineRef:
    """Read a line's name. InputError ``D13`` when it is none.

    >>> parse_line_ref("bank-402/PAY-1/7").line
    7
    """
    source, _, rest = text.partition("/")
    document, _, line = rest.partition("/")
    if not (source and document and line.isascii() and line.isdigit() and int(line) > 0):
        raise InputError("D13", "a line is named source/document/line, like bank-402/PAY-1/7")
    return LineRef(source, document, int(line))


def list_entries(bundles: Iterable[Bundle], needle: bytes = b"") -> Iterator[StoredEntry]:
    """Give the entries whose bytes hold ``needle``; bundles without it cost one search."""
    for bundle in bundles:
        if needle not in bundle.entries:
            continue
        for index, entry, private in list_raw_entries([bundle]):
            if needle in entry:
                yield StoredEntry(index, json.loads(entry), json.loads(private) if private else {})


def list_opened_entries(bundles: Iterable[Bundle], needle: bytes = b"") -> Iterator[StoredEntry]:
    """Do :func:`list_entries` for officers, who also see what the public log keeps back of sensitive programmes."""
    for entry in list_entries(bundles, needle):
        yield StoredEntry(entry.index, open_fields(entry.fields, entry.private), entry.private)


def read_raw_entry(bundles: Iterable[Bundle], index: int) -> tuple[bytes, bytes] | None:
    """Give the bytes and the private bytes of one entry, or None; the bundles begin with the one that holds it."""
    found = ((entry, private) for at, entry, private in list_raw_entries(bundles) if at == index)
    return next(found, None)


def find_line_entry(bundles: Iterable[Bundle], ref: LineRef) -> int:
    """Give the index of a line's assessment. InputError ``S03`` when the log has no such line."""
    for entry in list_entries(bundles, f'"document":"{ref.document}"'.encode()):
        fields = entry.fields
        if (fields["kind"], fields.get("source"), fields.get("line")) == ("line", ref.source, ref.line):
            return entry.index
    raise InputError("S03", "the log has no such line: 'consolidator batch list' shows the batches")
