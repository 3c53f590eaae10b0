"""Owns the copying of a county's commands: same positions, same stamps, same bytes. What is no command is kept, too."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.home.paths import Home
from consolidator.intake.refusals import Refusal, keep_refused
from streams.embedded.copying import CopyJournal, Row
from streams.kafka.commands import CommandReader, Poison
from streams.kafka.loop import Loop
from streams.kafka.shard import Shard

COPY_BYTES = 8_388_608  # what one write to the disk takes in
COPY_ROWS = 1_000  # the same for many small commands


@dataclass(slots=True)
class Copier:
    """Copies commands from the county's partition behind those that the copy has."""

    home: Home
    shard: Shard
    loop: Loop
    journal: CopyJournal
    reader: CommandReader = field(init=False)
    _poison: dict[int, Poison] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Connect to nothing yet."""
        self.reader = CommandReader(self.shard, self.loop, self._note)

    def copy(self, end: int) -> None:
        """Copy all that stands before position ``end``."""
        rows: list[Row] = []
        size_bytes = 0
        for position, what in self._list_rows(self.journal.next_position(), end):
            rows.append((position, what))
            size_bytes += len(what if isinstance(what, bytes) else what.body)
            if size_bytes > COPY_BYTES or len(rows) >= COPY_ROWS:
                self.journal.keep(rows)
                rows, size_bytes = [], 0
        self.journal.keep(rows)

    def _list_rows(self, start: int, end: int) -> Iterator[Row]:
        """Give what stands at every position, also where no command does."""
        for offset, command in self.reader.read(start - 1, end - 1):
            yield from ((place, self._refuse(place)) for place in range(start, offset + 1))
            yield offset + 1, command
            start = offset + 2
        yield from ((place, self._refuse(place)) for place in range(start, end))

    def _note(self, poison: Poison) -> None:
        self._poison[poison.position] = poison

    def _refuse(self, position: int) -> bytes:
        """Keep what is no command where other refused input is; a hole, which holds nobody's record, has no bytes."""
        poison = self._poison.pop(position, None)
        if poison is None:
            return b""
        keep_refused(self.home, Refusal(f"commands-{position}", "", poison.error, poison.at), poison.raw)
        return poison.raw
