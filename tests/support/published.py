"""A published log made by the formats alone: folders of bundles and tiles, and a web server over one."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from consolidator.transparency.bundles import render_bundles
from consolidator.transparency.checkpoint import Checkpoint, sign_checkpoint
from consolidator.transparency.edges import TileEdge, grow
from consolidator.transparency.keys import Signer
from consolidator.transparency.tiles import list_growth, render_tile_path
from consolidator.transparency.tree import hash_leaves


def render_log(entries: Sequence[bytes]) -> Mapping[str, bytes]:
    """Give the files of a log of these entries, by path, without its checkpoint."""
    tiles = {**render_bundles(0, entries), **grow(TileEdge(), hash_leaves(entries)).tiles}
    return {render_tile_path(tile): tiles[tile] for tile in list_growth(0, len(entries))}


def seal(entries: Sequence[bytes], signer: Signer) -> bytes:
    """Sign the tree of these entries."""
    tree = grow(TileEdge(), hash_leaves(entries)).edge.compact_range()
    return sign_checkpoint(Checkpoint(signer.name, tree.size, tree.root()), signer)


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def write_log(folder: Path, entries: Sequence[bytes], signer: Signer) -> None:
    """Publish a log of these entries in a folder."""
    write_files(folder, {**render_log(entries), "checkpoint": seal(entries, signer)})


class _Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # a head and a body in two writes would otherwise wait 40 ms for each other

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path, handler: type[SimpleHTTPRequestHandler] = _Quiet) -> Iterator[str]:
    """Serve a folder on the loopback; gives its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
