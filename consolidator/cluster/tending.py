"""Owns one county at work in a worker: claim, recover, apply what comes, again after an error; in a thread of its own.

It decides nothing about other counties and prints nothing: what happens is told as notices.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Literal

from consolidator.cluster.judging import Verdict, choose_pause, judge
from consolidator.cluster.notices import ENDED, Notice, Sight, State
from consolidator.cluster.posts import Post, check_genesis, check_owner, check_shard
from consolidator.sealing import County
from schemas.commits import Step
from streams.engine import Engine
from streams.kafka.commands import Poison
from streams.kafka.journal import KafkaJournal
from streams.kafka.loop import Loop
from streams.recovery import FIRST_POSITION

POLL_SECONDS = 0.5  # how long a county that has nothing to do takes to notice that it is to end


@dataclass(slots=True)
class Tender:
    """Runs one county until it is told to end, or for good.

    ``open_post`` reads settings and keys anew at every start. ``rest``: whether to go on when nothing is pending.
    """

    county: str
    open_post: Callable[[], Post]
    loop: Loop
    tell: Callable[[Notice], None]
    rest: Literal["wait", "end"] = "wait"
    sight: Sight = field(default_factory=Sight)
    ending: Event = field(default_factory=Event)
    _failures: int = 0  # in a row, without a commit between them
    _poisoned: set[int] = field(default_factory=set)

    def run(self) -> None:
        """Run the county; never raises. The last notice says how it ended."""
        try:
            while not self.ending.is_set():
                self._try()
                if self.sight.state in ENDED:
                    return
        except Exception as error:  # noqa: BLE001 -- a thread that ends without a word would be a county nobody runs
            self._become("stopped", error)
        else:
            self._become("released")

    def _try(self) -> None:
        """Work, and judge what ended it."""
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 -- whatever it is, it stops this county and no other
            self._judge(error)
        else:
            self._become("released")

    def _judge(self, error: Exception) -> None:
        verdict = judge(error)
        if verdict is Verdict.AGAIN and self.rest == "wait":
            self._failures += 1
            self.sight.restarts += 1
            self._become("waiting", error)
            self.ending.wait(choose_pause(self._failures))
        else:
            self._become("lost" if verdict is Verdict.LOST else "stopped", error)

    def _work(self) -> None:
        """Start by the ordinary path and apply commands until it is time to end; then keep a snapshot."""
        self.sight.state = "starting"
        post = self.open_post()
        self.loop.run(check_shard(post.shard))
        with self._open_journal(post) as journal:
            if not self._wait_for_genesis(journal, post):
                return
            engine = Engine(journal, post.make_county, self._note_commit)
            engine.recover()
            self._check(engine, post)
            gc.freeze()  # a county's state is millions of objects that stay: no collection should look at them again
            self._become("running")
            self._apply(engine, journal)
            engine.close()

    def _apply(self, engine: Engine[County], journal: KafkaJournal) -> None:
        engine.run(self.ending.is_set)
        self._see(engine)
        while self.rest == "wait" and not self.ending.is_set():
            if journal.wait(self.sight.position, POLL_SECONDS):
                engine.run(self.ending.is_set)
                self._see(engine)

    def _wait_for_genesis(self, journal: KafkaJournal, post: Post) -> bool:
        """Wait for the county's first command, if there is none; says whether there is one."""
        self.loop.run(check_genesis(post))
        while next(journal.commands(FIRST_POSITION), None) is None:
            if self.sight.state != "empty":
                self._become("empty")
            if self.rest == "end" or self.ending.is_set():
                return False
            journal.wait(FIRST_POSITION, POLL_SECONDS)
        if self.sight.state == "empty":
            self.loop.run(check_genesis(post))
        return True

    def _check(self, engine: Engine[County], post: Post) -> None:
        if engine.last_commit is not None:
            check_owner(post, engine.machine.state.county, engine.machine.state.origin)
            self._see(engine)

    @contextmanager
    def _open_journal(self, post: Post) -> Iterator[KafkaJournal]:
        journal = KafkaJournal(post.shard, self.loop, post.states, self._take_poison)
        try:
            yield journal
        finally:
            journal.close()

    def _see(self, engine: Engine[County]) -> None:
        record = engine.last_commit
        if record is not None:
            self.sight.position, self.sight.size = record.position, record.head.size

    def _note_commit(self, steps: Sequence[Step]) -> None:
        self._failures = 0
        self.sight.lines += sum(step.lines for step in steps)
        self.sight.size += sum(bundle.count for step in steps for bundle in step.bundles)

    def _take_poison(self, poison: Poison) -> None:
        """Tell of it once a start of the process, whatever the journal does."""
        if poison.position not in self._poisoned:
            self._poisoned.add(poison.position)
            self.tell(Notice("poison", self.county, poison=poison))

    def _become(self, state: State, error: Exception | None = None) -> None:
        self.sight.state = state
        self.tell(Notice(state, self.county, error))
