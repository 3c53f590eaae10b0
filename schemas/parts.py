"""Owns columnar parts: one JSON object of equal-length arrays per part, one model per kind, and item-level refusals.

A part with an odd item is not lost: :func:`parse_part` names the item and our own code. A batch gets a neutral value in
its place, so that every line keeps its number; other kinds leave the item out.
"""

import json
from collections.abc import Collection, Mapping, Sequence, Sized
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.errors import InputError, invariant
from schemas.headers import PART_ITEMS_MAX, Fen
from schemas.identifiers import (
    Account,
    BankCode,
    BranchNumber,
    County,
    DocumentId,
    IsoDate,
    LineRef,
    Number,
    OrderId,
    Period,
    PersonId,
    PersonName,
    ProgrammeId,
    RuleCode,
    ShortText,
    SourceId,
    TownCode,
    VillageCode,
)
from schemas.locations import render_location
from schemas.results import ResultStatus, ResultWhy

PART_BYTES_MAX = 8_388_608  # 1,000 items at 8 kB: a batch line is about 300 bytes
Index = Annotated[int, Field(ge=0, lt=PART_ITEMS_MAX)]
Line = Annotated[int, Field(ge=1, le=1_000_000)]
EntryIndex = Annotated[int, Field(ge=0, lt=2**53)]
Row = Annotated[int, Field(ge=1, le=2_000_000)]  # of a file with titles, header and trailer
IdType = Literal["resident", "uscc"]
AccountStatus = Literal["normal", "mismatch", "dormant", "closed", "inactive"]  # 正常 不符 睡眠 销户 未激活
LINE_FEN_MAX = 5_000_000_000  # 50 million yuan; a million such lines stay below 2^53 fen
LineFen = Annotated[int, Field(ge=0, le=LINE_FEN_MAX)]
Milli = Annotated[int, Field(ge=0, le=10**12)]  # a quantity in thousandths: 12.35 mu is 12350

# How an adapter reports an item it could not read: index, column, code. The code becomes public, hence its shape.
BadItem = tuple[
    Index,
    Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")],
    Annotated[str, Field(pattern=r"^[IS][0-9]{2}$")],
]


class Columns(BaseModel):
    """Equal-length arrays, and the items that an adapter could not read."""

    model_config = ConfigDict(extra="forbid", strict=True)
    neutral: ClassVar[Mapping[str, Any]] = {}

    bad: list[BadItem] = []

    @model_validator(mode="after")
    def _equal_lengths(self) -> Self:
        _check_lengths(dict(self), [index for index, _, _ in self.bad])
        return self

    def __len__(self) -> int:
        """Count the items."""
        return next(len(column) for name, column in self if name != "bad" and column is not None)


class BatchPart(Columns):
    """Payment instructions. Columns of payee and head that are absent mean: the beneficiary himself.

    ``source_line`` names the failed or returned line that a line corrects (更正重发): it takes its entitlement over.
    ``row`` is the place in the original file; it is the adapter's own word, so an odd one makes the part wrong.
    """

    neutral: ClassVar[Mapping[str, Any]] = {
        "beneficiary_id_type": "resident",
        "payee_id_type": "resident",
        "beneficiary_id": "000000000000000000",
        "payee_id": "000000000000000000",
        "head_id": "000000000000000000",
        "beneficiary_name": "-",
        "payee_name": "-",
        "head_name": "-",
    }

    beneficiary_id: list[PersonId]
    beneficiary_name: list[PersonName]
    beneficiary_id_type: list[IdType] | None = None
    payee_id: list[PersonId] | None = None
    payee_name: list[PersonName] | None = None
    payee_id_type: list[IdType] | None = None
    head_id: list[PersonId | None] | None = None
    head_name: list[PersonName | None] | None = None
    relation: list[ShortText | None] | None = None
    village: list[VillageCode | None] | None = None
    group: list[ShortText | None] | None = None
    quantity_milli: list[Milli | None] | None = None
    unit: list[ShortText | None] | None = None
    rate_fen: list[Fen | None] | None = None
    amount_fen: list[LineFen | None]
    account: list[Account | None] | None = None
    bank: list[ShortText | None] | None = None
    branch: list[BranchNumber | None] | None = None
    plot: list[Number | None] | None = None
    remark: list[ShortText | None] | None = None
    source_line: list[LineRef | None] | None = None
    row: list[Row] | None = None

    @model_validator(mode="after")
    def _payee_is_whole(self) -> Self:
        """An order goes to a name and an account: one person's account under another's name must not come about."""
        if (self.payee_id is None) != (self.payee_name is None):
            message = "payee_id and payee_name go together"
            raise ValueError(message)
        return self


