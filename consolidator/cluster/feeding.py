"""Owns what feeds a home on a cluster: commits are followed, commands copied, heads compared before anything goes out.

The place where it goes on is what the copy says; nothing else is remembered on disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import monotonic

from consolidator.cluster.comparing import check_agreement
from consolidator.cluster.copied import CopiedJournal
from consolidator.cluster.copying import Copier
from consolidator.cluster.guarding import check_gate
from consolidator.cluster.joining import Seat, read_first
from consolidator.gate.delivering import Undelivered, deliver_sent
from consolidator.gate.sending import Gate
from consolidator.home.gaps import offer_again
from consolidator.home.paths import Home
from consolidator.keys import read_signer
from consolidator.publishing.checkpoints import NOTHING, check_published, derive_tree_head, read_published
from consolidator.transparency.tree import TreeHead
from consolidator.verify.sources import CHECKPOINT
from schemas.commits import CommitRecord
from schemas.errors import ConfigurationError, DependencyError, invariant
from schemas.records import DELIVERY_BYTES_MAX, Delivery, render_checkpoint, render_delivery
from streams.embedded.copying import CopyJournal
from streams.kafka.appending import Appender
from streams.kafka.following import CommitFollower
from streams.kafka.loop import Loop
from streams.kafka.reading import POLL_MILLISECONDS, find_last, reading
from streams.kafka.shard import Shard
from streams.recovery import FIRST_POSITION

TURN_ENTRIES = 50_000  # what a second or two decides: then it is published, and the next turn begins
WORKER_SECONDS = 60.0  # a worker commits every 10,000 lines: one that is at work is heard of long before this


@dataclass(slots=True)
class ClusterFeed:
    """A :class:`consolidator.home.feeding.Feed`: ``copy`` is the run's journal, ``journal`` appends elsewhere."""

    home: Home
    seat: Seat
    loop: Loop
    copy: CopyJournal
    journal: CopiedJournal
    _copier: Copier = field(init=False)
    _commits: CommitFollower = field(init=False)
    _appender: Appender = field(init=False)
    _deliverer: Appender = field(init=False)
    _target: CommitRecord | None = field(default=None, init=False)
    _published: TreeHead = field(default=NOTHING, init=False)
    _agreed: bool = field(default=False, init=False)
    _offered: set[str] = field(default_factory=set, init=False)
    _goal: int = field(default=FIRST_POSITION, init=False)
    _announced: bytes = field(default=b"", init=False)

    def __post_init__(self) -> None:
        """See what was let out before: ConfigurationError where the gate's records are not as new as that."""
        self._copier = Copier(self.home, self._shard, self.loop, self.copy)
        self._commits = CommitFollower(self._shard, self.loop)
        self._appender = Appender(self.loop)
        self._deliverer = Appender(self.loop, DELIVERY_BYTES_MAX)
        log_key = read_signer(self.home.log_key).verifier
        self._published = read_published(self.home.log, log_key)
        self._announced = self.loop.run(self._read_announced())
        check_gate(self.home, self._announced, log_key)

    @property
    def _shard(self) -> Shard:
        return self.seat.shard

    @property
    def is_alone(self) -> bool:
        """See :class:`Feed`."""
        return False

    def agrees(self, record: CommitRecord | None) -> bool:
        """See :class:`Feed`. What stands between two commits of the worker is compared at the next one."""
        self._check_partition()
        self._goal = self._copier.reader.end() + 1
        target = self._commits.start(record)
        if record is not None and target is not None:
            check_agreement(self._shard.county, record, target)
        self._agreed = record is None or target is not None
        return self._agreed and self._has_caught_up(record)

    def has_more(self, record: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        return self._look(record, 0) is not None

    def bring(self, record: CommitRecord | None) -> bool:
        """See :class:`Feed`."""
        target = self._look(record, 0)
        if target is None:
            return False
        self._target, self._agreed = target, False
        self._copier.copy(target.position)
        return True

    def confirm(self, record: CommitRecord) -> bool:
        """See :class:`Feed`. A copy that is made again lets nothing out before it has what was published."""
        target = self._target
        invariant(target is not None, "only what was brought is confirmed")
        check_agreement(self._shard.county, record, target or record)
        self._agreed = True
        return self._has_caught_up(record)

    def offer(self, due: Sequence[str], _: CommitRecord | None) -> bool:
        """See :class:`Feed`. Once in a run: what was offered comes back as a command when its turn has come."""
        new = [digest for digest in due if digest not in self._offered]
        if new:
            offer_again(self.journal, new)
            self._offered |= set(new)
            self._goal = self._copier.reader.end() + 1
        return False

    def waits(self, record: CommitRecord | None) -> bool:
        """See :class:`Feed`. A run is done with what stood in the partition when it began, and what it appended."""
        until = monotonic() + WORKER_SECONDS
        while self._look(record, POLL_MILLISECONDS) is None:
            if self._is_done(record):
                return False
            if monotonic() > until:
                self._tell_silence(record)
        return True

    def deliver(self, gate: Gate) -> Sequence[Undelivered]:
        """See :class:`Feed`. What was sent before the county came to the cluster, its banks have by then."""
        gate.records.begin_deliveries()
        return deliver_sent(gate, self._carry)

    def announce(self, size: int) -> None:
        """See :class:`Feed`. Not twice: the topic's last record says what was told."""
        path = self.home.log / CHECKPOINT
        if not size or not path.exists():
            return
        note = path.read_bytes()
        if note != self._announced:
            self._appender.send(self._shard, [render_checkpoint(self._shard.county, "cosignatures", size, note)])
            self._announced = note

    def close(self) -> None:
        """Let go of the brokers."""
        self._deliverer.close()
        self._commits.close()
        self._copier.reader.close()
        self._appender.close()

    def _carry(self, delivery: Delivery) -> None:
        self._deliverer.send(self._shard, [render_delivery(self._shard.county, delivery)])

    def _look(self, record: CommitRecord | None, milliseconds: int) -> CommitRecord | None:
        return self._commits.find_target(record, self.copy.next_position(), TURN_ENTRIES, milliseconds)

    def _has_caught_up(self, record: CommitRecord | None) -> bool:
        return (NOTHING if record is None else derive_tree_head(record.head)).size >= self._published.size

    def _is_done(self, record: CommitRecord | None) -> bool:
        position = FIRST_POSITION if record is None else record.position
        if not self._agreed or next(self._copier.reader.read(position - 1, self._goal - 1), None) is not None:
            return False
        check_published(self._published, NOTHING if record is None else derive_tree_head(record.head))
        return True

    def _tell_silence(self, record: CommitRecord | None) -> None:
        position, place = FIRST_POSITION if record is None else record.position, self.seat.place
        message = (
            f"命令 {position} 起等待记账进程提交,{WORKER_SECONDS:.0f} 秒没有新提交。请看它是否在运行:"
            f"consolidator worker run --cluster {self.seat.file} --name {place.worker} / "
            f"commands from {position} on wait for a worker, and nothing was committed for {WORKER_SECONDS:.0f} "
            f"seconds: see whether it runs: consolidator worker run --cluster {self.seat.file} --name {place.worker}"
        )
        raise DependencyError(message)

    def _check_partition(self) -> None:
        """See that the partition begins as this home does. ConfigurationError if it is empty or another county's."""
        first, ours = read_first(self._copier.reader), next((command for _, command in self.copy.commands(1)), None)
        where = f"{self._shard.partition}"
        if first is None:
            message = (
                f"分区 {where} 是空的,请用同样的参数再次运行 init --cluster / "
                f"partition {where} is empty: run 'consolidator init --cluster' again with the same words"
            )
            raise ConfigurationError(message)
        if ours is not None and ours != first:
            message = (
                f"分区 {where} 的首条命令不是本县的,请核对 cluster.toml 的县区表 / "
                f"the first command of partition {where} is not this home's: correct the table in cluster.toml"
            )
            raise ConfigurationError(message)

    async def _read_announced(self) -> bytes:
        topic = self._shard.topic("cosignatures")
        async with reading(self._shard.connection, topic, self._shard.partition) as reader:
            row = await find_last(reader)
        return b"" if row is None else row.value or b""
