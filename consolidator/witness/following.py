"""Owns the reading of a log's entries before its head is cosigned: tree, tiles, sequence, closes, conservation.

Its books are in memory only and are rebuilt by reading the log again, at more than 150,000 entries a second: nothing
that could go stale is kept. It judges integrity, never a payment.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from consolidator.transparency.checkpoint import Checkpoint
from consolidator.transparency.nodes import serve_nodes
from consolidator.transparency.proofs import make_inclusion_proof
from consolidator.transparency.tiles import render_tile_path
from consolidator.transparency.tlogproof import TlogProof, render_tlog_proof
from consolidator.transparency.tree import TreeHead, leaf_hash
from consolidator.verify.accepting import pass_over
from consolidator.verify.following import Following, check_head, read_runs
from consolidator.verify.log import WrongEntryError, check_entries
from consolidator.verify.sources import MissingFileError, Read
from consolidator.witness.evidence import Violation
from schemas.errors import ConsolidatorError, DependencyError, VerificationError

OpenLog = Callable[[], AbstractContextManager[Read]]


@dataclass(frozen=True, slots=True)
class Wrong:
    """The first entry that is wrong: its index, its bytes, and why."""

    index: int
    entry: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Task:
    """A head that the log signed, to be followed, past the wrong entries that the body accepted."""

    checkpoint: Checkpoint
    signed: bytes
    accepted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Followed:
    """Every entry up to this head was read and is as it must be."""

    head: TreeHead


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Nothing can be said about the head now, and why: the log's host is down, or has not all of it yet."""

    reason: str


@dataclass(frozen=True, slots=True)
class Mismatch:
    """What the log's host gives out is not what the log signed. It proves nothing: anybody may have sent it."""

    reason: str


Verdict = Followed | Unfinished | Mismatch | Violation


@dataclass(slots=True)
class Follower:
    """What a witness knows of one log by its entries. One thread at a time uses it; ``size`` may be read by any."""

    open_log: OpenLog
    accepted: frozenset[int] = frozenset()
    following: Following = field(default_factory=Following)
    reached: Task | None = None  # where the books stand for certain: the root was compared
    wrong: Wrong | None = None

    @property
    def size(self) -> int:
        """How many entries were read."""
        return self.following.edge.size

    def reach(self, task: Task) -> Verdict:
        """Read on to the task's head and say what there is to say about it."""
        if self.wrong is not None or task.accepted != self.accepted:
            self._restart(task.accepted)
        head, reached = task.checkpoint.head, self.reached
        if reached is not None and reached.checkpoint.size == head.size:
            return Followed(head) if reached.checkpoint.head == head else make_fork(reached.signed, task.signed)
        if self.size > head.size:
            return Unfinished(
                f"已核验到 {self.size},请提交更新的检查点 / read on to {self.size}: offer a later checkpoint"
            )
        return self._read(task)

    def _read(self, task: Task) -> Verdict:
        try:
            with self.open_log() as read:
                self._read_on(read, task.checkpoint)
                if self.wrong is not None:
                    return _make_violation(read, task, self.wrong)
        except (DependencyError, MissingFileError) as error:  # the books stand where their edge says
            return Unfinished(_tell("暂时无法核验", "cannot be checked now", error))
        except VerificationError as error:
            self._restart(self.accepted)
            return Mismatch(_tell("公布的文件与签名不符", "what is published is not what was signed", error))
        self.reached = task
        return Followed(task.checkpoint.head)

    def _read_on(self, read: Read, checkpoint: Checkpoint) -> None:
        """Read and check to the head. After a wrong entry only the tree goes on: did the log sign that entry?"""
        for entries, edge in read_runs(read, self.following.edge, checkpoint.size):
            if self.wrong is None:
                self.wrong = self._check(entries, checkpoint.origin)
            self.following.edge = edge
        check_head(self.following.edge, checkpoint.head)

    def _check(self, entries: list[bytes], origin: str) -> Wrong | None:
        first, books = self.size, self.following.books
        try:
            for start, end in _cut(first, first + len(entries), self.accepted):
                check_entries(books, entries[start - first : end - first], start)
                if end in self.accepted and end - first < len(entries):
                    pass_over(books, entries[end - first])
        except WrongEntryError as error:
            return Wrong(error.index, entries[error.index - first], str(error))
        if first == 0 and books.origin != origin and 0 not in self.accepted:
            return Wrong(0, entries[0], "entry 0: the genesis names another log than the checkpoint")
        return None

    def _restart(self, accepted: frozenset[int]) -> None:
        self.following, self.accepted, self.reached, self.wrong = Following(), accepted, None, None


def make_fork(first: bytes, second: bytes) -> Violation:
    """Give the violation of two signed checkpoints of one size and two roots."""
    reason = "同一大小签了两个不同的根 / the log signed two roots for one size"
    return Violation("fork", reason, {"checkpoints": [each.decode() for each in (first, second) if each]})


def _cut(start: int, end: int, accepted: frozenset[int]) -> Iterator[tuple[int, int]]:
    """Give the runs between accepted entries; each ends before one, the last at ``end``."""
    for index in sorted(each for each in accepted if start <= each < end):
        yield start, index
        start = index + 1
    yield start, end


def _make_violation(read: Read, task: Task, wrong: Wrong) -> Violation:
    evidence = {"leaf": leaf_hash(wrong.entry).hex(), "checkpoint": task.signed.decode()}
    try:
        proof = _prove(read, task, wrong.index)
    except ConsolidatorError:  # the host fell silent: the index and the entry are evidence enough
        proof = None
    reason = f"第 {wrong.index} 条有误 / {wrong.reason}"
    return Violation("entry", reason, {**evidence, "proof": proof}, wrong.index, wrong.entry)


def _prove(read: Read, task: Task, index: int) -> str:
    size = task.checkpoint.size
    nodes = serve_nodes(lambda tile: read(render_tile_path(tile)), size)
    return render_tlog_proof(TlogProof(index, make_inclusion_proof(nodes, index, size), task.signed)).decode()


def _tell(zh: str, en: str, error: ConsolidatorError) -> str:
    told, separator, english = str(error).partition(" / ")
    return f"{zh}:{told} / {en}: {english}" if separator else f"{zh} / {en}: {told}"