class PopulationPart(Columns):
    """Household register: who lives where with whom."""

    id: list[PersonId]
    name: list[PersonName]
    household: list[Number]
    village: list[VillageCode]


class LibraryPart(Columns):
    """Beneficiary library (补贴对象库)."""

    id: list[PersonId]
    village: list[VillageCode]
    status: list[Literal["active", "ended"]]


class RelationsPart(Columns):
    """Who may lawfully collect for whom, and until when."""

    payee_id: list[PersonId]
    beneficiary_id: list[PersonId]
    relation: list[Literal["guardian", "mandate", "household_head"]]
    from_on: list[IsoDate]
    to_on: list[IsoDate | None]


class DeathsPart(Columns):
    """Deaths, cremations and cancelled household registrations."""

    id: list[PersonId]
    died_on: list[IsoDate]


class OfficialsPart(Columns):
    """Village officials."""

    id: list[PersonId]
    village: list[VillageCode]
    position: list[ShortText]


class RelativesPart(Columns):
    """Declared relatives of village officials."""

    id: list[PersonId]
    official_id: list[PersonId]
    relation: list[ShortText]


class PayrollPart(Columns):
    """Persons on the public payroll (财政供养人员)."""

    id: list[PersonId]
    employer: list[ShortText]


class AccountsPart(Columns):
    """Card census: which account, who holds it, what was paid to it, who keeps and uses the card.

    A bank answers a verification list (核验清单) with the same columns: ``status`` is what it says of the account.
    """

    holder_id: list[PersonId]
    bank: list[BankCode]
    account: list[Account]
    branch: list[BranchNumber | None] | None = None
    programmes: list[list[ProgrammeId]] | None = None
    keeper: list[Literal["self", "family", "village", "other", "unknown"]] | None = None
    holder_name: list[PersonName | None] | None = None
    status: list[AccountStatus | None] | None = None


class DesignationsPart(Columns):
    """One designated account per payee; ``suspend`` stops paying to the one in force until a new choice is sent."""

    payee_id: list[PersonId]
    bank: list[BankCode]
    account: list[Account]
    branch: list[BranchNumber | None] | None = None
    action: list[Literal["set", "suspend"]] | None = None


class ExpectedPart(Columns):
    """Batches that should come: of which programme, period and township, and by which day."""

    programme: list[ProgrammeId]
    period: list[Period]
    township: list[TownCode]
    due_on: list[IsoDate]


class DispositionPart(Columns):
    """What became of findings on lines of the batch that the header names. ``reason`` is private.

    ``until`` is the last day on which a suppressed finding of that person only informs.
    """

    line: list[Line]
    code: list[RuleCode]
    verdict: list[Literal["confirmed", "unfounded", "data_error", "needs_material"]]
    reason: list[ShortText]
    until: list[IsoDate | None] | None = None


class AccessPart(Columns):
    """Entries whose openings are given out, by their index in the log. It becomes public, as the lines there are."""

    index: list[EntryIndex]


class FindingPart(Columns):
    """Lines of this county (batch by ``source`` and ``document``), each with what a monitor compared it with.

    ``entry`` is the line's own entry in this county's log, ``other_entry`` the one in ``other_county``'s.
    """

    source: list[SourceId]
    document: list[DocumentId]
    line: list[Line]
    entry: list[EntryIndex]
    other_county: list[County]
    other_entry: list[EntryIndex]


class ResultsPart(Columns):
    """What a bank says of orders: what became of each, to which account, how much. An account not told is null.

    ``why``: the class of what kept it from being paid, ``reason`` the bank's own words, ``serial`` its own number of
    the payment, ``on`` its day. ``returned`` is money that came back after a success.
    """

    order: list[OrderId]
    status: list[ResultStatus]
    amount_fen: list[LineFen]
    account: list[Account | None] | None = None
    why: list[ResultWhy | None] | None = None
    reason: list[ShortText | None] | None = None
    serial: list[Number | None] | None = None
    on: list[IsoDate | None] | None = None


class ReviewPart(Columns):
    """Lines of the batch that the header names, with the reason a person gave (private)."""

    line: list[Line]
    reason: list[ShortText]


class ReleasePart(Columns):
    """Per paying bank: payment application, voucher, and the count and fen it covers."""

    bank: list[BankCode]
    application: list[Number]
    voucher: list[Number]
    voucher_on: list[IsoDate]
    count: list[Line]
    fen: list[Fen]


class PolicyPart(Columns):
    """Settings, one subject an item; the value's model is chosen by subject (:mod:`schemas.policy`)."""

    subject: list[Literal["source", "officer", "bank", "programme", "plan", "rule", "setting", "quorum"]]
    id: list[Number]
    value: list[dict[str, Any] | None]


