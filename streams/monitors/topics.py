"""Owns the making of a monitor's own topics, and the question whether it may read and write those of the cluster."""

from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic
from aiokafka.errors import for_code

from schemas.topics import DAY_MS, EVER
from streams.kafka.appending import RECORD_BYTES_MAX
from streams.kafka.client import kafka_errors
from streams.kafka.rights import check_group, check_readable, check_writable, wait_known
from streams.monitors.events import PARTITIONS
from streams.monitors.plan import Plan

_EVENTS_MS = 7 * DAY_MS  # what is not folded by then comes again from the disclosures
_THERE_ALREADY = 36


async def prepare_topics(plan: Plan) -> None:
    """Make what is missing. ConfigurationError when a right is, or a topic of the cluster."""
    with kafka_errors():
        await check_readable(plan.connection, [plan.topic("disclosures")])
        await check_writable(plan.connection, [plan.topic("commands"), plan.topic("anomalies")])
        for group in (plan.app, plan.told):
            await check_group(plan.connection, group)
        admin = AIOKafkaAdminClient(**plan.connection.options())
        await admin.start()
        try:
            if plan.findings not in await _create(admin, plan):
                await _widen(admin, plan)
        finally:
            await admin.close()
        own = [plan.events, plan.findings, plan.changelog]
        await wait_known(plan.connection, own)
        await check_writable(plan.connection, own)


async def _create(admin: AIOKafkaAdminClient, plan: Plan) -> set[str]:
    """Make the topics that are not there; gives those that were made."""
    size = {"max.message.bytes": str(RECORD_BYTES_MAX), "min.insync.replicas": str(plan.min_insync)}
    wanted: dict[str, tuple[int, dict[str, str]]] = {
        plan.events: (PARTITIONS, {"retention.ms": str(_EVENTS_MS)}),
        plan.findings: (plan.partitions, {"retention.ms": EVER, "retention.bytes": EVER}),
        plan.changelog: (PARTITIONS, {"cleanup.policy": "compact"}),
    }
    rows = [
        NewTopic(name, partitions, plan.replication, topic_configs={**size, **config})
        for name, (partitions, config) in wanted.items()
    ]
    codes = {name: code for name, code, *_ in (await admin.create_topics(rows)).topic_errors}
    for name, code in codes.items():
        if code not in (0, _THERE_ALREADY):
            message = f"无法建立主题 {name} / topic {name} cannot be made"
            raise for_code(code)(message)
    return {name for name, code in codes.items() if code == 0}


async def _widen(admin: AIOKafkaAdminClient, plan: Plan) -> None:
    """Counties were added: each needs its partition."""
    (found,) = await admin.describe_topics([plan.findings])
    if len(found["partitions"]) < plan.partitions:
        await admin.create_partitions({plan.findings: NewPartitions(plan.partitions)})
