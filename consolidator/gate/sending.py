"""Owns the sending of order files to ``outbox/BANK/``: intent, temporary files, staged, renames, outcome.

An order file is written only when a checkpoint that covers its entry has the quorum in force; its proof goes first.
After a crash: intent only, or the file's draft is there: do it again; staged and no draft: it was sent, and its proof.
An order's number in its file is its place in the list, from 1, so order id and (file, serial) follow from each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from bank_adapters.formats.order_layouts import OrderLayout
from bank_adapters.formats.orders import render_order_file
from bank_adapters.profiles import Profile, find_order_profile
from consolidator.gate.checking import PROOF_SUFFIX
from consolidator.gate.passing import Clearance, is_covered, is_witnessed
from consolidator.gate.proving import collect_rest, open_entry, prove_opened
from consolidator.gate.records import GateRecords
from consolidator.home.files import disk_errors, make_folder, move, sync_folder, write_synced
from schemas.errors import ConfigurationError, InputError
from schemas.orders import OrderFile, parse_order_part
from streams.journal import Journal

_STAGING = ".staging"
NO_PROFILE = "G01"
UNRENDERABLE = "G02"
SAMPLE_PAYER = "G03"
NOT_COVERED = "G04"


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of an order file: sent now, or waiting.

    Waiting has a code: ``G01`` its bank has no profile for order files, ``G02`` the profile cannot write it (detail),
    ``G03`` the profile states a payer that is made up, ``G04`` no checkpoint that covers it has the quorum yet.
    """

    file: OrderFile
    word: Literal["sent", "waiting"]
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """All that the gate works with: ``profiles`` say how order files look, ``read_keys`` gives what opens entries.

    ``payers``: only a trial county's files may state a payer that is made up.
    """

    journal: Journal
    records: GateRecords
    outbox: Path
    profiles: Mapping[str, Profile]
    read_keys: Callable[[], Mapping[int, bytes]]
    payers: Literal["real", "any"] = "real"


@dataclass(frozen=True, slots=True)
class _Papers:
    """An order file as it leaves, and its proof, which is empty where nobody cosigns."""

    file: OrderFile
    name: str
    content: bytes
    proof: bytes

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()


def list_unsent(gate: Gate) -> list[OrderFile]:
    """List the committed order files that were not sent yet, settling what a crash left open."""
    return [file for file in gate.journal.order_files() if not _was_sent(gate, file)]


def send_file(gate: Gate, clearance: Clearance | None, file: OrderFile) -> Sending:
    """Send one order file that was not sent yet, if a checkpoint that has the quorum covers it."""
    if clearance is None or not is_covered(clearance, file):
        return Sending(file, "waiting", NOT_COVERED)
    profile = find_order_profile(file.bank, gate.profiles)
    if profile is None:
        return Sending(file, "waiting", NO_PROFILE)
    if profile.sample_payer and gate.payers == "real":
        return Sending(file, "waiting", SAMPLE_PAYER)
    try:
        papers = _render(gate, clearance, file, profile)
    except (InputError, ConfigurationError) as error:
        return Sending(file, "waiting", UNRENDERABLE, str(error))
    with disk_errors():
        _send(gate, papers)
    return Sending(file, "sent")


def _render(gate: Gate, clearance: Clearance, file: OrderFile, profile: OrderLayout) -> _Papers:
    """Write file and proof in memory."""
    parts = [parse_order_part(part.body) for part in gate.journal.order_parts(file.file)]
    rendered = render_order_file(profile, file, parts)
    if not is_witnessed(clearance):
        return _Papers(file, rendered.name, rendered.content, b"")
    opened = open_entry(gate.journal, gate.read_keys(), file, collect_rest(profile, parts))
    return _Papers(file, rendered.name, rendered.content, prove_opened(clearance, file.entry, opened))


def _was_sent(gate: Gate, file: OrderFile) -> bool:
    found = gate.records.find(file.file)
    if found is None:
        return False
    state, name = found
    if state == "staged" and not _draft(gate, file, name).exists():
        gate.records.close(file.file)
        return True
    return state == "sent"


def _send(gate: Gate, papers: _Papers) -> None:
    """Bring both out, the order file last: whoever sees it sees its proof, and a proof alone pays nobody."""
    file, name = papers.file, papers.name
    gate.records.intend(file.file, file.bank, name)
    draft, folder = _draft(gate, file, name), gate.outbox / file.bank
    make_folder(draft.parent)
    make_folder(folder)
    if papers.proof:
        write_synced(proof_of(draft), papers.proof)
    write_synced(draft, papers.content)
    sync_folder(draft.parent)  # staged must never be known without the draft
    gate.records.stage(file.file, papers.digest)
    if papers.proof:
        move(proof_of(draft), proof_of(folder / name))
    move(draft, folder / name)
    gate.records.close(file.file)


def proof_of(path: Path) -> Path:
    """Give the place of an order file's proof: beside it."""
    return path.with_name(path.name + PROOF_SUFFIX)


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