REGISTER_PARTS: Mapping[str, type[Columns]] = {
    "population": PopulationPart,
    "library": LibraryPart,
    "relations": RelationsPart,
    "deaths": DeathsPart,
    "officials": OfficialsPart,
    "relatives": RelativesPart,
    "payroll": PayrollPart,
}

# Every kind whose parts have one model; a register's is chosen by its name, a confirm has no parts.
PARTS: Mapping[str, type[Columns]] = {
    "policy": PolicyPart,
    "accounts": AccountsPart,
    "designations": DesignationsPart,
    "expected": ExpectedPart,
    "batch": BatchPart,
    "review": ReviewPart,
    "release": ReleasePart,
    "disposition": DispositionPart,
    "access": AccessPart,
    "finding": FindingPart,
    "results": ResultsPart,
}
C = TypeVar("C", bound=Columns)


@dataclass(frozen=True, slots=True)
class Parsed(Generic[C]):
    """A part after validation.

    ``refused`` maps an item's index to the field that is odd and our code. ``positions`` gives the index each remaining
    item had in the part: a batch keeps every item (odd fields are neutral), other kinds leave odd items out.
    """

    columns: C
    positions: Sequence[int]
    refused: Mapping[int, tuple[str, str]]


def parse_part(model: type[C], raw: bytes) -> Parsed[C]:
    """Validate a part's bytes. Odd items are refused one by one (``S01``); a part that is no part raises ``D09``."""
    try:
        columns = model.model_validate_json(raw)
    except ValidationError as error:
        return _parse_leniently(model, raw, error)
    return Parsed(columns, range(len(columns)), {index: (field, code) for index, field, code in columns.bad})


def _parse_leniently(model: type[C], raw: bytes, error: ValidationError) -> Parsed[C]:
    """Set odd items aside and validate what is left; the second pass must succeed or the part as a whole is wrong."""
    odd = _odd_items(model, error)
    try:
        columns: dict[str, Any] = json.loads(raw)
        bad: list[tuple[int, str, str]] = columns.pop("bad", [])
        refused = {index: (field, code) for index, field, code in bad} | {index: (field, "S01") for field, index in odd}
        _check_lengths(columns, refused)
        return _neutralise(model, columns, refused, odd) if model.neutral else _leave_out(model, columns, refused)
    except ValueError as second:
        raise InputError("D09", _describe(error)) from second


def _odd_items(model: type[C], error: ValidationError) -> list[tuple[str, int]]:
    """Turn the library's errors into (field, index); any error that is not about one item makes the part wrong."""
    odd = []
    for detail in error.errors(include_url=False, include_input=False, include_context=False):
        location = detail["loc"]
        if len(location) < 2 or location[0] == "bad" or not isinstance(location[1], int):  # noqa: PLR2004 -- (field, index)
            raise InputError("D09", _describe(error)) from error
        odd.append((str(location[0]), location[1]))
    invariant(all(field in model.model_fields for field, _ in odd), "errors name known columns")
    return odd


def _neutralise(
    model: type[C], columns: dict[str, Any], refused: Mapping[int, tuple[str, str]], odd: Sequence[tuple[str, int]]
) -> Parsed[C]:
    """Keep every item; what is odd becomes its column's neutral value, null where there is none."""
    for field, index in odd:
        columns[field][index] = model.neutral.get(field)
    validated = model.model_validate_json(json.dumps(columns))
    return Parsed(validated, range(len(validated)), refused)


def _leave_out(model: type[C], columns: dict[str, Any], refused: Mapping[int, tuple[str, str]]) -> Parsed[C]:
    """Drop whole items, perhaps all of them; then there is nothing to validate, and no model for it."""
    present = {field: column for field, column in columns.items() if column is not None}
    kept = [index for index in range(len(next(iter(present.values())))) if index not in refused]
    left = {field: [column[index] for index in kept] for field, column in present.items()}
    validated = model.model_validate_json(json.dumps(left)) if kept else cast("C", model.model_construct(None, **left))
    return Parsed(validated, kept, refused)


def _check_lengths(columns: Mapping[str, Sized | None], named: Collection[int]) -> None:
    """Raise ValueError unless all columns hold the same 1 to 1,000 items, and ``named`` are among them."""
    lengths = {len(column) for name, column in columns.items() if name != "bad" and column is not None}
    if len(lengths) != 1 or not 1 <= min(lengths) <= PART_ITEMS_MAX:
        message = "columns differ in length"
        raise ValueError(message)
    if any(index >= min(lengths) for index in named):
        message = "bad names an item that is not there"
        raise ValueError(message)


def _describe(error: ValidationError) -> str:
    """Name where the part is wrong, never its values."""
    return "part: " + (render_location(error) or "no JSON, or columns of unequal length")
