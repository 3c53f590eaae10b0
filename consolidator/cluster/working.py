"""Owns a worker: one process that runs the ledgers of the counties that cluster.toml gives it, a thread for each.

It starts and ends county threads as the file says and hears what becomes of them. Money, records and brokers are none
of its business: what a county does stands in ``tending.py``, what an error means in ``judging.py``.
"""

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Literal

from consolidator.cluster.notices import Notice, Word, find_exit_code, render_error
from consolidator.cluster.poison import keep_poison
from consolidator.cluster.posts import open_post
from consolidator.cluster.settings import ClusterSettings, Place
from consolidator.cluster.standing import POISON_FOLDER, Pace, describe_county, describe_worker, write_status
from consolidator.cluster.tending import Tender
from consolidator.cluster.watching import ClusterFile, list_assigned
from schemas.errors import ConfigurationError, ConflictError, DependencyError
from streams.kafka.loop import Loop

LOOK_SECONDS = 1.0  # how long a change of cluster.toml may wait
STATUS_SECONDS = 2.0  # how old the status file may be
LOSS_SECONDS = 600.0  # two losses of a county that is ours, within this: two run the same, and no move explains it
END_SECONDS = 30.0  # how long counties may take to close in good order; ending without is as safe as a crash


@dataclass(slots=True)
class Assignment:
    """A county this worker runs, what its thread was started with, and what is to be seen of it."""

    place: Place
    settings: ClusterSettings
    tender: Tender
    thread: Thread
    pace: Pace = field(default_factory=Pace)
    why: str = ""

    def is_for(self, place: Place | None, settings: ClusterSettings) -> bool:
        """Say whether the settings still ask for exactly this; once told to end, it is for nothing any more."""
        is_wanted = place == self.place and settings.banks == self.settings.banks
        return is_wanted and not self.tender.ending.is_set()

    def is_stuck(self) -> bool:
        """Say whether it stands still although it is wanted."""
        return self.tender.sight.state == "stopped" and not self.tender.ending.is_set()

    def describe(self, now: float) -> dict[str, Any]:
        """Give its row of the status; ``now`` in seconds, of a clock that only goes on."""
        sight = self.tender.sight
        return describe_county(self.place, sight, self.pace.measure(now, sight.lines), self.why)


