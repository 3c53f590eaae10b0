"""Owns what intake works with: a home or spool, where documents go, the adapters that read files of other formats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bank_adapters.profiles import Profile
from consolidator.home.paths import Home
from consolidator.transparency.keys import Ed25519Signer
from schemas.errors import ConfigurationError
from streams.journal import DocumentJournal, DocumentSink


@dataclass(frozen=True, slots=True)
class Reader:
    """A source's adapter: its key and the profiles of the files it sends."""

    source: str
    signer: Ed25519Signer
    profiles: Mapping[str, Profile]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that intake works with. Of ``home`` it uses ``taken/`` and ``refused/`` only."""

    home: Home
    county: str
    journal: DocumentSink
    readers: Sequence[Reader]


@dataclass(frozen=True, slots=True)
class OfficeDesk(Desk):
    """The desk of a county's home, where the ledger's state is known, too, and officers act."""

    journal: DocumentJournal


def make_reader(source: str, signer: Ed25519Signer, names: Sequence[str], profiles: Mapping[str, Profile]) -> Reader:
    """Give a source's adapter. ConfigurationError when there is no profile of one of the names."""
    unknown = sorted(set(names) - set(profiles))
    if unknown:
        what = f"'{unknown[0]}' ({source})"
        message = f"没有文件格式 {what} / no profile {what}: see docs/formats.md for those there are"
        raise ConfigurationError(message)
    return Reader(source, signer, {name: profiles[name] for name in names})
