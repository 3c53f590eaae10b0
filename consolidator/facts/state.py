"""Owns the whole state of a county's ledger, and its snapshot bytes."""

from array import array
from typing import Any

import msgspec
from msgspec import Struct, field

from consolidator.facts.accounts import CensusAccount, Designation
from consolidator.facts.lines import Amounts, Batch
from consolidator.facts.parties import Officer, OpenDocument, Source
from consolidator.facts.programmes import Programme, RuleSetting
from consolidator.facts.registers import Official, Person, Relation, Snapshot


class Registers(Struct):
    """The registers by their key, the ID of a person; ``snapshots`` says which were filled, and when they were true."""

    population: dict[str, Person] = field(default_factory=dict)
    library: dict[str, str] = field(default_factory=dict)
    relations: dict[str, dict[str, list[Relation]]] = field(default_factory=dict)
    deaths: dict[str, str] = field(default_factory=dict)
    officials: dict[str, Official] = field(default_factory=dict)
    relatives: dict[str, str] = field(default_factory=dict)
    snapshots: dict[str, Snapshot] = field(default_factory=dict)


class Policy(Struct):
    """What policy documents have set so far. ``version`` counts them: the number of the rule set."""

    version: int = 0
    sources: dict[str, Source] = field(default_factory=dict)
    officers: dict[str, Officer] = field(default_factory=dict)
    banks: dict[str, str] = field(default_factory=dict)
    programmes: dict[str, Programme] = field(default_factory=dict)
    rules: dict[str, RuleSetting] = field(default_factory=dict)
    settings: dict[str, int] = field(default_factory=dict)
    quorum: str = "none"


class Claims(Struct):
    """Who holds what. Keys of the two inner levels: programme, period.

    ``entitlements``: beneficiary (and plot) → place of the line that holds it. ``households``: household → members with
    their lines. ``collections``: payee → whom he collects for, with their lines, over all programmes. ``clued``: code →
    places of ordered lines whose clue is already in the log.
    """

    entitlements: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    households: dict[str, dict[str, dict[str, list[tuple[str, int]]]]] = field(default_factory=dict)
    collections: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    clued: dict[str, set[int]] = field(default_factory=dict)


class State(Struct):
    """Everything the ledger knows. Written only by the ledger.

    ``sequences``: key → digests of its documents, in order. ``documents``: ``source/id`` → digest. ``noted``: which
    headers have their conflict or gap entry (place, key, digest). ``open``: key → its unfinished document. ``pending``:
    digest → document that waits for its second person. ``moves``: ``programme|bank|state`` → count and fen since the
    last close.
    """

    county: str
    origin: str
    roots: list[str]
    now: int = 0
    ordinal: int = 0
    policy: Policy = field(default_factory=Policy)
    sequences: dict[str, list[str]] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    noted: set[str] = field(default_factory=set)
    gaps: dict[str, dict[int, str]] = field(default_factory=dict)
    open: dict[str, OpenDocument] = field(default_factory=dict)
    pending: dict[str, OpenDocument] = field(default_factory=dict)
    registers: Registers = field(default_factory=Registers)
    accounts: dict[str, CensusAccount] = field(default_factory=dict)
    designations: dict[str, list[Designation]] = field(default_factory=dict)
    batches: list[Batch] = field(default_factory=list)
    batch_index: dict[str, int] = field(default_factory=dict)
    bank_codes: list[str] = field(default_factory=list)
    claims: Claims = field(default_factory=Claims)
    moves: dict[str, list[int]] = field(default_factory=dict)
    totals: dict[str, list[int]] = field(default_factory=dict)
    size: int = 0
    peaks: list[bytes] = field(default_factory=list)


def find_batch(state: State, source: str, document: str) -> Batch | None:
    """Give a batch by the source and id of its document."""
    index = state.batch_index.get(f"{source}/{document}")
    return None if index is None else state.batches[index]


def _encode_array(value: Any) -> bytes:  # noqa: ANN401 -- msgspec's hook signature
    if isinstance(value, array):
        return value.tobytes()
    message = f"no snapshot form for {type(value).__name__}"
    raise NotImplementedError(message)


def _decode_array(_kind: type, value: Any) -> Amounts:  # noqa: ANN401 -- msgspec's hook signature
    amounts = array("q")  # the only type of a state that msgspec does not know itself
    amounts.frombytes(value)
    return amounts


_encoder = msgspec.msgpack.Encoder(enc_hook=_encode_array)
_decoder = msgspec.msgpack.Decoder(State, dec_hook=_decode_array)


def render_snapshot(state: State) -> bytes:
    """Write the whole state."""
    return _encoder.encode(state)


def parse_snapshot(raw: bytes) -> State:
    """Read what :func:`render_snapshot` wrote; its digest was checked by the engine."""
    return _decoder.decode(raw)