@dataclass(slots=True)
class Worker:
    """Runs until :meth:`end` is called, a county of ours is lost twice, or no county is left that could run.

    ``folder`` is its own, for status and what is kept; ``tell`` is given what a person should hear, in this thread.
    """

    file: ClusterFile
    name: str
    folder: Path
    loop: Loop
    tell: Callable[[Notice], None]
    rest: Literal["wait", "end"] = "wait"
    _assigned: dict[str, Assignment] = field(default_factory=dict)
    _notices: "SimpleQueue[Notice | None]" = field(default_factory=SimpleQueue)
    _codes: set[int] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)  # why counties wait, as it was told
    _lost_at: dict[str, float] = field(default_factory=dict)
    _shown_at: float = -math.inf
    _is_ending: bool = False

    def end(self) -> None:
        """Have all counties close in good order. May be called from a signal's handler."""
        self._is_ending = True
        self._notices.put(None)

    def run(self) -> int:
        """Run; gives the exit code."""
        self._assign()
        while not self._is_over():
            self._hear(LOOK_SECONDS)
            self._look()
            self._show(STATUS_SECONDS)
        self._close()
        self._show(0)
        return ConflictError.exit_code if self._is_fenced() else min(self._codes, default=0)

    def describe(self) -> dict[str, Any]:
        """Give the status as of now."""
        now = time.monotonic()
        rows = [each.describe(now) for _, each in sorted(self._assigned.items())]
        return describe_worker(self.name, int(time.time()), rows)

    def _is_fenced(self) -> bool:
        return ConflictError.exit_code in self._codes

    def _is_over(self) -> bool:
        """Say whether there is nothing more to do: told so, fenced, all done, or no county left that could run."""
        if self._is_ending or self._is_fenced():
            return True
        if self.rest == "end":
            return not any(each.thread.is_alive() for each in self._assigned.values())
        return bool(self._assigned) and all(each.is_stuck() for each in self._assigned.values())

    # ---- counties come and go

    def _look(self) -> None:
        before = self.file.settings
        try:
            is_changed = self.file.look()
        except ConfigurationError as error:
            self.tell(Notice("settings", error=error))
            return
        after = self.file.settings
        if is_changed and (before.kafka, before.snapshots, before.state) != (after.kafka, after.snapshots, after.state):
            self.tell(Notice("restart"))
        if self.rest == "wait" and not self._is_ending:
            self._assign()

    def _assign(self) -> None:
        """Let go of what is not ours any more, and take what is; a county is taken when its former thread is done."""
        settings = self.file.settings
        wanted = list_assigned(settings, self.name)
        for code, each in list(self._assigned.items()):
            if not each.is_for(wanted.get(code), settings):
                each.tender.ending.set()
                if not each.thread.is_alive():
                    del self._assigned[code]
        for code, place in wanted.items():
            if code not in self._assigned:
                self._assigned[code] = self._start(place, settings)

    def _start(self, place: Place, settings: ClusterSettings) -> Assignment:
        folder = self.file.folder
        tender = Tender(place.code, lambda: open_post(settings, folder, place), self.loop, self._notices.put, self.rest)
        thread = Thread(target=tender.run, name=f"county-{place.code}", daemon=True)
        thread.start()
        return Assignment(place, settings, tender, thread)

    def _close(self) -> None:
        """End all counties in good order, if that does not take too long."""
        self._is_ending = True
        for each in self._assigned.values():
            each.tender.ending.set()
        late = time.monotonic() + END_SECONDS
        for code, each in self._assigned.items():
            each.thread.join(max(0.0, late - time.monotonic()))
            if each.thread.is_alive():
                self._codes.add(DependencyError.exit_code)
                self.tell(Notice("late", code))
        self._hear(0)

    # ---- what is heard of them

    def _hear(self, seconds: float) -> None:
        """Take notices in, waiting for the first so long."""
        with suppress(Empty):
            self._take(self._notices.get(timeout=seconds) if seconds else self._notices.get_nowait())
            while True:
                self._take(self._notices.get_nowait())

    def _take(self, notice: Notice | None) -> None:
        if notice is None:
            return
        each = self._assigned.get(notice.county)
        if each is not None and notice.poison is None:
            each.why = "" if notice.error is None else render_error(notice.error)
        if notice.word == "lost":
            self._take_loss(notice)
        elif notice.poison is not None:
            self._keep(notice)
        elif not self._is_known(notice):
            self.tell(notice)
        if notice.word == "stopped" and notice.error is not None:
            self._codes.add(find_exit_code(notice.error))

    def _take_loss(self, notice: Notice) -> None:
        """Let go quietly of a county that was given to another worker.

        One that is still ours may have been given away and back before we looked, or its transaction took too long: it
        is taken again, once. If it is lost again, two processes run the same, and this one ends.
        """
        self._look()
        code, now = notice.county, time.monotonic()
        each = self._assigned.get(code)
        is_ours = code in list_assigned(self.file.settings, self.name)
        if each is None or not is_ours or each.tender.sight.state != "lost" or each.tender.ending.is_set():
            return  # given away, or ending, or taken again by now
        is_first = now - self._lost_at.get(code, -math.inf) > LOSS_SECONDS
        self._lost_at[code] = now
        if is_first and self.rest == "wait":
            self.tell(Notice("retaken", code, notice.error))
            each.thread.join()
            del self._assigned[code]
            self._assign()
        else:
            self._codes.add(ConflictError.exit_code)
            self.tell(notice)

    def _is_known(self, notice: Notice) -> bool:
        """Say whether a person heard this already: many counties wait for the same brokers."""
        if not any(each.tender.sight.state == "waiting" for each in self._assigned.values()):
            self._told.clear()
        if notice.word != "waiting" or notice.error is None:
            return False
        why = render_error(notice.error)
        is_known = why in self._told
        self._told.add(why)
        return is_known

    def _keep(self, notice: Notice) -> None:
        word: Word = "poison"
        try:
            if notice.poison is not None and not keep_poison(self.folder / POISON_FOLDER, notice.county, notice.poison):
                word = "unkept"
        except DependencyError:  # the topic has it; no county stands still for it
            word = "unkept"
        self.tell(Notice(word, notice.county, poison=notice.poison))

    def _show(self, seconds: float) -> None:
        """Write the status file, if that was not done within so many seconds."""
        now = time.monotonic()
        if now - self._shown_at >= seconds:
            self._shown_at = now
            with suppress(DependencyError):  # a full disk must not end the counties
                write_status(self.folder, self.describe())
