"""Owns the continuous watching of a log: each new head is read to and checked, doubts are told as they come.

It fails closed: what is wrong, or older than is allowed, ends it. A source that does not answer is asked again, as long
as the last head is not too old.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
from msgspec import UNSET, Struct, UnsetType

from consolidator.transparency.edges import TileEdge
from consolidator.verify.following import Following, check_tree, follow
from consolidator.verify.published import ContradictionError, Opened, Terms, check_age, read_to_head
from consolidator.verify.sources import Read
from schemas.errors import DependencyError, VerificationError

AGE_SECONDS_MAX = 300  # how old a head may be where nothing else is asked for
AGEING_SECONDS = 75  # an idle head is cosigned again every 60 seconds at most; 15 more are a warning
POLL_SECONDS = 2.0
DOUBTS = frozenset(("red", "orange"))


@dataclass(frozen=True, slots=True)
class HeadRead:
    """A head was read to and holds; ``entries`` of the log are new since the last."""

    opened: Opened
    entries: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A rule's red or orange hit; ``line`` is 0 when it is about the whole batch. ``code`` may be private: empty."""

    index: int
    at: str
    source: str
    document: str
    line: int
    code: str
    level: str


@dataclass(frozen=True, slots=True)
class Ageing:
    """Nobody has cosigned for a while: soon the head will be too old."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The source did not answer; it will be asked again."""

    reason: str


News = HeadRead | Doubt | Ageing | Unreachable


class _Found(Struct):
    """What an entry that was checked says about findings."""

    at: str
    source: str
    findings: list[str]
    document: str = ""
    line: int | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Found).decode


@dataclass(slots=True)
class Watch:
    """A log under watch: where it is read, what is asked of it, the clock, who is told, and what keeps its heads.

    ``keep`` is given each head that holds, to compare it with the one before and to remember it. Doubts of entries
    before ``told`` were told another time.
    """

    read: Read
    terms: Terms
    now: Callable[[], int]
    tell: Callable[[News], None]
    keep: Callable[[Opened], None]
    told: int = 0
    following: Following = field(default_factory=Following)
    last: Opened | None = None
    tried: Opened | None = None

    def look(self) -> None:
        """Read on to the newest head. Raises VerificationError: then the watch is over."""
        before = self.following.edge.size
        try:
            opened = read_to_head(self.read, self.terms, self.now(), self._follow)
        except DependencyError as error:
            self._wait_for(error)
            return
        except VerificationError as error:
            self._accuse(error)
            raise
        self.keep(opened)
        self._report(opened, before)

    def _follow(self, opened: Opened) -> None:
        self.tried = opened
        follow(self.following, self.read, opened.head, self._heed)

    def _heed(self, entries: Sequence[bytes], first: int) -> None:
        for doubt in list_doubts(entries, first):
            if doubt.index >= self.told:
                self.tell(doubt)

    def _report(self, opened: Opened, before: int) -> None:
        if self.last is None or opened.head != self.last.head:
            self.tell(HeadRead(opened, opened.head.size - before))
        if opened.seconds is not None and self.now() - opened.seconds > AGEING_SECONDS:
            self.tell(Ageing(self.now() - opened.seconds))
        self.last = opened

    def _wait_for(self, error: DependencyError) -> None:
        self.tell(Unreachable(str(error)))
        if self.last is not None and self.last.seconds is not None:
            check_age(self.last.seconds, self.terms, self.now())

    def _accuse(self, error: VerificationError) -> None:
        """Raise ContradictionError when the log signed two heads that do not go together, and not only a bad file."""
        if self.last is None or self.tried is None or self.tried.head == self.last.head:
            return
        if self.tried.head.size > self.last.head.size:
            try:
                check_tree(self.read, TileEdge(), self.tried.head)
            except (VerificationError, DependencyError):
                return
        raise ContradictionError(str(error), self.last.signed, self.tried.signed) from error


def list_doubts(entries: Sequence[bytes], first: int) -> Iterator[Doubt]:
    """Give the red and orange hits in a run of checked entries; ``first`` is the index of the first."""
    for index, raw in enumerate(entries, start=first):
        if b'"findings":["' in raw:
            found = _decode(raw)
            for finding in found.findings:
                code, _, level = finding.rpartition(":")
                if level in DOUBTS:
                    line = 0 if found.line is UNSET else found.line
                    yield Doubt(index, found.at, found.source, found.document, line, code, level)
