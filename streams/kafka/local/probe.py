"""Owns asking a broker which brokers it knows, in Kafka's own bytes: what tells that a cluster is ready."""

import socket
import struct

from streams.kafka.local.ports import LOOPBACK

_ANSWER_SECONDS_MAX = 2.0
_METADATA, _VERSION = 3, 1
# Request header v1 (api key, version, correlation id, client id) and an empty list of topics.
_CLIENT = b"ready?"
_REQUEST = struct.pack(">hhih", _METADATA, _VERSION, 1, len(_CLIENT)) + _CLIENT + struct.pack(">i", 0)


def ask_brokers(port: int) -> set[int]:
    """Give the node ids that the broker at this port counts as alive; OSError while it does not answer."""
    with socket.create_connection((LOOPBACK, port), _ANSWER_SECONDS_MAX) as connection:
        connection.sendall(struct.pack(">i", len(_REQUEST)) + _REQUEST)
        with connection.makefile("rb") as answer:
            (size,) = struct.unpack(">i", _read(answer.read(4), 4))
            return parse_brokers(_read(answer.read(size), size))


def _read(got: bytes, size: int) -> bytes:
    if len(got) < size:
        message = "the broker closed the connection"
        raise ConnectionError(message)
    return got


def parse_brokers(answer: bytes) -> set[int]:
    r"""Give the node ids in a Metadata response v1: correlation id, then id, host, port and rack of each broker.

    >>> sorted(parse_brokers(bytes(7) + b"\1" + b"\0\0\0\7" + b"\0\1h" + bytes(4) + b"\xff\xff"))
    [7]
    """
    (count,) = struct.unpack_from(">i", answer, 4)
    found, at = set(), 8
    for _ in range(count):
        node, host_bytes = struct.unpack_from(">ih", answer, at)
        (rack_bytes,) = struct.unpack_from(">h", answer, at + 10 + host_bytes)
        at += 12 + host_bytes + max(0, rack_bytes)
        found.add(node)
    return found
