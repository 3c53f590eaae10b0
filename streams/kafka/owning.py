"""Owns the one producer that commits to a county: whoever starts it last is the owner, and each commit is one request.

A commit that got no answer may reach its broker later, and the broker, which numbers owners and not transactions, would
take it for the end of whatever transaction is then open: half a commit would count. So it is never asked for again. The
owner gives up instead, and the next start has a new number, under which the late one is refused.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import IncompatibleBrokerVersion, KafkaError, NodeNotReadyError, OutOfOrderSequenceNumber
from aiokafka.protocol.transaction import EndTxnRequest

from schemas.records import Record
from streams.kafka.appending import open_producer, send_all
from streams.kafka.shard import Shard

TRANSACTION_MILLISECONDS = 10_000  # how long an owner that died may hold up readers, if nobody takes over
TRANSACTION_SECONDS_MAX = 15.0  # after this the brokers have given the transaction up, or are about to


class CommitUnansweredError(OutOfOrderSequenceNumber, IncompatibleBrokerVersion):  # type: ignore[misc]  # have no types
    """A request to commit got no answer. aiokafka sends a request again after any error that is not of both kinds."""


def derive_transactional_id(shard: Shard) -> str:
    """Give the name under which a county's commits are made, whoever makes them: a new owner shuts the former out."""
    return f"ledger.{shard.topic('commands')}.{shard.partition}"


async def open_owner(shard: Shard) -> AIOKafkaProducer:
    """Become the owner: whoever was it before is shut out, with what it left open."""
    name = derive_transactional_id(shard)
    producer = await open_producer(
        shard.connection, transactional_id=name, transaction_timeout_ms=TRANSACTION_MILLISECONDS
    )
    send = producer.client.send

    async def send_commits_once(node: int, request: object, **options: Any) -> object:  # noqa: ANN401 -- passed on
        try:
            return await send(node, request, **options)
        except NodeNotReadyError:  # it was not sent
            raise
        except KafkaError as error:
            if isinstance(request, EndTxnRequest):
                raise CommitUnansweredError from error
            raise

    producer.client.send = send_commits_once
    return producer


async def transact(producer: AIOKafkaProducer, shard: Shard, records: Sequence[Record]) -> None:
    """Send everything in one transaction. After any error the producer is of no use; the next start recovers."""
    async with asyncio.timeout(TRANSACTION_SECONDS_MAX):
        await producer.begin_transaction()
        await send_all(producer, shard, records)
        await producer.commit_transaction()
