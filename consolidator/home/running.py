"""Owns the loop of a county: lock, recover, apply what is pending, commit, gate; then the same again, or the end."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event

from consolidator.bootstrap import (
    Office,
    county_maker,
    make_desk,
    open_feed,
    open_gate,
    open_heads,
    open_ledger,
    open_publisher,
)
from consolidator.facts.state import State
from consolidator.gate.passing import is_witnessed
from consolidator.gate.sending import NOT_COVERED, Gate, list_unsent, send_file
from consolidator.home.cosigned import CosignedHeads
from consolidator.home.documents import read_documents, read_file_names, render_file
from consolidator.home.feeding import Feed
from consolidator.home.gaps import list_due, list_open
from consolidator.home.paths import UNKNOWN_SOURCE
from consolidator.home.reports import RunReport
from consolidator.intake.outcomes import FileOutcome
from consolidator.intake.refusals import Refusal, derive_unknown_name, keep_unknown
from consolidator.intake.spool import heal_spool
from consolidator.intake.submitting import take_inbox
from consolidator.ledger.ledger import is_tick_due
from consolidator.publishing.publisher import Publisher
from consolidator.returns.updating import Lists, OnLarge, restore_lists, tell_nobody, update_lists
from consolidator.sealing import County
from schemas.commands import Command
from schemas.commits import CommitRecord, Outcome, Step
from schemas.errors import InputError, InvariantError
from schemas.instants import HOUR_SECONDS
from schemas.orders import OrderFile
from streams.embedded.journal import SqliteJournal
from streams.engine import Engine, Progress
from streams.recovery import FIRST_POSITION

WITNESS_SECONDS = 30.0  # how long a single run waits for the witnesses
POLL_SECONDS = 0.5  # how long a command or file may wait before it is noticed
OnProgress = Callable[[Progress], None]


def _ignore(_: object) -> None:
    """Take no notice."""


@dataclass(slots=True)
class Runner:
    """A county at work; :func:`open_runner` makes one and holds the lock around it. ``files`` wait for the gate."""

    office: Office
    journal: SqliteJournal
    feed: Feed
    gate: Gate
    publisher: Publisher
    heads: CosignedHeads
    lists: Lists
    on_progress: OnProgress = _ignore
    report: RunReport = field(default_factory=RunReport)
    files: list[OrderFile] = field(default_factory=list)
    engine: Engine[County] = field(init=False)
    is_open: bool = field(default=False, init=False)  # whether anything may go out by now

    @property
    def state(self) -> State:
        """The ledger's state."""
        return self.engine.machine.state

    @property
    def record(self) -> CommitRecord:
        """The newest commit."""
        record = self.engine.last_commit
        if record is None:
            message = "a county at work has a commit"
            raise InvariantError(message)
        return record

    def start(self) -> None:
        """Recover, append what a crash left half spooled, and send what an earlier run could not."""
        self.engine = Engine(self.journal, county_maker(self.office), self._after_commit, self.on_progress)
        self.engine.recover()
        gc.freeze()  # a county's state is millions of objects that stay: no collection should look at them again
        heal_spool(self.office.home, self.feed.journal)
        if self.feed.agrees(self.engine.last_commit):
            self._open()

    def _open(self) -> None:
        """Begin to let out what is decided, and send what an earlier run could not."""
        self.is_open = True
        self.publisher.start(self.engine.last_commit)
        self.files = list_unsent(self.gate)
        self._deliver()  # before anything is sent: what was sent by then is not of this time
        if self.engine.last_commit is not None:
            self.heads.start(self.state.quorums, self.state.roots)
            self.publisher.publish(self.record.head)
            self.send_covered()
            restore_lists(self.lists)

    def has_pending(self) -> bool:
        """Say whether there are commands to apply."""
        return self.feed.has_more(self.engine.last_commit)

    def is_current(self) -> bool:
        """Say whether everything is applied, so that the ledger's state is that of now."""
        return self.is_open and self.engine.last_commit is not None and not self.has_pending()

    def apply_all(self) -> None:
        """Apply all that a single run is there for."""
        self.apply_pending()
        while self.feed.waits(self.engine.last_commit):
            self.apply_pending()

    def apply_pending(self) -> None:
        """Apply all that is pending and what becomes due by it, and send order files."""
        self._run()
        while self._offer_due():
            self._run()
        if self.is_open and self.engine.last_commit is not None:
            self.report.settle_gaps(list_open(self.state))
            update_lists(self.lists, self.report.outcomes)

    def _offer_due(self) -> bool:
        record = self.engine.last_commit
        return record is not None and self.feed.offer(list_due(self.state, self.feed.journal), record)

    def _run(self) -> None:
        record, told = self.engine.last_commit, len(self.report.outcomes)
        if not self.feed.bring(record):
            return
        position = FIRST_POSITION if record is None else record.position
        pending = self.journal.next_position() - position
        with self.publisher.busy(pending if self.feed.is_alone else 0):
            done = self.engine.run()
        if self.feed.confirm(self.record):
            self._let_out(record)
        self.report.commands += done.commands_done
        self.report.lines += done.lines_done
        self._look_up(self.report.outcomes[told:], position)
        self.send_covered()

    def _let_out(self, before: CommitRecord | None) -> None:
        """Publish what was decided by now, and offer it to witnesses; ``before`` is the last commit that was."""
        if not self.is_open:
            self._open()
        elif before is None:
            self.heads.start(self.state.quorums, self.state.roots)
        self.heads.learn(self.state.quorums)
        self.publisher.publish(self.record.head)

    def send_covered(self) -> None:
        """Send the order files that the witnesses have let through by now; the others go on waiting."""
        if not self.is_open or not any(file.entry < self.heads.standing.size for file in self.files):
            return
        clearance = self.heads.clear()
        sendings = [send_file(self.gate, clearance, file) for file in self.files]
        self.files = [each.file for each in sendings if each.code == NOT_COVERED]
        self.report.sendings += [each for each in sendings if each.code != NOT_COVERED]
        self.report.witnessed = clearance is not None and is_witnessed(clearance)
        self._deliver()

    def _deliver(self) -> None:
        self.report.undelivered = list(self.feed.deliver(self.gate))

    def tell_waiting(self) -> None:
        """Report the order files that wait for cosignatures."""
        self.report.sendings += [send_file(self.gate, None, file) for file in self.files]

    def _after_commit(self, steps: Sequence[Step]) -> None:
        """Take note of what is on disk now."""
        for step in steps:
            self.report.add(step.outcomes)
            self.files += step.order_files
        if self.feed.is_alone:
            self.publisher.note_commit()

    def _look_up(self, outcomes: Sequence[Outcome], position: int) -> None:
        """Find out which files were refused; keep documents of unknown keys, which may be sent again later."""
        self.report.files |= read_file_names(self.journal, {each.digest for each in outcomes if each.source}, position)
        unknown = {each.digest: each for each in outcomes if each.word == "unauthenticated"}
        for digest, commands in read_documents(self.journal, unknown, position).items():
            if not commands:  # on a cluster a record may name another document than the one it holds
                continue
            source, error = unknown[digest].source or UNKNOWN_SOURCE, InputError(unknown[digest].code)
            refusal = Refusal(derive_unknown_name(digest), source, error, commands[0].at)
            keep_unknown(self.office.home, refusal, render_file(commands))


