"""Owns how the two lists look as records of topics: values, and headers (CloudEvents in binary mode, and a few own).

A record's key is its county, and every record of a county stands in the county's partition; neither is decided here.
Nothing in a key or header tells of a person.
"""

import re
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.canonical import render_canonical
from schemas.commands import Command, CommandKind
from schemas.commits import Bundle, CommitRecord, Step
from schemas.errors import InputError, InvariantError, invariant
from schemas.orders import OrderFile, OrderPart, find_paying_bank

Word = Literal[
    "commands",
    "entries",
    "disclosures",
    "orders",
    "deliveries",
    "commits",
    "checkpoints",
    "cosignatures",
    "anomalies",
]  # a topic's name without what differs from cluster to cluster; of orders and deliveries there is one topic a bank
Headers = Sequence[tuple[str, bytes]]
NOT_A_COMMAND = "I30"
NOT_A_DELIVERY = "I31"
DELIVERY_BYTES_MAX = 67_108_864  # max.message.bytes of the deliveries topics
_KINDS: Mapping[bytes, CommandKind] = {kind.encode(): kind for kind in get_args(CommandKind)}
_NUMBER = re.compile(rb"0|[1-9][0-9]{0,14}")
_DIGEST = re.compile(rb"[0-9a-f]{64}")
_FILE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_FILE_NAME = re.compile(r"(?=.*[A-Za-z0-9_-])[A-Za-z0-9._-]{1,200}")  # of one folder, and never that folder's own
_LENGTH = struct.Struct(">I")
_JSON = b"application/json"
_BYTES = b"application/octet-stream"


class Record(NamedTuple):
    """What is written to a topic, without its key and partition. ``bank`` is the paying bank where each has a topic."""

    word: Word
    value: bytes
    headers: Headers
    bank: str = ""


class Delivery(NamedTuple):
    """An order file that the gate let out: its id, its name, its bytes, and its proof (empty where nobody cosigns)."""

    file: str
    name: str
    content: bytes
    proof: bytes


