"""Owns who may do what: a role bounds the kinds, an officer's list narrows them, programmes and regions bound batches.

Returns reason codes of schemas.codes, empty when the power is there.
"""

from collections.abc import Mapping

from consolidator.facts.lines import Batch
from consolidator.facts.parties import ANY_PROGRAMME, ROOT_SOURCE, Officer
from consolidator.facts.state import State, find_batch
from schemas.headers import (
    AccessHeader,
    BatchHeader,
    ConfirmHeader,
    DispositionHeader,
    FindingHeader,
    Header,
    RegisterHeader,
    ReleaseHeader,
    ResultsHeader,
    ReviewHeader,
    parse_header,
)

ROOT_ROLE = "root"
_DATA = frozenset(("register", "accounts", "designations", "batch"))
_KINDS: Mapping[str, frozenset[str]] = {
    "clerk": _DATA | {"expected", "review", "release"},
    "reviewer": frozenset(("review", "disposition", "access", "confirm")),
    "approver": frozenset(("review", "disposition", "access", "confirm")),
    "supervisor": frozenset(("review", "disposition", "access", "finding")),
    "adapter": _DATA | {"results"},
    ROOT_ROLE: frozenset(("policy", "confirm")),
}
_MONITOR, _BANK = "monitor", "bank"
_MONITORED = "finding"  # all that a monitor sends, and what nobody else does
_TOLD_BY_BANKS = "results"
_ACTIONS: Mapping[str, frozenset[str]] = {
    "clerk": frozenset(("hold", "comment")),
    "reviewer": frozenset(("hold", "clear", "stop", "comment", "record", "suppress")),
    "approver": frozenset(("hold", "clear", "stop", "comment", "record", "suppress")),
    "supervisor": frozenset(("hold", "comment", "record")),  # oversight may hold and comment, never clear or suppress
}
_CONFIRMS: Mapping[str, frozenset[str]] = {
    "policy": frozenset((ROOT_ROLE,)),
    "release": frozenset(("approver",)),
    "review": frozenset(("reviewer", "approver")),
    "disposition": frozenset(("reviewer", "approver")),
}


def find_officer(state: State, key: str) -> Officer | None:
    """Give the officer behind a key as of now; root officers are pinned by genesis."""
    if key in state.roots:
        return Officer(key, ROOT_SOURCE, key, ROOT_ROLE, ["policy", "confirm"], [ANY_PROGRAMME], [state.county])
    return state.policy.officers.get(key)


def judge_power(state: State, officer: Officer, header: Header) -> str:
    """Judge whether the officer may send this document at all: ``D06``, ``D05``, or empty."""
    if officer.source != header.source:
        return "D06"
    if header.kind not in _KINDS[officer.role] or header.kind not in officer.kinds:
        return "D05"
    if (header.kind == _MONITORED) != (_find_type(state, officer) == _MONITOR):
        return "D05"
    if header.kind == _TOLD_BY_BANKS and _find_type(state, officer) != _BANK:
        return "D05"
    return "" if _is_within_bounds(state, officer, header) else "D05"


def _find_type(state: State, officer: Officer) -> str:
    """Give what kind of source an officer belongs to; empty of one that is gone."""
    source = state.policy.sources.get(officer.source)
    return "" if source is None else source.type


def judge_confirm(state: State, officer: Officer, header: ConfirmHeader) -> str:
    """Judge a second person's act: ``D04`` it has parts, ``D15`` nothing waits, ``D14`` one person, ``D05``, or ""."""
    if header.parts:
        return "D04"  # a confirm acts at its header; waiting for parts, it could find its document confirmed by another
    pending = state.pending.get(header.document)
    if pending is None:
        return "D15"
    first, target = find_officer(state, pending.key), parse_header(pending.header)
    if first is None or judge_power(state, first, target):
        return "D05"  # the first person was withdrawn, or lost the power, meanwhile: his word no longer counts
    if officer.person in (first.person, pending.person):
        return "D14"
    if officer.role not in _CONFIRMS[target.kind]:
        return "D05"
    return "" if _is_within_bounds(state, officer, target) else "D05"


def find_regions(state: State, key: str) -> tuple[str, ...]:
    """Give the regions that bound what a key may say about people; its officer may be gone by now: then none."""
    officer = find_officer(state, key)
    return () if officer is None else tuple(officer.regions)


def is_outside(state: State, identity: str, regions: tuple[str, ...]) -> bool:
    """Say whether somebody lives outside regions. Of whom the population does not know nobody can say."""
    person = state.registers.population.get(identity)
    return person is not None and not person.village.startswith(regions)


def _is_within_bounds(state: State, officer: Officer, header: Header) -> bool:
    if isinstance(header, BatchHeader):
        return _covers(officer, header.programme, header.township)
    if isinstance(header, RegisterHeader):  # a register is about everybody
        return state.county in officer.regions
    if isinstance(header, AccessHeader | FindingHeader | ResultsHeader):  # what they name may be of any
        return ANY_PROGRAMME in officer.programmes and state.county in officer.regions
    if isinstance(header, ReviewHeader | DispositionHeader) and header.action not in _ACTIONS[officer.role]:
        return False
    batch = _find_target(state, header)
    return batch is None or _covers(officer, batch.programme, batch.township)


def _find_target(state: State, header: Header) -> Batch | None:
    if isinstance(header, ReviewHeader | ReleaseHeader | DispositionHeader):
        return find_batch(state, header.batch.source, header.batch.id)
    return None


def _covers(officer: Officer, programme: str, township: str) -> bool:
    named = ANY_PROGRAMME in officer.programmes or programme in officer.programmes
    return named and any(township.startswith(region) for region in officer.regions)
