"""Owns which quorum is in force, and what checkpoint it has let through. The ledger says what quorums there are.

A quorum counts only once a checkpoint that covers the entry which set it has the quorum before it, or is cosigned by
all root officers (recovery). Both are kept with their evidence, for good.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from consolidator.facts.state import QuorumTerm
from consolidator.gate.records import GateRecords, TermRecord
from consolidator.gate.recovering import Recovered, check_recovered
from consolidator.transparency.keys import Verifier, parse_vkey
from consolidator.transparency.policy import (
    NO_QUORUM,
    Group,
    Policy,
    Witness,
    render_policy,
    render_policy_without_witnesses,
)
from consolidator.transparency.quorum import open_with_quorum
from schemas.errors import InputError, InvariantError, VerificationError
from schemas.locations import render_location
from schemas.quorum import QuorumValue, parse_quorum

_DERIVED = "# 由本县政策生成,改动不起作用 Rendered from the ledger's policy: editing it opens nothing\n"


@dataclass(frozen=True, slots=True)
class Standing:
    """The quorum in force: the entry that set it, its policy, and the newest checkpoint that has it (or nothing)."""

    entry: int
    policy: Policy
    size: int = 0
    checkpoint: bytes = b""


def derive_policy(value: QuorumValue, log_key: Verifier) -> Policy:
    """Give the policy of a quorum that the ledger took."""
    witnesses = tuple(Witness(each.name, parse_vkey(each.vkey), each.url) for each in value.witnesses)
    groups = tuple(Group(each.name, each.threshold, tuple(each.members)) for each in value.groups)
    return Policy(log_key, value.quorum, witnesses, groups)


def find_standing(records: GateRecords, terms: Sequence[QuorumTerm], log_key: Verifier) -> Standing:
    """Give the quorum in force by what was recorded. InvariantError when the ledger does not know that quorum."""
    passed = records.list_terms()
    entry = passed[-1].entry if passed else terms[0].entry
    standing = Standing(entry, derive_policy(parse_quorum(_find_term(terms, entry).quorum), log_key))
    kept = records.find_cosigned()
    return standing if kept is None else _look_through(standing, kept) or standing


def check_terms(records: GateRecords, terms: Sequence[QuorumTerm], log_key: Verifier, roots: Sequence[str]) -> None:
    """Judge the evidence of every quorum that came into force once more: what stands in a file is nobody's word.

    Raises VerificationError when a recorded change was neither seen by the quorum before it nor cosigned by all roots.
    """
    standing = Standing(terms[0].entry, derive_policy(parse_quorum(terms[0].quorum), log_key))
    for record in records.list_terms():
        term = _find_term(terms, record.entry)
        if not _is_proved(terms, standing, record, log_key, roots):
            reason = (
                f"gate.sqlite 中第 {record.entry} 条的见证要求没有生效的证据,从备份恢复 / "
                f"gate.sqlite has no evidence that the quorum of entry {record.entry} is in force: restore a backup"
            )
            raise VerificationError(reason)
        standing = _follow(standing, term)


def _is_proved(
    terms: Sequence[QuorumTerm], standing: Standing, record: TermRecord, log_key: Verifier, roots: Sequence[str]
) -> bool:
    if record.how == "recovery":
        return check_recovered(record.checkpoint, roots, log_key).size > record.entry
    following = next((term.entry for term in terms if term.entry > standing.entry), None)
    seen = _look_through(standing, record.checkpoint)
    return following == record.entry and seen is not None and seen.size > record.entry


def _find_term(terms: Sequence[QuorumTerm], entry: int) -> QuorumTerm:
    found = next((term for term in terms if term.entry == entry), None)
    if found is None:
        message = "gate.sqlite knows a quorum that the ledger does not: restore both from one backup"
        raise InvariantError(message)
    return found


def take_note(records: GateRecords, terms: Sequence[QuorumTerm], standing: Standing, note: bytes, now: int) -> Standing:
    """Judge a checkpoint of this log with the cosignatures it has; gives what is in force then, recorded.

    Nothing changes when it lacks the quorum in force. Otherwise it is kept, and the next quorum comes into force if the
    checkpoint covers its entry; under that one the same checkpoint is judged again.
    """
    passed = _look_through(standing, note)
    if passed is None or passed.size < standing.size:
        return standing
    following = next((term for term in terms if standing.entry < term.entry < passed.size), None)
    if following is None:
        if note != standing.checkpoint and passed.policy.quorum != NO_QUORUM:
            records.keep_cosigned(note)
        return passed
    records.add_term(TermRecord(following.entry, "quorum", now, note))
    return take_note(records, terms, _follow(standing, following), note, now)


def recover(
    records: GateRecords, terms: Sequence[QuorumTerm], standing: Standing, recovered: Recovered, now: int
) -> Standing:
    """Put the newest quorum in force that a checkpoint covers which all root officers cosigned; nothing else."""
    covered = [term for term in terms if standing.entry < term.entry < recovered.size]
    if not covered:
        return standing
    records.add_term(TermRecord(covered[-1].entry, "recovery", now, recovered.note))
    return _follow(standing, covered[-1])


def _look_through(standing: Standing, note: bytes) -> Standing | None:
    """Give the standing with this checkpoint as its newest; None when it lacks the quorum."""
    try:
        size = open_with_quorum(note, standing.policy).checkpoint.size
    except VerificationError:
        return None
    return replace(standing, size=size, checkpoint=note)


def _follow(standing: Standing, term: QuorumTerm) -> Standing:
    return Standing(term.entry, derive_policy(parse_quorum(term.quorum), standing.policy.log_key))


def list_asked(terms: Sequence[QuorumTerm], standing: Standing) -> Sequence[Witness]:
    """List whom to ask: the witnesses in force, then those that wait to follow them; a key once, where it is now."""
    waiting = [_follow(standing, term).policy for term in terms if term.entry > standing.entry]
    found = [witness for policy in (standing.policy, *waiting) for witness in policy.witnesses]
    return list({witness.key: witness for witness in found}.values())


def render_derived_policy(policy: Policy) -> bytes:
    """Write the policy file of the quorum in force, for everybody who checks this log."""
    if policy.quorum == NO_QUORUM:
        return render_policy_without_witnesses(policy.log_key)
    return _DERIVED.encode() + render_policy(policy)


def read_quorum(path: Path) -> QuorumValue:
    """Read a quorum from a file: the value that a policy document gives it, as JSON. InputError ``S02``."""
    try:
        return QuorumValue.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError("I01", f"{path.name}: {error.strerror}") from error
    except ValidationError as error:
        raise InputError("S02", f"quorum: field {render_location(error)}") from error
