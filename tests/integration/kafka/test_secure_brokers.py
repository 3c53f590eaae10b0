"""A cluster with certificates lets nobody in who shows none, and denies what no ACL allows."""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError

from consolidator.cli.broker import find_certificates
from consolidator.cluster.certificates import make_certificates
from streams.kafka.local.cluster import LocalCluster
from streams.kafka.local.layout import ADMIN, Layout
from tests.support.brokers import start_cluster
from tests.support.records import create_topic, put_record, take_record


@pytest.fixture(scope="module", name="certificates")
def write_certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates") / "certs"
    make_certificates(folder, [ADMIN, "stranger"], [], datetime.now(UTC))
    return folder


@pytest.fixture(scope="module", name="secure")
def start_secure(certificates: Path) -> Iterator[LocalCluster]:
    with start_cluster(Layout(certificates=find_certificates(certificates))) as cluster:
        yield cluster


def show(certificates: Path, principal: str = "") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=certificates / "ca.pem")
    context.verify_flags |= ssl.VERIFY_X509_STRICT  # what Python 3.13 asks for by itself
    if principal:
        context.load_cert_chain(certificates / f"{principal}.pem", certificates / f"{principal}.key")
    return context


def test_the_super_user_may_do_everything(secure: LocalCluster, certificates: Path, prefix: str) -> None:
    admin = show(certificates, ADMIN)
    asyncio.run(create_topic(secure.secure_bootstrap, prefix, context=admin))
    asyncio.run(put_record(secure.secure_bootstrap, prefix, b"one", admin))
    assert asyncio.run(take_record(secure.secure_bootstrap, prefix, admin)) == b"one"


def test_who_has_no_right_is_denied(secure: LocalCluster, certificates: Path, prefix: str) -> None:
    asyncio.run(create_topic(secure.bootstrap, prefix))
    with pytest.raises(TopicAuthorizationFailedError):
        asyncio.run(put_record(secure.secure_bootstrap, prefix, b"one", show(certificates, "stranger")))


def test_who_shows_no_certificate_is_not_let_in(secure: LocalCluster, certificates: Path, prefix: str) -> None:
    with pytest.raises(KafkaConnectionError):
        asyncio.run(put_record(secure.secure_bootstrap, prefix, b"one", show(certificates)))


def test_who_shows_a_certificate_of_another_authority_is_not_let_in(
    secure: LocalCluster, certificates: Path, prefix: str, tmp_path: Path
) -> None:
    make_certificates(tmp_path / "forged", [ADMIN], [], datetime.now(UTC))
    context = show(certificates)
    context.load_cert_chain(tmp_path / "forged" / f"{ADMIN}.pem", tmp_path / "forged" / f"{ADMIN}.key")
    with pytest.raises(KafkaConnectionError):
        asyncio.run(put_record(secure.secure_bootstrap, prefix, b"one", context))
