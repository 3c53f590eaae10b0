"""Owns what a profile may say. Unknown keys are refused, so that a typing error is not a silent default."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from schemas.identifiers import BankCode
from schemas.parts import REGISTER_PARTS, AccountsPart, BatchPart, Columns, DesignationsPart

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Encoding = Literal["gb18030", "utf-8", "utf-8-sig"]
Separator = Annotated[str, Field(min_length=1, max_length=1)]
_LITERAL = r"[^\x00-\x1f]{0,40}"
Kind = Literal["batch", "register", "accounts", "designations"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


_PARTS: Mapping[str, type[Columns]] = {
    "batch": BatchPart,
    "accounts": AccountsPart,
    "designations": DesignationsPart,
}


class InLayout(_Strict):
    """A file that comes in.

    ``columns`` pairs the file's column title with our field, in the file's order; an empty field is read over. A
    ``delimited`` file has no titles in it, and may have a ``header`` and a ``trailer`` line: items beginning with ``=``
    stand there literally, the others are field names (``count`` and ``yuan`` are control totals). A ``csv`` file begins
    with its titles. ``choices`` maps the words of a field to ours.
    """

    name: Name
    direction: Literal["in"]
    kind: Kind
    register_name: str | None = None
    format: Literal["delimited", "csv"]
    file_name: str
    encoding: Encoding
    separator: Separator = ","
    header: list[str] = []
    trailer: list[str] = []
    columns: Annotated[list[tuple[str, str]], Field(min_length=1)]
    amount_unit: Literal["yuan", "fen"] = "yuan"
    choices: dict[str, dict[str, str]] = {}

    @model_validator(mode="before")
    @classmethod
    def _pairs(cls, raw: object) -> object:
        """TOML has arrays where the model has pairs."""
        if isinstance(raw, dict) and isinstance(raw.get("columns"), list):
            pairs = [tuple(pair) if isinstance(pair, list) else pair for pair in raw["columns"]]
            return raw | {"columns": pairs}
        return raw

    @field_validator("file_name")
    @classmethod
    def _is_pattern(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            message = "file_name is no pattern"
            raise ValueError(message) from error
        return value

    @model_validator(mode="after")
    def _register_is_named(self) -> Self:
        if (self.kind == "register") != (self.register_name is not None):
            message = "a register profile names its register, and no other does"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _fields_are_ours(self) -> Self:
        """A mistyped field would otherwise be noticed only when a file comes."""
        fields = [field for _, field in self.columns if field]
        model = _PARTS[self.kind] if self.kind != "register" else REGISTER_PARTS.get(self.register_name or "", Columns)
        if len(set(fields)) != len(fields) or not set(fields) <= model.model_fields.keys() - {"bad", "row"}:
            message = "a field is unknown or stands twice"
            raise ValueError(message)
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        if not required <= set(fields):
            message = f"missing: {', '.join(sorted(required - set(fields)))}"
            raise ValueError(message)
        return self


_OF_LINE = ("serial", "name", "account", "branch", "amount", "summary", "order_id", "bank")
_OF_FILE = ("file", "count", "total", "date", "summary", "bank")
LineItem = Annotated[str, Field(pattern=f"^(={_LITERAL}|{'|'.join(_OF_LINE)})$")]
FileItem = Annotated[str, Field(pattern=f"^(={_LITERAL}|{'|'.join(_OF_FILE)})$")]


class OrderLayout(_Strict):
    """An order file that goes to a bank. Items of header, columns and trailer are names of values or ``=literal``."""

    name: Name
    direction: Literal["out"]
    bank: BankCode
    file_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,40}\{file\}[A-Za-z0-9._-]{0,40}$")]
    encoding: Encoding
    separator: Separator
    line_end: Literal["crlf", "lf"] = "crlf"
    titles: list[str] = []
    header: list[FileItem] = []
    columns: Annotated[list[LineItem], Field(min_length=1)]
    trailer: list[FileItem] = []
    amount_unit: Literal["yuan", "fen"] = "yuan"

    @model_validator(mode="after")
    def _says_everything(self) -> Self:
        """A list that can be read back has an account, a name, an amount and our order id on every line."""
        if not {"account", "name", "amount", "order_id"} <= set(self.columns):
            message = "columns must hold account, name, amount and order_id"
            raise ValueError(message)
        if self.titles and len(self.titles) != len(self.columns):
            message = "each column has its title"
            raise ValueError(message)
        return self
