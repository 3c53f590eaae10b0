"""A county on a real broker for tests: its cluster.toml and topics, and a worker in a thread of the test."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread

from consolidator.bootstrap import county_maker, open_home
from consolidator.cli.main import main
from consolidator.cluster.joining import Seat, find_seat, take_seat
from consolidator.cluster.settings import make_cluster, read_cluster
from consolidator.keys import read_signer
from consolidator.sealing import County
from schemas.topics import topic_name
from streams.engine import Engine
from streams.kafka.admin import apply_topics, want
from streams.kafka.client import Connection
from streams.kafka.definitions import load_topics
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.kafka.reading import reading
from streams.kafka.states import States

LOOK_SECONDS = 0.05
SETTINGS = """\
banks = ["102", "103", "105", "402", "403"]
snapshots = "snapshots"
state = "state"
[kafka]
bootstrap = "{broker}"
prefix = "{prefix}"
replication = 1
min_insync = 1
[[county]]
code = "511112"
partition = 0
worker = "w1"
"""


def make_cluster_file(folder: Path, broker: str, prefix: str) -> Path:
    """Write the settings of a cluster of one county, and make its topics."""
    file = folder / "cluster.toml"
    file.write_text(SETTINGS.format(broker=broker, prefix=prefix))
    wanted = want(load_topics(), make_cluster(read_cluster(file)))
    asyncio.run(apply_topics(Connection(broker, prefix=prefix), wanted))
    return file


@dataclass(slots=True)
class Working:
    """A worker's thread; what ended it is raised by :meth:`end`."""

    seat: Seat
    make_county: Callable[[], County]
    stop: Event = field(default_factory=Event)
    error: BaseException | None = None
    _thread: Thread = field(init=False)

    def __post_init__(self) -> None:
        """Start."""
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End it."""
        self.stop.set()
        self._thread.join()
        if self.error is not None:
            raise self.error

    def _work(self) -> None:
        states = States(self.seat.file.parent / "snapshots")
        with Loop() as loop:
            journal = KafkaJournal(self.seat.shard, loop, states)
            try:
                engine = Engine(journal, self.make_county)
                engine.recover()
                while not self.stop.is_set():
                    record = engine.last_commit
                    if journal.wait(1 if record is None else record.position, LOOK_SECONDS):
                        engine.run()
            except BaseException as error:  # noqa: BLE001 -- raised again where the test is
                self.error = error
            finally:
                journal.close()


@contextmanager
def working(
    home: Path, make_county: Callable[[], County] | None = None, cluster: Path | None = None
) -> Iterator[Working]:
    """Run a worker for a home's county; ``cluster`` is where it will go if the home does not say it yet."""
    office = open_home(home)
    seat = find_seat(home, office.settings) if cluster is None else take_seat(cluster, office.settings)
    worker = Working(seat, make_county or county_maker(office))
    try:
        yield worker
    finally:
        worker.end()


def list_files(home: Path, *folders: str) -> dict[str, str]:
    """Give the files of some folders with their digests, but for what earlier checkpoints have left in the log."""
    return {
        str(path.relative_to(home)): sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and not _is_left_over(path)
    }


def _is_left_over(path: Path) -> bool:
    """Say whether a partial tile is not the last one: which others are there depends on when heads were published."""
    tile = path.parent
    if not tile.name.endswith(".p"):
        return False
    return tile.with_suffix("").exists() or path.name != max((each.name for each in tile.iterdir()), key=int)


def decide_otherwise(home: Path) -> Callable[[], County]:
    """Give what makes a county like a home's, but for its epoch keys."""
    signer = read_signer(home / "keys" / "log.key")
    return lambda: County({year: bytes(32) for year in range(2020, 2060)}, signer)


def run(home: Path) -> int:
    """Run a home once; gives the exit code."""
    return main(["run", "--home", str(home), "--once"])


def submit(home: Path, sample: Path) -> None:
    """Submit a sample."""
    assert main(["submit", "--home", str(home), str(sample)]) == 0


def read_notes(broker: str, prefix: str) -> list[bytes]:
    """Give what the cosignatures topic holds."""

    async def read() -> list[bytes]:
        topic = topic_name(prefix, "cosignatures")
        async with reading(Connection(broker, prefix=prefix), topic, 0) as reader:
            return [row.value or b"" async for rows in reader.range(0, reader.end) for row in rows]

    return asyncio.run(read())
