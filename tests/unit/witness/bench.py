"""A witness on the loopback with a clock of the test's own, a log that grows, and a client that asks."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from queue import Queue
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any

from consolidator.transparency.addcheckpoint import render_add_checkpoint
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import Cosignature, take_cosignature
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import Ed25519Signer, Verifier, render_vkey
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import make_consistency_proof
from consolidator.transparency.tree import CompactRange, hash_leaves
from consolidator.witness.clock import Clock
from consolidator.witness.deciding import Witness
from consolidator.witness.home import create_witness, open_witness
from consolidator.witness.service import Service
from consolidator.witness.serving import run_service
from consolidator.witness.settings import make_log
from tests.unit.transparency.parties import LOG, NOW

NAME = "audit.example/w1"
ENTRIES = [b"r%d" % number for number in range(600)]
OTHERS = [b"r0", b"other", *ENTRIES[2:]]
HEX = sha256(LOG.name.encode()).hexdigest()


@dataclass
class Ticking:
    """A clock that a test sets; by itself it goes on by a second each time it is read."""

    seconds: int = NOW
    step: int = 1
    lock: Lock = field(default_factory=Lock)

    def now(self) -> int:
        """Read it."""
        with self.lock:
            self.seconds += self.step
            return self.seconds

    def make(self) -> Clock:
        """Give the witness's clock: nothing that counts steadily contradicts it."""
        return Clock(self.now, lambda: self.seconds)


@dataclass
class Answered:
    """An answer as it came."""

    status: int
    body: bytes
    headers: dict[str, str]


@dataclass
class Client:
    """Somebody who talks to a witness over one connection at a time."""

    url: str

    def connect(self) -> HTTPConnection:
        """Open a connection."""
        return HTTPConnection(self.url.removeprefix("http://"), timeout=30)

    def call(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answered:
        """Ask once, over a connection of its own."""
        connection = self.connect()
        try:
            connection.request(method, path, body, headers or {})
            return take(connection.getresponse())
        finally:
            connection.close()

    def add(self, body: bytes) -> Answered:
        """Ask for a cosignature."""
        return self.call("POST", "/add-checkpoint", body)

    def raw(self, sent: bytes) -> bytes:
        """Send bytes and read until the other side ends, which may be before it has taken all of them."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        answer = b""
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            with suppress(OSError):
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
            with suppress(ConnectionResetError):
                while some := connection.recv(65_536):
                    answer += some
        return answer


def take(response: HTTPResponse) -> Answered:
    """Read an answer to its end."""
    return Answered(response.status, response.read(), {name.lower(): value for name, value in response.getheaders()})


def seal(size: int, entries: Sequence[bytes] = ENTRIES, signer: Ed25519Signer = LOG) -> bytes:
    """Sign the first entries of a log."""
    return sign_checkpoint(Checkpoint(signer.name, size, CompactRange().append_many(entries[:size]).root()), signer)


def ask(
    old: int, size: int, entries: Sequence[bytes] = ENTRIES, signer: Ed25519Signer = LOG, extra: bytes = b""
) -> bytes:
    """Write a request to go from one size to another, with the proof that this log would give."""
    tiles = dict(grow(TileEdge(), hash_leaves(entries[:size])).tiles)
    proof = make_consistency_proof(serve_nodes(tiles.__getitem__, size), old, size) if 0 < old <= size else ()
    return render_add_checkpoint(old, proof, seal(size, entries, signer), signer.verifier) + extra


def find_line(
    answer: Answered, size: int, key: Verifier, entries: Sequence[bytes] = ENTRIES, signer: Ed25519Signer = LOG
) -> Cosignature:
    """Take the cosignature out of an answer, checked."""
    assert answer.status == 200, answer.body.decode()
    return take_cosignature(seal(size, entries, signer), answer.body, signer.verifier, key)


def create(root: Path, vkey: str = render_vkey(LOG.verifier), url: str = "") -> Verifier:
    """Make a witness of the log; with an address it follows. Gives its key."""
    return create_witness(root, NAME, make_log(vkey, url, follow=bool(url)), NOW).verifier


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so; it always becomes so, or the program is broken."""
    end = monotonic() + 60
    while not condition():
        assert monotonic() < end, "this did not happen"
        sleep(0.01)


@dataclass
class Serving:
    """A witness that is serving."""

    client: Client
    lines: list[dict[str, Any]]
    loop: asyncio.AbstractEventLoop
    service: Service


@contextmanager
def serving(root: Path, clock: Clock | None = None) -> Iterator[Serving]:
    """Serve a witness on the loopback, in a thread; what ended it is raised at the end."""
    ready: Queue[Serving | BaseException] = Queue()
    failed = list[BaseException]()

    async def run(service: Service, lines: list[dict[str, Any]]) -> None:
        loop = asyncio.get_running_loop()
        await run_service(service, ("127.0.0.1", 0), lambda url: ready.put(Serving(Client(url), lines, loop, service)))

    def work() -> None:
        lines = list[dict[str, Any]]()
        try:
            with open_witness(root) as opened:
                asyncio.run(run(Service(Witness(opened, clock or Ticking().make()), lines.append), lines))
        except BaseException as error:  # noqa: BLE001 -- raised in the test's own thread
            failed.append(error)
            ready.put(error)

    thread = Thread(target=work)
    thread.start()
    began = ready.get(timeout=60)
    if isinstance(began, BaseException):
        thread.join()
        raise began
    try:
        yield began
    finally:
        with suppress(RuntimeError):  # it has ended by itself
            began.loop.call_soon_threadsafe(began.service.stop.set)
        thread.join(60)
    if failed:
        raise failed[0]
