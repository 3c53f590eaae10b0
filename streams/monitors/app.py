"""Owns the Faust application of a monitor: disclosures → events by row → the table, and what is found to its topic.

Faust loses an event whose agent raises, so nothing is raised: what cannot be read is set aside, and what went wrong
otherwise ends the process, whose next start goes on from what is committed. What is found is kept by the brokers before
the table knows of it, so a crash in between finds it again, and never loses it.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import faust
from faust.transport.drivers.aiokafka import Consumer
from mode.utils.queues import FlowControlEvent
from yarl import URL

from schemas.anomalies import render_anomaly
from schemas.errors import ConfigurationError, ConsolidatorError, invariant
from schemas.records import parse_bundle
from streams.kafka.appending import RECORD_BYTES_MAX
from streams.monitors.events import PARTITIONS, list_events, route_events
from streams.monitors.plan import TABLE, Plan
from streams.monitors.quarantine import Aside, Quarantine

BROKEN = 1  # the exit code of a process that does not know any more where it stands
FETCH_BYTES = 8_388_608


class _ExactConsumer(Consumer):
    """Faust's, but for a slip: behind a transaction's marker it takes the next record for done before it is."""

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:  # noqa: ANN401 -- Faust's
        await super()._add_gap(tp, offset_from, offset_to - 1)


class KeepingFlow(FlowControlEvent):
    """Faust's, but for a slip: it forgets what waits for agents when it is told to go on, also if it never stopped.

    At the end of a recovery records may wait already; forgotten, they would be read by the next start only.
    """

    def resume(self) -> None:
        """Let the flow go on; what waited from before it stopped is forgotten, as its partitions may be others' now."""
        if not self.is_active():
            super().resume()


def make_app(plan: Plan, quarantine: Quarantine) -> Any:  # noqa: ANN401 -- Faust has no types
    """Make the application of a run; :func:`streams.monitors.running.run_monitor` starts it."""
    app = _make_bare_app(plan)
    app.transport.Consumer = _ExactConsumer
    app.flow_control = KeepingFlow()
    disclosures = _make_topic(app, plan.topic("disclosures"))
    events = _make_topic(app, plan.events)
    findings = _make_topic(app, plan.findings)
    table = app.Table(TABLE, key_type=bytes, value_type=bytes, partitions=PARTITIONS)  # bytes are stored raw

    async def take_disclosures(stream: Any) -> None:  # noqa: ANN401 -- Faust's
        async for message in _list_messages(stream):
            await _finish(_route(plan, quarantine, events, message))

    async def take_events(stream: Any) -> None:  # noqa: ANN401 -- Faust's
        async for message in _list_messages(stream):
            await _finish(_fold(plan, quarantine, table, findings, message))

    app.agent(disclosures, name="disclosures")(take_disclosures)
    app.agent(events, name="events")(take_events)
    return app


def _make_bare_app(plan: Plan) -> Any:  # noqa: ANN401 -- Faust has no types
    options = plan.connection.options()
    context = options.get("ssl_context")
    return faust.App(
        plan.app,
        broker=[URL(f"kafka://{address}") for address in plan.connection.bootstrap.split(",")],
        broker_credentials=None if context is None else faust.SSLCredentials(context=context),
        datadir=str(plan.folder / "table" / str(plan.generation)),
        store="rocksdb://",
        autodiscover=False,
        web_enabled=False,
        web_tables_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=PARTITIONS,
        stream_wait_empty=False,
        stream_publish_on_commit=False,
        stream_buffer_maxsize=16,  # records of up to 256 entries, not single lines
        processing_guarantee="at_least_once",
        table_standby_replicas=0,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=FETCH_BYTES,
        broker_commit_interval=1.0,
        consumer_group_instance_id=plan.app,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_request_timeout=60.0,
        broker_rebalance_timeout=30.0,
        broker_max_poll_interval=300.0,
        broker_max_poll_records=100,
        producer_acks=-1,
        producer_max_request_size=RECORD_BYTES_MAX,
        worker_redirect_stdouts=False,
    )


def _make_topic(app: Any, name: str) -> Any:  # noqa: ANN401 -- Faust has no types
    return app.topic(name, key_type=bytes, key_serializer="raw", value_type=bytes, value_serializer="raw")


async def _list_messages(stream: Any) -> AsyncIterator[Any]:  # noqa: ANN401 -- Faust's
    async for event in stream.events():
        yield event.message


async def _finish(work: Awaitable[None]) -> None:
    """Await what an agent does for one record. Nothing comes out of it: whatever is not foreseen ends the process."""
    try:
        await work
    except asyncio.CancelledError:
        raise
    except BaseException as error:  # noqa: BLE001 -- an exception in an agent would lose the record
        # Another's text may hold anything, so its type is told. Faust keeps log lines to itself, threads would wait.
        text = str(error) if isinstance(error, ConsolidatorError) else type(error).__name__
        sys.stderr.write(f"监测进程停止 the monitor stops: {text}\n")
        sys.stderr.flush()
        os._exit(BROKEN)


async def _route(plan: Plan, quarantine: Quarantine, events: Any, message: Any) -> None:  # noqa: ANN401 -- Faust's
    """Send what a county disclosed on to the table's partitions, and wait until the brokers have it."""
    _check_known(plan, message.partition)
    values = _attempt(quarantine, message, lambda: route_events(_read(plan, message)))
    sent = [
        await events.send(value=value, partition=partition, force=True) for partition, value in (values or {}).items()
    ]
    await asyncio.gather(*sent)


def _check_known(plan: Plan, partition: int) -> None:
    """A county that was added since this run began must wait for the next: set aside, it would be lost to the table."""
    if partition not in plan.counties.values():
        message = (
            f"分区 {partition} 是新县区,请更新 cluster.toml 后重启 / "
            f"partition {partition} is of a new county: restart with a cluster.toml that has it"
        )
        raise ConfigurationError(message)


def _read(plan: Plan, message: Any) -> Any:  # noqa: ANN401 -- Faust's
    county = (message.key or b"").decode("ascii")
    invariant(plan.counties.get(county) == message.partition, "a county's record stands in the county's partition")
    bundle = parse_bundle(message.value or b"", message.headers or [])
    return plan.monitor.read(county, bundle)


async def _fold(plan: Plan, quarantine: Quarantine, table: Any, findings: Any, message: Any) -> None:  # noqa: ANN401 -- Faust's
    """Fold a record's events into their rows, which are this partition's, one after the other."""
    for key, event in _attempt(quarantine, message, lambda: list(list_events(message.value or b""))) or ():
        row: bytes | None = table.get(key)
        folded = _attempt(quarantine, message, lambda row=row, event=event: plan.monitor.fold(row, event))  # type: ignore[misc]  # bound now
        if folded is None or folded[0] == row:
            continue
        for anomaly in folded[1]:
            value, partition = render_anomaly(anomaly), plan.counties[anomaly.county]
            await (await findings.send(key=anomaly.county.encode(), value=value, partition=partition, force=True))
        table[key] = folded[0]


def _attempt(quarantine: Quarantine, message: Any, work: Callable[[], Any]) -> Any:  # noqa: ANN401 -- Faust's
    """Do what reads a record and touches nothing else; where it cannot, the record is set aside, and it is None."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 -- whatever a record may do to its reader
        aside = Aside(message.topic, message.partition, message.offset, type(error).__name__)
        quarantine.keep(aside, message.value or b"")
        return None
