"""Owns HTTP/1.1 as far as a witness needs it: small requests and answers, however slow or hostile a client is.

Every request has a deadline as a whole, not per read, so a byte a second wins nothing; sizes and connections are
bounded, and when all places are taken the connection that has been silent longest gives way. One write an answer; the
event loop sets TCP_NODELAY. Nothing here knows what is asked for.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic

from consolidator.witness.answers import Answer, refuse

HEAD_BYTES_MAX = 8_192  # what servers take commonly
HEADERS_MAX = 100
REQUEST_SECONDS = 10  # from the first byte of a request to its last, and again for taking the answer
KEEP_SECONDS = 75  # between two requests: a log's idle head comes again after 60
CONNECTIONS_MAX = 256
LINGER_SECONDS = 2
LINGER_BYTES_MAX = 262_144
_FRAMING = frozenset(("content-length", "transfer-encoding"))
_REQUEST = re.compile(r"([A-Z]{1,16}) (/[!-~]*) HTTP/1\.([01])")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_LENGTH = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: method, path without its query, body."""

    method: str
    path: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class _Head:
    method: str
    path: str
    headers: Mapping[str, str]
    keeps: bool


class _RefusedError(Exception):
    """The request cannot be read on; the connection ends with this answer."""

    def __init__(self, status: HTTPStatus, reason: str) -> None:
        super().__init__(reason)
        self.answer = refuse(status, reason)


Respond = Callable[[Request], Awaitable[Answer]]
OnAnswer = Callable[[Request | None, Answer, int], None]


@dataclass(slots=True)
class HttpServer:
    """Connections of one server.

    ``respond`` is given whole requests; ``on_answer`` hears what was answered (None: to what was no request) and how
    many milliseconds that took from the request's last byte.
    """

    respond: Respond
    on_answer: OnAnswer
    body_bytes_max: int
    connections_max: int = CONNECTIONS_MAX
    # Connections that wait for their client, the one waiting longest first.
    _waiting: dict[asyncio.Task[None], None] = field(init=False, default_factory=dict)
    _open: set[asyncio.Task[None]] = field(init=False, default_factory=set)
    _is_closing: bool = field(init=False, default=False)

    async def start(self, host: str, port: int) -> asyncio.Server:
        """Listen. Raises OSError."""
        return await asyncio.start_server(self._take, host, port, limit=HEAD_BYTES_MAX, backlog=self.connections_max)

    async def close(self, seconds: float = REQUEST_SECONDS) -> None:
        """End the connections that wait for their clients at once, those at work when they have answered."""
        self._is_closing = True
        for task in [*self._waiting]:
            task.cancel()
        if self._open:
            await asyncio.wait([*self._open], timeout=seconds)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or not self._has_room():
            writer.transport.abort()
            return
        self._open.add(task)
        try:
            await self._talk(task, reader, writer)
            writer.close()
            async with asyncio.timeout(LINGER_SECONDS):
                await writer.wait_closed()
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client is gone, or is too slow and has to go
        finally:
            self._open.discard(task)
            self._waiting.pop(task, None)
            writer.transport.abort()  # what the client did not take, it will not take

    def _has_room(self) -> bool:
        if len(self._open) < self.connections_max:
            return True
        for task in self._waiting:
            del self._waiting[task]
            self._open.discard(task)
            task.cancel()
            return True
        return False

    async def _talk(self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request after the other, until the client ends, wishes the end, or sends what is no request."""
        keeps = True
        while keeps:
            self._waiting[task] = None
            try:
                keeps, request = await self._read(reader, writer)
            except _RefusedError as error:
                self.on_answer(None, error.answer, 0)
                await _write(writer, _render(error.answer, keeps=False))
                await _linger(reader, writer)
                return
            del self._waiting[task]
            keeps = await self._answer(request, writer, keeps=keeps)

    async def _answer(self, request: Request, writer: asyncio.StreamWriter, *, keeps: bool) -> bool:
        """Answer; says whether the connection goes on."""
        began = monotonic()
        answer = await self.respond(request)
        self.on_answer(request, answer, round((monotonic() - began) * 1000))
        goes_on = keeps and not self._is_closing
        raw = _render(answer, keeps=goes_on)
        await _write(writer, raw[: -len(answer.body) or None] if request.method == "HEAD" else raw)
        return goes_on

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[bool, Request]:
        async with asyncio.timeout(KEEP_SECONDS):
            first = await reader.readexactly(1)
        async with asyncio.timeout(REQUEST_SECONDS):
            head = await _read_head(first, reader)
            body = await self._read_body(head, reader, writer)
        return head.keeps, Request(head.method, head.path, body)

    async def _read_body(self, head: _Head, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        if "transfer-encoding" in head.headers:
            raise _RefusedError(HTTPStatus.LENGTH_REQUIRED, "send the body with a Content-Length")
        length = head.headers.get("content-length", "0")
        if _LENGTH.fullmatch(length) is None:
            raise _RefusedError(HTTPStatus.BAD_REQUEST, "Content-Length is no number")
        if int(length) > self.body_bytes_max:
            reason = f"a body has at most {self.body_bytes_max} bytes"
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
        if head.headers.get("expect", "").lower() == "100-continue":
            writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return await reader.readexactly(int(length))


async def _read_head(first: bytes, reader: asyncio.StreamReader) -> _Head:
    try:
        raw = first + await reader.readuntil(b"\r\n\r\n")
    except asyncio.LimitOverrunError as error:
        reason = f"the head of a request has at most {HEAD_BYTES_MAX} bytes"
        raise _RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, reason) from error
    line, *lines = raw.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    match, fields = _REQUEST.fullmatch(line), [_HEADER.fullmatch(each) for each in lines]
    if match is None or len(lines) > HEADERS_MAX:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "this is no HTTP/1.1 request")
    headers = [(field[1].lower(), field[2].rstrip(" \t")) for field in fields if field is not None]
    if len(headers) != len(fields) or sum(name in _FRAMING for name, _ in headers) > 1:
        raise _RefusedError(HTTPStatus.BAD_REQUEST, "a header is malformed, or the body's length is stated twice")
    told = dict(headers)
    wishes = [each.strip() for each in told.get("connection", "").lower().split(",")]
    keeps = "close" not in wishes if match[3] == "1" else "keep-alive" in wishes
    return _Head(match[1], match[2].partition("?")[0], told, keeps)


async def _write(writer: asyncio.StreamWriter, raw: bytes) -> None:
    """Send, all at once; TimeoutError when the client does not take it."""
    writer.write(raw)
    async with asyncio.timeout(REQUEST_SECONDS):
        await writer.drain()


async def _linger(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Let the client read why it was refused: closing at once, with bytes of its unread, would tear the answer away."""
    writer.write_eof()
    async with asyncio.timeout(LINGER_SECONDS):
        for _ in range(LINGER_BYTES_MAX // HEAD_BYTES_MAX):
            if not await reader.read(HEAD_BYTES_MAX):
                return


def _render(answer: Answer, *, keeps: bool) -> bytes:
    headers = [
        ("Content-Type", answer.content_type),
        ("Content-Length", str(len(answer.body))),
        ("Connection", "keep-alive" if keeps else "close"),
        *answer.headers,
    ]
    status = f"HTTP/1.1 {answer.status:d} {HTTPStatus(answer.status).phrase}"
    lines = [status, *(f"{name}: {value}" for name, value in headers), "", ""]
    return "\r\n".join(lines).encode("latin-1") + answer.body
