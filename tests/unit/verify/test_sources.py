import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from threading import Thread

import pytest

from consolidator.transparency.notes import NOTE_BYTES_MAX
from consolidator.verify import sources
from consolidator.verify.sources import MissingFileError, Read, read_from_folder, read_from_url
from schemas.errors import ConfigurationError, DependencyError, VerificationError
from tests.support.published import serve, write_files

FILES = {"checkpoint": b"a note", "tile/0/000": bytes(8192), "tile/entries/000": b"\0\0" * 256}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path / "log", FILES)
    return tmp_path / "log"


@pytest.fixture(params=["folder", "url"])
def read(request: pytest.FixtureRequest, folder: Path) -> Iterator[Read]:
    """Read the same files, once from the folder and once over HTTP."""
    with ExitStack() as stack:
        if request.param == "folder":
            yield read_from_folder(folder)
        else:
            yield stack.enter_context(read_from_url(stack.enter_context(serve(folder)) + "/"))


def test_files_are_read_as_they_are(read: Read) -> None:
    assert {path: read(path) for path in FILES} == FILES


def test_a_file_that_is_missing_is_the_logs_fault(read: Read) -> None:
    with pytest.raises(MissingFileError, match=r"the log has no tile/1/000\.p/1"):
        read("tile/1/000.p/1")
    assert read("checkpoint") == b"a note"


def test_a_file_that_is_too_large_is_the_logs_fault(read: Read, folder: Path) -> None:
    (folder / "checkpoint").write_bytes(bytes(NOTE_BYTES_MAX + 1))
    with pytest.raises(VerificationError, match="checkpoint of the log is larger"):
        read("checkpoint")
    assert read("tile/0/000") == bytes(8192)


def test_a_bundle_of_the_largest_entries_is_read(read: Read, folder: Path) -> None:
    largest = b"\xff" * sources.FILE_BYTES_MAX
    (folder / "tile/entries/000").write_bytes(largest)
    assert read("tile/entries/000") == largest


def test_a_folder_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no folder"):
        read_from_folder(tmp_path / "none")


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "tile/0/001")
    with pytest.raises(MissingFileError):
        read_from_folder(folder)("tile/0/001")


def test_a_file_where_a_folder_should_be_is_a_missing_file(folder: Path) -> None:
    with pytest.raises(MissingFileError):
        read_from_folder(folder)("tile/0/000/001")


def test_a_disk_that_does_not_answer_is_not_the_logs_fault(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    with pytest.raises(DependencyError, match="loop of the log cannot be read"):
        read_from_folder(folder)("loop")


@pytest.mark.parametrize(
    "url", ["", "log.example", "ftp://log.example", "http://", "http://a:99999", "http://[", "http://日志.example"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="begins with http"), read_from_url(url):
        pass


def test_a_host_that_nobody_answers_at_is_not_the_logs_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with (
        read_from_url(f"http://127.0.0.1:{port}") as read,
        pytest.raises(DependencyError, match="does not answer"),
    ):
        read("checkpoint")


class _Closing(SimpleHTTPRequestHandler):
    """Promises to keep the connection, and closes it after each answer."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        super().do_GET()
        self.close_connection = True


def test_a_connection_that_was_closed_in_between_is_opened_anew(folder: Path) -> None:
    with serve(folder, _Closing) as url, read_from_url(url) as read:
        assert [read("checkpoint") for _ in range(3)] == [b"a note"] * 3


def answer_with(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """Let a host of one's own answer each connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        stopped = list[bool]()

        def work() -> None:
            while not stopped:
                connection, _ = server.accept()
                with connection:
                    if not stopped:
                        connection.recv(65_536)
                        answer(connection)

        thread = Thread(target=work)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        stopped.append(True)
        with socket.create_connection(server.getsockname()):
            thread.join()


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 500 no\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 no\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 yes\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 yes\r\nContent-Length: 9\r\n\r\ncut",
        b"no HTTP at all\r\n\r\n",
        b"",
    ],
)
def test_an_answer_that_is_no_file_is_not_the_logs_fault(raw: bytes) -> None:
    for url in answer_with(lambda connection: connection.sendall(raw)):
        with read_from_url(url) as read, pytest.raises(DependencyError):
            read("checkpoint")


def test_an_answer_that_never_ends_is_cut_off() -> None:
    endless = b"HTTP/1.1 200 yes\r\n\r\n" + bytes(2 * NOTE_BYTES_MAX)

    def answer(connection: socket.socket) -> None:
        try:
            connection.sendall(endless)
        except ConnectionError:
            return

    for url in answer_with(answer):
        with read_from_url(url) as read, pytest.raises(VerificationError, match="larger"):
            read("checkpoint")


def test_a_host_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "SILENCE_SECONDS_MAX", 0.05)
    for url in answer_with(lambda connection: connection.recv(1)):
        with read_from_url(url) as read, pytest.raises(DependencyError, match="does not answer"):
            read("checkpoint")


def test_a_host_that_answers_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "FILE_SECONDS_MAX", 0)
    slow = b"HTTP/1.1 200 yes\r\nContent-Length: 3\r\n\r\nabc"
    for url in answer_with(lambda connection: connection.sendall(slow)):
        with read_from_url(url) as read, pytest.raises(DependencyError, match="TimeoutError"):
            read("checkpoint")


def test_one_connection_serves_for_many_files(folder: Path) -> None:
    connections = set[object]()

    class Counting(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            connections.add(self.client_address)
            super().do_GET()

    with serve(folder, Counting) as url, read_from_url(url) as read:
        for path in [*FILES, *FILES]:
            assert read(path) == FILES[path]
    assert len(connections) == 1
