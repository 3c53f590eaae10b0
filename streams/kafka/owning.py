"""Owns the one producer that commits to a county: whoever starts it last is the owner, and each commit is one request.

A commit that got no answer may reach its broker later, and the broker, which numbers owners and not transactions, would
take it for the end of whatever transaction is then open: half a commit would count. So it is never asked for again. The
owner gives up instead, and the next start has a new number, under which the late one is refused.

A commit that was answered may still lack markers for good, if the brokers went down right after it (``settling.py``).
The next transaction would decide it by its own end, which may be another. So an owner whose connection broke adds
nothing to a new transaction before it has seen that its last one is decided everywhere.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    IncompatibleBrokerVersion,
    KafkaConnectionError,
    KafkaError,
    NodeNotReadyError,
    OutOfOrderSequenceNumber,
)
from aiokafka.protocol.transaction import AddPartitionsToTxnRequest, EndTxnRequest

from schemas.records import Record
from streams.kafka.appending import open_producer, send_all
from streams.kafka.newest import find_ends
from streams.kafka.shard import Shard

Verdict: TypeAlias = Literal["commit", "abort"]
TRANSACTION_MILLISECONDS = 10_000  # how long an owner that died may hold up readers, if nobody takes over
TRANSACTION_SECONDS_MAX = 15.0  # after this the brokers have given the transaction up, or are about to


class CommitUnansweredError(OutOfOrderSequenceNumber, IncompatibleBrokerVersion):  # type: ignore[misc]  # have no types
    """A request to commit got no answer. aiokafka sends a request again after any error that is not of both kinds."""


class CommitUndecidedError(OutOfOrderSequenceNumber, IncompatibleBrokerVersion):  # type: ignore[misc]  # the same
    """The last commit was answered, and is not decided everywhere since a connection broke."""


def derive_transactional_id(shard: Shard) -> str:
    """Give the name under which a county's commits are made, whoever makes them: a new owner shuts the former out."""
    return f"ledger.{shard.topic('commands')}.{shard.partition}"


async def open_owner(shard: Shard) -> AIOKafkaProducer:
    """Become the owner: whoever was it before is shut out, with what it left open."""
    name = derive_transactional_id(shard)
    producer = await open_producer(
        shard.connection, transactional_id=name, transaction_timeout_ms=TRANSACTION_MILLISECONDS
    )
    send, broken = producer.client.send, _watch_connections(producer)

    async def send_with_care(node: int, request: object, **options: Any) -> object:  # noqa: ANN401 -- passed on
        is_first = isinstance(request, AddPartitionsToTxnRequest) and not producer._txn_manager.txn_partitions  # noqa: SLF001 -- no other way
        if is_first and broken.is_set():
            broken.clear()  # before the look: one that breaks meanwhile is another matter
            try:
                await _check_decided(shard)
            except BaseException:
                broken.set()
                raise
        try:
            return await send(node, request, **options)
        except NodeNotReadyError:  # it was not sent
            raise
        except KafkaError as error:
            if isinstance(request, EndTxnRequest):
                raise CommitUnansweredError from error
            raise

    producer.client.send = send_with_care
    return producer


def _watch_connections(producer: AIOKafkaProducer) -> asyncio.Event:
    """Give what is set whenever a connection of a producer ends, for whatever reason."""
    client, broken = producer.client, asyncio.Event()
    on_close = client._on_connection_closed  # noqa: SLF001 -- no other way

    def note(connection: object, reason: object) -> None:
        broken.set()
        on_close(connection, reason)

    client._on_connection_closed = note  # noqa: SLF001 -- for connections to come
    for connection in client._conns.values():  # noqa: SLF001 -- and for those there are
        connection._on_close_cb = note  # noqa: SLF001 -- the same
    return broken


async def _check_decided(shard: Shard) -> None:
    """Raise CommitUndecidedError unless everything in the county's partition is decided, or will be in a moment."""
    try:
        ends = await find_ends(shard.connection, [shard.place(topic) for topic in shard.list_committed()])
    except OSError as error:  # also a time-out: asked again, as the request would be
        raise KafkaConnectionError from error
    if ends.undecided:
        raise CommitUndecidedError


async def transact(producer: AIOKafkaProducer, shard: Shard, records: Sequence[Record]) -> None:
    """Send everything in one transaction. After any error the producer is of no use; the next start recovers."""
    async with asyncio.timeout(TRANSACTION_SECONDS_MAX):
        await producer.begin_transaction()
        await send_all(producer, shard, records)
        await producer.commit_transaction()


async def decide(producer: AIOKafkaProducer, places: Sequence[TopicPartition], verdict: Verdict) -> None:
    """Decide what an earlier owner left undecided in partitions, by an empty transaction over them."""
    async with asyncio.timeout(TRANSACTION_SECONDS_MAX):
        await producer.begin_transaction()
        for place in places:
            producer._txn_manager.maybe_add_partition_to_txn(place)  # noqa: SLF001 -- adds them before the end is asked for
        await (producer.commit_transaction() if verdict == "commit" else producer.abort_transaction())
