"""The least of an SSH agent: it holds one Ed25519 key and signs. litewitness takes its key from nowhere else."""

import socket
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import Thread

from consolidator.transparency.keys import Ed25519Signer

_LIST, _LISTED, _SIGN, _SIGNED = 11, 12, 13, 14
_KIND = b"ssh-ed25519"


def derive_fingerprint(key: Ed25519Signer) -> str:
    """Give the key's fingerprint as ssh-keygen writes it."""
    return "SHA256:" + b64encode(sha256(_render_key(key)).digest()).decode().rstrip("=")


@contextmanager
def running_agent(path: Path, key: Ed25519Signer) -> Iterator[None]:
    """Run an agent at a socket."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        Thread(target=_serve, args=(server, key), daemon=True).start()
        yield


def _serve(server: socket.socket, key: Ed25519Signer) -> None:
    with suppress(OSError):  # the test has ended
        while True:
            connection, _ = server.accept()
            Thread(target=_talk, args=(connection, key), daemon=True).start()


def _talk(connection: socket.socket, key: Ed25519Signer) -> None:
    with connection, connection.makefile("rb") as stream:
        while length := stream.read(4):
            message = stream.read(int.from_bytes(length, "big"))
            connection.sendall(_pack(_answer(message, key)))


def _answer(message: bytes, key: Ed25519Signer) -> bytes:
    if message[0] == _LIST:
        return bytes([_LISTED]) + (1).to_bytes(4, "big") + _pack(_render_key(key)) + _pack(b"")
    assert message[0] == _SIGN
    asked = len(_pack(_render_key(key))) + 1
    size = int.from_bytes(message[asked : asked + 4], "big")
    signature = key.private.sign(message[asked + 4 : asked + 4 + size])
    return bytes([_SIGNED]) + _pack(_pack(_KIND) + _pack(signature))


def _render_key(key: Ed25519Signer) -> bytes:
    return _pack(_KIND) + _pack(key.verifier.public)


def _pack(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content
