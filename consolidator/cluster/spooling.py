"""Owns intake on a machine without the county's home: a spool of its own, documents appended to the partition.

The spool's ``taken/`` is all that is known of what was appended: a document there, and not in its ``new/``, was
appended whole. What a crash left in ``new/`` is appended again; the ledger takes every header and part once.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from consolidator.cluster.joining import find_place
from consolidator.cluster.settings import make_connection, read_cluster
from consolidator.home.files import disk_errors, hold_folder, write_whole
from consolidator.home.paths import Home
from consolidator.intake.desk import Desk, Reader
from consolidator.intake.spool import KEPT
from schemas.commands import Command
from schemas.envelope import parse_envelope
from schemas.errors import ConfigurationError, InputError
from streams.kafka.appending import Appender
from streams.kafka.loop import Loop
from streams.kafka.rights import check_partition, check_writable
from streams.kafka.shard import AHEAD_SECONDS, Shard

COUNTY_FILE = "county"  # in a spool: whose documents these are
_ENVELOPE_BYTES_MAX = 1_048_576  # the first line of a document
Offers = Literal["new", "all"]  # "all": also what was appended from here before


@dataclass(frozen=True, slots=True)
class Spool:
    """Where documents for a county go from here: the cluster's settings, the county, the spool, what is offered."""

    cluster: Path
    county: str
    folder: Path
    offers: Offers = "new"


@dataclass(slots=True)
class SpooledJournal:
    """A :class:`streams.journal.DocumentSink`: appends to the county's partition, and knows what it appended before."""

    home: Home
    shard: Shard
    appender: Appender
    offers: Offers = "new"
    now: Callable[[], float] = time.time
    clock_ahead_seconds: float = field(default=0, init=False)  # how far our clock is before the brokers'
    _digests: dict[Path, str] = field(default_factory=dict, init=False)

    def append(self, commands: Sequence[Command]) -> None:
        """Append commands; on return the brokers keep all. After an error some may be there: append all again."""
        stamp = self.appender.append(self.shard, commands)
        self.clock_ahead_seconds = max(self.clock_ahead_seconds, self.now() - stamp)

    def holds_document(self, digest: str) -> bool:
        """Say whether a document was appended whole from here before, and need not be offered again."""
        if self.offers == "all":
            return False
        with disk_errors():
            for path in self.home.taken.glob("*/*.jsonl"):
                if path not in self._digests and KEPT.fullmatch(path.name):
                    self._digests[path] = _read_digest(path)
        return digest in self._digests.values()


def _read_digest(path: Path) -> str:
    with path.open("rb") as file:
        line = file.readline(_ENVELOPE_BYTES_MAX)
    try:
        return parse_envelope(line.rstrip(b"\n")).digest
    except InputError:  # put there by somebody
        return ""


@contextmanager
def open_spool(spool: Spool, readers: Sequence[Reader]) -> Iterator[Desk]:
    """Open what intake works with. ConfigurationError says which right, topic or county is missing, in seconds."""
    settings = read_cluster(spool.cluster)
    place = find_place(settings, spool.county)
    shard = Shard(make_connection(settings, spool.cluster.parent), place.code, place.partition)
    topics = [shard.topic("commands")]
    with Loop() as loop:
        loop.run(check_writable(shard.connection, topics))
        loop.run(check_partition(shard, topics))
        home = Home(spool.folder)
        _claim(home, spool.county)
        appender = Appender(loop)
        try:
            journal = SpooledJournal(home, shard, appender, spool.offers)
            yield Desk(home, spool.county, journal, readers)
            check_clock(journal)
        finally:
            appender.close()


def check_clock(journal: SpooledJournal) -> None:
    """Raise ConfigurationError if the county takes nothing that was sent, as it is stamped with a time to come."""
    if journal.clock_ahead_seconds > AHEAD_SECONDS:
        seconds = round(journal.clock_ahead_seconds)
        message = (
            f"本机时钟比集群快 {seconds} 秒,县区不会受理刚才所送:校准时钟后,用 --again 再送一次 / "
            f"this machine's clock is {seconds} seconds ahead of the brokers': the county does not take what was sent "
            "just now. Set the clock, then submit it once more with --again"
        )
        raise ConfigurationError(message)


def _claim(home: Home, county: str) -> None:
    """Make a spool the county's for life: what waits in it must never go to another's partition."""
    with hold_folder(home.root) as folder, disk_errors():
        path = folder / COUNTY_FILE
        if not path.exists():
            write_whole(path, f"{county}\n".encode())
        owner = path.read_text(encoding="utf-8").strip()
    if owner != county:
        message = (
            f"暂存文件夹 {home.root} 属于县区 {owner},请为 {county} 另用一个 / "
            f"the spool {home.root} is county {owner}'s: use another folder for {county}"
        )
        raise ConfigurationError(message)
