"""Owns the moving of a county from one machine to a cluster (``cluster adopt``): append, compare, and only then switch.

Until the switch the home stays what it was, and the same command may be given again. The switch is two steps: the
journal becomes a copy, so that nobody appends to it any more, then the settings name the cluster.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from consolidator.cluster.comparing import find_difference
from consolidator.cluster.joining import Seat, check_office, open_commands, take_seat
from consolidator.home.files import write_whole
from consolidator.home.paths import Home
from consolidator.settings import Settings, read_settings, render_settings
from schemas.commands import Command
from schemas.commits import CommitRecord
from schemas.errors import ConfigurationError, ConflictError, DependencyError, VerificationError, invariant
from streams.embedded.copying import CopyJournal, open_copy
from streams.embedded.lock import hold_lock
from streams.kafka.appending import WINDOW, Appender
from streams.kafka.commands import CommandReader
from streams.kafka.following import CommitFollower, read_newest
from streams.kafka.loop import Loop

OnProgress = Callable[[int, int], None]  # commands appended, then committed, of all


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a county was moved with: its place, commands appended now, and the commit in which both engines agree."""

    seat: Seat
    appended: int
    record: CommitRecord


def adopt(root: Path, file: Path, wait_seconds: float, on_progress: OnProgress) -> Adopted:
    """Move a home to the cluster whose settings are ``file``. ``wait_seconds``: how long a worker may be silent.

    ConflictError when the home is at work or not done, or the partition holds anything but this county's commands;
    DependencyError when no worker commits; VerificationError when it decides otherwise: then the home stays as it was.
    """
    home = Home(root)
    with hold_lock(home.lock), open_copy(home.journal) as journal:
        settings = _derive_settings(home, file)
        seat = take_seat(file.resolve(), settings)
        record = _check_ready(journal)
        with Loop() as loop, open_commands(seat.shard, loop) as reader:
            check_office(seat.shard, loop)
            appended = _append_rest(seat, loop, reader, journal, on_progress)
            theirs = _wait_for_worker(seat, loop, record, wait_seconds, on_progress)
        _compare(record, theirs)
        journal.hand_over(record.position)
        write_whole(home.settings, render_settings(settings).encode())
    return Adopted(seat, appended, theirs)


def _derive_settings(home: Home, file: Path) -> Settings:
    settings = read_settings(home.settings)
    if settings.cluster is not None:
        message = "本县已在集群上 / this county is on a cluster already: see 'consolidator status'"
        raise ConflictError(message)
    cluster = os.path.relpath(file.absolute(), home.root.absolute())
    return settings.model_copy(update={"engine": "kafka", "cluster": cluster})


def _check_ready(journal: CopyJournal) -> CommitRecord:
    """Give the last commit of a journal that is whole and has nothing left to do."""
    if journal.retirements():
        message = (
            "已销毁年度的命令不在了,不能迁入集群 / commands of retired years are gone, and a cluster replays all of "
            "them: this county stays on one machine"
        )
        raise ConfigurationError(message)
    record = journal.last_commit()
    if record is None or (record.position, record.item) != (journal.next_position(), 0):
        message = "还有未处理的命令,先运行 run --once / commands are pending: run 'consolidator run --once' first"
        raise ConflictError(message)
    return record


def _append_rest(seat: Seat, loop: Loop, reader: CommandReader, journal: CopyJournal, on_progress: OnProgress) -> int:
    """Append what the partition does not hold yet; gives the number of commands."""
    total, done = journal.next_position() - 1, reader.end()
    _check_prefix(seat, reader, journal, done)
    appender, appended = Appender(loop), 0
    try:
        for commands in _list_batches(journal, done + 1):
            appender.append(seat.shard, commands)
            appended += len(commands)
            on_progress(done + appended, total)
    finally:
        appender.close()
    if reader.end() != total:
        raise _make_refusal(seat)
    return appended


def _check_prefix(seat: Seat, reader: CommandReader, journal: CopyJournal, count: int) -> None:
    """Refuse a partition that holds anything but the first commands of this county, each at its position."""
    ours = journal.commands(1)
    for offset, theirs in reader.read(0, count):
        if next(ours, None) != (offset + 1, theirs):
            raise _make_refusal(seat)
    if next(ours, (count + 1,))[0] <= count or count >= journal.next_position():
        raise _make_refusal(seat)


def _make_refusal(seat: Seat) -> ConflictError:
    message = (
        f"分区 {seat.shard.partition} 中不是(或不只是)本县的命令,请用空分区,并停止其他写入 / partition "
        f"{seat.shard.partition} holds something else than this county's commands: give it an empty one, and end "
        "whoever writes there"
    )
    return ConflictError(message)


def _list_batches(journal: CopyJournal, position: int) -> Iterator[Sequence[Command]]:
    batch: list[Command] = []
    for place, command in journal.commands(position):
        invariant(place == position, "what is no command cannot be appended: its partition keeps it")
        batch.append(command)
        position += 1
        if len(batch) == WINDOW:
            yield batch
            batch = []
    if batch:
        yield batch


def _wait_for_worker(
    seat: Seat, loop: Loop, record: CommitRecord, wait_seconds: float, on_progress: OnProgress
) -> CommitRecord:
    """Wait until a worker has committed as far as the home; gives its commit there."""
    reached, heard_at = 0, monotonic()
    while reached < record.position:
        newest = loop.run(read_newest(seat.shard))
        if newest is not None and newest.position > reached:
            reached, heard_at = newest.position, monotonic()
            on_progress(reached - 1, record.position - 1)
        elif monotonic() - heard_at > wait_seconds:
            _tell_silence(seat, reached, record)
    follower = CommitFollower(seat.shard, loop)
    try:
        theirs = follower.start(record)
    finally:
        follower.close()
    if theirs is None:  # nobody else writes there, so the worker stopped where the home did
        raise _make_refusal(seat)
    return theirs


def _tell_silence(seat: Seat, reached: int, record: CommitRecord) -> None:
    run = f"consolidator worker run --cluster {seat.file} --name {seat.place.worker}"
    message = (
        f"记账进程没有提交(已到 {reached},要到 {record.position}),主目录未变。启动它再运行本命令:{run} / "
        f"no worker commits (reached {reached} of {record.position}); the home is unchanged. Start it and give this "
        f"command again: {run}"
    )
    raise DependencyError(message)


def _compare(ours: CommitRecord, theirs: CommitRecord) -> None:
    field = find_difference(ours, theirs)
    if field:
        size = theirs.head.size
        message = (
            f"条目 {size} 处记账进程的结果与本机不一致({field}),主目录未变,仍在本机运行。核对两边的程序版本与密钥;"
            "再迁入时须用新的分区 / "
            f"at size {size} the worker decided otherwise than this home ({field}); the home is unchanged and goes on "
            "by itself. Compare both programs' versions and keys, and move the county to a new partition then"
        )
        raise VerificationError(message)
