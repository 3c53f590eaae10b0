"""Owns the making of an officer's act: header and part, signed with his key, then on the way of any document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.intake.desk import OfficeDesk
from consolidator.intake.outcomes import FileOutcome
from consolidator.intake.submitting import submit_signed
from consolidator.ledger.powers import find_officer
from consolidator.ledger.releases import Figures
from consolidator.transparency.keys import Ed25519Signer
from schemas.documents import parse_document, render_document, render_parts
from schemas.envelope import parse_envelope
from schemas.errors import ConfigurationError, InputError
from schemas.headers import parse_base_header, parse_header
from schemas.parts import PARTS, parse_part
from streams.journal import Journal


@dataclass(frozen=True, slots=True)
class Act:
    """What an officer does: kind and fields of the header, columns of the items (none: a confirm), id or empty."""

    kind: str
    fields: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any]]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Acted:
    """An act in the journal. ``digest`` is what a second person confirms."""

    outcome: FileOutcome
    digest: str


@dataclass(frozen=True, slots=True)
class View:
    """What an act is made against: the ledger's state at a commit, and the position of the next command after it."""

    state: State
    position: int


def make_release(batch: Batch, figures: Figures, papers: Mapping[str, Sequence[str]], act_id: str) -> Act:
    """Make the next release of a batch: ``figures`` are what is ready, ``papers`` each bank's payment papers.

    These are the application, the voucher and its date.
    """
    banks = [bank for bank, _, _ in figures]
    columns: dict[str, Sequence[Any]] = {
        "bank": banks,
        "application": [papers[bank][0] for bank in banks],
        "voucher": [papers[bank][1] for bank in banks],
        "voucher_on": [papers[bank][2] for bank in banks],
        "count": [count for _, count, _ in figures],
        "fen": [fen for _, _, fen in figures],
    }
    named = {"source": batch.source, "id": batch.document}
    return Act("release", {"batch": named, "number": batch.releases + 1}, columns, act_id)


def send_act(desk: OfficeDesk, view: View, signer: Ed25519Signer, act: Act, at: int) -> Acted:
    """Sign an act with the key's next number and bring it into the journal.

    ConfigurationError when the key is nobody's. What the act comes to is the ledger's to say, at the next run.
    """
    key = signer.verifier.public.hex()
    officer = find_officer(view.state, key)
    if officer is None:
        message = (
            "此密钥未登记 / this key is no officer's: let the bureau register it, then run 'consolidator run --once'"
        )
        raise ConfigurationError(message)
    number = derive_next_number(view, desk.journal, key)
    parts, count = render_parts(act.columns) if act.columns else ([], 0)
    identifier = act.id or f"{act.kind.upper()}-{key[:8]}-{number}"
    fields = {
        "county": desk.county,
        "kind": act.kind,
        "source": officer.source,
        "id": identifier,
        "seq": number,
        **act.fields,
    }
    raw = render_document(fields, parts, count, key, signer.sign)
    document = parse_document(raw)
    parse_header(document.envelope.header)
    _check_items(act.kind, parts)
    return Acted(submit_signed(desk, f"{identifier}.jsonl", raw, at), document.envelope.digest)


def _check_items(kind: str, parts: Sequence[bytes]) -> None:
    """Refuse here what the ledger would refuse: the officer still stands at the keyboard."""
    for part in parts:
        for field, code in parse_part(PARTS[kind], part).refused.values():
            raise InputError(code, f"field {field}")


def derive_next_number(view: View, journal: Journal, key: str) -> int:
    """Give the next number of a key: after what the ledger accepted, and after what waits in the journal."""
    newest = len(view.state.sequences.get(key, ()))
    for _, command in journal.commands(view.position):
        if command.kind == "header":
            envelope = parse_envelope(command.body)
            if envelope.key == key:
                newest = max(newest, parse_base_header(envelope.header).seq)
    return newest + 1
