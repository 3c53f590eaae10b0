"""Owns the second process that writes tiles while much is being decided, so that deciding need not wait for it.

It is told sizes that are committed and tells which of them have all their files on disk. It writes no checkpoint, and
nothing depends on it: what it did not do, the first process does. It ends when the first one does.
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen

from consolidator.publishing.tiles import publish_tiles, read_published_edge
from consolidator.transparency.edges import TileEdge
from consolidator.transparency.tree import TreeHead
from schemas.commits import Head
from schemas.errors import ConsolidatorError
from streams.embedded.journal import open_journal_read_only

READ_BYTES = 65_536
StartAhead = Callable[[TreeHead], "Ahead"]


@dataclass(slots=True)
class Ahead:
    """The second process, as the first one sees it. ``told`` are the heads whose files it has not said to be there."""

    process: "Popen[bytes]"
    told: dict[int, Head] = field(default_factory=dict)
    heard: bytes = b""

    def tell(self, head: Head) -> None:
        """Tell it that so much is committed."""
        self.told[head.size] = head
        try:
            os.write(_descriptor(self.process.stdin), b"%d\n" % head.size)
        except BrokenPipeError:  # it has ended: the first process does the rest
            return

    def poll(self) -> Head | None:
        """Give the newest head whose files it has written since the last time, if any; does not wait."""
        source = _descriptor(self.process.stdout)
        os.set_blocking(source, False)
        try:
            self.heard += os.read(source, READ_BYTES)
        except BlockingIOError:
            return None
        return self._take()

    def finish(self) -> Head | None:
        """Let it do all that it was told, and end. Gives what :meth:`poll` would."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        source = _descriptor(self.process.stdout)
        os.set_blocking(source, True)
        while some := os.read(source, READ_BYTES):
            self.heard += some
        self.close()
        return self._take()

    def close(self) -> None:
        """End it now, if it has not ended."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _take(self) -> Head | None:
        lines, _, self.heard = self.heard.rpartition(b"\n")
        sizes = [int(line) for line in lines.split()]
        if not sizes:
            return None
        newest = self.told[sizes[-1]]
        self.told = {size: head for size, head in self.told.items() if size > sizes[-1]}
        return newest


def start_ahead(journal: Path, folder: Path, tiled: TreeHead) -> Ahead:
    """Start the second process for a log whose files are there up to the head ``tiled``."""
    words = [sys.executable, "-P", "-m", __name__, str(journal), str(folder), str(tiled.size), tiled.root.hex()]
    return Ahead(Popen(words, stdin=PIPE, stdout=PIPE, stderr=DEVNULL))  # noqa: S603 -- this program's own module


def main(words: Sequence[str]) -> int:
    """Do the second process's work: sizes come in on stdin, one a line, and go out on stdout when they are done."""
    journal, folder, size, root = words
    try:
        write_ahead(Path(journal), Path(folder), TreeHead(int(size), bytes.fromhex(root)), _read_sizes(0), _answer)
    except ConsolidatorError as error:  # the first process meets the same and tells it
        return error.exit_code
    return 0


def write_ahead(path: Path, folder: Path, tiled: TreeHead, sizes: Iterator[int], answer: Callable[[int], None]) -> None:
    """Write the files up to each of the sizes, and answer with it."""
    edge = read_published_edge(folder, tiled) if tiled.size else TileEdge()
    with open_journal_read_only(path) as journal:
        for size in sizes:
            edge = publish_tiles(folder, journal, edge, size)
            answer(size)


def _read_sizes(source: int) -> Iterator[int]:
    """Give the newest size of those that came since the last was asked for, until the first process is gone."""
    rest = b""
    while some := os.read(source, READ_BYTES):
        lines, _, rest = (rest + some).rpartition(b"\n")
        if lines:
            yield int(lines.split()[-1])


def _answer(size: int) -> None:
    os.write(1, b"%d\n" % size)


def _descriptor(pipe: object) -> int:
    return pipe.fileno()  # type: ignore[attr-defined,no-any-return]  # both pipes were asked for above


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
