"""HTTP against slow and hostile clients: deadlines for a whole request, bounds, and room for the honest one."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread

import pytest

from consolidator.witness import http
from tests.unit.transparency.parties import SIGNED
from tests.unit.witness.bench import HEX, Client, Serving, ask, create, serving, take

BODY = b"old 0\n\n" + SIGNED


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Serving]:
    create(tmp_path / "w")
    with serving(tmp_path / "w") as running:
        yield running


def connect(client: Client) -> socket.socket:
    host, _, port = client.url.removeprefix("http://").rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def post(*headers: bytes, body: bytes = BODY) -> bytes:
    return b"\r\n".join([b"POST /add-checkpoint HTTP/1.1", b"Host: w", *headers, b"", body])


def test_a_connection_is_kept_for_many_requests(witness: Serving) -> None:
    connection = witness.client.connect()
    connection.request("POST", "/add-checkpoint", ask(0, 7))
    assert take(connection.getresponse()).status == 200
    taken = connection.sock
    for _ in range(20):
        connection.request("POST", "/add-checkpoint", ask(7, 7))
        assert take(connection.getresponse()).status == 200
        assert connection.sock is taken
    connection.request("GET", f"/{HEX}/checkpoint", headers={"Connection": "close"})
    assert take(connection.getresponse()).headers["connection"] == "close"
    connection.close()


def test_requests_sent_at_once_are_answered_in_order(witness: Serving) -> None:
    first = post(b"Content-Length: %d" % len(BODY))
    second = b"GET /x HTTP/1.1\r\n\r\nGET /%s/checkpoint HTTP/1.0\r\n\r\n" % HEX.encode()
    statuses = [part[:3] for part in witness.client.raw(first + second).split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"404", b"200"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"junk\r\n\r\n", 400),
        (b"\0\xff\r\n\r\n", 400),
        (b"GET /x\r\n\r\n", 400),
        (b"GET /x HTTP/2.0\r\n\r\n", 400),
        (b"GET http://w/x HTTP/1.1\r\n\r\n", 400),
        (b"GET /x y HTTP/1.1\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nA: b\r\n folded\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\nA : b\r\n\r\n", 400),
        (b"GET /x HTTP/1.1\r\n" + b"A: b\r\n" * 101 + b"\r\n", 400),
        (b"GET /x HTTP/1.1\r\nA: " + b"b" * 9000 + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n\r\n", 431),
        (post(b"Content-Length: -1"), 400),
        (post(b"Content-Length: +7"), 400),
        (post(b"Content-Length: 7, 7"), 400),
        (post(b"Content-Length: 7", b"Content-Length: 7"), 400),
        (post(b"Content-Length: 7", b"Transfer-Encoding: chunked"), 400),
        (post(b"Content-Length: 99999999999999999999"), 400),
        (post(b"Content-Length: 10241"), 413),
        (post(b"Content-Length: 10241", body=b"x" * 10_241), 413),
        (post(b"Content-Length: 999999999", body=b"x" * 1_000_000), 413),
        (post(b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411),
        (post(b"Content-Length: 10240", body=b"x" * 10_240), 400),
        (post(), 400),
    ],
)
def test_what_is_no_small_request_is_told_and_turned_away(witness: Serving, sent: bytes, status: int) -> None:
    answer = witness.client.raw(sent)
    assert int(answer.split(b" ")[1]) == status
    assert witness.client.add(ask(0, 7)).status == 200


def test_a_client_that_waits_for_100_continue_gets_it(witness: Serving) -> None:
    with connect(witness.client) as connection:
        connection.sendall(post(b"Content-Length: %d" % len(BODY), b"Expect: 100-continue", body=b""))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("kept", [10, 40, 100])
def test_a_client_that_ends_in_the_midst_does_no_harm(witness: Serving, kept: int) -> None:
    with connect(witness.client) as connection:
        connection.sendall(post(b"Content-Length: %d" % len(BODY))[:kept])
    assert witness.client.add(ask(0, 7)).status == 200


def test_a_byte_a_while_wins_nothing_the_whole_request_has_a_deadline(
    witness: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.5)
    stopped = Event()
    with connect(witness.client) as connection:

        def drip() -> None:
            for byte in post(b"Content-Length: %d" % len(BODY)) * 100:
                if stopped.wait(0.05):
                    return
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""
        stopped.set()
        thread.join()
    assert witness.client.add(ask(0, 7)).status == 200


def test_a_connection_that_says_nothing_is_ended(witness: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "KEEP_SECONDS", 0.1)
    with connect(witness.client) as connection:
        assert connection.recv(100) == b""


def test_a_hundred_open_connections_leave_room(witness: Serving) -> None:
    with ExitStack() as stack:
        for number in range(100):
            connection = stack.enter_context(connect(witness.client))
            connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\n" if number % 2 else b"")
        assert witness.client.add(ask(0, 7)).status == 200


def test_when_all_places_are_taken_the_longest_silent_gives_way(witness: Serving) -> None:
    with ExitStack() as stack:
        silent = [stack.enter_context(connect(witness.client)) for _ in range(http.CONNECTIONS_MAX + 50)]
        assert witness.client.add(ask(0, 7)).status == 200
        for each in silent[:50]:
            assert each.recv(1) == b""


def test_a_client_that_takes_no_answer_is_given_up(witness: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "REQUEST_SECONDS", 0.2)
    witness.client.add(ask(0, 7))
    requests = b"GET /%s/checkpoint HTTP/1.1\r\n\r\n" % HEX.encode() * 200_000
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        host, _, port = witness.client.url.removeprefix("http://").rpartition(":")
        connection.connect((host, int(port)))
        with pytest.raises(ConnectionError):
            connection.sendall(requests)
    assert witness.client.add(ask(7, 7)).status == 200
