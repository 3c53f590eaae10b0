"""A litewitness as a process of the test's own: its database filled, its key in an agent; it may stop and come back."""

import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from consolidator.transparency.keys import COSIGNATURE, derive_signer, parse_vkey
from tests.unit.witness.bench import Client, wait_for
from tests.witnesses.agent import derive_fingerprint, running_agent

LITE = derive_signer("audit.example/lite", bytes(range(64, 96)), COSIGNATURE)
_SETUP = """
CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));
"""
_EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@dataclass
class Lite:
    """A litewitness that knows one log. Its address and its database stay when it starts again."""

    program: Path
    folder: Path
    address: str
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Give what a quorum names as its address."""
        return f"http://{self.address}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        words = [self.program, "-name", LITE.name, "-db", self.folder / "lite.db", "-listen", self.address]
        words += ["-ssh-agent", self.folder / "agent", "-key", derive_fingerprint(LITE)]
        process = subprocess.Popen([*map(str, words)], stderr=subprocess.DEVNULL)  # noqa: S603 -- built just now
        self.process = process
        wait_for(lambda: process.poll() is not None or _answers(Client(self.url)))
        assert process.poll() is None, "litewitness ended at once"

    def stop(self) -> None:
        """End it, if it runs."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def read_size(self) -> int:
        """Read the size of the log that it has recorded."""
        with closing(sqlite3.connect(self.folder / "lite.db")) as store:
            (size,) = store.execute("SELECT tree_size FROM log").fetchone()
        return int(size)


@contextmanager
def open_lite(program: Path, folder: Path, log_vkey: str) -> Iterator[Lite]:
    """Run a litewitness that knows a log and has seen nothing of it."""
    origin = parse_vkey(log_vkey).name
    with closing(sqlite3.connect(folder / "lite.db")) as store:
        store.executescript(_SETUP)
        store.execute("INSERT INTO log VALUES (?, 0, ?)", (origin, _EMPTY))
        store.execute("INSERT INTO key VALUES (?, ?)", (origin, log_vkey))
        store.commit()
    with socket.create_server(("127.0.0.1", 0)) as free:
        made = Lite(program, folder, f"127.0.0.1:{free.getsockname()[1]}")
    with running_agent(folder / "agent", LITE):
        try:
            made.start()
            yield made
        finally:
            made.stop()


def _answers(client: Client) -> bool:
    try:
        return client.call("GET", "/").status > 0
    except OSError:
        return False
