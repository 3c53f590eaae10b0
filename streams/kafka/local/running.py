"""Owns the process of one broker: its files, its start, its signals, its log. Knows nothing of the others."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import DependencyError
from streams.kafka.local.layout import QUICK_START, Certificates, render_properties

_HERE = Path(__file__).parent
_LOG_LINES_SHOWN = 12
# A broker is tied to the thread that started it (bound.py). This one lives as long as the process.
_STARTER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="broker-starter")


@dataclass(frozen=True, slots=True)
class Java:
    """What runs a Java program: the ``java`` to use and the folder of the jars."""

    program: Path
    jars: Path

    def list_words(self, options: Iterable[str], main: str, *words: str) -> list[str]:
        """Give the command that runs a main class of the jars."""
        return [
            str(self.program),
            *options,
            "-Djava.awt.headless=true",
            f"-Dlog4j2.configurationFile={(_HERE / 'log4j2.properties').as_uri()}",
            "-cp",
            f"{self.jars}/*",
            main,
            *words,
        ]


class Broker:
    """One broker in a folder of its own. Its process dies with ours."""

    def __init__(self, java: Java, folder: Path) -> None:
        """Stand for a broker that does not run yet."""
        self._java = java
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, properties: dict[str, str], certificates: Certificates | None) -> None:
        """Write what the broker reads when it starts."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._properties.write_text(render_properties(properties), encoding="utf-8")
        if certificates:
            self._write_keystore(certificates)

    def _write_keystore(self, certificates: Certificates) -> None:
        """Kafka reads key and chain from one file."""
        descriptor = os.open(self._folder / "keystore.pem", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as store:
            for part in (certificates.key, certificates.certificate):
                store.write(part.read_bytes())

    def begin_format(self, cluster_id: str) -> None:
        """Start making the folder a broker's, if it is none yet."""
        if not (self._folder / "data" / "meta.properties").exists():
            words = ("format", f"--cluster-id={cluster_id}", "-c", str(self._properties))
            self._spawn(self._java.list_words(QUICK_START, "kafka.tools.StorageTool", *words))

    def end_format(self) -> None:
        """Wait until it is one; DependencyError with what Kafka says when it cannot be."""
        if self._process is not None and self._process.wait() != 0:
            raise self._make_error()
        self._process = None

    def start(self, options: Iterable[str]) -> None:
        """Start the process with these options of Java; it is not ready yet."""
        self._spawn(self._java.list_words(options, "kafka.Kafka", str(self._properties)))

    def is_running(self) -> bool:
        """Tell whether the process is there; a paused one is, too."""
        return self._process is not None and self._process.poll() is None

    def check_running(self) -> None:
        """Raise DependencyError with the last lines of its log when the process has ended by itself."""
        if not self.is_running():
            raise self._make_error()

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process, if it is there."""
        if self._process is not None:
            self._process.send_signal(number)

    def pause(self) -> None:
        """Freeze the process, and return when all of it stands still (the signal alone leaves a moment between)."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)
            os.waitid(os.P_PID, self._process.pid, os.WSTOPPED | os.WEXITED | os.WNOWAIT)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the process has ended; kill it if that takes longer than so many seconds."""
        if self._process is None:
            return
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self, command: Sequence[str]) -> None:
        bound = [sys.executable, "-I", "-S", str(_HERE / "bound.py"), str(os.getpid()), *command]
        with self._log.open("ab") as log:
            self._process = _STARTER.submit(
                subprocess.Popen, bound, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            ).result()

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    @property
    def _log(self) -> Path:
        return self._folder / "broker.log"

    def _make_error(self) -> DependencyError:
        log = self._log.read_text(encoding="utf-8", errors="replace")
        head = "Kafka 进程已退出,日志末尾如下 / a Kafka broker ended, its log's last lines are these"
        return DependencyError("\n".join([head, *choose_telling(log)]))


def choose_telling(log: str) -> list[str]:
    r"""Give the last lines of a log that tell something: where in its code Kafka stood is left out.

    >>> choose_telling("ERROR no room\n\tat kafka.Kafka.main(Kafka.scala)\n")
    ['ERROR no room']
    """
    return [line for line in log.splitlines() if not line.startswith("\tat ")][-_LOG_LINES_SHOWN:]
