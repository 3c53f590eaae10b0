"""Owns the demo's four witnesses: keys from the seed, a home and a process each, all ended when the demo ends.

Genesis pins the addresses below, the same for every run, so that a seed has one root. The demo itself listens where
the system gives it a port and asks there: it never fails because a port is taken.
"""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from consolidator.demo.folder import LOOPBACK, serve_folder
from consolidator.home.files import make_folder
from consolidator.home.paths import Home
from consolidator.sample.dice import derive_secret
from consolidator.transparency.keys import COSIGNATURE, Ed25519Signer, derive_signer, render_vkey
from consolidator.witness.home import WitnessHome, found_witness
from consolidator.witness.settings import make_log, read_settings
from schemas.errors import DependencyError
from schemas.quorum import GroupValue, QuorumValue, WitnessValue

WITNESSES = "witnesses"  # the folder in the home
PORTS = {"w1": 47_101, "w2": 47_102, "w3": 47_103, "w4": 47_104}  # where a person may start them again
FOLLOWING = frozenset(("w1", "w2"))
THRESHOLD = 3
_END_SECONDS = 10.0


def derive_witness_key(seed: int, name: str) -> Ed25519Signer:
    """Give a witness's key. Anybody can make it again: for show only."""
    return derive_signer(f"{name}.example/witness", derive_secret(seed, f"witness {name}"), COSIGNATURE)


def name_quorum(seed: int) -> QuorumValue:
    """Give the quorum that the demo's genesis pins: three of the four."""
    witnesses = [
        WitnessValue(
            name=name,
            vkey=render_vkey(derive_witness_key(seed, name).verifier),
            url=f"http://{LOOPBACK}:{port}",
            follows=name in FOLLOWING,
        )
        for name, port in PORTS.items()
    ]
    group = GroupValue(name="three-of-four", threshold=THRESHOLD, members=list(PORTS))
    return QuorumValue(type="witnesses", witnesses=witnesses, groups=[group], quorum=group.name)


@contextmanager
def run_witnesses(home: Home, seed: int, log_vkey: str) -> Iterator[Mapping[str, str]]:
    """Make the witnesses and run them; gives where each is reached. At the end, however it comes, none runs.

    Raises DependencyError when one does not start.
    """
    folder = home.root / WITNESSES
    make_folder(folder)
    with serve_folder(home.log) as url, ExitStack() as running:
        for name in PORTS:
            log = make_log(log_vkey, url, follow=name in FOLLOWING)
            found_witness(folder / name, derive_witness_key(seed, name), log, int(time.time()))
        processes = {name: running.enter_context(_start(folder / name)) for name in PORTS}
        yield {name: _read_address(folder / name, process) for name, process in processes.items()}


def list_restart(home: Home) -> list[str]:
    """Give the commands that run the demo's witnesses again, and the log's server that two of them read from."""
    folder = home.root / WITNESSES
    url = read_settings(WitnessHome(folder / min(FOLLOWING)).settings).log[0].url
    port = url.rpartition(":")[2]
    serve = [
        f".venv/bin/consolidator witness serve --home {folder / name} --listen {LOOPBACK}:{port} &"
        for name, port in PORTS.items()
    ]
    return [f".venv/bin/python -m http.server {port} --bind {LOOPBACK} --directory {home.log} &", *serve]


@contextmanager
def _start(home: Path) -> "Iterator[subprocess.Popen[str]]":
    words = [sys.executable, "-m", "consolidator", "witness", "serve", "--home", str(home), "--listen", f"{LOOPBACK}:0"]
    with (
        _place_told(home).open("wb") as told,
        subprocess.Popen(  # noqa: S603 -- this program itself
            words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=told, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    """End a witness and wait until it is gone."""
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _read_address(home: Path, process: "subprocess.Popen[str]") -> str:
    line = "" if process.stdout is None else process.stdout.readline().strip()
    if not line:
        message = (
            f"见证方 {home.name} 未能启动,原因见 {_place_told(home)};不要见证方则加 --witnesses none / "
            f"witness {home.name} did not start, {_place_told(home)} says why: it needs the loopback address "
            f"{LOOPBACK}; 'demo --witnesses none' does without"
        )
        raise DependencyError(message)
    return line


def _place_told(home: Path) -> Path:
    """Give the file that holds what a witness said while it ran."""
    return home.with_name(f"{home.name}.log")
