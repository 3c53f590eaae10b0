"""Owns what a profile of order files that go to a bank may say."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from bank_adapters.formats.layouts import CLOSED, Encoding, FileName, Name, Separator, Widths, WidthUnit, check_widths
from schemas.identifiers import BankCode

_LITERAL = r"[^\x00-\x1f]{0,40}"
_OF_LINE = ("serial", "name", "account", "branch", "amount", "summary", "order_id", "bank")
_OF_FILE = ("file", "count", "total", "date", "summary", "bank")
LineItem = Annotated[str, Field(pattern=f"^(={_LITERAL}|{'|'.join(_OF_LINE)})$")]
FileItem = Annotated[str, Field(pattern=f"^(={_LITERAL}|{'|'.join(_OF_FILE)})$")]
Words = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
NUMBERS = ("serial", "amount", "count", "total")


class OrderLayout(BaseModel):
    """An order file that goes to a bank. Items of header, columns and trailer are names of values or ``=literal``.

    ``preamble`` lines stand above everything else. A ``fixed`` layout has widths instead of a separator: texts are
    filled up with spaces behind them, numbers in front of them, or with zeros if they are ``zero_padded``.
    ``sample_payer``: a payer account or agency in it is made up, so that no real money may be ordered with it.
    """

    model_config = CLOSED

    name: Name
    direction: Literal["out"]
    bank: BankCode
    file_name: FileName
    format: Literal["delimited", "fixed"] = "delimited"
    encoding: Encoding
    separator: Separator | None = None
    line_end: Literal["crlf", "lf"] = "crlf"
    width_unit: WidthUnit = "bytes"
    widths: Widths = []
    header_widths: Widths = []
    trailer_widths: Widths = []
    zero_padded: bool = False
    preamble: list[Words] = []
    titles: list[str] = []
    header: list[FileItem] = []
    columns: Annotated[list[LineItem], Field(min_length=1)]
    trailer: list[FileItem] = []
    amount_unit: Literal["yuan", "fen"] = "yuan"
    sample_payer: bool = False

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

    @model_validator(mode="after")
    def _keys_fit_the_format(self) -> Self:
        fixed = self.format == "fixed"
        if fixed == (self.separator is not None) or (self.titles if fixed else self.widths or self.zero_padded):
            message = "a delimited layout has a separator, a fixed one has widths and no titles"
            raise ValueError(message)
        if fixed:
            frame = ((self.header_widths, self.header), (self.trailer_widths, self.trailer))
            check_widths((self.widths, self.columns), *frame)
        return self

    @model_validator(mode="after")
    def _literals_can_stand(self) -> Self:
        """A separator in a literal would spoil every file."""
        items = [item[1:] for item in (*self.header, *self.columns, *self.trailer) if item.startswith("=")]
        if self.separator is not None and any(self.separator in text for text in (*items, *self.titles)):
            message = "a literal or title holds the separator"
            raise ValueError(message)
        return self
