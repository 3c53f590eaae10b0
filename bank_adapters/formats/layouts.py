"""Owns what a profile of files that come in may say. Unknown keys are refused: a typing error is no silent default."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from bank_adapters.formats.text import ROW_CHARACTERS_MAX
from schemas.identifiers import BankCode
from schemas.parts import PARTS, REGISTER_PARTS, Columns
from schemas.results import RESULT_STATUSES, ResultWhy

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]
Encoding = Literal["gb18030", "gbk", "utf-8", "utf-8-sig"]
WidthUnit = Literal["bytes", "characters"]
Separator = Annotated[str, Field(min_length=1, max_length=1)]
Widths = list[Annotated[int, Field(ge=1, le=400)]]
CellName = Annotated[str, Field(pattern=r"^[A-Z]{1,2}[1-9][0-9]{0,2}$")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{0,40}\{file\}[A-Za-z0-9._-]{0,40}$")]
LITERAL = "="
_NUMBERS = re.compile(r"[0-9]{8}")  # the shortest account
TOTALS = ("yuan", "fen")
WITH_TOTALS = ("batch", "results")
Kind = Literal["batch", "register", "accounts", "designations", "results"]
Outcome = tuple[str, str | None]  # a status, and the class of why; as the ledger knows them
AMBIGUOUS: Outcome = ("unknown", "ambiguous")  # what a code means that nobody explained: neither success nor failure
_OUTCOMES = frozenset(
    (status, why)
    for status in RESULT_STATUSES
    for why in (None, *get_args(ResultWhy))
    if status != "credited" or why is None
)

CLOSED = ConfigDict(extra="forbid", strict=True, frozen=True)

# Which keys a format has beside those of every file.
_KEYS: Mapping[str, frozenset[str]] = {
    "delimited": frozenset(("encoding", "separator", "header", "trailer", "preamble_rows")),
    "csv": frozenset(("encoding", "separator", "header", "trailer", "preamble_rows", "also", "optional")),
    "fixed": frozenset(
        ("encoding", "header", "trailer", "preamble_rows", "width_unit", "widths", "header_widths", "trailer_widths")
    ),
    "xlsx": frozenset(("cells", "trailer", "preamble_rows", "optional")),
    "json": frozenset(("optional",)),
}
_OF_FORMATS = frozenset[str]().union(*_KEYS.values())


class InLayout(BaseModel):
    """A file that comes in.

    ``columns`` pairs the file's column title with our field, in the file's order; an empty field is read over, one that
    begins with ``=`` stands on every line literally. ``header`` and ``trailer`` list what their line holds:
    ``=literal`` stands there, an empty item is read over, others are named values, of which ``count`` and ``yuan`` or
    ``fen`` are control totals. ``preamble_rows`` lines above the header say nothing. ``cells`` names cells of a sheet's
    title rows in the same way. A file may lack the columns of the fields in ``optional``, titles and all. Files of the
    formats in ``also`` have the same columns under the same titles; the ending of the file's name tells them. With
    ``zero_padded``, numbers may be filled up with zeros. ``choices`` maps the words of a field to ours. Result files
    name their ``bank`` and say what its codes mean: ``results`` gives each code our ``status`` or ``status/why``.
    ``answer_name`` is how a simulated bank calls its answer to an order ``{file}``.
    """

    model_config = CLOSED

    name: Name
    direction: Literal["in"]
    kind: Kind
    register_name: str | None = None
    format: Literal["delimited", "csv", "fixed", "xlsx", "json"]
    also: list[Literal["xlsx", "json"]] = []
    file_name: str
    encoding: Encoding = "utf-8"
    separator: Separator = ","
    preamble_rows: Annotated[int, Field(ge=0, le=20)] = 0
    header: list[str] = []
    trailer: list[str] = []
    cells: dict[CellName, str] = {}
    width_unit: WidthUnit = "bytes"
    widths: Widths = []
    header_widths: Widths = []
    trailer_widths: Widths = []
    columns: Annotated[list[tuple[str, str]], Field(min_length=1, max_length=100)]
    optional: list[str] = []
    amount_unit: Literal["yuan", "fen"] = "yuan"
    zero_padded: bool = False
    choices: dict[str, dict[str, str]] = {}
    bank: BankCode | None = None
    answer_name: FileName | None = None
    results: dict[str, str] = {}

    @property
    def titles(self) -> Sequence[str]:
        """The columns' titles, in the file's order."""
        return [title for title, _ in self.columns]

    @property
    def outcomes(self) -> Mapping[str, Outcome]:
        """What each of a bank's codes means."""
        return {code: split_outcome(words) for code, words in self.results.items()}

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
    def _results_say_what_codes_mean(self) -> Self:
        told = (self.bank is not None, self.answer_name is not None, bool(self.results))
        if told != (self.kind == "results",) * len(told):
            message = "a results profile has bank, answer_name and a table of codes, and no other does"
            raise ValueError(message)
        if not _OUTCOMES.issuperset(self.outcomes.values()):
            message = "a code's meaning is no status, or no status/why"
            raise ValueError(message)
        if len({code.lstrip("0") or code[-1:] for code in self.results}) != len(self.results):
            message = "two codes differ in zeros before them only, which a spreadsheet drops"
            raise ValueError(message)
        if self.outcomes.get("", AMBIGUOUS)[0] != AMBIGUOUS[0]:
            message = "no code at all is neither success nor failure"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _answer_is_called_as_such_files_are(self) -> Self:
        if self.answer_name is not None and not re.fullmatch(self.file_name, self.answer_name.replace("{file}", "x")):
            message = "answer_name is no file_name"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _fields_are_ours(self) -> Self:
        """A mistyped field would otherwise be noticed only when a file comes."""
        fields = [field for _, field in self.columns if field and not field.startswith(LITERAL)]
        model = PARTS[self.kind] if self.kind != "register" else REGISTER_PARTS.get(self.register_name or "", Columns)
        if len(set(fields)) != len(fields) or not set(fields) <= model.model_fields.keys() - {"bad", "row", "why"}:
            message = "a field is unknown or stands twice"
            raise ValueError(message)
        if len(set(self.titles)) != len(self.columns):
            message = "a column title stands twice"
            raise ValueError(message)
        required = {name for name, field in model.model_fields.items() if field.is_required()}
        if not required <= set(fields):
            message = f"missing: {', '.join(sorted(required - set(fields)))}"
            raise ValueError(message)
        if not set(self.optional) <= set(fields) - required:
            message = "optional is no column, or one that a document must have"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _keys_fit_the_format(self) -> Self:
        strange = sorted((self.model_fields_set & _OF_FORMATS) - _KEYS[self.format])
        if strange:
            message = f"{strange[0]} does not belong to the format {self.format}"
            raise ValueError(message)
        if self.also and (self.header or self.trailer):
            message = "header and trailer belong to one format only"
            raise ValueError(message)
        if self.format == "fixed":
            frame = ((self.header_widths, self.header), (self.trailer_widths, self.trailer))
            check_widths((self.widths, self.columns), *frame)
        return self

    @model_validator(mode="after")
    def _totals_are_whole(self) -> Self:
        items = {*self.header, *self.trailer, *self.cells.values()}
        if self.kind in WITH_TOTALS and len(items & {"count"}) != len(items.intersection(TOTALS)):
            message = "control totals are a count and one sum, yuan or fen"
            raise ValueError(message)
        return self


def split_outcome(words: str) -> Outcome:
    """Take a code's meaning apart.

    >>> split_outcome("failed/payee_data"), split_outcome("credited")
    (('failed', 'payee_data'), ('credited', None))
    """
    status, _, why = words.partition("/")
    return status, why or None


def describe_item(item: str) -> str:
    """Name an item in an error: a literal as it is, unless it may be an account number.

    >>> describe_item("count"), describe_item("=END"), describe_item("=6299000000000000103")
    ('count', 'END', 'a fixed number')
    """
    return "a fixed number" if _NUMBERS.search(item) else item.removeprefix(LITERAL)


def check_widths(*pairs: tuple[Sequence[int], Sequence[object]]) -> None:
    """Raise ValueError unless each column and item of a file of fixed width has its width."""
    if any(len(widths) != len(items) for widths, items in pairs):
        message = "each column, header and trailer item has its width"
        raise ValueError(message)
    if any(sum(widths) > ROW_CHARACTERS_MAX for widths, _ in pairs):
        message = f"a line has at most {ROW_CHARACTERS_MAX} characters"
        raise ValueError(message)
