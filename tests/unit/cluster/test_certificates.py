"""Certificates of the development CA are what strict readers take, and none is ever replaced."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from consolidator.cluster.certificates import make_certificates
from schemas.errors import ConfigurationError, ConflictError, UsageError

NOW = datetime(2026, 11, 16, 8, tzinfo=UTC)


def read(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.pem").read_bytes())


def trust(folder: Path, at: datetime = NOW) -> PolicyBuilder:
    return PolicyBuilder().store(Store([read(folder, "ca")])).time(at)


def list_files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_broker_is_believed_at_the_names_it_was_given(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["admin"], ["kafka-1", "10.1.2.3", "fd00::1"], NOW)
    for host in ("localhost", "kafka-1"):
        trust(tmp_path).build_server_verifier(x509.DNSName(host)).verify(read(tmp_path, "broker"), [])
    for address in ("127.0.0.1", "10.1.2.3", "fd00::1"):
        subject = x509.IPAddress(ip_address(address))
        trust(tmp_path).build_server_verifier(subject).verify(read(tmp_path, "broker"), [])
    with pytest.raises(VerificationError):
        trust(tmp_path).build_server_verifier(x509.DNSName("other")).verify(read(tmp_path, "broker"), [])


def test_a_principal_is_the_common_name_of_a_certificate_that_chains_to_the_authority(tmp_path: Path) -> None:
    assert make_certificates(tmp_path, ["bank-402"], [], NOW) == ["broker", "bank-402"]
    certificate = read(tmp_path, "bank-402")
    certificate.verify_directly_issued_by(read(tmp_path, "ca"))
    assert certificate.subject.rfc4514_string() == "CN=bank-402"


def test_a_principal_is_no_server(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["bank-402"], [], NOW)
    purposes = read(tmp_path, "bank-402").extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]


def test_certificates_end_after_a_year(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    late = trust(tmp_path, NOW + timedelta(days=366)).build_server_verifier(x509.DNSName("localhost"))
    with pytest.raises(VerificationError):
        late.verify(read(tmp_path, "broker"), [])


def test_every_key_is_its_certificates_and_for_its_owner_only(tmp_path: Path) -> None:
    made = make_certificates(tmp_path / "certs", ["admin", "worker-1"], [], NOW)
    for name in ["ca", *made]:
        path = tmp_path / "certs" / f"{name}.key"
        key = load_pem_private_key(path.read_bytes(), None)
        assert key.public_key() == read(tmp_path / "certs", name).public_key()
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")  # PKCS#8


def test_more_principals_come_from_the_authority_that_is_there(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    before = list_files(tmp_path)
    assert make_certificates(tmp_path, ["worker-1"], [], NOW) == ["worker-1"]
    assert list_files(tmp_path).items() > before.items()
    read(tmp_path, "worker-1").verify_directly_issued_by(read(tmp_path, "ca"))


@pytest.mark.parametrize(("names", "hosts"), [(["new", "admin"], []), (["new", "broker"], []), (["new"], ["kafka-1"])])
def test_none_is_replaced_and_then_nothing_is_written(tmp_path: Path, names: list[str], hosts: list[str]) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    before = list_files(tmp_path)
    with pytest.raises(ConflictError, match=r"move (admin|broker)\.pem and (admin|broker)\.key away"):
        make_certificates(tmp_path, names, hosts, NOW)
    assert list_files(tmp_path) == before


@pytest.mark.parametrize("name", ["", "ca", "Admin", "../admin", "a,b", "-a", "a-", "a b", "a" * 64, "甲"])
def test_a_name_that_could_be_misread_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a principal"):
        make_certificates(tmp_path / "certs", [name], [], NOW)
    assert not (tmp_path / "certs").exists()


@pytest.mark.parametrize("host", ["", "a b", "主机", "kafka_1/x"])
def test_a_host_that_is_none_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="neither the name of a host nor an IP address"):
        make_certificates(tmp_path / "certs", ["admin"], [host], NOW)


@pytest.mark.parametrize("half", ["ca.pem", "ca.key"])
def test_half_an_authority_is_refused(tmp_path: Path, half: str) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    (tmp_path / half).unlink()
    with pytest.raises(ConfigurationError, match="belong together"):
        make_certificates(tmp_path, ["worker-1"], [], NOW)


def test_an_authority_with_the_key_of_another_is_refused(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    (tmp_path / "ca.key").write_bytes((tmp_path / "admin.key").read_bytes())
    with pytest.raises(ConfigurationError, match="belong together"):
        make_certificates(tmp_path, ["worker-1"], [], NOW)


def test_an_authority_that_is_no_pem_is_refused(tmp_path: Path) -> None:
    make_certificates(tmp_path, ["admin"], [], NOW)
    (tmp_path / "ca.pem").write_bytes(b"nothing")
    with pytest.raises(ConfigurationError, match="belong together"):
        make_certificates(tmp_path, ["worker-1"], [], NOW)
