"""Owns what a ``policy`` document may set: sources, officers, banks, programmes, plans, rules, settings, quorum.

An item is (subject, id, value); a null value withdraws a source, officer, bank or plan. Unknown fields are refused.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import InputError
from schemas.headers import KINDS, Fen
from schemas.identifiers import BankCode, BranchNumber, KeyId, Number, ProgrammeId, RuleCode, ShortText, SourceId
from schemas.locations import render_location
from schemas.quorum import QuorumValue

Role = Literal["clerk", "reviewer", "approver", "supervisor", "adapter"]
Level = Literal["red", "orange", "yellow", "blue"]
Region = Annotated[str, Field(pattern=r"^[0-9]{6}([0-9]{3})?$")]
Age = Annotated[int, Field(ge=0, le=150)]
Kind = Annotated[str, Field(pattern=f"^({'|'.join(KINDS)})$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SourceValue(_Strict):
    """A party that may send documents (报送单位)."""

    name: ShortText
    type: Literal["bureau", "department", "township", "bank", "oversight", "citizen", "monitor"]
    bank: BankCode | None = None  # of a bank: the code it answers for


class OfficerValue(_Strict):
    """One key of one person (or one adapter) and what it may do.

    ``person`` is an opaque number that is the same for two keys of one human being, so that nobody is his own second
    person. ``programmes`` and ``regions`` bound batches; ``["*"]`` means every programme, a region is a county or town.
    """

    key: KeyId
    source: SourceId
    person: Number
    role: Role
    kinds: list[Kind]
    programmes: list[Annotated[str, Field(pattern=r"^(\*|[A-Z][A-Z0-9-]{0,15})$")]]
    regions: list[Region]


class BankValue(_Strict):
    """A bank that takes part; the item's id is its 3-digit code.

    ``branch`` reaches an account of it whose own branch number is not known. An order file holds at most
    ``file_lines_max`` lines and ``file_fen_max`` fen; more go into several files.
    """

    name: ShortText
    branch: BranchNumber | None = None
    file_lines_max: Annotated[int, Field(ge=1, le=1_000_000)] = 200_000
    file_fen_max: Annotated[int, Field(ge=1, lt=2**53)] = 2**53 - 1


class ProgrammeValue(_Strict):
    """A subsidy. ``standard_fen`` is fen per unit of quantity (per line where a line states no quantity).

    ``standard_kind``: pay exactly the standard, or at most it. ``unit`` machine: ``plot`` holds a machine's serial,
    paid for once in its life. ``age_min`` and ``age_max`` are whole years, met on some day of the period. ``excludes``
    names programmes that nobody may have for the same time; one direction is enough. ``sensitive`` (disability,
    illness, minors): the public log tells counts of its batches, and no amount, village or code that tells of a person.
    """

    name: ShortText
    short_name: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,7}$")]
    cycle: Literal["month", "quarter", "half", "year"]
    unit: Literal["person", "household", "plot", "machine"]
    standard_fen: Fen | None
    standard_kind: Literal["exact", "ceiling"] = "exact"
    paying_banks: Annotated[list[BankCode], Field(min_length=1, max_length=20)]
    agent_bank: BankCode
    universal: bool = False
    review_window_hours: Annotated[int, Field(ge=0, le=8760)] = 72
    publicity_required: bool = True
    bars_payroll: bool = False
    age_min: Age | None = None
    age_max: Age | None = None
    excludes: Annotated[list[ProgrammeId], Field(max_length=50)] = []
    line_max_fen: Fen | None = None
    sensitive: bool = False


class PlanValue(_Strict):
    """A payment plan (用款计划): how much may be paid of a programme under this plan number, the item's id."""

    programme: ProgrammeId
    fen: Fen


class RuleValue(_Strict):
    """How a county runs a rule: switch, level instead of the default, whether its input is required, thresholds."""

    enabled: bool = True
    level: Level | None = None
    required: bool = False
    parameters: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,32}$")], Annotated[int, Field(ge=0, lt=2**53)]] = {}


class SettingValue(_Strict):
    """A number the ledger reads, at most a year of hours; the item's id is one of :data:`SETTINGS`."""

    value: Annotated[int, Field(ge=0, le=8760)]


SETTINGS: Mapping[str, int] = {"cooling_off_hours": 72}
SUBJECTS: Mapping[str, type[BaseModel]] = {
    "source": SourceValue,
    "officer": OfficerValue,
    "bank": BankValue,
    "programme": ProgrammeValue,
    "plan": PlanValue,
    "rule": RuleValue,
    "setting": SettingValue,
    "quorum": QuorumValue,
}
_WITHDRAWABLE = ("source", "officer", "bank", "plan")
PolicyValue = (
    SourceValue | OfficerValue | BankValue | ProgrammeValue | PlanValue | RuleValue | SettingValue | QuorumValue
)


class _Ids(_Strict):
    source: SourceId = "x"
    bank: BankCode = "000"
    programme: ProgrammeId = "X"
    rule: RuleCode = "R00"


def validate_item(subject: str, identifier: str, value: Mapping[str, Any] | None) -> PolicyValue | None:
    """Return the item's model (None withdraws). Raises InputError ``S02`` naming the field that is wrong."""
    try:
        _Ids.model_validate({subject: identifier} if subject in _Ids.model_fields else {})
        if value is None:
            _check_withdrawable(subject)
            return None
        model = SUBJECTS[subject].model_validate(value)
    except ValidationError as error:
        raise InputError("S02", f"{subject}: field {render_location(error)}") from error
    if subject == "setting" and identifier not in SETTINGS:
        raise InputError("S02", "setting: unknown name")
    return model  # type: ignore[return-value]  # SUBJECTS holds exactly the members of PolicyValue


def _check_withdrawable(subject: str) -> None:
    if subject not in _WITHDRAWABLE:
        raise InputError("S02", f"{subject}: cannot be withdrawn")
