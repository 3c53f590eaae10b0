"""Owns the bank's check of an order file: read back, compared with the log's list, under the bank's own pinned keys.

It needs no home and no connection. Every byte of the file is covered: the file is written again from the list and what
the log's entry says, and must come out the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from msgspec import UNSET
from pydantic import BaseModel, ConfigDict, ValidationError

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import OrderRow, parse_order_file, render_order_file
from bank_adapters.profiles import Profile, find_order_profile
from consolidator.transparency.cosignatures import Cosigned
from consolidator.transparency.policy import Policy
from consolidator.transparency.quorum import list_cosigners
from consolidator.transparency.tlogproof import check_tlog_proof, parse_tlog_proof
from consolidator.transparency.tree import leaf_hash
from consolidator.verify.entries import Orders, parse_entry
from consolidator.verify.opened import check_opening
from schemas.errors import ConfigurationError, InputError, VerificationError
from schemas.extras import Extra, parse_extra
from schemas.headers import PART_ITEMS_MAX
from schemas.identifiers import derive_order_id
from schemas.instants import parse_instant
from schemas.orders import OrderColumns, OrderFile, render_order_part

PROOF_SUFFIX = ".tlog-proof"  # behind the order file's whole name
_ORDER_ID = re.compile(".*/([1-9][0-9]{0,6})/(0|[1-9][0-9]?)")


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What was checked: county, bank, order file, count, fen, size of the checkpoint, cosigners, first time."""

    county: str
    bank: str
    file: str
    count: int
    fen: int
    size: int
    index: int
    cosigners: Sequence[str]
    cosigned_at: int


