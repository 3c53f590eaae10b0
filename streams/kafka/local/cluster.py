"""Owns a cluster of real brokers on this machine, from start to stop. They hold no more than this process lets them."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import DependencyError
from streams.kafka.local.jars import find_jars, find_java
from streams.kafka.local.layout import Layout, Ports, list_properties
from streams.kafka.local.ports import LOOPBACK
from streams.kafka.local.probe import ask_brokers
from streams.kafka.local.remembering import remember
from streams.kafka.local.running import Broker, Java

READY_SECONDS_MAX = 60.0
_STOP_SECONDS_MAX = 20.0
_LOOK_AGAIN_SECONDS = 0.05


class LocalCluster:
    """One or three brokers, each also a controller (KRaft), on loopback. ``with LocalCluster() as cluster:``.

    Brokers are counted from 0. Without a folder their data are in a temporary one and go when the cluster stops.
    """

    def __init__(self, layout: Layout | None = None, folder: Path | None = None) -> None:
        """Prepare a cluster, or the one that the folder remembers.

        ConfigurationError, DependencyError: Java or the jars are missing. ConflictError: the folder is of another one.
        """
        self.layout = layout or Layout()
        java = Java(find_java(), find_jars())
        self._kept = folder is not None
        self._folder = folder.absolute() if folder else Path(tempfile.mkdtemp(prefix="local-kafka-"))
        self._remembered = remember(self._folder, self.layout.brokers)
        self._brokers = [Broker(java, self._place(index)) for index in range(self.layout.brokers)]

    @property
    def ports(self) -> Ports:
        """The ports of its listeners."""
        return self._remembered.ports

    @property
    def bootstrap(self) -> str:
        """The address to give to clients that use no TLS."""
        return _render_addresses(self.ports.plain)

    @property
    def secure_bootstrap(self) -> str:
        """The address for clients with certificates; empty without TLS."""
        return _render_addresses(self.ports.secure) if self.layout.certificates else ""

    @property
    def proxied_bootstrap(self) -> str:
        """The address of the proxies; empty without them."""
        return _render_addresses(self.layout.proxies)

    def start(self) -> Self:
        """Start all brokers and wait until they know each other; DependencyError, and nothing runs, if they do not."""
        try:
            self._format()
            for broker in self._brokers:
                broker.start(self.layout.java)
            self._wait(range(len(self._brokers)))
        except BaseException:
            self._end(signal.SIGKILL)
            raise
        return self

    def kill(self, index: int) -> None:
        """End a broker as a power cut would."""
        self._brokers[index].send(signal.SIGKILL)
        self._brokers[index].wait()

    def restart(self, index: int) -> None:
        """Start a killed broker on the data it has, and wait until it serves."""
        self._brokers[index].start(self.layout.java)
        self._wait([index])

    def pause(self, index: int) -> None:
        """Freeze a broker: its connections stay, and nothing answers."""
        self._brokers[index].pause()

    def resume(self, index: int) -> None:
        """Let a frozen broker go on."""
        self._brokers[index].send(signal.SIGCONT)

    def check_running(self) -> None:
        """Raise DependencyError with the last lines of its log when a broker has ended by itself."""
        for broker in self._brokers:
            broker.check_running()

    def stop(self) -> None:
        """End all brokers: in good order when their data are kept, else at once."""
        self._end(signal.SIGTERM if self._kept else signal.SIGKILL)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        self.stop()

    def _place(self, index: int) -> Path:
        return self._folder / f"broker{index + 1}"

    def _format(self) -> None:
        for index, broker in enumerate(self._brokers):
            properties = list_properties(self.layout, self.ports, index, self._place(index))
            broker.write(properties, self.layout.certificates)
            broker.begin_format(self._remembered.cluster_id)
        for broker in self._brokers:
            broker.end_format()

    def _wait(self, indexes: Iterable[int]) -> None:
        """Wait until each of these counts every broker that runs as alive."""
        late = time.monotonic() + READY_SECONDS_MAX
        wanted = {index + 1 for index, broker in enumerate(self._brokers) if broker.is_running()}
        for index in indexes:
            while not self._knows(index, wanted):
                self._brokers[index].check_running()
                if time.monotonic() > late:
                    message = f"Kafka {READY_SECONDS_MAX:.0f} 秒内未就绪 / Kafka not ready in {READY_SECONDS_MAX:.0f} s"
                    raise DependencyError(message)
                time.sleep(_LOOK_AGAIN_SECONDS)

    def _knows(self, index: int, wanted: set[int]) -> bool:
        try:
            return wanted <= ask_brokers(self.ports.plain[index])
        except OSError:
            return False

    def _end(self, number: signal.Signals) -> None:
        for broker in self._brokers:
            broker.send(signal.SIGCONT)
            broker.send(number)
        for broker in self._brokers:
            broker.wait(_STOP_SECONDS_MAX)
        if not self._kept:
            shutil.rmtree(self._folder, ignore_errors=True)


def _render_addresses(ports: Iterable[int]) -> str:
    return ",".join(f"{LOOPBACK}:{port}" for port in ports)
