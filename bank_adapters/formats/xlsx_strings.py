"""Owns the table of shared texts of a workbook: most cells only name a number in it."""

from collections.abc import Mapping
from zipfile import ZipFile

from bank_adapters.formats.xlsx_package import check_depth, drop_prefix, listen
from bank_adapters.formats.xlsx_sheet import CELL_CHARACTERS_MAX
from schemas.errors import InputError

STRINGS_BYTES_MAX = 100_000_000  # a million texts of 100 bytes


class _Strings:
    """Joins the runs of each text; how Chinese is read aloud (rPh) is no part of it."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._depth = 0
        self._pieces: list[str] = []
        self._taking = False
        self._phonetic = False

    def start(self, name: str, _: Mapping[str, str]) -> None:
        self._depth += 1
        check_depth(self._depth)
        name = drop_prefix(name)
        if name == "si":
            self._pieces = []
        elif name == "t":
            self._taking = not self._phonetic
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        self._depth -= 1
        name = drop_prefix(name)
        if name == "si":
            self.texts.append("".join(self._pieces))
        elif name == "t":
            self._taking = False
        elif name == "rPh":
            self._phonetic = False

    def data(self, text: str) -> None:
        if self._taking:
            self._pieces.append(text)
            if sum(map(len, self._pieces)) > CELL_CHARACTERS_MAX:
                raise InputError("I14", f"a cell has more than {CELL_CHARACTERS_MAX} characters")


def read_strings(archive: ZipFile, part: str) -> list[str]:
    """Give the shared texts in order."""
    strings = _Strings()
    listen(archive, part, strings, STRINGS_BYTES_MAX)
    return strings.texts
