"""Owns the reading of a published log's files, from a folder or over HTTP: bounded in size and time, never trusted.

What is not there, or is too large, is the log's fault (VerificationError); a disk or host that does not answer is not
(DependencyError): the reader then knows nothing about the log and says so.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection, IncompleteRead
from pathlib import Path
from time import monotonic
from urllib.parse import SplitResult, urlsplit

from consolidator.transparency.notes import NOTE_BYTES_MAX
from schemas.errors import ConfigurationError, DependencyError, VerificationError

CHECKPOINT = "checkpoint"
FILE_BYTES_MAX = 256 * (2 + 65_535)  # the largest entry bundle there can be
SILENCE_SECONDS_MAX = 10  # how long a host may say nothing
FILE_SECONDS_MAX = 60  # how long one file may take in all: 16.8 MB at 280 kB/s
_CHUNK_BYTES = 65_536
_NOT_THERE = frozenset((HTTPStatus.NOT_FOUND, HTTPStatus.GONE))

Read = Callable[[str], bytes]  # a path below the log's address, "checkpoint" or "tile/…", to the file's bytes


class MissingFileError(VerificationError):
    """The log does not have this file. While a log grows, partial files of an older checkpoint go."""


def read_from_folder(folder: Path) -> Read:
    """Give a reader of the log in a folder. ConfigurationError when there is no such folder."""
    if not folder.is_dir():
        message = f"没有文件夹 {folder} / there is no folder {folder}: give the one that 'log export' wrote"
        raise ConfigurationError(message)
    return lambda path: _read_file(folder / path, path)


def _read_file(place: Path, path: str) -> bytes:
    try:
        if not stat.S_ISREG(place.stat().st_mode):  # a pipe would be waited for
            raise MissingFileError(_tell_missing(path))
        with place.open("rb") as file:
            return _check_size(file.read(_bound(path) + 1), path)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(_tell_missing(path)) from error
    except OSError as error:
        message = f"日志文件无法读取({error.strerror}) / {path} of the log cannot be read ({error.strerror})"
        raise DependencyError(message) from error


@contextmanager
def read_from_url(url: str) -> Iterator[Read]:
    """Give a reader of the log at an http or https address, over one connection that is kept open.

    ConfigurationError when it is no such address. Redirections are not followed: an address names one log.
    """
    site = _Site.parse(url)
    with closing(site.connection):
        yield site.read


@dataclass(frozen=True, slots=True)
class _Site:
    """A host's connection, which opens itself again after the host closed it, and the path that the log lies below."""

    connection: HTTPConnection
    prefix: str

    @classmethod
    def parse(cls, url: str) -> "_Site":
        parts = _split(url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=SILENCE_SECONDS_MAX)
        return cls(connection, parts.path.rstrip("/"))

    def read(self, path: str) -> bytes:
        """Read one file."""
        try:
            try:
                response = self._ask(path)
            except (ConnectionError, HTTPException):  # the host had closed what it kept open: once more, anew
                self.connection.close()
                response = self._ask(path)
            return self._receive(response, path)
        except (OSError, HTTPException) as error:
            self.connection.close()
            message = (
                f"日志网站无响应({type(error).__name__}),稍后再试 / "
                f"the log's host does not answer ({type(error).__name__}): try again later"
            )
            raise DependencyError(message) from error

    def _ask(self, path: str) -> HTTPResponse:
        self.connection.request("GET", f"{self.prefix}/{path}", headers={"Accept-Encoding": "identity"})
        return self.connection.getresponse()

    def _receive(self, response: HTTPResponse, path: str) -> bytes:
        limit, until = _bound(path), monotonic() + FILE_SECONDS_MAX
        body = bytearray()
        while len(body) <= limit and (chunk := response.read1(_CHUNK_BYTES)):
            body += chunk
            if monotonic() > until:
                raise TimeoutError
        if len(body) > limit:
            self.connection.close()  # what follows is nobody's answer
        elif response.length:
            raise IncompleteRead(bytes(body), response.length)
        response.close()  # all was read, but only this says so: the connection is then good for the next file
        _check_answer(response, path)
        return _check_size(bytes(body), path)


def _check_answer(response: HTTPResponse, path: str) -> None:
    if response.status in _NOT_THERE:
        raise MissingFileError(_tell_missing(path))
    if response.status != HTTPStatus.OK or response.headers.get("Content-Encoding", "identity") != "identity":
        message = (
            f"日志网站对 {path} 回答 {response.status},不能使用 / the log's host answers {response.status} for "
            f"{path}: it must serve files as they are"
        )
        raise DependencyError(message)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0 and url.isascii():
            return parts
    except ValueError:
        pass
    message = "日志地址应以 http:// 或 https:// 开头 / a log's address begins with http:// or https://"
    raise ConfigurationError(message)


def _bound(path: str) -> int:
    return NOTE_BYTES_MAX if path == CHECKPOINT else FILE_BYTES_MAX


def _check_size(content: bytes, path: str) -> bytes:
    if len(content) > _bound(path):
        message = f"日志文件 {path} 过大 / {path} of the log is larger than any such file can be"
        raise VerificationError(message)
    return content


def _tell_missing(path: str) -> str:
    return f"日志缺少文件 {path} / the log has no {path}"
