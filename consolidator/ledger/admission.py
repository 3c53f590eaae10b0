"""Owns the taking in of a header: sequence per key, three outcomes for an id, power, and the entry that says so.

Order of the checks (the first that fails decides): authenticated · key known · number of the key · fields · power ·
id · what the kind itself needs. A number, once accepted, is consumed whatever the outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from consolidator.facts.parties import Officer
from consolidator.facts.programmes import is_period_of
from consolidator.facts.state import State, find_batch
from consolidator.ledger.emission import Emission
from consolidator.ledger.powers import find_officer, judge_confirm, judge_power
from consolidator.rules.catalogue import list_monitored
from schemas.canonical import render_canonical
from schemas.commits import Outcome, OutcomeWord
from schemas.envelope import Envelope, parse_envelope
from schemas.errors import InputError
from schemas.headers import (
    AnyHeader,
    BatchHeader,
    ConfirmHeader,
    DispositionHeader,
    FindingHeader,
    Header,
    ReleaseHeader,
    ReviewHeader,
    parse_base_header,
    parse_header,
)
from schemas.instants import render_instant

_ASSESSED = ("assessed", "released")
_BATCH_STATES = {"review": _ASSESSED, "release": _ASSESSED, "disposition": (*_ASSESSED, "settled")}
Place = Literal["due", "identical", "conflict", "gap"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """An authenticated header by a known key, and where its number stands in that key's sequence."""

    envelope: Envelope
    header: Header
    officer: Officer
    place: Place


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a header: outcome, reason code unless new, its kind's fields, a field's name, what is sealed."""

    word: OutcomeWord
    code: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    detail: str = ""
    private: bytes = b""


def receive(state: State, body: bytes, digest: str) -> Arrival | Outcome:
    """Read and place a header. An Outcome means: not authenticated here, so no ordinal and no entry."""
    try:
        envelope = parse_envelope(body)
        header = parse_base_header(envelope.header)
    except InputError as error:
        return Outcome("unauthenticated", "", "", "", digest, error.code, detail=error.detail)
    officer = find_officer(state, envelope.key)
    if officer is None:
        return Outcome("unauthenticated", header.source, header.id, header.kind, envelope.digest, "I09")
    if header.county != state.county:
        return Outcome("unauthenticated", header.source, header.id, header.kind, envelope.digest, "I08")
    return Arrival(envelope, header, officer, _find_place(state, envelope, header.seq))


def _find_place(state: State, envelope: Envelope, seq: int) -> Place:
    accepted = state.sequences.get(envelope.key, [])
    due = len(accepted) + 1
    if seq == due:
        return "due"
    place: Place = "conflict" if seq < due else "gap"
    repeated = seq < due and accepted[seq - 1] == envelope.digest
    return "identical" if repeated or _note(place, envelope) in state.noted else place


def _note(place: Place, envelope: Envelope) -> str:
    """Name what has its entry. A gap that another document has filled is a conflict, and gets that entry too."""
    return f"{place} {envelope.key} {envelope.digest}"


def admit(state: State, arrival: Arrival) -> tuple[Emission, AnyHeader | None]:
    """Give the header its entry. Returns the whole header when its document is accepted, else None."""
    envelope = arrival.envelope
    if arrival.place == "due":
        return _admit_due(state, arrival)
    state.noted.add(_note(arrival.place, envelope))
    if arrival.place == "gap":
        state.gaps.setdefault(envelope.key, {})[arrival.header.seq] = envelope.digest
        return _record(state, arrival, Ruling("gap", "D02")), None
    return _record(state, arrival, Ruling("conflict", "D01")), None


def _admit_due(state: State, arrival: Arrival) -> tuple[Emission, AnyHeader | None]:
    envelope = arrival.envelope
    state.sequences.setdefault(envelope.key, []).append(envelope.digest)
    state.gaps.get(envelope.key, {}).pop(arrival.header.seq, None)
    try:
        header = parse_header(envelope.header)
    except InputError as error:
        return _record(state, arrival, Ruling("refused", error.code, detail=error.detail)), None
    name = f"{header.source}/{header.id}"
    code = judge_power(state, arrival.officer, header)
    if not code and name in state.documents:
        return _record(state, arrival, Ruling("conflict", "D03")), None
    code = code or _judge_kind(state, arrival.officer, header)
    fields, private = _describe(header), b""
    if is_sensitive(state, header):
        private = render_canonical({"control_fen": fields.pop("control_fen")})
        fields["sensitive"] = True
    if code:
        return _record(state, arrival, Ruling("refused", code, fields, private=private)), None
    state.documents[name] = envelope.digest
    return _record(state, arrival, Ruling("new", fields=fields, private=private)), header


def is_sensitive(state: State, header: AnyHeader) -> bool:
    """Say whether a batch's amounts stay out of the public log; so they do while its programme is not known."""
    if not isinstance(header, BatchHeader):
        return False
    programme = state.policy.programmes.get(header.programme)
    return programme is None or programme.sensitive


def _judge_kind(state: State, officer: Officer, header: AnyHeader) -> str:
    """Judge what a kind needs at its header's position."""
    if isinstance(header, BatchHeader):
        return _judge_programme(state, header)
    if isinstance(header, ConfirmHeader):
        return judge_confirm(state, officer, header)
    if isinstance(header, FindingHeader):
        return "" if header.code in list_monitored() else "D26"
    if isinstance(header, ReviewHeader | ReleaseHeader | DispositionHeader):
        batch = find_batch(state, header.batch.source, header.batch.id)
        if batch is None:
            return "D13"
        return "" if batch.state in _BATCH_STATES[header.kind] else "D16"
    return ""


def _judge_programme(state: State, header: BatchHeader) -> str:
    programme = state.policy.programmes.get(header.programme)
    if programme is None:
        return "D11"
    return "" if is_period_of(programme.cycle, header.period) else "D12"


def _describe(header: AnyHeader) -> dict[str, Any]:
    """Give the public fields that a kind adds to its entry."""
    if isinstance(header, BatchHeader):
        totals = {"control_count": header.totals.count, "control_fen": header.totals.fen}
        return {"programme": header.programme, "period": header.period, "township": header.township, **totals}
    if isinstance(header, ReviewHeader | DispositionHeader):
        return {"action": header.action, "batch_source": header.batch.source, "batch_document": header.batch.id}
    if isinstance(header, ReleaseHeader):
        return {"batch_source": header.batch.source, "batch_document": header.batch.id, "release": header.number}
    if isinstance(header, ConfirmHeader):
        return {"confirms": header.document}
    return {}


def _record(state: State, arrival: Arrival, ruling: Ruling) -> Emission:
    """Write the ``document`` entry and tell the operator."""
    header, envelope = arrival.header, arrival.envelope
    base = {
        "source": header.source,
        "document": header.id,
        "of": header.kind,
        "key": envelope.key,
        "seq": header.seq,
        "digest": envelope.digest,
        "count": header.count,
        "outcome": ruling.word,
    }
    code = {"code": ruling.code} if ruling.code else {}
    emission = Emission()
    emission.add("document", render_instant(state.now), {**base, **ruling.fields, **code}, ruling.private)
    emission.outcomes.append(
        Outcome(ruling.word, header.source, header.id, header.kind, envelope.digest, ruling.code, detail=ruling.detail)
    )
    return emission
