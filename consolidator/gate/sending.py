"""Owns the sending of order files to ``outbox/BANK/``: intent, temporary file, staged, rename, outcome.

After a crash: intent only, or the temporary file is there: do it again; staged and no temporary file: it was sent.
An order's number in its file is its place in the list, from 1, so order id and (file, serial) follow from each other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from bank_adapters.formats.orders import RenderedFile, render_order_file
from bank_adapters.profiles import Profile, find_order_profile
from consolidator.gate.passing import pass_gate
from consolidator.gate.records import GateRecords
from consolidator.home.files import disk_errors, make_folder, move, sync_folder, write_synced
from schemas.errors import ConfigurationError, InputError
from schemas.orders import OrderColumns, OrderFile, parse_order_part
from streams.journal import Journal

_STAGING = ".staging"
NO_PROFILE = "G01"
UNRENDERABLE = "G02"
SAMPLE_PAYER = "G03"


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of an order file: sent now, or waiting.

    Waiting has a code: ``G01`` its bank has no profile for order files, ``G02`` the profile cannot write it (detail),
    ``G03`` the profile states a payer that is made up.
    """

    file: OrderFile
    word: Literal["sent", "waiting"]
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """All that the gate works with. ``profiles`` say how order files look.

    ``payers``: only a trial county's files may state a payer that is made up.
    """

    journal: Journal
    records: GateRecords
    outbox: Path
    profiles: Mapping[str, Profile]
    payers: Literal["real", "any"] = "real"


def send_due(gate: Gate, quorum: str, size: int) -> Iterator[Sending]:
    """Send every committed order file that was not sent yet; ``size`` is what the last signed checkpoint covers."""
    for file in gate.journal.order_files():
        sending = send_file(gate, quorum, size, file)
        if sending is not None:
            yield sending


def send_file(gate: Gate, quorum: str, size: int, file: OrderFile) -> Sending | None:
    """Send one order file; None when it was sent before."""
    pass_gate(quorum, size, file)
    found = gate.records.find(file.file)
    if found is not None and _was_sent(gate, file, *found):
        return None
    profile = find_order_profile(file.bank, gate.profiles)
    if profile is None:
        return Sending(file, "waiting", NO_PROFILE)
    if profile.sample_payer and gate.payers == "real":
        return Sending(file, "waiting", SAMPLE_PAYER)
    try:
        rendered = render_order_file(profile, file, _read_list(gate.journal, file))
    except (InputError, ConfigurationError) as error:
        return Sending(file, "waiting", UNRENDERABLE, str(error))
    with disk_errors():
        _send(gate, file, rendered)
    return Sending(file, "sent")


def _was_sent(gate: Gate, file: OrderFile, state: str, name: str) -> bool:
    """Settle what a crash left open."""
    if state == "staged" and not _draft(gate, file, name).exists():
        gate.records.close(file.file)
        return True
    return state == "sent"


def _send(gate: Gate, file: OrderFile, rendered: RenderedFile) -> None:
    gate.records.intend(file.file, file.bank, rendered.name)
    draft = _draft(gate, file, rendered.name)
    make_folder(draft.parent)
    make_folder(gate.outbox / file.bank)
    write_synced(draft, rendered.content)
    sync_folder(draft.parent)  # staged must never be known without the draft
    gate.records.stage(file.file, sha256(rendered.content).hexdigest())
    move(draft, gate.outbox / file.bank / rendered.name)
    gate.records.close(file.file)


def list_papers(gate: Gate, file: OrderFile) -> list[Path]:
    """List what lies in the outbox of an order file that was sent: the file, unless it was fetched, and its proof."""
    found = gate.records.find(file.file)
    folder = gate.outbox / file.bank
    if found is None or not folder.is_dir():
        return []
    return [path for path in sorted(folder.iterdir()) if path.name == found[1] or path.name.startswith(f"{found[1]}.")]


def list_stale_drafts(gate: Gate) -> list[Path]:
    """List drafts that no order file needs any more, once all of them were sent."""
    staging = gate.outbox / _STAGING
    if not staging.is_dir() or any(not _is_sent(gate, file) for file in gate.journal.order_files()):
        return []
    return sorted(staging.iterdir())


def _is_sent(gate: Gate, file: OrderFile) -> bool:
    found = gate.records.find(file.file)
    return found is not None and found[0] == "sent"


def _draft(gate: Gate, file: OrderFile, name: str) -> Path:
    """Beside the banks' folders, so that a bank that lists its own sees complete files only."""
    return gate.outbox / _STAGING / f"{file.bank}_{name}"


def _read_list(journal: Journal, file: OrderFile) -> Iterator[OrderColumns]:
    return (parse_order_part(part.body) for part in journal.order_parts(file.file))