class _Private(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    parts: list[str]
    county: str | None = None
    summary: str | None = None
    fen: int | None = None  # of a sensitive programme, whose public entry does not tell it


def check_order_file(
    name: str, raw: bytes, proof: bytes, policy: Policy, profiles: Mapping[str, Profile]
) -> CheckedFile:
    """Check an order file of this name against its proof. Raises VerificationError that says what is wrong."""
    parsed = parse_tlog_proof(proof)
    opened = _parse_opened(parsed.extra)
    cosigned = check_tlog_proof(parsed, leaf_hash(opened.entry), policy)
    check_opening(opened)
    entry, private = _read_entry(opened.entry), _read_private(opened.private)
    layout = _find_layout(entry.bank, profiles)
    rows = _read_rows(layout, raw)
    file = _describe_file(entry, private, rows)
    parts = _cut(_read_list(layout, file, rows, opened))
    _check_list(file, private, parts)
    _check_bytes(layout, file, parts, name, raw)
    return _report(file, (parsed.index, cosigned), policy)


def _parse_opened(extra: bytes | None) -> Extra:
    opened = None if extra is None else parse_extra(extra)
    if opened is None or not opened.opening:
        reason = "the proof opens nothing: ask for the proof that came with the order file"
        raise VerificationError(reason)
    return opened


def _report(file: OrderFile, proved: tuple[int, Cosigned], policy: Policy) -> CheckedFile:
    index, cosigned = proved
    found = cosigned.cosignatures
    return CheckedFile(
        county=file.county,
        bank=file.bank,
        file=file.file,
        count=file.count,
        fen=file.fen,
        size=cosigned.checkpoint.size,
        index=index,
        cosigners=list_cosigners(policy, found),
        cosigned_at=min((each.seconds for each in found), default=0),
    )


def _read_entry(raw: bytes) -> Orders:
    entry = parse_entry(raw)
    if not isinstance(entry, Orders):
        reason = "the proof is of another kind of entry: an order file's proof opens an orders entry"
        raise VerificationError(reason)
    return entry


def _read_private(raw: bytes) -> _Private:
    try:
        return _Private.model_validate_json(raw)
    except ValidationError as error:
        reason = "the private part of the entry is not that of an order file: use a newer version"
        raise VerificationError(reason) from error


def _find_layout(bank: str, profiles: Mapping[str, Profile]) -> OrderLayout:
    layout = find_order_profile(bank, profiles)
    if layout is None:
        message = (
            f"没有银行 {bank} 的代发格式,用 --profiles 指定 / "
            f"no profile of order files for bank {bank}: name the folder that holds it with --profiles"
        )
        raise ConfigurationError(message)
    return layout


def _read_rows(layout: OrderLayout, raw: bytes) -> Sequence[OrderRow]:
    try:
        rows = parse_order_file(layout, raw)
    except InputError as error:
        reason = f"the file is not of layout {layout.name} any more: {error.detail or error.code} {error.position}"
        raise VerificationError(reason.rstrip()) from error
    _require(rows, "the file holds no orders")
    return rows


def _describe_file(entry: Orders, private: _Private, rows: Sequence[OrderRow]) -> OrderFile:
    """Say what the file is about. Entries from before there were witnesses leave county and summary to the file."""
    return OrderFile(
        file=entry.file,
        county=private.county or rows[0].order_id.partition("/")[0],
        source=entry.source,
        document=entry.document,
        programme=entry.programme,
        period=entry.period,
        bank=entry.bank,
        release=entry.release,
        number=entry.number,
        summary=rows[0].summary if private.summary is None else private.summary,
        count=entry.count,
        fen=_find_fen(entry, private),
        parts=entry.parts,
        ordered_at=parse_instant(entry.at),
    )


def _find_fen(entry: Orders, private: _Private) -> int:
    fen = private.fen if entry.fen is UNSET else entry.fen
    if fen is None:
        reason = "the entry opens without the sum of its orders: use a newer version"
        raise VerificationError(reason)
    return fen


def _read_list(layout: OrderLayout, file: OrderFile, rows: Sequence[OrderRow], opened: Extra) -> OrderColumns:
    """Put the list together from the file, and from the proof what the layout does not carry."""
    named = [_read_id(file, serial, row) for serial, row in enumerate(rows, start=1)]
    columns: dict[str, Any] = {
        "account": [row.account for row in rows],
        "amount_fen": [row.amount_fen for row in rows],
        "bank": [row.bank for row in rows],
        "branch": [row.branch for row in rows],
        "line": [line for line, _ in named],
        "name": [row.name for row in rows],
        "round": [round_ for _, round_ in named],
    }
    for name in list_rest(layout):
        columns[name] = opened.rest.get(name, ())
        _require(len(columns[name]) == len(rows), f"the proof has {len(columns[name])} orders, the file {len(rows)}")
    return OrderColumns.model_construct(**columns)


def list_rest(layout: OrderLayout) -> list[str]:
    """List the columns of an order list that a layout does not carry; they go into the proof."""
    return [name for name in ("bank", "branch") if name not in layout.columns]


def _read_id(file: OrderFile, serial: int, row: OrderRow) -> tuple[int, int]:
    """Give the line and the round that an order id names."""
    match = _ORDER_ID.fullmatch(row.order_id)
    line, round_ = (int(match[1]), int(match[2])) if match else (0, 0)
    right = derive_order_id(file.county, file.source, file.document, line, round_)
    _require(row.order_id == right, f"order {serial}: its id is not one of this order file")
    return line, round_


def _cut(orders: OrderColumns) -> list[OrderColumns]:
    count = len(orders.line)
    return [
        OrderColumns.model_construct(**{name: column[first : first + PART_ITEMS_MAX] for name, column in orders})
        for first in range(0, count, PART_ITEMS_MAX)
    ]


def _check_list(file: OrderFile, private: _Private, parts: Sequence[OrderColumns]) -> None:
    count = sum(len(part.line) for part in parts)
    _require(count == file.count, f"the file has {count} orders, the log says {file.count}")
    fen = sum(sum(part.amount_fen) for part in parts)
    _require(fen == file.fen, f"the file's amounts add up to {fen} fen, the log says {file.fen}")
    for number, (part, digest) in enumerate(zip(parts, private.parts, strict=False)):
        first = number * PART_ITEMS_MAX + 1
        same = sha256(render_order_part(part)).hexdigest() == digest
        which = f"orders {first} to {first + len(part.line) - 1}"
        _require(same, f"{which} are not those of the log's list: a payee, an amount, a line or a round is another")
    _require(len(parts) == len(private.parts) == file.parts, "the log's list has another number of parts")


def _check_bytes(layout: OrderLayout, file: OrderFile, parts: Sequence[OrderColumns], name: str, raw: bytes) -> None:
    rendered = render_order_file(layout, file, parts)
    _require(rendered.content == raw, "the file says more or other things around its orders than the log's list gives")
    _require(rendered.name == name, f"the file must be named {rendered.name}: else it could be paid twice")


def _require(condition: object, reason: str) -> None:
    if not condition:
        raise VerificationError(reason)
