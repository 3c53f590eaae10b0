"""Owns what intake works with: the home, its journal, and the adapters that read files of other formats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bank_adapters.profiles import Profile
from consolidator.home.paths import Home
from consolidator.transparency.keys import Ed25519Signer
from streams.journal import DocumentJournal


@dataclass(frozen=True, slots=True)
class Reader:
    """A source's adapter: its key and the profiles of the files it sends."""

    source: str
    signer: Ed25519Signer
    profiles: Mapping[str, Profile]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that intake works with."""

    home: Home
    county: str
    journal: DocumentJournal
    readers: Sequence[Reader]
