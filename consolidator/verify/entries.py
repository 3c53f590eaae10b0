"""Owns the shapes of entries as a verifier reads them (docs/entries.md), and that their bytes are canonical.

An entry is read once, into the shape of its kind; writing that again must give the same bytes, which proves canonical
JSON (RFC 8785) and the absence of unknown, repeated or missing fields in one go.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.errors import VerificationError

Hex = Annotated[str, Meta(min_length=64, max_length=64)]
Number = Annotated[int, Meta(ge=0, lt=2**53)]
Line = Annotated[int, Meta(ge=1, le=1_000_000)]
LineRef = Annotated[str, Meta(pattern=r"\A[^/]+/[^/]+/[1-9][0-9]{0,6}\Z")]  # source/document/line
Pair = tuple[Number, Number]
Totals = dict[str, Pair]
Counts = dict[str, Number]
Route = Literal["on_us", "interbank", ""]
Position = tuple[Number, str]
BankRow = tuple[str, Number, Number]
Jump = tuple[str, Number, Number]
CloseRow = tuple[str, str, str, Number, Number]
MergedRow = tuple[str, str, Number, Number | None]  # bank, state, count, fen where they may be told


class Base(Struct, forbid_unknown_fields=True):
    """What every entry has."""

    at: Annotated[str, Meta(min_length=20, max_length=20)]
    kind: str
    v: Literal[1]


class Witness(Struct, forbid_unknown_fields=True):
    """Who may cosign."""

    name: str
    vkey: str
    url: str
    follows: bool


class Group(Struct, forbid_unknown_fields=True):
    """How many of whom are enough."""

    name: str
    threshold: Number
    members: list[str]


class Witnesses(Struct, forbid_unknown_fields=True):
    """Whose cosignatures a release of money needs."""

    type: Literal["witnesses"]
    witnesses: list[Witness]
    groups: list[Group]
    quorum: str


QuorumShape = Literal["none"] | Witnesses


class Genesis(Base, kw_only=True):
    """The first entry."""

    kind: Literal["genesis"]
    county: str
    origin: str
    roots: list[Hex]
    quorum: QuorumShape
    semantics: Number
    key: str | UnsetType = UNSET


class Document(Base, kw_only=True):
    """A header took its place."""

    kind: Literal["document"]
    source: str
    document: str
    of: str
    key: Hex
    seq: Number
    digest: Hex
    count: Number
    outcome: Literal["new", "conflict", "gap", "refused"]
    code: str | UnsetType = UNSET
    programme: str | UnsetType = UNSET
    period: str | UnsetType = UNSET
    township: str | UnsetType = UNSET
    control_count: Number | UnsetType = UNSET
    control_fen: Number | UnsetType = UNSET
    sensitive: Literal[True] | UnsetType = UNSET
    sealed: Hex | UnsetType = UNSET
    action: str | UnsetType = UNSET
    batch_source: str | UnsetType = UNSET
    batch_document: str | UnsetType = UNSET
    release: Number | UnsetType = UNSET
    confirms: Hex | UnsetType = UNSET


class Effect(Base, kw_only=True):
    """A document's items took effect, or the document as a whole had none.

    Of a policy: which programmes are sensitive from now on, or no longer.
    """

    kind: Literal["effect"]
    source: str
    document: str
    of: str
    cause: str
    accepted: Number
    refused: Number
    codes: dict[str, Number]
    positions: list[Position]
    sensitive: dict[str, bool] | UnsetType = UNSET


class Quorum(Base):
    """From here on another quorum is asked for, once the one before has seen this entry."""

    kind: Literal["quorum"]
    source: str
    document: str
    cause: Hex
    number: Number
    quorum: QuorumShape


class AssessedLine(Base, kw_only=True):
    """A line was assessed. Of a sensitive programme without village, amount and route.

    ``source_line`` is the line of an earlier batch that this one corrects, where it does.
    """

    kind: Literal["line"]
    source: str
    document: str
    line: Line
    programme: str
    period: str
    village: str | UnsetType = UNSET
    amount_fen: Number | UnsetType = UNSET
    state: Literal["ready", "held", "refused"]
    bank: str
    route: Route | UnsetType = UNSET
    findings: list[str]
    sealed: Hex
    source_line: LineRef | UnsetType = UNSET


class BatchState(Base, kw_only=True):
    """A batch changed its state. Of a sensitive programme ``counts`` by state stand for ``totals``."""

    kind: Literal["batch"]
    source: str
    document: str
    state: Literal["assessed", "void", "settled"]
    programme: str
    period: str
    totals: Totals | UnsetType = UNSET
    registers: dict[str, str] | UnsetType = UNSET
    rules: Number | UnsetType = UNSET
    not_checked: list[str] | UnsetType = UNSET
    findings: list[str] | UnsetType = UNSET
    positions: list[Number] | UnsetType = UNSET
    count: Number | UnsetType = UNSET
    fen: Number | UnsetType = UNSET
    plan_fen: Number | UnsetType = UNSET
    used_fen: Number | UnsetType = UNSET
    jumps: list[Jump] | UnsetType = UNSET
    counts: Counts | UnsetType = UNSET
    sealed: Hex | UnsetType = UNSET


class Change(Base, kw_only=True):
    """A line changed later, other than by being ordered. Of a sensitive programme without amount and route.

    ``successor`` is the line that corrects it, of one that is rebuilt.
    """

    kind: Literal["change"]
    source: str
    document: str
    line: Line
    programme: str
    period: str
    amount_fen: Number | UnsetType = UNSET
    from_: str = msgspec.field(name="from")
    to: str
    bank: str
    route: Route | UnsetType = UNSET
    findings: list[str]
    by: str
    cause: str
    sealed: Hex
    successor: LineRef | UnsetType = UNSET


class Finding(Base, kw_only=True):
    """A later finding that moves no line; sealed where a code is not told, or a monitor compared something."""

    kind: Literal["finding"]
    source: str
    document: str
    line: Line
    programme: str
    period: str
    state: str
    findings: list[str]
    cause: str
    sealed: Hex | UnsetType = UNSET


class Comment(Base):
    """A person commented on a line."""

    kind: Literal["comment"]
    source: str
    document: str
    line: Line
    by: Hex
    cause: Hex
    sealed: Hex


class Disposition(Base, kw_only=True):
    """What became of a finding."""

    kind: Literal["disposition"]
    source: str
    document: str
    line: Line
    code: str
    verdict: Literal["confirmed", "unfounded", "data_error", "needs_material"]
    until: str | UnsetType = UNSET
    by: Hex
    cause: Hex
    sealed: Hex


class Access(Base):
    """Openings of entries were given out."""

    kind: Literal["access"]
    source: str
    document: str
    reader: Literal["citizen", "auditor", "court", "other"]
    count: Number
    indices: list[Number]
    by: Hex
    cause: Hex
    sealed: Hex


class Overdue(Base, kw_only=True):
    """Something is late: an announced batch, or one that stays unsettled."""

    kind: Literal["overdue"]
    what: Literal["expected", "batch"]
    source: str
    document: str | UnsetType = UNSET
    programme: str
    period: str
    township: str | UnsetType = UNSET
    due_on: str | UnsetType = UNSET
    since_on: str | UnsetType = UNSET
    findings: list[str]


class Release(Base, kw_only=True):
    """A release was judged, at its confirm. Of a sensitive programme ``counts`` by bank stand for ``banks``."""

    kind: Literal["release"]
    source: str
    document: str
    release: Number
    outcome: Literal["accepted", "refused"]
    code: str | UnsetType = UNSET
    banks: list[BankRow] | UnsetType = UNSET
    counts: Counts | UnsetType = UNSET
    by: Hex
    cause: Hex
    sealed: Hex | UnsetType = UNSET


class Orders(Base, kw_only=True):
    """An order file was fixed. Of a sensitive programme without fen."""

    kind: Literal["orders"]
    source: str
    document: str
    programme: str
    period: str
    bank: str
    release: Number
    number: Number
    file: str
    count: Number
    fen: Number | UnsetType = UNSET
    parts: Number
    sealed: Hex


class Close(Base, kw_only=True):
    """An hour's moves; those of sensitive programmes merged, in the last part."""

    kind: Literal["close"]
    hour: Annotated[str, Meta(min_length=13, max_length=13)]
    rows: list[CloseRow]
    part: Number
    parts: Number
    sensitive: list[MergedRow] | UnsetType = UNSET
    sealed: Hex | UnsetType = UNSET


