"""Owns what the journal adds to the log: whose a line is and where it stood in the original file, from the raw parts.

Values are shown as they came, also odd ones: the sender must recognise what to correct.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from consolidator.returns.cells import clean_text
from consolidator.returns.folding import Fold
from consolidator.returns.store import KnownDocument, Person, Standing, Store
from schemas.envelope import parse_envelope
from schemas.headers import PART_ITEMS_MAX, parse_base_header
from schemas.parts import BatchPart, parse_part
from streams.journal import Journal

Column = list[Any] | None
UNREADABLE = "I20"


class _RawPart(msgspec.Struct, gc=False):
    """The columns that say whose an item is, of any kind of document, unchecked."""

    beneficiary_id: Column = None
    beneficiary_name: Column = None
    payee_id: Column = None
    payee_name: Column = None
    holder_id: Column = None
    holder_name: Column = None
    id: Column = None
    name: Column = None
    amount_fen: Column = None
    row: Column = None
    order: Column = None


def place_documents(store: Store, journal: Journal, first: int, last: int) -> None:
    """Find the new documents' places and file names among the commands from position ``first`` to ``last``."""
    wanted = dict(store.list_unplaced())
    for at, command in journal.commands(first) if wanted else ():
        if at > last or not wanted:
            return
        if command.kind == "header" and command.document in wanted:
            file = parse_base_header(parse_envelope(command.body).header).file
            store.place(wanted.pop(command.document), at, "" if file is None else file.name)


def list_unreadable(fold: Fold, journal: Journal, number: int) -> None:
    """Enter every unreadable amount of a void batch: its entry names the first hundred."""
    document = fold.store.document(number)
    for index, raw in _read_parts(journal, document, 0):
        parsed = parse_part(BatchPart, raw)
        for item, fen in enumerate(parsed.columns.amount_fen):
            if fen is None:
                field, code = parsed.refused.get(item, ("", ""))
                found = code if field == "amount_fen" else UNREADABLE
                fold.put(number, index * PART_ITEMS_MAX + item + 1, Standing("void", findings=[found]))


def add_persons(store: Store, journal: Journal, number: int) -> None:
    """Look up whose the document's lines are that were not looked up before."""
    lines = store.list_unknown(number)
    if lines:
        document = store.document(number)
        find = _find_batch_persons if document.kind == "batch" else _find_item_persons
        for persons in find(journal, document, lines):
            store.know_lines(number, persons)


Found = list[tuple[int, Person]]


def _find_batch_persons(journal: Journal, document: KnownDocument, lines: Sequence[int]) -> Iterator[Found]:
    """Give the persons of lines of a batch: all its parts but the last hold 1,000, so only what is needed is read."""
    wanted: dict[int, list[int]] = {}
    for line in lines:
        wanted.setdefault((line - 1) // PART_ITEMS_MAX, []).append(line)
    for index, raw in _read_parts(journal, document, min(wanted)):
        if index in wanted:
            yield _read_persons(raw, wanted.pop(index), index * PART_ITEMS_MAX + 1)
        if not wanted:
            return


def _find_item_persons(journal: Journal, document: KnownDocument, lines: Sequence[int]) -> Iterator[Found]:
    """Give the persons of items of other kinds: their parts may be of any size."""
    first = 1
    for _, raw in _read_parts(journal, document, 0):
        part = _parse_raw(raw)
        columns = [column for column in msgspec.structs.astuple(part) if column is not None]
        size = max(map(len, columns), default=0)  # announcements are about nobody
        yield _read_persons(raw, [line for line in lines if first <= line < first + size], first)
        first += size


def list_parts(journal: Journal, document: KnownDocument) -> Iterator[bytes]:
    """Give a document's parts as they came."""
    return (raw for _, raw in _read_parts(journal, document, 0))


def _read_parts(journal: Journal, document: KnownDocument, index: int) -> Iterator[tuple[int, bytes]]:
    """Give index and bytes of a document's parts from part ``index`` on; they stand behind its header, in order."""
    for _, command in journal.commands(document.position + 1 + index):
        if command.document != document.digest or command.kind != "part":
            return
        yield command.index, command.body


def _read_persons(raw: bytes, lines: Sequence[int], first: int) -> Found:
    part = _parse_raw(raw)
    return [(line, _read_person(part, line - first)) for line in lines]


def _parse_raw(raw: bytes) -> _RawPart:
    """Read the columns; a part with a number that only lenient readers take (NaN) was accepted all the same."""
    try:
        return msgspec.json.decode(raw, type=_RawPart)
    except msgspec.MsgspecError:
        columns = json.loads(raw)
        return _RawPart(**{name: columns.get(name) for name in _RawPart.__struct_fields__})


def _read_person(part: _RawPart, item: int) -> Person:
    identity = _read_text(part.beneficiary_id or part.holder_id or part.id or part.payee_id, item)
    payee = _read_text(part.payee_id, item) if part.beneficiary_id else identity
    name = _read_text(part.beneficiary_name or part.holder_name or part.name, item)
    return Person(
        row=_read_number(part.row, item),
        name=name,
        identity=identity,
        payee=_read_text(part.payee_name, item) if payee not in ("", identity) else "",
        amount_fen=_read_number(part.amount_fen, item),
        order=_read_text(part.order, item),
    )


def _read_text(column: Column, item: int) -> str:
    value = None if column is None else column[item]
    return "" if value is None else clean_text(str(value))


def _read_number(column: Column, item: int) -> int | None:
    value = None if column is None else column[item]
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None
