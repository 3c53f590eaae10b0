"""Owns who may act: sources, officers with their powers, and documents that wait for their parts or a second person."""

from msgspec import Struct

ROOT_SOURCE = "root"  # root officers send policy only; they belong to no department
ANY_PROGRAMME = "*"


class Source(Struct, frozen=True):
    """A party that may send documents (报送单位); ``bank`` is the code a bank answers for."""

    name: str
    type: str
    bank: str = ""


class Officer(Struct, frozen=True):
    """One key of one person or adapter, and its powers. ``person`` is equal for two keys of one human being."""

    id: str
    source: str
    person: str
    role: str
    kinds: list[str]
    programmes: list[str]
    regions: list[str]


class OpenDocument(Struct):
    """An accepted document: exact header bytes, who signed it, and the parts that have arrived (raw bytes).

    One that waits for its second person keeps who the first one was (``person``), and the ordinal it was proposed at.
    ``sensitive`` is what its programme was when the header took its place.
    """

    header: bytes
    key: str
    digest: str
    parts: list[bytes]
    person: str = ""
    proposed: int = 0
    sensitive: bool = False
