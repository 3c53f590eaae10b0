"""Owns a monitor's process: its topics, the Faust application, the telling, and the end of it."""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass

from schemas.anomalies import Anomaly
from schemas.errors import DependencyError
from streams.monitors.app import make_app
from streams.monitors.plan import Plan
from streams.monitors.quarantine import Aside, Quarantine
from streams.monitors.telling import tell_counties
from streams.monitors.topics import prepare_topics


@dataclass(frozen=True, slots=True)
class Listeners:
    """Who is told that the monitor runs, what counties were told, and what was set aside."""

    on_ready: Callable[[], None]
    on_told: Callable[[Anomaly, int], None]
    on_aside: Callable[[Aside], None]


def run_monitor(plan: Plan, listeners: Listeners) -> None:
    """Run until SIGTERM or SIGINT. Errors of the brokers come out as ours."""
    logging.getLogger("faust").setLevel(logging.WARNING)
    asyncio.run(_run(plan, listeners))


async def _run(plan: Plan, listeners: Listeners) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await prepare_topics(plan)
    quarantine = Quarantine(plan.folder / "quarantine", listeners.on_aside)
    telling = asyncio.create_task(tell_counties(plan, quarantine, listeners.on_told))
    app = make_app(plan, quarantine)
    try:
        await app.start()
        listeners.on_ready()
        waiting = [asyncio.create_task(ended.wait()), asyncio.create_task(app.wait_until_stopped())]
        await asyncio.wait([telling, *waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await app.stop()
    if telling.done():
        telling.result()
    telling.cancel()
    await asyncio.gather(telling, return_exceptions=True)
    if not ended.is_set():
        message = "监测进程中断,请重新启动 / the monitor broke off: start it again, it goes on where it was"
        raise DependencyError(message)
