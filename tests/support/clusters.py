"""A cluster for tests: cluster.toml, homes with keys, topics on a real broker, and workers that are processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from consolidator.cli.main import main
from consolidator.cluster.rendering import render_cluster
from consolidator.cluster.settings import ClusterSettings, Kafka, Place
from consolidator.home.creating import Founding, create_home
from consolidator.home.files import write_whole
from consolidator.sealing import County
from consolidator.settings import derive_origin
from schemas.commands import Command
from streams.kafka.appending import Appender
from streams.kafka.client import Connection
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard
from tests.support.brokers import make_prefix
from tests.support.world import EPOCHS, START, World, key_of, make_signer

BANK = "402"
PATIENCE_SECONDS = 120.0
T = TypeVar("T")


def make_machine(code: str) -> County:
    """Make a fresh machine with a county's keys, which follow from its code."""
    return County(EPOCHS, make_signer(derive_origin(code)))


def make_world(code: str) -> World:
    """Make a county of any code."""
    return World(make_machine(code), code=code, pinned={"origin": derive_origin(code)})


def make_busy_world(code: str, lines: int) -> World:
    """Make a county whose batches have so many lines in all, a thousand each."""
    world = make_world(code)
    world.set_up()
    people = world.settle_people(min(lines, 1000))
    for number in range(0, lines, 1000):
        world.send_batch(f"PAY-{number}", people[: lines - number], fields={"period": str(2026 + number // 1000)})
    return world


@dataclass
class TestCluster:
    """Counties with their homes, on one broker. ``places`` may be changed; :meth:`write` makes the file say so."""

    __test__ = False

    root: Path
    bootstrap: str
    prefix: str = field(default_factory=make_prefix)
    places: list[Place] = field(default_factory=list)
    banks: tuple[str, ...] = (BANK,)
    state: str = "state"

    @property
    def file(self) -> Path:
        """The settings file."""
        return self.root / "cluster.toml"

    @property
    def settings(self) -> ClusterSettings:
        """What the file is to say."""
        kafka = Kafka(bootstrap=self.bootstrap, prefix=self.prefix, replication=1, min_insync=1)
        return ClusterSettings(
            banks=list(self.banks), snapshots="snapshots", state=self.state, kafka=kafka, county=self.places
        )

    def add(self, code: str, worker: str = "w1") -> None:
        """Give a county the next partition, and a home with a World's keys."""
        signer = make_signer(derive_origin(code))
        home = self.root / code
        roots = [key_of("root-1"), key_of("root-2")]
        create_home(home, Founding(code, START, signer, EPOCHS, roots, {}))
        self.places.append(Place(code=code, partition=len(self.places), worker=worker, home=code))

    def assign(self, code: str, worker: str) -> None:
        """Give a county to a worker, in memory only."""
        self.places = [
            place.model_copy(update={"worker": worker}) if place.code == code else place for place in self.places
        ]

    def write(self) -> None:
        """Write the file, whole or not at all."""
        write_whole(self.file, render_cluster(self.settings).encode())

    def apply(self) -> None:
        """Write the file and make the topics."""
        self.write()
        assert main(["topics", "apply", "--cluster", str(self.file)]) == 0

    def shard(self, code: str) -> Shard:
        """Give a county's place; trial counties have no bound on their stamps."""
        place = next(place for place in self.places if place.code == code)
        return Shard(Connection(self.bootstrap, None, self.prefix), code, place.partition, self.banks, None)

    def append(self, commands: Mapping[str, Sequence[Command]]) -> None:
        """Append commands to counties' partitions."""
        with Loop() as loop:
            appender = Appender(loop)
            for code, some in commands.items():
                appender.append(self.shard(code), some)
            appender.close()

    def status(self, worker: str) -> dict[str, Any]:
        """Read a worker's status file; no county when there is none yet."""
        path = self.root / self.state / worker / "status.json"
        found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {"counties": []}
        return found

    def counties(self, worker: str) -> dict[str, dict[str, Any]]:
        """Give the rows of a worker's status by county."""
        return {row["county"]: row for row in self.status(worker)["counties"]}


@dataclass
class WorkerProcess:
    """A worker as a process of its own; what it told is in ``events``."""

    process: "subprocess.Popen[str]"
    out: Path
    err: Path

    @property
    def events(self) -> list[dict[str, Any]]:
        """What it told so far."""
        lines = self.out.read_text(encoding="utf-8").split("\n")[:-1]
        return [json.loads(line) for line in lines]

    @property
    def said(self) -> str:
        """What a person saw."""
        return self.err.read_text(encoding="utf-8")

    def end(self) -> int:
        """Have it end in good order; gives its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """Wait until it has ended by itself; gives its exit code."""
        return self.process.wait(PATIENCE_SECONDS)

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def count(self, word: str, county: str) -> int:
        """Say how often it told this of a county."""
        return sum((each["event"], each.get("county")) == (word, county) for each in self.events)

    def wait_for(self, word: str, county: str = "") -> dict[str, Any]:
        """Wait until it told this event."""

        def find() -> dict[str, Any] | None:
            found = (each for each in self.events if each["event"] == word and each.get("county", "") == county)
            return next(found, None)

        return wait_until(find, lambda: f"{word} {county} of a worker that said: {self.said}", self.process)


@contextmanager
def start_worker(file: Path, name: str, *more: str) -> Iterator[WorkerProcess]:
    """Start ``worker run``; it is killed at the end if it still runs."""
    out, err = (file.parent / f"{name}-{time.monotonic_ns()}.{kind}" for kind in ("out", "err"))
    words = [sys.executable, "-m", "consolidator", "worker", "run", "--cluster", str(file), "--name", name, "--json"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"}
    with (
        out.open("w", encoding="utf-8") as told,
        err.open("w", encoding="utf-8") as said,
        subprocess.Popen(  # noqa: S603 -- this program
            [*words, *more], stdout=told, stderr=said, text=True, env=environment
        ) as process,
    ):
        try:
            yield WorkerProcess(process, out, err)
        finally:
            process.kill()
            process.send_signal(signal.SIGCONT)


def wait_until(
    find: Callable[[], T | None], what: str | Callable[[], str], process: "subprocess.Popen[Any] | None" = None
) -> T:
    """Wait for something to be there; an error when it does not come, or the process ends without it."""
    late = time.monotonic() + PATIENCE_SECONDS
    while not (found := find()):
        is_over = process is not None and process.poll() is not None
        if (is_over and not find()) or time.monotonic() > late:
            message = f"waited in vain for {what if isinstance(what, str) else what()}"
            raise AssertionError(message)
        time.sleep(0.05)
    return found
