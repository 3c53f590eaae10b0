"""Owns a witness on the network: where it listens, its start, its clean end."""

import asyncio
import re
import signal
from collections.abc import Callable

from consolidator.transparency.addcheckpoint import BODY_BYTES_MAX
from consolidator.witness.deciding import Witness
from consolidator.witness.http import HttpServer
from consolidator.witness.service import Service, Tell
from schemas.errors import DependencyError, UsageError

_ADDRESS = re.compile(r"(?:\[([0-9a-fA-F:.]+)\]|([0-9A-Za-z.-]+)):([0-9]{1,5})")
_PORT_MAX = 65_535


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
    asyncio.run(_serve_until_signal(Service(witness, tell), listen, on_listening))


async def _serve_until_signal(service: Service, listen: tuple[str, int], on_listening: Callable[[str], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, service.stop.set)
    await run_service(service, listen, on_listening)


async def run_service(service: Service, listen: tuple[str, int], on_listening: Callable[[str], None]) -> None:
    """Serve until the service is told to stop; ``on_listening`` is given its address."""
    await service.check_published()
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
    rebuilding = asyncio.create_task(service.rebuild())
    await service.stop.wait()
    server.close()
    rebuilding.cancel()
    await http.close()
    service.worker.shutdown()
    if service.failure is not None:
        raise service.failure