class Commit(BaseModel):
    """The value of a commits record: commit ``number`` (from 1), its record, and how much else the commit holds.

    ``bundles`` counts its bundles, ``orders`` its records per bank; ``snapshots`` are the commit records of the states
    that are kept, the newest first.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: Literal[1] = 1
    number: Annotated[int, Field(ge=1)]
    record: CommitRecord
    bundles: int
    orders: dict[str, int]
    snapshots: tuple[CommitRecord, ...] = ()


def render_command(county: str, command: Command) -> Record:
    """Write a command. Raises InvariantError for one that could not be read back."""
    own = [
        ("kind", command.kind.encode()),
        ("at", str(command.at).encode()),
        ("document", command.document.encode()),
        ("item", str(command.index).encode()),
    ]
    what = command.document[:16] or str(command.at)
    events = _events(county, "commands", f"{command.kind}/{what}/{command.index}", _BYTES, own)
    invariant(_is_read_back(command, events), "a command can be read back from its record")
    return Record("commands", command.body, events)


def _is_read_back(command: Command, headers: Headers) -> bool:
    try:
        return parse_command(command.body, headers) == command
    except InputError:
        return False


def parse_command(value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> Command:
    """Read a record of the commands topic. Raises InputError ``I30`` for anything that is no command."""
    found = {name: raw or b"" for name, raw in headers}
    if len(found) != len(headers):
        raise InputError(NOT_A_COMMAND, "a header stands there twice")
    kind = _KINDS.get(found.get("kind", b""))
    document = found.get("document", b"")
    if kind is None:
        raise InputError(NOT_A_COMMAND, "header 'kind' is missing or unknown")
    if value is None:
        raise InputError(NOT_A_COMMAND, "there is no value")
    if document and _DIGEST.fullmatch(document) is None:
        raise InputError(NOT_A_COMMAND, "header 'document' is no digest")
    if bool(document) != (kind in ("header", "part")):
        raise InputError(NOT_A_COMMAND, "header 'document' does not fit the kind")
    return Command(
        kind=kind,
        at=_parse_number(found, "at"),
        body=value,
        document=document.decode(),
        index=_parse_number(found, "item"),
    )


def render_steps(county: str, steps: Iterable[Step], size: int) -> list[Record]:
    """Write everything that steps bring out, in their order, on top of a log of ``size`` entries."""
    records: list[Record] = []
    for step in steps:
        for bundle in step.bundles:
            records += _render_bundle(county, bundle)
        records += (_render_order_part(county, part, size) for part in step.order_parts)
        records += (_render_order_file(county, file) for file in step.order_files)
        size += sum(bundle.count for bundle in step.bundles)
    return records


def _render_bundle(county: str, bundle: Bundle) -> Iterator[Record]:
    own = [("first", b"%d" % bundle.first), ("count", b"%d" % bundle.count)]
    what = str(bundle.first)
    yield Record("entries", bundle.entries, _events(county, "entries", what, _BYTES, own))
    both = _LENGTH.pack(len(bundle.entries)) + bundle.entries + bundle.disclosures
    yield Record("disclosures", both, _events(county, "disclosures", what, _BYTES, own))


def _render_order_part(county: str, part: OrderPart, size: int) -> Record:
    own = [("first", b"%d" % size), ("file", part.file.encode()), ("item", b"%d" % part.index)]
    events = _events(county, "orders", f"{part.file}/{part.index}", _JSON, own)
    return Record("orders", part.body, events, find_paying_bank(part.file))


def _render_order_file(county: str, file: OrderFile) -> Record:
    own = [("first", b"%d" % file.entry), ("file", file.file.encode())]
    events = _events(county, "orders", file.file, _JSON, own)
    return Record("orders", render_canonical(file.model_dump()), events, file.bank)


def parse_bundle(value: bytes, headers: Headers) -> Bundle:
    """Read a record of the disclosures topic. InvariantError for one that no worker of ours wrote."""
    length = _LENGTH.unpack_from(value)[0] if len(value) >= _LENGTH.size else -1
    end = _LENGTH.size + length
    invariant(length >= 0 and end <= len(value), "a bundle's record is whole: the topic was written by somebody else")
    count = find_number(headers, "count")
    return Bundle(find_number(headers, "first"), count, value[_LENGTH.size : end], value[end:])


def parse_order(value: bytes, headers: Headers) -> OrderPart | OrderFile:
    """Read a record of an orders topic. InvariantError for one that no worker of ours wrote."""
    found = dict(headers)
    if "item" in found:
        return OrderPart(found.get("file", b"").decode("ascii", "replace"), find_number(headers, "item"), value)
    try:
        return OrderFile.model_validate_json(value)
    except ValidationError as error:
        message = "a record of an orders topic is no order file: the topic was written by somebody else"
        raise InvariantError(message) from error


def render_commit(county: str, commit: Commit) -> Record:
    """Write a commit: its record goes last, and says how much belongs to it."""
    own = [("number", b"%d" % commit.number)]
    events = _events(county, "commits", str(commit.number), _JSON, own)
    return Record("commits", render_canonical(commit.model_dump()), events)


def number_records(records: Iterable[Record], number: int) -> list[Record]:
    """Have records of any topic say to which commit they belong, as a commit's own record does.

    >>> number_records([Record("checkpoints", b"", ())], 7)[0].headers
    (('number', b'7'),)
    """
    own = ("number", b"%d" % number)
    return [record._replace(headers=(*record.headers, own)) for record in records]


def find_commit_number(headers: Sequence[tuple[str, bytes | None]]) -> int | None:
    """Give the number of the commit that a record belongs to; None for one that does not say so, which is none of ours.

    >>> find_commit_number([("first", b"0"), ("number", b"7")])
    7
    >>> find_commit_number([("number", b"x")]), find_commit_number([])
    (None, None)
    """
    raw = dict(headers).get("number") or b""
    return int(raw) if _NUMBER.fullmatch(raw) else None


def parse_commit(value: bytes) -> Commit:
    """Read a record of the commits topic. InvariantError for one that no worker of ours wrote."""
    try:
        return Commit.model_validate_json(value)
    except ValidationError as error:
        message = "a commit record cannot be read: the topic was written by somebody else, or by a newer program"
        raise InvariantError(message) from error


def render_checkpoint(county: str, word: Literal["checkpoints", "cosignatures"], size: int, note: bytes) -> Record:
    """Write a signed checkpoint, or one with its cosignatures, over a log of ``size`` entries."""
    return Record(word, note, _events(county, word, str(size), b"text/plain", [("size", b"%d" % size)]))


def render_anomaly_record(county: str, number: int, value: bytes) -> Record:
    """Write an anomaly, the monitor's ``number``-th about a county."""
    return Record("anomalies", value, _events(county, "anomalies", str(number), _JSON, []))


