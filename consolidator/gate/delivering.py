"""Owns what follows the sending where banks are on a cluster: what was sent is delivered, each file with its proof.

At least once: a crash between delivering and noting it repeats the delivery, which the bank's side takes once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from consolidator.gate.records import SentRecord
from consolidator.gate.sending import Gate, proof_of
from consolidator.gate.texts import GATE_CODES
from consolidator.home.files import disk_errors
from consolidator.language import pick, tag
from schemas.records import DELIVERY_BYTES_MAX, Delivery

GONE = "G05"
CHANGED = "G06"
TOO_LARGE = "G07"
_ROOM_BYTES = 65_536  # for what a record has around its value


@dataclass(frozen=True, slots=True)
class Undelivered:
    """An order file that was sent and cannot be delivered over the cluster; why, as a code of the gate."""

    file: str
    bank: str
    code: str


def deliver_sent(gate: Gate, carry: Callable[[Delivery], None]) -> list[Undelivered]:
    """Deliver what was sent and not delivered yet; gives what cannot be. ``carry`` returns when a delivery is kept.

    What was sent before the first call of ``GateRecords.begin_deliveries`` stays where it is.
    """
    left = []
    for sent in gate.records.list_undelivered():
        found = _find_papers(gate.outbox, sent)
        if isinstance(found, Undelivered):
            left.append(found)
        else:
            carry(found)
            gate.records.note_delivered(sent.file)
    return left


def _find_papers(outbox: Path, sent: SentRecord) -> Delivery | Undelivered:
    path = outbox / sent.bank / sent.name
    with disk_errors():
        content, proof = _read(path), _read(proof_of(path))
    if content is None:
        return Undelivered(sent.file, sent.bank, GONE)
    if sha256(content).hexdigest() != sent.sha256:
        return Undelivered(sent.file, sent.bank, CHANGED)
    if len(content) + len(proof or b"") > DELIVERY_BYTES_MAX - _ROOM_BYTES:
        return Undelivered(sent.file, sent.bank, TOO_LARGE)
    return Delivery(sent.file, sent.name, content, proof or b"")


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def describe_undelivered(undelivered: Undelivered) -> dict[str, Any]:
    """Give it as ``--json`` shows it."""
    return {"file": undelivered.file, "bank": undelivered.bank, "code": undelivered.code}


def render_undelivered(undelivered: Undelivered) -> str:
    """Write one line for a person."""
    text = GATE_CODES[undelivered.code]
    what = f"{tag('未送达', 'undelivered')}  {undelivered.file}  {undelivered.code} {pick(text.zh, text.en)}"
    return f"{what} → {pick(text.next_zh, text.next_en)}"
