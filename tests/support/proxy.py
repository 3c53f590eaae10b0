"""A loopback proxy in front of a broker: tests cut the network, stall it, or hold one chosen request back."""

import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Self

from streams.kafka.local.ports import LOOPBACK, choose_ports

PRODUCE, INIT_PRODUCER_ID, END_TXN = 0, 22, 26  # api keys of the Kafka protocol
CAUGHT_SECONDS_MAX = 60.0
_CHUNK_BYTES = 65_536
_Deliver = Callable[[bytes], bool]


class Held:
    """A request that is to be held back: the next of its kind that a client sends through the proxy."""

    def __init__(self, api_key: int, *, loses_answer: bool = False) -> None:
        """Hold the next request with this api key; its connection may break when it has gone on to the broker."""
        self.api_key = api_key
        self.loses_answer = loses_answer
        self._caught = threading.Event()
        self._decided = threading.Event()
        self._goes_on = True

    def await_request(self) -> None:
        """Wait until it has come; it has not reached the broker."""
        assert self._caught.wait(CAUGHT_SECONDS_MAX), f"no request {self.api_key} came through the proxy"

    def release(self) -> None:
        """Let it go on to the broker, even when the client that sent it has gone."""
        self._decided.set()

    def drop(self) -> None:
        """Lose it, and its connection with it."""
        self._goes_on = False
        self._decided.set()

    def stand(self) -> bool:
        """Keep it until it is decided (the connection's thread stands here); tells whether it goes on."""
        self._caught.set()
        self._decided.wait()
        return self._goes_on


class Proxy:
    """Listens at ``port`` and passes everything on to the broker it is aimed at. ``with Proxy() as proxy:``."""

    def __init__(self) -> None:
        """Listen; nobody gets through before :meth:`aim`."""
        (self.port,) = choose_ports(1)
        self._listener = socket.create_server((LOOPBACK, self.port))
        self._target = 0
        self._is_cut = False
        self._through = threading.Event()
        self._through.set()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._wanted: list[Held] = []
        self._standing: list[Held] = []
        self._threads: list[threading.Thread] = []

    def aim(self, port: int) -> None:
        """Pass everything on to this port of the loopback."""
        self._target = port

    def cut(self) -> None:
        """Break every connection and refuse new ones until :meth:`heal`."""
        self._is_cut = True
        self._break_all()

    def stall(self) -> None:
        """Let nothing through in either direction until :meth:`heal`; connections stay, and nothing is lost."""
        self._through.clear()

    def heal(self) -> None:
        """Let everything through again."""
        self._is_cut = False
        self._through.set()

    def hold(self, api_key: int) -> Held:
        """Hold back the next request of a kind, and whatever its connection sends after it."""
        return self._want(Held(api_key))

    def lose_answer(self, api_key: int) -> Held:
        """Hold back the next request of a kind; once released, the broker does it and its client is told nothing."""
        return self._want(Held(api_key, loses_answer=True))

    def __enter__(self) -> Self:
        """Begin to accept connections."""
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End all connections and threads."""
        self._is_cut = True
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._through.set()
        with self._lock:
            for held in self._standing:
                held.drop()
        self._break_all()
        for thread in self._threads:
            thread.join()

    def _want(self, held: Held) -> Held:
        with self._lock:
            self._wanted.append(held)
        return held

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        """Make the other half of a connection, unless the network is cut."""
        try:
            if self._is_cut:
                raise ConnectionResetError
            server = socket.create_connection((LOOPBACK, self._target))
        except OSError:
            _break(client)
            client.close()
            return
        with self._lock:
            self._sockets |= {client, server}
        self._start(self._pass_requests, client, server)
        self._start(self._pass_answers, client, server)

    def _pass_requests(self, client: socket.socket, server: socket.socket) -> None:
        """Pass requests on one by one; when the client has gone, let the broker know after the last."""
        with suppress(OSError), client.makefile("rb") as requests:
            while request := _read_request(requests):
                held = self._find_held(struct.unpack_from(">h", request, 4)[0])
                if held is not None and not held.stand():
                    _break(client)
                    break
                self._through.wait()
                if held is not None and held.loses_answer:
                    _break(client)
                server.sendall(request)
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _find_held(self, api_key: int) -> Held | None:
        with self._lock:
            held = next((held for held in self._wanted if held.api_key == api_key), None)
            if held is not None:
                self._wanted.remove(held)
                self._standing.append(held)
        return held

    def _pass_answers(self, client: socket.socket, server: socket.socket) -> None:
        """Pass answers on; what a client that has gone does not take is read all the same."""
        with suppress(OSError):
            while chunk := server.recv(_CHUNK_BYTES):
                self._through.wait()
                with suppress(OSError):
                    client.sendall(chunk)
        with self._lock:
            self._sockets -= {client, server}
        for end in (client, server):
            _break(end)
            end.close()

    def _break_all(self) -> None:
        with self._lock:
            for end in self._sockets:
                _break(end)


def _break(end: socket.socket) -> None:
    """End a connection in both directions; the thread that reads from it wakes up and closes it."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


def _read_request(requests: BinaryIO) -> bytes:
    """Read one request with its length before it; empty when the client has gone, also in the middle of one."""
    size = requests.read(4)
    body = requests.read(struct.unpack(">i", size)[0]) if len(size) == 4 else b""
    return size + body if body and len(body) == struct.unpack(">i", size)[0] else b""
