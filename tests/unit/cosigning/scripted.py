"""A log in memory and a witness that answers as it is told, on a real socket."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from consolidator.cosigning.asking import Offer
from consolidator.transparency.addcheckpoint import parse_add_checkpoint
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.cosignatures import cosign
from consolidator.transparency.keys import derive_signer
from consolidator.transparency.notes import render_signature_line
from consolidator.transparency.policy import Witness
from consolidator.transparency.proofs import ReadNode
from consolidator.transparency.tree import CompactRange, TreeHead, hash_leaves, node_hash
from consolidator.transparency.witnessing import Accepted, decide
from tests.support.witnesses import make_witness_key

Answer = tuple[int, str, bytes]
LOG = derive_signer("log.example/1", bytes(32))
NOW = 1_794_000_000
ENTRIES = [b"r%d" % number for number in range(700)]
LEAVES = list(hash_leaves(ENTRIES))


def read_node(level: int, index: int) -> bytes:
    """Give a node of the log's tree."""
    return node_hash(read_node(level - 1, 2 * index), read_node(level - 1, 2 * index + 1)) if level else LEAVES[index]


def serve_nodes() -> ReadNode:
    """Give the reader of nodes."""
    return read_node


def make_head(size: int) -> TreeHead:
    """Give the head at a size."""
    return TreeHead(size, CompactRange().append_many(ENTRIES[:size]).root())


def sign(size: int) -> bytes:
    """Sign the log at a size."""
    return sign_checkpoint(Checkpoint(LOG.name, size, make_head(size).root), LOG)


def make_offer(size: int, number: int = 1) -> Offer:
    """Offer the log at a size."""
    return Offer(number, size, sign(size), LOG.verifier, serve_nodes)


class Honest:
    """A witness as the specification has it: it remembers one head."""

    def __init__(self, name: str, size: int = 0) -> None:
        """Let it know the log at a size."""
        self.key = make_witness_key(name)
        self.recorded = make_head(size) if size else None
        self.asked = list[int]()

    def answer(self, body: bytes) -> Answer:
        """Answer a request."""
        request = parse_add_checkpoint(body)
        self.asked.append(request.untrusted.size)
        decision = decide(request, LOG.verifier, self.recorded)
        if isinstance(decision, Accepted):
            self.recorded = decision.checkpoint.head
            return 200, "text/plain", render_signature_line(cosign(decision.checkpoint, self.key, NOW))
        return int(decision.status), decision.content_type, decision.body.encode()


@contextmanager
def serve(name: str, answer: Callable[[bytes], Answer]) -> Iterator[Witness]:
    """Serve a witness; gives it as a policy names it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/at/add-checkpoint"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, media_type, content = answer(body)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Witness(name, make_witness_key(name).verifier, f"http://127.0.0.1:{server.server_port}/at")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serve_raw(name: str, content: bytes) -> Iterator[Witness]:
    """Serve bytes that need not be HTTP, and close."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(1)
                connection.recv(65_536)
                try:
                    connection.sendall(content)
                except OSError:
                    continue

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield Witness(name, make_witness_key(name).verifier, f"http://127.0.0.1:{listener.getsockname()[1]}/at")
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
