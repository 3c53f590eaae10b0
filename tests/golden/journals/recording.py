"""Reads and writes recorded homes: every command with its bytes, the keys, and the head it came to.

A recording is never changed: another behaviour of the same commands is another ``semantics``, and a new recording.
``python -m tests.golden.journals.record`` writes those that are not there yet.
"""

import json
import lzma
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from consolidator.sealing import County
from consolidator.transparency.keys import Ed25519Signer
from schemas.commands import Command

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Recording:
    """A home: its commands in order, year → epoch key, the log's signer, and the head after the last command."""

    commands: Sequence[Command]
    epoch_keys: dict[int, bytes]
    signer: Ed25519Signer
    head: dict[str, Any]


_REACHED = {"ordinal", "now", "size", "root", "totals"}


def describe_head(county: County) -> dict[str, Any]:
    """Give what a replay must reach: ordinal, time, size, root and totals."""
    return json.loads(json.dumps(county.head().model_dump(include=_REACHED)))  # type: ignore[no-any-return]  # a JSON object


def render_recording(recording: Recording, name: str, seed: bytes) -> bytes:
    """Write a recording; ``name`` and ``seed`` make the log's signer again."""
    commands = [
        [each.kind, each.at, b64encode(each.body).decode(), each.document, each.index] for each in recording.commands
    ]
    keys = {str(year): key.hex() for year, key in recording.epoch_keys.items()}
    value = {"log": [name, seed.hex()], "epoch_keys": keys, "head": recording.head, "commands": commands}
    return lzma.compress(json.dumps(value).encode(), preset=9)


def parse_recording(raw: bytes) -> Recording:
    """Read a recording."""
    from consolidator.transparency.keys import derive_signer  # noqa: PLC0415 -- beside its only use

    value = json.loads(lzma.decompress(raw))
    name, seed = value["log"]
    return Recording(
        [Command(kind, at, b64decode(body), document, index) for kind, at, body, document, index in value["commands"]],
        {int(year): bytes.fromhex(key) for year, key in value["epoch_keys"].items()},
        derive_signer(name, bytes.fromhex(seed)),
        value["head"],
    )


def list_recordings() -> list[Path]:
    """Give the files of all recordings."""
    return sorted(FOLDER.glob("*.json.xz"))
