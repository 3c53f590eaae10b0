"""Owns key files: private keys one line each in the Go note form, epoch keys one line a year. Never shows one."""

import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from consolidator.home.files import write_whole
from consolidator.transparency.keys import (
    ED25519,
    Ed25519Signer,
    derive_signer,
    parse_private_key,
    render_private_key,
)
from schemas.errors import ConfigurationError, ConflictError

EPOCH_YEARS = 30  # longer than any retention; sealing never makes a key, so they must all be there from the start
SEED_BYTES = 32
_OTHERS = 0o077  # permission bits of everybody but the owner
_EPOCH_LINE = re.compile(r"([0-9]{4}) ([0-9a-f]{64})")
_KEY_FILE_BYTES_MAX = 65_536


def make_signer(name: str, kind: int = ED25519) -> Ed25519Signer:
    """Make a new key, of a log or officer or of a witness (``COSIGNATURE``), from the system's randomness."""
    return derive_signer(name, secrets.token_bytes(SEED_BYTES), kind)


def write_signer(path: Path, signer: Ed25519Signer) -> None:
    """Write a private key file of mode 0600. Never replaces one: ConflictError."""
    if path.exists():
        message = f"密钥文件 {path} 已存在,不会覆盖 / {path} exists and is not replaced: choose another file"
        raise ConflictError(message)
    write_whole(path, f"{render_private_key(signer)}\n".encode())


def read_signer(path: Path, kind: int = ED25519) -> Ed25519Signer:
    """Read a private key file. ConfigurationError when it is missing, malformed, of another type, or open to others."""
    line = read_private(path).strip()
    try:
        return parse_private_key(line, kind)
    except ConfigurationError as error:
        message = f"密钥 {path} 无法使用 / the key {path} cannot be used: {error}"
        raise ConfigurationError(message) from error


def make_epoch_keys(first_year: int) -> dict[int, bytes]:
    """Make one random key a year, thirty years from ``first_year`` on."""
    return {year: secrets.token_bytes(SEED_BYTES) for year in range(first_year, first_year + EPOCH_YEARS)}


def render_epoch_keys(keys: Mapping[int, bytes]) -> bytes:
    """Write the epoch key file: ``YEAR hex`` a line."""
    return "".join(f"{year} {key.hex()}\n" for year, key in sorted(keys.items())).encode()


def read_epoch_keys(path: Path) -> dict[int, bytes]:
    """Read the epoch key file. ConfigurationError names the line that is wrong, never its content."""
    keys = {}
    for number, line in enumerate(read_private(path).splitlines(), start=1):
        match = _EPOCH_LINE.fullmatch(line)
        if match is None or int(match[1]) in keys:
            message = (
                f"年度密钥文件 {path} 第 {number} 行有误,从备份恢复 / "
                f"line {number} of {path} is wrong: restore it from a backup"
            )
            raise ConfigurationError(message)
        keys[int(match[1])] = bytes.fromhex(match[2])
    return keys


def read_private(path: Path) -> str:
    """Read a file of keys. ConfigurationError when it cannot be read, or others can read it."""
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            raw = file.read(_KEY_FILE_BYTES_MAX)
    except OSError as error:
        message = (
            f"密钥文件 {path} 无法读取({error.strerror}),从备份恢复 / "
            f"{path} cannot be read ({error.strerror}): restore it from a backup"
        )
        raise ConfigurationError(message) from error
    if mode & _OTHERS:
        message = f"密钥文件他人可读,运行 chmod 600 {path} / others can read {path}: run 'chmod 600 {path}'"
        raise ConfigurationError(message)
    return raw.decode("ascii", "replace")
