"""Owns one request over HTTP: bounded in time and bytes, through no proxy, following no redirection."""

import ssl
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from time import monotonic
from urllib.parse import urlsplit

from schemas.errors import DependencyError

ANSWER_BYTES_MAX = 10_240
_CHUNK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Response:
    """What was answered: HTTP status, media type without parameters, body."""

    status: int
    media_type: str
    body: bytes


def post(url: str, body: bytes, seconds_max: float) -> Response:
    """Send a body. Raises DependencyError, in a few words, when no whole answer comes in time."""
    until = monotonic() + seconds_max
    try:
        with closing(_connect(url, seconds_max)) as connection:
            headers = {"Content-Type": "text/plain; charset=utf-8"}
            connection.request("POST", urlsplit(url).path, body, headers)
            response = connection.getresponse()
            answer = bytearray()
            while chunk := response.read1(_CHUNK_BYTES):
                answer += chunk
                if len(answer) > ANSWER_BYTES_MAX or monotonic() > until:
                    message = "its answer is too long, or comes too slowly"
                    raise DependencyError(message)
            return Response(response.status, response.headers.get_content_type(), bytes(answer))
    except (OSError, HTTPException, ssl.SSLError) as error:
        message = f"it does not answer ({_describe(error)})"
        raise DependencyError(message) from error


def _connect(url: str, seconds_max: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds_max)


def _describe(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
