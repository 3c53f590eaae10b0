"""Owns orders (代发明细): what a bank is told to pay, in one or more files per (batch, paying bank, release number).

The ledger knows the list; an adapter renders it. A list is kept in columnar parts of at most 1,000 orders, and the
``orders`` entry commits to the digests of all parts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from types import MappingProxyType

import msgspec
from pydantic import BaseModel, ConfigDict

from schemas.canonical import render_canonical

_encode = msgspec.json.Encoder(order="sorted").encode


@dataclass(frozen=True, slots=True)
class OrderPart:
    """Part ``index`` of an order file's list, as canonical JSON columns (:class:`OrderColumns`)."""

    file: str
    index: int
    body: bytes


class OrderColumns(BaseModel):
    """Orders, one item each: line of the batch, payee's account, bank, branch (empty when ``on_us``), name, fen.

    ``round`` says how often the money was ordered before, by lines that failed; it is left out where it is 0 for all.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    account: list[str]
    amount_fen: list[int]
    bank: list[str]
    branch: list[str]
    line: list[int]
    name: list[str]
    round: list[int] = []

    def list_rounds(self) -> list[int]:
        """Give the round of each order."""
        return self.round or [0] * len(self.line)


class OrderFile(BaseModel):
    """What an order file is about; everything but the list. ``bank`` is the paying bank.

    ``number`` counts the files of one bank and release from 1: a bank takes only so many lines and fen in one file.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    file: str
    county: str
    source: str
    document: str
    programme: str
    period: str
    bank: str
    release: int
    number: int = 1
    summary: str
    count: int
    fen: int
    parts: int
    ordered_at: int
    entry: int = -1  # index of the ``orders`` entry in the log, known after sealing


def derive_file_id(source: str, document: str, bank: str, release: int, number: int = 1) -> str:
    """Name an order file: unique in a county, safe in a file name, no personal data.

    >>> derive_file_id("bank-102", "PAY-1", "402", 1), derive_file_id("bank-102", "PAY-1", "402", 1, 2)
    ('bank-102_PAY-1_402_001', 'bank-102_PAY-1_402_001-2')
    """
    return f"{source}_{document}_{bank}_{release:03d}{f'-{number}' if number > 1 else ''}"


def find_paying_bank(file: str) -> str:
    """Give the paying bank that :func:`derive_file_id` wrote into an order file's id.

    >>> find_paying_bank("bank-102_PAY_1_402_001-2")
    '402'
    """
    return file.rsplit("_", 2)[-2] if file.count("_") > 1 else ""


def render_order_part(orders: OrderColumns) -> bytes:
    """Write one part of a list as canonical JSON; these bytes are what the entry commits to.

    Nothing in it needs more than the escapes of quotation mark and backslash, so msgspec's bytes are RFC 8785's.
    """
    columns = dict(orders)
    if not any(orders.round):
        del columns["round"]
    return _encode(columns)


def parse_order_part(body: bytes) -> OrderColumns:
    """Read one part of a list that this program wrote."""
    return OrderColumns.model_validate(json.loads(body))


def render_order_commitment(parts: Sequence[bytes], pinned: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Write the private bytes of an ``orders`` entry: the digests of all parts of the list, in order.

    Where witnesses are asked for, banks check their files: ``pinned`` holds ``county`` and ``summary``, what a file
    says beside its list and its public entry, so that nothing in it is left open.
    """
    return render_canonical({"parts": [sha256(part).hexdigest() for part in parts], **pinned})
