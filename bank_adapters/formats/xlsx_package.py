"""Owns the zip around a workbook: all is bounded before it is unpacked, and a DTD in its XML is refused on sight.

A workbook is a zip of XML parts (ECMA-376). A part's declared size is a bound: the zip module reads no byte more.
"""

import zlib
from collections.abc import Mapping, Sequence
from io import BytesIO
from posixpath import join, normpath
from typing import NamedTuple, NoReturn, Protocol
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from schemas.errors import InputError

XLSX_BYTES_MAX = 50_000_000  # 200,000 lines in the widest layout are about 15 MB
UNZIPPED_BYTES_MAX = 400_000_000
PARTS_MAX = 1_000
SMALL_PART_BYTES_MAX = 8_000_000  # of anything but sheets and their texts
ELEMENTS_MAX = 200_000  # of a small part; Excel knows 65,490 cell formats
DEPTH_MAX = 32  # of XML elements; a sheet needs ten
_CHUNK_BYTES = 65_536
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of .xls, and of encrypted workbooks
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ENCRYPTED_FLAG = 1
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class Listener(Protocol):
    """Takes what stands in an XML part, as the parser meets it."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element; ``name`` and attributes may have prefixes."""

    def end(self, name: str) -> None:
        """Take its end."""

    def data(self, text: str) -> None:
        """Take text; one text may come in several pieces."""


class Element(NamedTuple):
    """An element of a small part: its parent's name, its own, and its attributes, all without prefixes."""

    parent: str
    name: str
    attributes: Mapping[str, str]


class Related(NamedTuple):
    """What a part refers to: an id, the last word of the type, and the other part's place in the zip."""

    id: str
    type: str
    part: str


def open_package(raw: bytes) -> ZipFile:
    """Open a workbook's zip. InputError ``I18`` when it is none, ``I02`` when it is or unpacks too large."""
    _check_beginning(raw)
    try:
        archive = ZipFile(BytesIO(raw))
    except _BROKEN as error:
        raise InputError("I18", "not a workbook") from error
    parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNZIPPED_BYTES_MAX:
        raise InputError("I02", f"a workbook unpacks to at most {UNZIPPED_BYTES_MAX} bytes in {PARTS_MAX} parts")
    if len({part.filename for part in parts}) != len(parts):
        raise InputError("I18", "a part stands twice")
    if any(part.flag_bits & _ENCRYPTED_FLAG for part in parts):
        raise InputError("I18", "the workbook is encrypted: remove its password")
    if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in parts):
        raise InputError("I18", "compressed in an unusual way")
    return archive


def _check_beginning(raw: bytes) -> None:
    if len(raw) > XLSX_BYTES_MAX:
        raise InputError("I02", f"a workbook has at most {XLSX_BYTES_MAX} bytes")
    if raw.startswith(_OLD):
        known = "encrypted: remove its password" if _ENCRYPTED in raw else "an old .xls: save it as .xlsx"
        raise InputError("I18", f"the workbook is {known}")
    if raw.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise InputError("I18", "a web page or XML under a spreadsheet's name: save it as .xlsx")


def listen(archive: ZipFile, part: str, listener: Listener, bytes_max: int = UNZIPPED_BYTES_MAX) -> None:
    """Read a part's XML, piece by piece. InputError ``I18`` missing or wrong, ``I02`` too large."""
    if _measure(archive, part) > bytes_max:
        raise InputError("I02", "a part of the workbook is too large")
    parser = _make_parser(listener)
    try:
        with archive.open(part) as stream:
            while chunk := stream.read(_CHUNK_BYTES):
                parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 -- expat's own way to say that this is the end
    except (expat.ExpatError, *_BROKEN) as error:
        raise InputError("I18", "a part of the workbook is broken") from error


def _measure(archive: ZipFile, part: str) -> int:
    try:
        return archive.getinfo(part).file_size
    except KeyError as error:
        raise InputError("I18", "a part of the workbook is missing") from error


def _make_parser(listener: Listener) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = listener.start
    parser.EndElementHandler = listener.end
    parser.CharacterDataHandler = listener.data
    return parser


def _refuse_doctype(*_: object) -> NoReturn:
    raise InputError("I18", "XML with a document type")


class _Outline:
    """Lists the elements of a small part."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.path = [""]

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        own = {drop_prefix(key): value for key, value in attributes.items()}
        self.elements.append(Element(self.path[-1], drop_prefix(name), own))
        self.path.append(drop_prefix(name))
        check_depth(len(self.path))
        if len(self.elements) > ELEMENTS_MAX:
            raise InputError("I02", "a part of the workbook has too many elements")

    def end(self, _: str) -> None:
        self.path.pop()

    def data(self, text: str) -> None:
        """Small parts say what we ask in attributes."""


def check_depth(depth: int) -> None:
    """Refuse XML that is nested deeper than any workbook (``I18``)."""
    if depth > DEPTH_MAX:
        raise InputError("I18", f"XML is nested deeper than {DEPTH_MAX}")


def drop_prefix(name: str) -> str:
    """Give a name without its namespace's prefix: some programs write one before every element.

    >>> drop_prefix("x:row"), drop_prefix("row")
    ('row', 'row')
    """
    return name[name.find(":") + 1 :]


def list_elements(archive: ZipFile, part: str) -> Sequence[Element]:
    """Read a small part."""
    outline = _Outline()
    listen(archive, part, outline, SMALL_PART_BYTES_MAX)
    return outline.elements


def list_related(archive: ZipFile, part: str) -> Sequence[Related]:
    """Give what a part (empty: the workbook's file itself) refers to inside the zip."""
    folder, _, name = part.rpartition("/")
    elements = list_elements(archive, join(folder, "_rels", f"{name}.rels"))
    return [_read_related(folder, element.attributes) for element in elements if element.name == "Relationship"]


def _read_related(folder: str, attributes: Mapping[str, str]) -> Related:
    target = normpath(join("/", folder, attributes.get("Target", ""))).lstrip("/")
    return Related(attributes.get("Id", ""), attributes.get("Type", "").rpartition("/")[2], target)
