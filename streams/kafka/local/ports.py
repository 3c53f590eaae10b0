"""Owns which ports a local cluster listens on: below those the system gives to outgoing connections.

A broker that was killed finds its port free again, and a client that keeps trying a dead port never connects to itself.
"""

import random
import socket
from contextlib import suppress

_FIRST, _LAST = 15_000, 32_000  # Linux gives out 32768 and up, macOS and Windows 49152 and up
LOOPBACK = "127.0.0.1"


def choose_ports(count: int) -> tuple[int, ...]:
    """Give so many ports of the loopback that nobody listens on now."""
    chosen: dict[int, None] = {}
    while len(chosen) < count:
        port = random.SystemRandom().randint(_FIRST, _LAST)
        if _is_free(port):
            chosen[port] = None
    return tuple(chosen)


def _is_free(port: int) -> bool:
    with socket.socket() as trial, suppress(OSError):
        trial.bind((LOOPBACK, port))
        return True
    return False
