"""Owns a monitor's home directory: two keys, its table, what it set aside. One process at a time works in it.

``keys/monitor.key`` signs findings; its name is the source that counties' policies know the monitor by. Under
``keys/names.key`` persons' lines meet: whoever has it can find out by trying whether somebody is in a table.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from consolidator.home.building import build_folder
from consolidator.home.files import disk_errors, make_folder, write_whole
from consolidator.keys import make_signer, read_private, read_signer, write_signer
from consolidator.transparency.keys import Ed25519Signer
from schemas.errors import ConfigurationError, UsageError
from schemas.headers import PublicSource
from streams.embedded.lock import hold_lock

NAMES_KEY_BYTES = 32
_NAMES = re.compile(r"[0-9a-f]{64}\n?")
_sources: TypeAdapter[str] = TypeAdapter(PublicSource)


@dataclass(frozen=True, slots=True)
class MonitorHome:
    """A monitor's home directory."""

    root: Path

    @property
    def key(self) -> Path:
        """The key that signs, mode 0600."""
        return self.root / "keys" / "monitor.key"

    @property
    def names(self) -> Path:
        """The key under which persons are named, mode 0600."""
        return self.root / "keys" / "names.key"

    @property
    def tables(self) -> Path:
        """The tables, a folder for each generation."""
        return self.root / "table"

    @property
    def lock(self) -> Path:
        """Held by whoever works in this home."""
        return self.root / "monitor.lock"


@dataclass(frozen=True, slots=True)
class OpenedMonitor:
    """A monitor's home at work: its keys, and the number of its table."""

    home: MonitorHome
    signer: Ed25519Signer
    names: bytes
    generation: int


def create_monitor(root: Path, source: str) -> Ed25519Signer:
    """Make a monitor's keys; all of it or nothing. Gives the key that policies register.

    Raises UsageError for a source that no policy could name, ConflictError when the place is taken.
    """
    try:
        _sources.validate_python(source)
    except ValidationError as error:
        message = f"报送单位编号不合规 / no source can be called like this: {source!r}"
        raise UsageError(message) from error
    signer = make_signer(source)
    with build_folder(root) as draft:
        home = MonitorHome(draft)
        make_folder(draft / "keys")
        write_signer(home.key, signer)
        write_whole(home.names, f"{secrets.token_hex(NAMES_KEY_BYTES)}\n".encode())
    return signer


@contextmanager
def open_monitor(root: Path, *, rebuild: bool = False) -> Iterator[OpenedMonitor]:
    """Open a monitor's home and hold it. ``rebuild``: forget its table, and begin the next one.

    Raises ConfigurationError without keys, ConflictError while another process works in it.
    """
    home = MonitorHome(root)
    signer, names = read_signer(home.key), _read_names(home.names)
    with hold_lock(home.lock):
        newest = max([int(folder.name) for folder in home.tables.glob("[0-9]*")], default=0)
        generation = newest + 1 if rebuild else max(newest, 1)
        with disk_errors():
            (home.tables / str(generation)).mkdir(mode=0o700, parents=True, exist_ok=True)
            if rebuild and newest:
                shutil.rmtree(home.tables / str(newest))
        yield OpenedMonitor(home, signer, names, generation)


def _read_names(path: Path) -> bytes:
    text = read_private(path)
    if _NAMES.fullmatch(text) is None:
        message = f"密钥 {path} 有误,从备份恢复 / the key {path} is wrong: restore it from a backup"
        raise ConfigurationError(message)
    return bytes.fromhex(text.strip())
