"""Owns what ``status`` says of witnesses: the quorum in force, where each witness stands, what waits for whom."""

from collections.abc import Sequence
from typing import Any

from consolidator.facts.state import QuorumTerm
from consolidator.gate.quorums import Standing, find_standing, list_asked
from consolidator.gate.records import GateRecords, WitnessRecord, read_records
from consolidator.home.paths import Home
from consolidator.transparency.keys import Verifier
from consolidator.transparency.policy import NO_QUORUM, Witness
from schemas.instants import render_instant
from streams.journal import Journal

WAITING_MAX = 100  # order files that are listed one by one
_FIRST = QuorumTerm()


def describe_witnesses(home: Home, journal: Journal, log_key: Verifier) -> dict[str, Any]:
    """Give ``quorum``, ``witnesses`` and ``waits``: order files that are not out, each with those who can let it go.

    Every quorum that came into force is listed with how: ``recovery`` means by all root officers, without witnesses.
    """
    with read_records(home.gate) as records:
        if records is None:
            return {"quorum": {"type": NO_QUORUM, "entry": 0, "changes": []}, "witnesses": [], "waits": []}
        terms = records.list_quorums() or [_FIRST]
        standing = find_standing(records, terms, log_key)
        stands = {record.name: record for record in records.list_witnesses()}
        return {
            "quorum": _describe_quorum(records, terms, standing),
            "witnesses": [_describe(each, stands, standing) for each in list_asked(terms, standing)],
            "waits": _list_waiting(records, journal, stands, standing),
        }


def _describe_quorum(records: GateRecords, terms: Sequence[QuorumTerm], standing: Standing) -> dict[str, Any]:
    changes = [
        {"entry": term.entry, "how": term.how, "at": render_instant(term.at), "checkpoint": term.checkpoint.decode()}
        for term in records.list_terms()
    ]
    waiting = [term.entry for term in terms if term.entry > standing.entry]
    recoveries = [{"root": each.root, "size": each.size} for each in records.list_recoveries()] if waiting else []
    return {
        "type": NO_QUORUM if standing.policy.quorum == NO_QUORUM else "witnesses",
        "entry": standing.entry,
        "cosigned_size": standing.size,
        "changes": changes,
        "waiting": waiting,
        "recovery": recoveries,
    }


def _describe(witness: Witness, stands: dict[str, WitnessRecord], standing: Standing) -> dict[str, Any]:
    record = stands.get(witness.key.name, WitnessRecord(witness.key.name, 0, 0))
    return {
        "name": witness.name,
        "key": witness.key.name,
        "url": witness.url,
        "in_force": witness.key in {each.key for each in standing.policy.witnesses},
        "size": record.size,
        "at": render_instant(record.at) if record.at else "",
        "error": record.error,
    }


def _list_waiting(
    records: GateRecords, journal: Journal, stands: dict[str, WitnessRecord], standing: Standing
) -> list[dict[str, Any]]:
    waiting = list[dict[str, Any]]()
    for file in journal.order_files():
        found = records.find(file.file)
        if (found is None or found[0] == "intent") and len(waiting) < WAITING_MAX:
            missing = [
                witness.name
                for witness in standing.policy.witnesses
                if file.entry >= standing.size and _read_size(stands, witness) <= file.entry
            ]
            waiting.append({"file": file.file, "bank": file.bank, "entry": file.entry, "for": missing})
    return waiting


def _read_size(stands: dict[str, WitnessRecord], witness: Witness) -> int:
    return stands[witness.key.name].size if witness.key.name in stands else 0