@contextmanager
def open_runner(office: Office, on_progress: OnProgress = _ignore, on_large: OnLarge = tell_nobody) -> Iterator[Runner]:
    """Hold the home's lock and give a started runner; at a clean end a snapshot is kept. ConflictError if locked.

    ``on_large`` is told of a list for a sender that takes a while to write: its name and number of lines.
    """
    with (
        open_ledger(office) as journal,
        open_feed(office, journal) as feed,
        open_gate(office, journal) as gate,
        open_publisher(office) as publisher,
        open_heads(office, gate.records, publisher) as heads,
    ):
        lists = Lists(office.home.returns, office.home.refused, journal, county_maker(office), on_large)
        runner = Runner(office, journal, feed, gate, publisher, heads, lists, on_progress)
        runner.start()
        yield runner
        runner.engine.close()


def run_once(
    office: Office,
    on_progress: OnProgress = _ignore,
    on_large: OnLarge = tell_nobody,
    wait_seconds: float = WITNESS_SECONDS,
) -> RunReport:
    """Apply what is pending, send what the gate lets out, and end. No ticks: the log depends on the commands only.

    Waits at most so long for the witnesses; what they do not let through by then waits for the next run.
    """
    with open_runner(office, on_progress, on_large) as runner:
        runner.apply_all()
        runner.heads.wait(wait_seconds)
        runner.send_covered()
        runner.tell_waiting()
        runner.feed.announce(runner.publisher.published.size)
        return runner.report


@dataclass(frozen=True, slots=True)
class Watch:
    """How to keep running: the clock, when to stop, and who is told what came of files and commands."""

    now: Callable[[], int]
    stop: Event
    on_files: Callable[[Sequence[FileOutcome]], None]
    on_report: Callable[[RunReport], None]


def run_watching(office: Office, watch: Watch) -> None:
    """Take files from the inbox, apply what is pending, and tick when an hour has passed, until told to stop."""
    with open_runner(office) as runner:
        desk = make_desk(office, runner.feed.journal)
        unreadable: set[str] = set()
        looked_at = -1  # the hour in which ticks were last looked for: that walks over all batches
        while True:
            outcomes = take_inbox(desk, watch.now())
            watch.on_files([each for each in outcomes if f"{each.source}/{each.file}" not in unreadable])
            unreadable |= {f"{each.source}/{each.file}" for each in outcomes if each.code == "I01"}
            hour = watch.now() // HOUR_SECONDS
            if runner.is_current() and hour != looked_at:
                looked_at = hour
                if is_tick_due(runner.state, watch.now()):
                    runner.feed.journal.append([Command("tick", watch.now(), b"")])
            if outcomes and runner.is_open:  # files turned away, too, go back to their senders
                update_lists(runner.lists)
            _work(runner, watch)
            if watch.stop.wait(POLL_SECONDS):
                return


def _work(runner: Runner, watch: Watch) -> None:
    """Apply what is pending, take in what witnesses answered, and tell what came of it."""
    was_pending = runner.has_pending()
    if was_pending:
        runner.apply_pending()
    if runner.is_open and runner.engine.last_commit is not None:
        runner.heads.turn()
        runner.send_covered()
        runner.feed.announce(runner.publisher.published.size)
    if was_pending:
        runner.tell_waiting()
    if was_pending or runner.report.sendings:
        report, runner.report = runner.report, RunReport()
        watch.on_report(report)
