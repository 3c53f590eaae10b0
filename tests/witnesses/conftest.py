"""Somebody else's witness, litewitness, built once a run from what go.mod pins. Without Go, the tests say so."""

import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from consolidator.transparency.keys import COSIGNATURE, derive_signer
from tests.unit.transparency.parties import LOG, LOG_VKEY
from tests.unit.witness.bench import Client, wait_for
from tests.witnesses.agent import derive_fingerprint, running_agent

HERE = Path(__file__).parent
LITE = derive_signer("audit.example/lite", bytes(range(64, 96)), COSIGNATURE)
_SETUP = """
CREATE TABLE log (origin TEXT PRIMARY KEY, tree_size INTEGER NOT NULL, tree_hash TEXT NOT NULL);
CREATE TABLE key (origin TEXT NOT NULL, key TEXT NOT NULL, FOREIGN KEY(origin) REFERENCES log(origin));
"""
_EMPTY = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def do_without(reason: str) -> None:
    """Skip, or fail where everything must run."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}; with CI=true the other witness must run")
    pytest.skip(f"{reason}: no other witness was asked")


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build litewitness."""
    if shutil.which("go") is None:
        do_without("Go is not installed")
    path = tmp_path_factory.mktemp("witnesses") / "litewitness"
    words = ["go", "build", "-o", str(path), "filippo.io/torchwood/cmd/litewitness"]
    built = subprocess.run(words, cwd=HERE, capture_output=True, text=True, check=False)  # noqa: S603 -- the one Go there is, no shell
    if built.returncode != 0:
        do_without(f"Go cannot build litewitness ({built.stderr.strip().splitlines()[-1]})")
    return path


@pytest.fixture
def lite(program: Path, tmp_path: Path) -> Iterator[Client]:
    """Give somebody who talks to a litewitness that knows our log."""
    with closing(sqlite3.connect(tmp_path / "lite.db")) as store:
        store.executescript(_SETUP)
        store.execute("INSERT INTO log VALUES (?, 0, ?)", (LOG.name, _EMPTY))
        store.execute("INSERT INTO key VALUES (?, ?)", (LOG.name, LOG_VKEY))
        store.commit()
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    words = [program, "-name", LITE.name, "-db", tmp_path / "lite.db", "-listen", address]
    words += ["-ssh-agent", tmp_path / "agent", "-key", derive_fingerprint(LITE)]
    with running_agent(tmp_path / "agent", LITE):
        process = subprocess.Popen([*map(str, words)], stderr=subprocess.DEVNULL)  # noqa: S603 -- built just now
        try:
            client = Client(f"http://{address}")
            wait_for(lambda: process.poll() is not None or _answers(client))
            yield client
        finally:
            process.terminate()
            process.wait(30)


def _answers(client: Client) -> bool:
    try:
        return client.call("GET", "/").status > 0
    except OSError:
        return False
