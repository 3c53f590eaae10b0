"""Owns document headers: what every kind carries, and the fields of each kind. Unknown fields are refused.

A header is signed, so its bytes are kept as they came; these models only read them.
"""

from functools import lru_cache
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from schemas.errors import InputError
from schemas.identifiers import (
    County,
    DocumentId,
    IsoDate,
    Number,
    Period,
    ProgrammeId,
    RuleCode,
    Sha256,
    ShortText,
    SourceId,
    TownCode,
    holds_long_number,
)
from schemas.instants import parse_date
from schemas.locations import render_location
from schemas.money import FEN_MAX

PART_ITEMS_MAX = 1_000  # the unit of work: a slice
DOCUMENT_ITEMS_MAX = 1_000_000  # five times the biggest batch known
PARTS_MAX = 1_000
Count = Annotated[int, Field(ge=0, le=DOCUMENT_ITEMS_MAX)]
Fen = Annotated[int, Field(ge=0, le=FEN_MAX)]


def _validate_day(text: str) -> str:
    """Refuse a well-formed date that no calendar has: it would be evidence later."""
    try:
        return parse_date(text)
    except InputError as error:
        message = "no such day"
        raise ValueError(message) from error


Day = Annotated[IsoDate, AfterValidator(_validate_day)]
Salt = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Reader = Literal["citizen", "auditor", "court", "other"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FileRef(_Strict):
    """The legacy file an adapter read: its name and digest, so that the same file gives the same document."""

    name: ShortText
    sha256: Sha256


class Totals(_Strict):
    """Control totals as the sender states them: lines and fen."""

    count: Count
    fen: Fen


def _hide_nobody(value: str) -> str:
    """What a header names becomes public: no ID or account number in it."""
    if holds_long_number(value):
        message = "it becomes public: no ID or account number in it"
        raise ValueError(message)
    return value


PublicSource = Annotated[SourceId, AfterValidator(_hide_nobody)]
PublicId = Annotated[DocumentId, AfterValidator(_hide_nobody)]


class DocumentRef(_Strict):
    """Names a document by its source and id."""

    source: PublicSource
    id: PublicId


class Publicity(_Strict):
    """When and where the list hung for everybody to read."""

    from_on: Day
    to_on: Day
    place: ShortText

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.from_on > self.to_on:
            message = "publicity ends before it begins"
            raise ValueError(message)
        return self


class Header(_Strict):
    """What every document states: who sends what, the key's number, item count and the digest of each part."""

    v: Literal[1]
    county: County
    kind: Annotated[str, Field(pattern=r"^[a-z]{1,16}$")]
    source: PublicSource
    id: PublicId
    seq: Annotated[int, Field(ge=1, lt=2**53)]
    count: Count
    parts: Annotated[list[Sha256], Field(max_length=PARTS_MAX)]
    file: FileRef | None = None

    @model_validator(mode="after")
    def _parts_fit_count(self) -> Self:
        parts = len(self.parts)
        if not parts <= self.count <= parts * PART_ITEMS_MAX:
            message = "count does not fit the number of parts"
            raise ValueError(message)
        return self


class PolicyHeader(Header):
    """Programmes, sources, officers, rule settings, banks, quorum; takes effect when another root officer confirms."""

    kind: Literal["policy"]


class RegisterHeader(Header):
    """A snapshot of one register (``full`` replaces it) or additions to it (``delta``), true on ``snapshot_on``."""

    kind: Literal["register"]
    register_name: Literal["population", "library", "relations", "deaths", "officials", "relatives", "payroll"]
    update: Literal["full", "delta"]
    snapshot_on: Day


class AccountsHeader(Header):
    """Card census of a township or department, true on ``snapshot_on``."""

    kind: Literal["accounts"]
    snapshot_on: Day


class DesignationsHeader(Header):
    """Designated accounts chosen by payees."""

    kind: Literal["designations"]


class BatchHeader(Header):
    """Payment instructions of one programme and period, with the totals their sender states."""

    kind: Literal["batch"]
    department: ShortText
    township: TownCode
    programme: Annotated[ProgrammeId, AfterValidator(_hide_nobody)]
    period: Period
    policy_number: ShortText
    plan_number: ShortText
    publicity: Publicity | None = None
    entered_by: ShortText
    checked_by: ShortText
    totals: Totals


class ReviewHeader(Header):
    """One act on lines of one batch: hold, clear (needs a confirm), stop, or comment."""

    kind: Literal["review"]
    action: Literal["hold", "clear", "stop", "comment"]
    batch: DocumentRef


class ReleaseHeader(Header):
    """The bureau's act that lets an assessed batch be paid; its part names application and voucher per paying bank."""

    kind: Literal["release"]
    batch: DocumentRef
    number: Annotated[int, Field(ge=1, le=999)]


class ExpectedHeader(Header):
    """Announces batches that should come, so that one that does not come is noticed (R43)."""

    kind: Literal["expected"]


class DispositionHeader(Header):
    """What became of findings on lines of one batch; ``suppress`` (needs a confirm) also quiets repeated false hits."""

    kind: Literal["disposition"]
    action: Literal["record", "suppress"]
    batch: DocumentRef


class AccessHeader(Header):
    """Openings of entries given out: to what kind of reader, and on what ground. Its one part names the entries.

    ``asker`` and ``ground`` stay private; ``salt`` is random, so that nobody finds them by trying out what fits the
    document's public digest.
    """

    kind: Literal["access"]
    parts: Annotated[list[Sha256], Field(min_length=1, max_length=1)]
    reader: Reader
    asker: ShortText
    ground: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
    salt: Salt


class FindingHeader(Header):
    """Doubts of one rule about lines of this county, from a monitor that looks at several counties.

    ``reference`` is the name the monitor knows them by. It is keyed, so that nobody finds the items by trying out what
    fits the document's public digest.
    """

    kind: Literal["finding"]
    code: RuleCode
    reference: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class ResultsHeader(Header):
    """What a bank says became of orders it was given.

    ``salt`` keeps anybody from finding accounts by trying out what fits the document's public digest: it is random, or
    made with the sender's private key, so that the same file gives the same document.
    """

    kind: Literal["results"]
    salt: Salt


class ConfirmHeader(Header):
    """The second person: names the digest of the policy, release, clearing or suppression that now takes effect."""

    kind: Literal["confirm"]
    document: Sha256
    note: Number | None = None


AnyHeader = Annotated[
    PolicyHeader
    | RegisterHeader
    | AccountsHeader
    | DesignationsHeader
    | BatchHeader
    | ReviewHeader
    | ReleaseHeader
    | ExpectedHeader
    | DispositionHeader
    | AccessHeader
    | FindingHeader
    | ResultsHeader
    | ConfirmHeader,
    Field(discriminator="kind"),
]
KINDS = (
    "policy",
    "register",
    "accounts",
    "designations",
    "expected",
    "batch",
    "review",
    "release",
    "disposition",
    "access",
    "finding",
    "results",
    "confirm",
)
_kinds: TypeAdapter[AnyHeader] = TypeAdapter(AnyHeader)


class _Base(Header):
    """Reads what every header has and lets the fields of its kind pass unread."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


def parse_base_header(raw: bytes) -> Header:
    """Read what every header has; the ledger needs it to give even a malformed document its place. Raises ``I05``."""
    try:
        return _Base.model_validate_json(raw)
    except ValidationError as error:
        raise InputError("I05", _where(error)) from error


@lru_cache(maxsize=64)  # a document's header is asked for with each of its parts, and may name a thousand of them
def parse_header(raw: bytes) -> AnyHeader:
    """Read a whole header of a known kind. Raises InputError ``D04`` naming the field.

    The same bytes give the same object, so nobody may write into its lists.
    """
    try:
        return _kinds.validate_json(raw)
    except ValidationError as error:
        raise InputError("D04", _where(error)) from error


def _where(error: ValidationError) -> str:
    """Name the first offending field, never its value."""
    location = render_location(error)
    return f"field {location}" if location else "no JSON object of a known kind, or its fields contradict each other"
