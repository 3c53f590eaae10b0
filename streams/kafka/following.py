"""Owns the following of a county's commits by somebody who does not run it: what is newest, and how far to go next.

A commit with ``item`` 0 ends with a whole command; only at such a one can two engines be compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.commits import CommitRecord
from schemas.errors import VerificationError
from schemas.records import parse_commit
from streams.kafka.loop import Loop
from streams.kafka.reading import FOLLOW_MILLISECONDS, Reader, Row, find_last, find_offset, open_reader, reading
from streams.kafka.shard import Shard


@dataclass(slots=True)
class CommitFollower:
    """Reads the commits topic from where its owner stands, holding the whole commits that he has not reached."""

    shard: Shard
    loop: Loop
    _reader: Reader | None = field(default=None, init=False)
    _held: list[CommitRecord] = field(default_factory=list, init=False)

    def start(self, record: CommitRecord | None) -> CommitRecord | None:
        """Go to the first commit that covers ``record``; gives the one that stands exactly there, if one does.

        VerificationError when the topic ends before: it is another county's, or records were lost.
        """
        self.close()
        self._held += _list_whole(self.loop.run(self._open(1 if record is None else record.position)))
        if record is None:
            return None
        return next((each for each in self._held if _place(each) == _place(record)), None)

    def find_target(
        self, record: CommitRecord | None, floor: int, entries: int, milliseconds: int
    ) -> CommitRecord | None:
        """Give the commit to go to from ``record``; None when there is none yet, after so many milliseconds.

        It is the newest whole one at most ``entries`` ahead, or else the next; never one before position ``floor``.
        """
        place, size = ((0, 0), 0) if record is None else (_place(record), record.head.size)
        self._held = [each for each in self._held if _place(each) > place and each.position >= floor]
        while not self._held or self._held[-1].head.size <= size + entries:
            rows = self.loop.run(self._fetch(milliseconds if not self._held else 0))
            if not rows:
                break
            self._held += (each for each in _list_whole(rows) if _place(each) > place and each.position >= floor)
        near = [each for each in self._held if each.head.size <= size + entries]
        return near[-1] if near else next(iter(self._held), None)

    def close(self) -> None:
        """Let go of the client."""
        reader, self._reader, self._held = self._reader, None, []
        if reader is not None:
            self.loop.run(reader.close())

    async def _fetch(self, milliseconds: int) -> Sequence[Row]:
        return () if self._reader is None else await self._reader.fetch(milliseconds)

    async def _open(self, position: int) -> Sequence[Row]:
        """Open the topic at the first commit up to ``position`` or beyond; gives what stands there."""
        where = self.shard
        self._reader = await open_reader(where.connection, where.topic("commits"), where.partition, FOLLOW_MILLISECONDS)
        start = await find_offset(self._reader, position, _find_position)
        async for rows in self._reader.range(start, self._reader.end):
            return rows
        self._reader.consumer.seek(self._reader.place, start)
        if position > 1:
            message = (
                f"分区 {where.partition} 的提交不到命令 {position},本机副本却有:核对 cluster.toml,或恢复主题 / "
                f"the commits of partition {where.partition} end before command {position}, which this home has: see "
                "whether cluster.toml names the right partition, or restore the topic"
            )
            raise VerificationError(message)
        return ()


async def read_newest(shard: Shard) -> CommitRecord | None:
    """Give the newest commit of a county."""
    async with reading(shard.connection, shard.topic("commits"), shard.partition) as reader:
        row = await find_last(reader)
    return None if row is None else parse_commit(row.value or b"").record


def _find_position(row: Row) -> int:
    return parse_commit(row.value or b"").record.position


def _list_whole(rows: Sequence[Row]) -> list[CommitRecord]:
    records = (parse_commit(row.value or b"").record for row in rows)
    return [record for record in records if record.item == 0]


def _place(record: CommitRecord) -> tuple[int, int]:
    return record.position, record.item
