"""Owns the journal that intake works with at a home on a cluster: written to its partition, read from the copy.

An append may be half done when its writer dies. So a document is there only when the copy holds all of it; until then
it is appended again, whole: the ledger takes a header and each part once.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from consolidator.cluster.joining import open_commands
from schemas.commands import Command
from schemas.envelope import parse_envelope
from schemas.errors import InputError
from schemas.headers import parse_base_header
from streams.embedded.copying import CopyJournal
from streams.embedded.schema import connect
from streams.kafka.appending import Appender
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard


class CopiedJournal(CopyJournal):
    """A :class:`streams.journal.DocumentJournal`. Brokers are asked when something is appended or waits."""

    def __init__(self, path: Path, shard: Shard, loop: Loop) -> None:
        """Open the copy."""
        super().__init__(connect(path))
        self._shard = shard
        self._loop = loop
        self._appender = Appender(loop)

    def close(self) -> None:
        """Let go of the copy and of the brokers."""
        super().close()
        self._appender.close()

    def append(self, commands: Sequence[Command]) -> None:
        """Append to the county's partition; on return all are kept there. After an error some may be."""
        self._appender.append(self._shard, commands)

    def commands(self, position: int) -> Iterator[tuple[int, Command]]:
        """Give the copy's commands from a position on, then those that stand in the partition behind it."""
        yield from super().commands(position)
        start = max(position, self.next_position()) - 1
        with open_commands(self._shard, self._loop) as reader:
            yield from ((offset + 1, command) for offset, command in reader.read(start, reader.end()))

    def holds_document(self, digest: str) -> bool:
        """Say whether the copy holds a document's header and all its parts."""
        header = self.find_header(digest)
        if header is None:
            return False
        try:
            parts = parse_base_header(parse_envelope(header.body).header).parts
        except InputError:  # somebody else's bytes under this digest
            return False
        return self.holds_parts(digest, len(parts))
