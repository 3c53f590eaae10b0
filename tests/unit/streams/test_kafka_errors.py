"""Whatever goes wrong with Kafka ends as one of our errors, with an exit code that says who can mend it."""

import asyncio
import gc
import ssl
from threading import Event

import pytest
from aiokafka import errors

from schemas.errors import (
    ConfigurationError,
    ConflictError,
    ConsolidatorError,
    DependencyError,
    InputError,
    InvariantError,
)
from streams.kafka.client import kafka_errors
from streams.kafka.loop import Loop


def test_every_error_of_the_client_becomes_one_of_ours() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert len(kinds) > 80
    for kind in kinds:
        error = kind.__new__(kind)
        with pytest.raises(ConsolidatorError) as caught, kafka_errors():
            raise error
        assert caught.value.__cause__ is error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (errors.ProducerFenced(), ConflictError),
        (errors.OutOfOrderSequenceNumber(), DependencyError),
        (errors.KafkaTimeoutError(), DependencyError),
        (errors.RequestTimedOutError(), DependencyError),
        (errors.NodeNotReadyError(), DependencyError),
        (errors.IllegalOperation(), DependencyError),
        (errors.NotEnoughReplicasError(), DependencyError),
        (errors.KafkaConnectionError(), DependencyError),
        (ConnectionResetError(), DependencyError),
        (TimeoutError(), DependencyError),
        (ssl.SSLError(), DependencyError),
        (errors.TopicAuthorizationFailedError(), ConfigurationError),
        (errors.TransactionalIdAuthorizationFailed(), ConfigurationError),
        (errors.UnknownTopicOrPartitionError(), ConfigurationError),
        (errors.OffsetOutOfRangeError({}), InvariantError),
        (errors.MessageSizeTooLargeError(), InvariantError),
        (InputError("I30"), InputError),
    ],
)
def test_an_error_says_who_can_mend_it(error: Exception, expected: type[ConsolidatorError]) -> None:
    with pytest.raises(expected), kafka_errors():
        raise error


def test_a_call_that_takes_too_long_or_is_given_up_is_an_error_of_the_brokers() -> None:
    async def wait_for_ever() -> None:
        begun.set()
        await asyncio.Event().wait()

    begun = Event()
    with Loop() as loop:
        with pytest.raises(DependencyError, match="TimeoutError"):
            loop.run(wait_for_ever(), 0.01)
        begun.clear()
        wait = loop.start(wait_for_ever())
        begun.wait()
    with pytest.raises(DependencyError, match="given up"):
        wait()


def test_the_end_of_a_loop_leaves_nothing_behind_even_of_what_does_not_end_at_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def outlast_one_cancel() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
        ended.append(1)

    async def leave_behind() -> None:
        left.append(asyncio.create_task(outlast_one_cancel()))
        asyncio.get_running_loop().create_future().set_exception(OSError("nobody asks for it"))
        await asyncio.sleep(0)

    ended, left = list[int](), list[asyncio.Task[None]]()
    with Loop() as loop:
        loop.run(leave_behind())
        gc.collect()
    assert ended == [1]
    assert left[0].done()
    assert caplog.records == []
