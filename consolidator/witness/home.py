"""Owns a witness's home directory: its layout, how it is made, how it is opened. One process at a time works in it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from consolidator.home.building import build_folder
from consolidator.home.files import make_folder, write_whole
from consolidator.keys import make_signer, read_signer, write_signer
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, render_vkey
from consolidator.transparency.policy import parse_policy
from consolidator.witness.mark import check_mark, read_mark, tell_retired, write_mark
from consolidator.witness.settings import (
    Log,
    WitnessSettings,
    make_settings,
    read_settings,
    render_settings,
    validate_settings,
)
from consolidator.witness.store import Store, create_store, open_store
from schemas.errors import ConfigurationError
from streams.embedded.lock import hold_lock


@dataclass(frozen=True, slots=True)
class WitnessHome:
    """A witness's home directory."""

    root: Path

    @property
    def settings(self) -> Path:
        """The settings file."""
        return self.root / "witness.toml"

    @property
    def key(self) -> Path:
        """Its private key, mode 0600."""
        return self.root / "keys" / "witness.key"

    @property
    def mark(self) -> Path:
        """Beside the key: which store is its own, and how far it was written."""
        return self.root / "keys" / "store.mark"

    @property
    def store(self) -> Path:
        """What it cosigned."""
        return self.root / "witness.sqlite"

    @property
    def lock(self) -> Path:
        """Held by whoever works in this home."""
        return self.root / "witness.lock"


@dataclass(frozen=True, slots=True)
class Opened:
    """A witness's home at work: settings, key, store."""

    home: WitnessHome
    settings: WitnessSettings
    key: Ed25519Signer
    store: Store

    def write_mark(self) -> None:
        """Bring the mark beside the key up to the store."""
        write_mark(self.home.mark, self.store.mark())


def create_witness(root: Path, name: str, log: Log, now: int) -> Ed25519Signer:
    """Make a witness of one log: new key, empty store, settings; all of it or nothing. Gives its key.

    Raises ConfigurationError for a name or key that no policy could hold, ConflictError when the place is taken.
    """
    return found_witness(root, make_signer(name, COSIGNATURE), log, now)


def found_witness(root: Path, key: Ed25519Signer, log: Log, now: int) -> Ed25519Signer:
    """Make a witness as :func:`create_witness` does, with a key that exists: a body's own never comes from elsewhere.

    Only generated data brings its keys along.
    """
    settings = make_settings(key.name, log)
    parse_policy(f"log {log.key}\n{render_policy_line(key)}\nquorum {key.name}\n".encode())
    with build_folder(root) as draft:
        _fill(WitnessHome(draft), settings, key, now)
    return key


def _fill(home: WitnessHome, settings: WitnessSettings, key: Ed25519Signer, now: int) -> None:
    make_folder(home.root / "keys")
    write_signer(home.key, key)
    write_whole(home.settings, render_settings(settings).encode())
    write_mark(home.mark, create_store(home.store, [log.verifier.name for log in settings.log], now))


def add_log(root: Path, log: Log) -> None:
    """Add a log to a witness that is not running. ConfigurationError when it knows the log already."""
    with open_witness(root) as opened:
        settings = validate_settings(opened.settings.model_copy(update={"log": [*opened.settings.log, log]}))
        opened.store.add_log(log.verifier.name)
        opened.write_mark()
        write_whole(opened.home.settings, render_settings(settings).encode())


def render_policy_line(key: Ed25519Signer, url: str = "") -> str:
    """Write the line by which a policy file names this witness."""
    return " ".join(filter(None, ["witness", key.name, render_vkey(key.verifier), url]))


@contextmanager
def open_witness(root: Path) -> Iterator[Opened]:
    """Open a witness's home for work, under its lock, if its store is the one it must be.

    Raises ConfigurationError when the store is lost, older than it must be or retired; ConflictError when another
    process works here.
    """
    home = WitnessHome(root)
    settings = read_settings(home.settings)
    key = read_signer(home.key, COSIGNATURE)
    if key.name != settings.name:
        message = "设置中的名称与密钥不符 / witness.toml: the name is not that of the key in keys/witness.key"
        raise ConfigurationError(message)
    with hold_lock(home.lock), closing(open_store(home.store)) as store:
        yield _check(Opened(home, settings, key, store))


def _check(opened: Opened) -> Opened:
    """Refuse a store that is not what it must be; a mark that a crash left one change behind is brought up to it."""
    mark, found = read_mark(opened.home.mark), opened.store.mark()
    check_mark(mark, found)
    if reason := opened.store.retired():
        zh, _, en = reason.partition(" / ")
        raise tell_retired(zh, en)
    if mark != found:
        opened.write_mark()
    return opened
