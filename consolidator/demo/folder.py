"""Owns a folder on loopback: what any web server would do for the public log, while the demo runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from threading import Thread

from schemas.errors import DependencyError

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.01


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(ThreadingTCPServer):  # not an HTTPServer: that one asks for the name of the address
    daemon_threads = True
    allow_reuse_address = True  # a person may serve the folder there again at once


@contextmanager
def serve_folder(folder: Path) -> Iterator[str]:
    """Serve a folder's files; gives its address. Raises DependencyError when nothing can listen on loopback."""
    try:
        server = _Server((LOOPBACK, 0), partial(_Handler, directory=str(folder)))
    except OSError as error:
        message = (
            f"无法在本机 {LOOPBACK} 监听 / cannot listen on {LOOPBACK} ({error.strerror}): "
            "'demo --witnesses none' does without"
        )
        raise DependencyError(message) from error
    with server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": _POLL_SECONDS}, daemon=True)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
