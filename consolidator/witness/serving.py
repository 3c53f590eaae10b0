"""Owns a witness on the network: which path is what, a line of log a request, start and clean end."""

import asyncio
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus

from consolidator.transparency.addcheckpoint import BODY_BYTES_MAX
from consolidator.witness.answers import Answer, refuse
from consolidator.witness.deciding import Witness
from consolidator.witness.http import HttpServer, Request
from schemas.errors import DependencyError, UsageError
from schemas.instants import render_instant

Tell = Callable[[dict[str, object]], None]
_ADDRESS = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9A-Za-z.-]+)):([0-9]{1,5})")
_PORT_MAX = 65_535
_METHODS = frozenset(("GET", "HEAD", "POST"))
_READ = frozenset(("checkpoint",))
_NOTHING = refuse(HTTPStatus.NOT_FOUND, "nothing is here")
_OPEN = (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-cache"))


@dataclass(slots=True)
class Service:
    """A witness that answers requests. ``failure`` is what ended it; after it nothing is decided any more."""

    witness: Witness
    tell: Tell
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    # One thread: what two clients ask at the same time is decided one after the other.
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "witness"))

    async def respond(self, request: Request) -> Answer:
        """Answer a request."""
        match request.method, self._find_route(request.path):
            case "POST", ["add-checkpoint"]:
                return await self._work(self.witness.add_checkpoint, request.body)
            case _, ["add-checkpoint"]:
                return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "send it with POST", ("Allow", "POST"))
            case "GET" | "HEAD", [name, "checkpoint"]:
                return _publish(await self._work(self.witness.read_checkpoint, name))
            case _, [_, what] if what in _READ:
                return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "read it with GET", ("Allow", "GET, HEAD"))
        return _NOTHING

    def note(self, request: Request | None, answer: Answer, milliseconds: int) -> None:
        """Tell what was answered. A path that nobody serves may hold anything and is not told."""
        method = request.method if request is not None and request.method in _METHODS else ""
        what = self._find_route(request.path)[-1:] if request is not None else []
        named = what[0] if what and what[0] in {*_READ, "add-checkpoint"} else ""
        line: dict[str, object] = {"at": render_instant(int(time.time())), "method": method, "what": named}
        self.tell(line | {"status": int(answer.status), "milliseconds": milliseconds, "note": answer.note})

    def _find_route(self, path: str) -> list[str]:
        prefix = f"{self.witness.opened.settings.prefix}/"
        return path.removeprefix(prefix).split("/") if path.startswith(prefix) else []

    async def _work(self, call: Callable[..., Answer], *values: bytes | str) -> Answer:
        """Let the one thread do it. After a failure what is on disk is unknown, so the whole program ends."""
        try:
            if self.failure is None:
                return await asyncio.get_running_loop().run_in_executor(self.worker, call, *values)
        except Exception as error:  # noqa: BLE001 -- raised again where the program ends
            self.failure = self.failure or error
            self.stop.set()
        return refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "this witness has stopped")


def parse_listen(text: str) -> tuple[str, int]:
    """Read ``ADDRESS:PORT``; port 0 lets the system choose. Raises UsageError.

    >>> parse_listen("127.0.0.1:9001"), parse_listen("[::1]:0")
    (('127.0.0.1', 9001), ('::1', 0))
    """
    match = _ADDRESS.fullmatch(text)
    if match is None or int(match[3]) > _PORT_MAX:
        message = "--listen 写成 地址:端口 / --listen is written as ADDRESS:PORT, like 0.0.0.0:9001"
        raise UsageError(message)
    return match[1] or match[2], int(match[3])


def serve(witness: Witness, listen: tuple[str, int], on_listening: Callable[[str], None], tell: Tell) -> None:
    """Serve until SIGTERM or SIGINT. Raises DependencyError when it cannot listen, and whatever ended the witness."""
    asyncio.run(_serve(Service(witness, tell), listen, on_listening))


async def _serve(service: Service, listen: tuple[str, int], on_listening: Callable[[str], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, service.stop.set)
    http = HttpServer(service.respond, service.note, BODY_BYTES_MAX)
    try:
        server = await http.start(*listen)
    except OSError as error:
        message = (
            f"无法监听 {listen[0]}:{listen[1]} / cannot listen on {listen[0]}:{listen[1]} ({error.strerror}): "
            "choose another --listen, or end what holds it"
        )
        raise DependencyError(message) from error
    host, port = server.sockets[0].getsockname()[:2]
    on_listening(f"http://{f'[{host}]' if ':' in host else host}:{port}{service.witness.opened.settings.prefix}")
    await service.stop.wait()
    server.close()
    await http.close()
    service.worker.shutdown()
    if service.failure is not None:
        raise service.failure


def _publish(answer: Answer) -> Answer:
    """Let any page read it, and let nobody keep it: the next head may come within a second."""
    return Answer(answer.status, answer.body, answer.content_type, (*answer.headers, *_OPEN), answer.note)
