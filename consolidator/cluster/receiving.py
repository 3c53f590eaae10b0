"""Owns the bank's side of a cluster: order files from its topic into its folder, each checked, each put there once.

An offset is committed when the file, or what was turned away, is on disk. All members of the bank's group must share
one folder: it remembers what was received, and its lock keeps two members from receiving one file twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from bank_adapters.profiles import Profile, find_order_profile
from consolidator.cluster.settings import ClusterSettings
from consolidator.gate.accepting import Arrival, Tray, Trust, accept, accept_refused_again, refuse_record
from consolidator.gate.placing import clear_drafts
from consolidator.home.status import read_policy
from schemas.errors import ConfigurationError, InputError
from schemas.identifiers import COUNTY
from schemas.records import parse_delivery
from schemas.topics import topic_name
from streams.kafka.client import Connection
from streams.kafka.grouping import GroupReader
from streams.kafka.loop import Loop
from streams.kafka.reading import FOLLOW_MILLISECONDS, Row


@dataclass(slots=True)
class Receiver:
    """Receives one bank's order files until :meth:`end` is called; ``tell`` is given what became of each."""

    reader: GroupReader
    tray: Tray
    tell: Callable[[Arrival], None]
    ending: Event = field(default_factory=Event)

    def run(self) -> None:
        """Receive until told to end. What was turned away before is checked again first."""
        self._start()
        while not self.ending.is_set():
            self._turn()

    def run_once(self) -> None:
        """Receive what the topic holds, and end when the group is done with it."""
        self._start()
        while not self.ending.is_set():
            if not self._turn() and self.reader.is_done():
                return

    def _start(self) -> None:
        clear_drafts(self.tray.root)
        for arrival in accept_refused_again(self.tray):
            self.tell(arrival)
        self.reader.open()

    def _turn(self) -> bool:
        row = self.reader.fetch(FOLLOW_MILLISECONDS)
        if row is None:
            return False
        self.tell(_take(self.tray, row))
        self.reader.commit(row)  # if it is another member's by now: that one finds it here and goes on
        return True


def _take(tray: Tray, row: Row) -> Arrival:
    try:
        delivery = parse_delivery(row.value, row.headers)
    except InputError as error:
        return refuse_record(tray, row.value or b"", error)
    return accept(tray, delivery)


def make_reader(loop: Loop, connection: Connection, bank: str) -> GroupReader:
    """Give what reads a bank's deliveries; clusters that share brokers have groups of their own."""
    return GroupReader(
        loop, connection, topic_name(connection.prefix, "deliveries", bank), f"bank-{bank}-{connection.prefix}"
    )


def check_bank(settings: ClusterSettings, bank: str, profiles: Mapping[str, Profile]) -> None:
    """Return if a bank is one of the cluster's and its order files can be read. ConfigurationError if not."""
    if bank not in settings.banks:
        message = f"cluster.toml 的 banks 中没有银行 {bank} / cluster.toml: bank {bank} is not in 'banks'"
        raise ConfigurationError(message)
    if find_order_profile(bank, profiles) is None:
        message = (
            f"没有银行 {bank} 的代发格式,用 --profiles 指定 / "
            f"no profile of order files for bank {bank}: name the folder that holds it with --profiles"
        )
        raise ConfigurationError(message)


def read_trusts(words: Sequence[str]) -> Mapping[str, Trust]:
    """Read the bank's own policy files, by log origin. A word is ``FILE`` or ``COUNTY=FILE``.

    Without a county it is the last part of the log's name. ConfigurationError when that is none, or one comes twice.
    """
    trusts: dict[str, Trust] = {}
    for origin, trust in map(_read_trust, words):
        if origin in trusts or trust.county in {each.county for each in trusts.values()}:
            message = f"县区 {trust.county} 有两个策略文件 / two policies of county {trust.county}, or of one log"
            raise ConfigurationError(message)
        trusts[origin] = trust
    return trusts


def _read_trust(word: str) -> tuple[str, Trust]:
    county, given, file = word.partition("=")
    if not given or COUNTY.fullmatch(county) is None:
        county, file = "", word
    policy = read_policy(Path(file))
    origin = policy.log_key.name
    county = county or origin.rpartition("/")[2]
    if COUNTY.fullmatch(county) is None:
        message = (
            f"日志 {origin} 的名称不含县区代码,写成 --policy 县区=文件 / "
            f"the name of log {origin} does not end in a county: write --policy COUNTY=FILE"
        )
        raise ConfigurationError(message)
    return origin, Trust(county, policy)
