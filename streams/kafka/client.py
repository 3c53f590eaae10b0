"""Owns how brokers are reached: addresses, certificates, names of topics, and what a broker's refusal means to us."""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import errors

from schemas.errors import ConfigurationError, ConflictError, ConsolidatorError, DependencyError, InvariantError

REQUEST_MILLISECONDS = 10_000  # a broker that is alive answers within this


@dataclass(frozen=True, slots=True)
class Tls:
    """Who we are and whom we trust: PEM files of the authority, our certificate with its chain, and our key."""

    ca: Path
    cert: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Connection:
    """A cluster of brokers, and the first word of its topics' names."""

    bootstrap: str
    tls: Tls | None = None
    prefix: str = "consolidator"

    def options(self) -> dict[str, Any]:
        """Give what every client of aiokafka is made with. ConfigurationError when a certificate cannot be used."""
        found: dict[str, Any] = {"bootstrap_servers": self.bootstrap, "request_timeout_ms": REQUEST_MILLISECONDS}
        if self.tls is not None:
            found |= {"security_protocol": "SSL", "ssl_context": _make_context(self.tls)}
        return found


def _make_context(tls: Tls) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=str(tls.ca))
        context.load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        message = (
            f"证书无法使用({tls.cert}),请检查 ca、cert、key / "
            f"a certificate cannot be used ({tls.cert}): check ca, cert and key ({type(error).__name__})"
        )
        raise ConfigurationError(message) from error
    return context


@contextmanager
def kafka_errors() -> Iterator[None]:
    """Turn brokers' and clients' errors into ours: what passes by itself, what a person must mend, who we lost to."""
    try:
        yield
    except _KNOWN as error:
        make, text = next((make, text) for kinds, make, text in _MEANINGS if isinstance(error, kinds))
        raise make(text.format(type(error).__name__)) from error


_MEANINGS: Sequence[tuple[tuple[type[Exception], ...], Callable[[str], ConsolidatorError], str]] = (
    (
        (errors.ProducerFenced,),
        ConflictError,
        "另一进程已接管本县,或事务超时 / another process has taken this county over, or a transaction took too long",
    ),
    (
        (errors.OutOfOrderSequenceNumber, errors.InvalidTxnState, errors.IllegalOperation),
        DependencyError,
        "事务出错({0}),请重新启动,启动时自动恢复 / a transaction went wrong ({0}): start again, the start recovers",
    ),
    (
        (errors.OffsetOutOfRangeError,),
        InvariantError,
        "主题中需要的记录已被删除,请恢复主题或快照 / records that are needed are gone from a topic: restore it",
    ),
    (
        (errors.MessageSizeTooLargeError,),
        InvariantError,
        "单条记录超出主题上限 / a record is larger than its topic takes, which no document and no commit may be",
    ),
    (
        (
            errors.TopicAuthorizationFailedError,
            errors.GroupAuthorizationFailedError,
            errors.ClusterAuthorizationFailedError,
            errors.TransactionalIdAuthorizationFailed,
        ),
        ConfigurationError,
        "没有权限({0}),请运行 topics check / this certificate lacks a right ({0}): run 'consolidator topics check'",
    ),
    (
        (errors.UnknownTopicOrPartitionError, errors.InvalidTopicError),
        ConfigurationError,
        "主题或分区不存在,请运行 topics apply / a topic or partition is not there: run 'consolidator topics apply'",
    ),
    (
        (errors.KafkaError, errors.ConsumerStoppedError, OSError, TimeoutError),
        DependencyError,
        "Kafka 没有响应({0}),请检查代理 / the brokers do not answer ({0}): see whether they run and can be reached",
    ),
)  # the first that fits counts
_KNOWN = tuple(kind for kinds, _, _ in _MEANINGS for kind in kinds)
