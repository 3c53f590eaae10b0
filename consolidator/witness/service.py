"""Owns what a witness answers to which path, in which thread, and the line of log about it. It opens no socket."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from typing import ParamSpec, TypeVar

from consolidator.transparency.keys import Verifier
from consolidator.verify.sources import read_from_url
from consolidator.witness.answers import Answer, refuse
from consolidator.witness.deciding import Witness
from consolidator.witness.evidence import Violation
from consolidator.witness.following import Followed, Follower, Mismatch, Task, Unfinished, Verdict
from consolidator.witness.http import Request
from consolidator.witness.published import read_published
from consolidator.witness.threads import work_aside
from schemas.instants import render_instant

P = ParamSpec("P")
T = TypeVar("T")
Tell = Callable[[dict[str, object]], None]
FOLLOW_SECONDS_MAX = 8  # how long a client waits while entries are read; the reading goes on without it
FOLLOWING_MAX = 16  # clients that wait for one log
PUBLISHED_SECONDS_MAX = 5  # how long the start waits for logs to show their published checkpoints
_METHODS = frozenset(("GET", "HEAD", "POST"))
_READ = frozenset(("checkpoint", "evidence"))
_NOTHING = refuse(HTTPStatus.NOT_FOUND, "nothing is here")
_STOPPED = refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "见证方已停止 / this witness has stopped")
_AGAIN = refuse(HTTPStatus.SERVICE_UNAVAILABLE, "请重试 / ask again", ("Retry-After", "1"))
_OPEN = (("Access-Control-Allow-Origin", "*"), ("Cache-Control", "no-cache"))


class _StoppedError(Exception):
    """Nothing is decided any more."""


@dataclass(slots=True)
class LogAtWork:
    """A follower, one reader at a time, and those who wait for it."""

    follower: Follower
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    jobs: set[asyncio.Task[Answer | Followed]] = field(default_factory=set)

    async def reach(self, task: Task) -> Verdict:
        """Read on to a head, after those who asked before. What nobody thought of is no cosignature either."""
        async with self.turn:
            try:
                return await work_aside(partial(self.follower.reach, task))
            except Exception as error:  # noqa: BLE001 -- its text may hold anything, so only its type is told
                self.follower = Follower(self.follower.open_log)
                return Unfinished(f"核验出现意外 / reading failed in a way nobody thought of ({type(error).__name__})")

    def tell_progress(self, task: Task) -> Answer:
        """Answer who must not wait any longer."""
        done, size = self.follower.size, task.checkpoint.size
        reason = f"核验中,已到 {done},共 {size} / entries are being read: {done} of {size}"
        return refuse(HTTPStatus.SERVICE_UNAVAILABLE, reason, ("Retry-After", "1"))


@dataclass(slots=True)
class Service:
    """A witness that answers requests. ``failure`` is what ended it; after it nothing is decided any more."""

    witness: Witness
    tell: Tell
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    failure: Exception | None = None
    followers: dict[str, LogAtWork] = field(init=False)
    # One thread: what two clients ask at the same time is decided one after the other.
    worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "witness"))

    def __post_init__(self) -> None:
        """Make a follower for each log that is followed."""
        followed = self.witness.followed
        self.followers = {name: LogAtWork(Follower(partial(read_from_url, url))) for name, url in followed.items()}

    async def respond(self, request: Request) -> Answer:
        """Answer a request."""
        try:
            return await self._respond(request)
        except _StoppedError:
            return _STOPPED

    async def _respond(self, request: Request) -> Answer:
        match request.method, self._find_route(request.path):
            case "POST", ["add-checkpoint"]:
                return await self._add_checkpoint(request.body)
            case _, ["add-checkpoint"]:
                return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "send it with POST", ("Allow", "POST"))
            case "GET" | "HEAD", [name, "checkpoint"]:
                return _publish(await self._work(self.witness.read_checkpoint, name))
            case "GET" | "HEAD", [name, "evidence"]:
                return _publish(await self._work(self.witness.read_evidence, name))
            case _, [_, what] if what in _READ:
                return refuse(HTTPStatus.METHOD_NOT_ALLOWED, "read it with GET", ("Allow", "GET, HEAD"))
        return _NOTHING

    def note(self, request: Request | None, answer: Answer, milliseconds: int) -> None:
        """Tell what was answered. A path that nobody serves may hold anything and is not told."""
        method = request.method if request is not None and request.method in _METHODS else ""
        what = self._find_route(request.path)[-1:] if request is not None else []
        named = what[0] if what and what[0] in {*_READ, "add-checkpoint"} else ""
        line: dict[str, object] = {"at": render_instant(int(time.time())), "method": method, "what": named}
        self.tell(line | {"status": int(answer.status), "milliseconds": milliseconds, "note": answer.note})

    async def check_published(self) -> None:
        """Look whether a log publishes a cosignature of ours that the store does not hold: then it went back."""
        logs = {log.verifier: log.url for log in self.witness.opened.settings.log if log.url}
        checks = [asyncio.create_task(self._check_published(key, url)) for key, url in logs.items()]
        if checks:
            await asyncio.wait(checks, timeout=PUBLISHED_SECONDS_MAX)

    async def _check_published(self, log_key: Verifier, url: str) -> None:
        signed = await work_aside(partial(read_published, url))
        with suppress(_StoppedError):
            await self._work(self.witness.check_own_line, signed, log_key)

    async def rebuild(self) -> None:
        """Read every followed log again up to the head that was cosigned last: the books are in memory only."""
        with suppress(_StoppedError):
            tasks = await self._work(self.witness.list_tasks)
            await asyncio.gather(*map(self._follow_through, tasks))

    async def _add_checkpoint(self, body: bytes) -> Answer:
        """Decide, follow when the log is followed, and decide again: meanwhile another client may have been first."""
        asked = await self._work(self.witness.add_checkpoint, body)
        if isinstance(asked, Answer):
            return asked
        followed = await self._follow(asked)
        if isinstance(followed, Answer):
            return followed
        answer = await self._work(self.witness.add_checkpoint, body, followed.head)
        return answer if isinstance(answer, Answer) else _AGAIN

    async def _follow(self, task: Task) -> Answer | Followed:
        """Follow for as long as a client waits; the reading goes on without it."""
        log = self.followers[task.checkpoint.origin]
        if len(log.jobs) >= FOLLOWING_MAX:
            return log.tell_progress(task)
        job = asyncio.create_task(self._follow_through(task))
        log.jobs.add(job)
        job.add_done_callback(log.jobs.discard)
        done, _ = await asyncio.wait([job], timeout=FOLLOW_SECONDS_MAX)
        return job.result() if done else log.tell_progress(task)

    async def _follow_through(self, task: Task) -> Answer | Followed:
        origin = task.checkpoint.origin
        verdict = await self.followers[origin].reach(task)
        if isinstance(verdict, Violation):
            return await self._work(self.witness.record_violation, origin, verdict)
        reason = "" if isinstance(verdict, Followed) else verdict.reason
        await self._work(self.witness.note_trouble, origin, reason)
        match verdict:
            case Followed():
                return verdict
            case Mismatch():
                return refuse(HTTPStatus.UNPROCESSABLE_ENTITY, reason)
            case Unfinished():
                return refuse(HTTPStatus.SERVICE_UNAVAILABLE, reason, ("Retry-After", "1"))

    def _find_route(self, path: str) -> list[str]:
        prefix = f"{self.witness.opened.settings.prefix}/"
        return path.removeprefix(prefix).split("/") if path.startswith(prefix) else []

    async def _work(self, call: Callable[P, T], *values: P.args, **names: P.kwargs) -> T:
        """Let the one thread do it. After a failure what is on disk is unknown, so the whole program ends."""
        if self.failure is not None:
            raise _StoppedError
        try:
            return await asyncio.get_running_loop().run_in_executor(self.worker, partial(call, *values, **names))
        except Exception as error:
            self.failure = error
            self.stop.set()
            raise _StoppedError from error


def _publish(answer: Answer) -> Answer:
    """Let any page read it, and let nobody keep it: the next head may come within a second."""
    return Answer(answer.status, answer.body, answer.content_type, (*answer.headers, *_OPEN), answer.note)
