"""Owns single questions to brokers: a client for as long as they take, answers as plain values, refusals as errors."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError, for_code

from schemas.errors import ConfigurationError
from streams.kafka.client import Connection, kafka_errors
from streams.kafka.requests import DescribeTopics

OK = 0
_PROBE_SECONDS = 2.0


class Described(NamedTuple):
    """What a broker says of a topic: error code, partitions, smallest number of replicas, operations as bits."""

    error: int
    partitions: int
    replication: int
    operations: int


@asynccontextmanager
async def asking(connection: Connection, seconds: float) -> AsyncIterator[AIOKafkaClient]:
    """Give a client for at most ``seconds``. DependencyError when no broker answers in time.

    ConfigurationError when a broker does not take our certificate, or we not its.
    """
    with kafka_errors():
        async with asyncio.timeout(seconds):
            client = AIOKafkaClient(**connection.options())
            try:
                await _bootstrap(client, connection)
                yield client
            finally:
                await client.close()


async def _bootstrap(client: AIOKafkaClient, connection: Connection) -> None:
    try:
        await client.bootstrap()
    except KafkaConnectionError:
        if connection.tls is not None:
            await _check_certificates(client, connection)
        raise


async def _check_certificates(client: AIOKafkaClient, connection: Connection) -> None:
    """Say so when what keeps us away is a certificate: the client tells only that it could not connect."""
    context = connection.options()["ssl_context"]
    for host, port, _ in client.hosts:
        try:
            await _shake_hands(host, port, context)
        except ssl.SSLError as error:
            message = (
                f"证书不被接受,请检查 ca、cert、key 是否出自同一签发机构({error.reason}) / certificates do not fit "
                f"({error.reason}): see that ca, cert and key come from the authority of the brokers' certificates"
            )
            raise ConfigurationError(message) from error
        except OSError:
            continue


async def _shake_hands(host: str, port: int, context: ssl.SSLContext) -> None:
    """Connect and listen for a moment: a broker refuses a certificate after the handshake, in TLS 1.3."""
    reader, writer = await asyncio.open_connection(host, port, ssl=context)
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PROBE_SECONDS):
                await reader.read(1)
    finally:
        writer.close()


async def ask(client: AIOKafkaClient, request: Any) -> Any:  # noqa: ANN401 -- aiokafka carries no types
    """Send a request to any broker and give its answer."""
    return await client.send(client.get_random_node(), request)


async def ask_controller(client: AIOKafkaClient, request: Any) -> Any:  # noqa: ANN401 -- aiokafka carries no types
    """Send a request about topics to the broker that passes such on to the controller."""
    controller = client.cluster.controller
    return await client.send(client.get_random_node() if controller is None else controller.nodeId, request)


async def describe_topics(client: AIOKafkaClient, names: list[str] | None) -> dict[str, Described]:
    """Give what any broker says of topics by name; of all that we may know of for None."""
    answer = await ask(client, DescribeTopics(names))
    return {name: _describe(error, parts, bits) for error, name, _, parts, bits in answer.topics}


def _describe(error: int, partitions: list[Any], operations: int) -> Described:
    replicas = min((len(each[4]) for each in partitions), default=0)
    return Described(error, len(partitions), replicas, operations)


def check_code(code: int, message: str | None = "") -> None:
    """Raise the client's error for a code that is none of success."""
    if code != OK:
        raise for_code(code)(message)
