"""Owns the building of objects from a home: the only place where settings, keys, journal, engine and gate meet."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Literal

from bank_adapters.profiles import Profile, load_own_profiles
from consolidator.cosigning.rounds import Rounds
from consolidator.gate.records import GateRecords, open_records
from consolidator.gate.sending import Gate
from consolidator.home.cosigned import CosignedHeads
from consolidator.home.feeding import Feed, OwnFeed
from consolidator.home.paths import Home
from consolidator.intake.acting import View
from consolidator.intake.desk import OfficeDesk, Reader, make_reader
from consolidator.keys import read_epoch_keys, read_signer
from consolidator.publishing.ahead import start_ahead
from consolidator.publishing.publisher import Publisher
from consolidator.publishing.reading import serve_published
from consolidator.sealing import County
from consolidator.settings import Adapter, Settings, is_trial, read_settings
from schemas.errors import ConfigurationError, ConflictError
from streams.embedded.copying import CopyJournal, create_copy, open_copy
from streams.embedded.journal import SqliteJournal, open_journal, open_journal_read_only
from streams.embedded.lock import hold_lock
from streams.journal import DocumentJournal
from streams.recovery import load


@dataclass(frozen=True, slots=True)
class Office:
    """An opened home: its places and its settings.

    ``addresses`` says where witnesses, by name, are reached from here, if not at the address that policy names.
    """

    home: Home
    settings: Settings
    addresses: Mapping[str, str] = field(default_factory=dict)


def open_home(root: Path) -> Office:
    """Open a home. ConfigurationError when it is none."""
    home = Home(root)
    return Office(home, read_settings(home.settings))


def county_maker(office: Office) -> Callable[[], County]:
    """Give what makes a fresh machine for this county; its keys are read once."""
    signer = read_signer(office.home.log_key)
    if signer.name != office.settings.origin:
        message = "日志密钥与设置中的 origin 不符 / keys/log.key is not the key of the origin in consolidator.toml"
        raise ConfigurationError(message)
    epoch_keys = read_epoch_keys(office.home.epoch_keys)
    return lambda: County(epoch_keys, signer)


@contextmanager
def open_desk(office: Office) -> Iterator[OfficeDesk]:
    """Open what intake works with; the journal is closed at the end."""
    with open_intake(office) as journal:
        yield make_desk(office, journal)


@contextmanager
def open_intake(office: Office) -> Iterator[DocumentJournal]:
    """Open the journal that documents are appended to: the home's own, or the county's partition."""
    if office.settings.cluster is None:
        with open_journal(office.home.journal) as own:
            yield own
        return
    from consolidator.cluster.opening import open_copied  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load

    with open_copied(office.home, office.settings) as copied:
        yield copied


@contextmanager
def open_ledger(office: Office) -> Iterator[CopyJournal]:
    """Hold the home's lock and open the journal that its engine runs on; on a cluster it is a copy.

    ConflictError when another process has the lock, or moved the county to another engine just now.
    """
    home, on_cluster = office.home, office.settings.cluster is not None
    with hold_lock(home.lock):
        if read_settings(home.settings) != office.settings:
            message = "设置刚被修改,请重新运行 / the settings were changed just now: start the same command again"
            raise ConflictError(message)
        if on_cluster and not home.journal.exists():  # derived: all is copied and decided anew
            create_copy(home.journal)
        with open_copy(home.journal) as journal:
            _settle(journal, on_cluster=on_cluster)
            yield journal


def _settle(journal: CopyJournal, *, on_cluster: bool) -> None:
    """Make an own journal of a copy whose county came back from a cluster; the way there is another command's."""
    if journal.is_copy and not on_cluster:
        journal.take_back()
    if on_cluster and not journal.is_copy:
        message = (
            "本县尚未迁入集群,不能只改 engine:请改回 embedded,再运行 cluster adopt / this county was not moved to a "
            "cluster: set engine back to \"embedded\", then run 'consolidator cluster adopt'"
        )
        raise ConfigurationError(message)


@contextmanager
def open_feed(office: Office, journal: CopyJournal) -> Iterator[Feed]:
    """Open what feeds a run on a journal."""
    if office.settings.cluster is None:
        yield OwnFeed(journal)
        return
    from consolidator.cluster.opening import open_cluster_feed  # noqa: PLC0415 -- Kafka's client takes 0.2 s to load

    with open_cluster_feed(office.home, office.settings, journal) as feed:
        yield feed


def make_desk(office: Office, journal: DocumentJournal) -> OfficeDesk:
    """Put intake's desk together on an open journal."""
    profiles = load_own_profiles(office.home.profiles)
    readers = [_read_adapter(office.home, adapter, profiles) for adapter in office.settings.adapter]
    return OfficeDesk(office.home, office.settings.county, journal, readers)


def _read_adapter(home: Home, adapter: Adapter, profiles: Mapping[str, Profile]) -> Reader:
    return make_reader(adapter.source, read_signer(home.root / adapter.key), adapter.profiles, profiles)


@contextmanager
def open_gate(office: Office, journal: SqliteJournal) -> Iterator[Gate]:
    """Open the gate on an open journal; its records are closed at the end."""
    with open_records(office.home.gate) as records:
        profiles, read_keys = load_own_profiles(office.home.profiles), partial(read_epoch_keys, office.home.epoch_keys)
        payers: Literal["real", "any"] = "any" if is_trial(office.settings) else "real"
        yield Gate(journal, records, office.home.outbox, profiles, read_keys, payers)


@contextmanager
def open_heads(office: Office, records: GateRecords, publisher: Publisher) -> Iterator[CosignedHeads]:
    """Put together what brings heads to witnesses, the public and the gate; at the end nobody is asked any more."""
    rounds = Rounds(publisher.log_key, partial(serve_published, office.home.log), office.addresses)
    heads = CosignedHeads(office.home, records, publisher, rounds, lambda: int(time.time()))
    publisher.on_head = heads.take_head
    yield heads
    heads.close()


@contextmanager
def open_publisher(office: Office) -> Iterator[Publisher]:
    """Open what publishes the log; it reads the journal through a connection of its own."""
    home = office.home
    with open_journal_read_only(home.journal) as journal:
        log_key = read_signer(home.log_key).verifier
        yield Publisher(home.log, journal, log_key, partial(start_ahead, home.journal, home.log))


def load_view(office: Office) -> View:
    """Give the ledger's state at the last commit, read-only; ConfigurationError when nothing was run yet."""
    make_county = county_maker(office)
    with open_journal_read_only(office.home.journal) as journal:
        standing = load(journal, make_county)
    if standing.record is None:
        message = "尚未运行 / nothing is decided yet: run 'consolidator run --once' first"
        raise ConfigurationError(message)
    return View(standing.machine.state, standing.record.position)