def render_delivery(county: str, delivery: Delivery) -> Record:
    """Write an order file with its proof. Raises InvariantError for one that could not be read back."""
    own = [
        ("file", delivery.file.encode()),
        ("name", delivery.name.encode()),
        ("sha256", sha256(delivery.content).hexdigest().encode()),
    ]
    value = _LENGTH.pack(len(delivery.content)) + delivery.content + delivery.proof
    events = _events(county, "deliveries", delivery.file, _BYTES, own)
    invariant(_is_delivery(value, events), "a delivery can be read back from its record")
    return Record("deliveries", value, events, find_paying_bank(delivery.file))


def _is_delivery(value: bytes, headers: Headers) -> bool:
    try:
        parse_delivery(value, headers)
    except InputError:
        return False
    return True


def parse_delivery(value: bytes | None, headers: Sequence[tuple[str, bytes | None]]) -> Delivery:
    """Read a record of a deliveries topic. Raises InputError ``I31`` for anything that is no delivery, or not whole."""
    found = {header: raw or b"" for header, raw in headers}
    file, name = (found.get(header, b"").decode("utf-8", "replace") for header in ("file", "name"))
    length = _LENGTH.unpack_from(value)[0] if value is not None and len(value) >= _LENGTH.size else -1
    if value is None or length < 0 or _LENGTH.size + length > len(value):
        raise InputError(NOT_A_DELIVERY, "the value is shorter than it says")
    content, proof = value[_LENGTH.size : _LENGTH.size + length], value[_LENGTH.size + length :]
    if sha256(content).hexdigest().encode() != found.get("sha256"):
        raise InputError(NOT_A_DELIVERY, "header 'sha256' is not that of the order file")
    if not _FILE_ID.fullmatch(file) or not _FILE_NAME.fullmatch(name):
        raise InputError(NOT_A_DELIVERY, "header 'file' or 'name' is missing, or cannot be the name of a file")
    return Delivery(file, name, content, proof)


def find_number(headers: Headers, name: str) -> int:
    """Give a header's number, by which records of one topic and county are ordered. InvariantError without it."""
    raw = dict(headers).get(name, b"")
    invariant(_NUMBER.fullmatch(raw), f"a record's header '{name}' is a number: the topic was written by somebody else")
    return int(raw)


def _events(county: str, word: Word, what: str, content: bytes, own: Headers) -> Headers:
    """Give CloudEvents' attributes (Kafka protocol binding 1.0.2, binary mode) and the record's own headers."""
    return (
        ("ce_specversion", b"1.0"),
        ("ce_id", f"{word}/{what}".encode()),
        ("ce_source", f"/consolidator/{county}".encode()),
        ("ce_type", f"consolidator.{word}.v1".encode()),
        ("content-type", content),
        *own,
    )


def _parse_number(headers: Mapping[str, bytes], name: str) -> int:
    raw = headers.get(name, b"")
    if _NUMBER.fullmatch(raw) is None:
        raise InputError(NOT_A_COMMAND, f"header '{name}' is no number")
    return int(raw)