Entry = (
    Genesis
    | Document
    | Effect
    | Quorum
    | AssessedLine
    | BatchState
    | Change
    | Finding
    | Comment
    | Disposition
    | Access
    | Overdue
    | Release
    | Orders
    | Close
)
_SHAPES: Mapping[bytes, type[Entry]] = {
    b"genesis": Genesis,
    b"document": Document,
    b"effect": Effect,
    b"quorum": Quorum,
    b"line": AssessedLine,
    b"batch": BatchState,
    b"change": Change,
    b"finding": Finding,
    b"comment": Comment,
    b"disposition": Disposition,
    b"access": Access,
    b"overdue": Overdue,
    b"release": Release,
    b"orders": Orders,
    b"close": Close,
}
_DECODERS: Mapping[bytes, Callable[[bytes], Entry]] = {
    kind: msgspec.json.Decoder(shape).decode for kind, shape in _SHAPES.items()
}
_encode = msgspec.json.Encoder(order="sorted").encode
_KIND = b'"kind":"'


def parse_entry(raw: bytes) -> Entry:
    """Read one entry. Raises VerificationError when it is of no known kind, shape or not canonical."""
    start = raw.find(_KIND) + len(_KIND)
    decode = _DECODERS.get(raw[start : raw.find(b'"', start)])
    if decode is None:
        message = "its kind is not known"
        raise VerificationError(message)
    try:
        entry = decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        message = "its fields are not those of its kind"
        raise VerificationError(message) from error
    if _encode(entry) != raw:
        message = "it is not canonical JSON"
        raise VerificationError(message)
    return entry
