"""Owns the one thread in which a process's Kafka clients live: engines are plain code and wait for what they ask."""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import CancelledError, Future
from functools import partial
from threading import Thread
from typing import Any, Self, TypeVar

from schemas.errors import DependencyError
from streams.kafka.client import kafka_errors

T = TypeVar("T")
_log = logging.getLogger(__name__)
CALL_SECONDS = 60.0  # longer than any request and its repeats: who waits longer waits for ever
END_SECONDS = 5.0


class Loop:
    """An event loop in a thread of its own. Any thread may call :meth:`run`."""

    def __init__(self) -> None:
        """Start the thread."""
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(_note)
        self._thread = Thread(target=self._loop.run_forever, name="kafka", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the thread."""
        self.close()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = CALL_SECONDS) -> T:
        """Run a coroutine and give what it gives. Kafka's errors come out as ours; time over is a DependencyError."""
        return self.start(work, seconds)()

    def start(self, work: Coroutine[Any, Any, T], seconds: float = CALL_SECONDS) -> Callable[[], T]:
        """Start a coroutine; gives what waits for its end, as :meth:`run` does."""
        return partial(_wait, asyncio.run_coroutine_threadsafe(_within(work, seconds), self._loop))

    def close(self) -> None:
        """Stop the loop; whoever still uses a client of it does not get an answer any more."""
        asyncio.run_coroutine_threadsafe(_end_tasks(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _wait(future: "Future[T]") -> T:
    with kafka_errors():
        try:
            return future.result()
        except CancelledError as error:
            message = "与代理的通信已放弃,请重新启动 / a call to the brokers was given up: start again"
            raise DependencyError(message) from error


async def _end_tasks() -> None:
    """Cancel what clients that were given up left behind."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        await asyncio.wait(left, timeout=END_SECONDS)


def _note(_: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Take down an error that nobody asked for: clients keep several copies of one, and we were told of it already."""
    _log.debug("%s", context.get("message"), exc_info=context.get("exception"))


async def _within(work: Coroutine[Any, Any, T], seconds: float) -> T:
    async with asyncio.timeout(seconds):
        return await work
