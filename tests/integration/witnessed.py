"""Real witnesses for tests: processes of their own, each with its home, started and ended by the test."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from consolidator.transparency.keys import render_vkey
from consolidator.witness.home import create_witness
from consolidator.witness.settings import make_log
from schemas.quorum import QuorumValue
from tests.support.witnesses import LOG_VKEY, NAMES

LOCAL = "127.0.0.1:0"


@dataclass
class Village:
    """Witnesses by name: their vkeys, and the processes that run. An address stays when a witness starts again."""

    folder: Path
    vkeys: dict[str, str] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    processes: "dict[str, subprocess.Popen[str]]" = field(default_factory=dict)

    def make(self, name: str, url: str = "") -> None:
        """Make a witness of the test county's log, which follows the entries when it is told where they are."""
        log = make_log(LOG_VKEY, url, follow=bool(url))
        key = create_witness(self.folder / name, f"{name}.example/witness", log, int(time.time()))
        self.vkeys[name] = render_vkey(key.verifier)

    def start(self, name: str) -> None:
        """Start a witness, and wait until it says where it listens."""
        if name not in self.vkeys:
            self.make(name)
        listen = self.urls.get(name, f"http://{LOCAL}").removeprefix("http://")
        words = [sys.executable, "-m", "consolidator", "witness", "serve", "--home", str(self.folder / name)]
        process = subprocess.Popen(  # noqa: S603 -- our own
            [*words, "--listen", listen], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.processes[name] = process
        assert process.stdout is not None
        self.urls[name] = process.stdout.readline().strip()

    def stop(self, name: str) -> None:
        """End a witness."""
        process = self.processes.pop(name)
        process.terminate()
        process.communicate()

    def make_quorum(self, names: Sequence[str] = NAMES, threshold: int = 3) -> QuorumValue:
        """Give a quorum of these witnesses. Who was never started has an address where nobody listens."""
        listed = [
            {"name": name, "vkey": self.vkeys[name], "url": self.urls.get(name, "http://127.0.0.1:9"), "follows": False}
            for name in names
        ]
        group = {"name": "enough", "threshold": threshold, "members": list(names)}
        value = {"type": "witnesses", "witnesses": listed, "groups": [group], "quorum": "enough"}
        return QuorumValue.model_validate(value)


@contextmanager
def open_village(folder: Path, running: Sequence[str], made: Sequence[str] = NAMES) -> Iterator[Village]:
    """Make witnesses and start some of them; at the end all are ended."""
    village = Village(folder)
    try:
        for name in made:
            village.make(name)
        for name in running:
            village.start(name)
        yield village
    finally:
        for name in list(village.processes):
            village.stop(name)
