"""Owns the folder of a development CA: the CA and one certificate per principal, as PEM files. Not for production.

A principal is the common name of its certificate; Kafka's ACLs are about principals. ``ca.pem`` is what everybody
trusts, ``NAME.pem`` and ``NAME.key`` (PKCS#8, which Java reads, too) belong to one of them, ``ca.key`` to the folder.
"""

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from consolidator.cluster.issuing import Identity, issue_authority, issue_identity
from consolidator.home.files import disk_errors
from schemas.errors import ConfigurationError, ConflictError, UsageError

BROKER, CA = "broker", "ca"
LOCAL_HOSTS = ("localhost", "127.0.0.1")
_PRIVATE, _PUBLIC = 0o600, 0o644
_PRINCIPAL = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?")
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")


def make_certificates(folder: Path, principals: Sequence[str], hosts: Sequence[str], now: datetime) -> list[str]:
    """Make certificate and key of each principal; the CA and the broker's, too, where there are none yet.

    ``hosts``: names and addresses at which brokers are reached beside this machine's own. Gives whom it made one for.
    UsageError: no name for a principal or host. ConflictError: somebody has files already, and nothing was written.
    ConfigurationError: half a CA, or one that cannot be read.
    """
    wanted = list(dict.fromkeys(principals if _exists(folder, BROKER) else [BROKER, *principals]))
    _check_words(wanted, hosts)
    _check_absent(folder, [*wanted, *([BROKER] if hosts else [])])
    with disk_errors():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        authority = _open_authority(folder, now)
        for name in wanted:
            names = (*LOCAL_HOSTS, *hosts) if name == BROKER else ()
            _write(folder, name, issue_identity(authority, name, names, now))
    return wanted


def _check_words(principals: Sequence[str], hosts: Sequence[str]) -> None:
    for name in principals:
        if name == CA or _PRINCIPAL.fullmatch(name) is None:
            message = (
                f"名称 {name!r} 不可用:须为小写字母、数字、点、连字符,至多 63 个,且不是 ca / "
                f"{name!r} cannot be a principal: small letters, digits, dots and hyphens, at most 63, and not ca"
            )
            raise UsageError(message)
    for host in hosts:
        if _HOST.fullmatch(host) is None:
            message = f"{host!r} 不是主机名或 IP 地址 / {host!r} is neither the name of a host nor an IP address"
            raise UsageError(message)


def _check_absent(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if _exists(folder, name):
            message = (
                f"{name} 的证书或密钥已存在,不会覆盖;要换新,先移走 {name}.pem 和 {name}.key / "
                f"{name} has a certificate or key, and none is replaced: "
                f"to renew it, move {name}.pem and {name}.key away first"
            )
            raise ConflictError(message)


def _exists(folder: Path, name: str) -> bool:
    return any(path.exists() for path in _place(folder, name))


def _place(folder: Path, name: str) -> tuple[Path, Path]:
    return folder / f"{name}.pem", folder / f"{name}.key"


def _open_authority(folder: Path, now: datetime) -> Identity:
    if _exists(folder, CA):
        return _read_authority(folder)
    authority = issue_authority(now)
    _write(folder, CA, authority)
    return authority


def _read_authority(folder: Path) -> Identity:
    certificate, key = _place(folder, CA)
    try:
        public = load_pem_x509_certificate(certificate.read_bytes())
        private = load_pem_private_key(key.read_bytes(), None)
    except (FileNotFoundError, ValueError, TypeError) as error:
        raise _make_unusable(folder) from error
    if not isinstance(private, EllipticCurvePrivateKey) or private.public_key() != public.public_key():
        raise _make_unusable(folder)
    return Identity(public, private)


def _make_unusable(folder: Path) -> ConfigurationError:
    message = (
        f"{folder} 里的 CA 不可用(ca.pem 与 ca.key 须成对),请恢复这两个文件,或另选文件夹 / "
        f"the CA in {folder} cannot be used (ca.pem and ca.key belong together): restore them, or choose another folder"
    )
    return ConfigurationError(message)


def _write(folder: Path, name: str, identity: Identity) -> None:
    """Write the key first: nobody has a certificate without it."""
    certificate, key = _place(folder, name)
    pem = identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_new(key, pem, _PRIVATE)
    _write_new(certificate, identity.certificate.public_bytes(Encoding.PEM), _PUBLIC)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(content)
