"""Owns which line corrects which (更正重发), read from the log: what a line's story says of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.views.reading import LineRef, Records, StoredEntry, list_entries, parse_line_ref
from schemas.identifiers import derive_line_ref

_CORRECTABLE = frozenset(("failed", "returned", "rebuilt"))


def describe_corrections(records: Records, ref: LineRef, own: Sequence[StoredEntry], state: str) -> dict[str, Any]:
    """Say which line a line corrects and which time that is, and which one corrects it: each None where there is none.

    ``own`` are the line's entries, ``state`` the state it is in. A line that was stopped corrects nothing any more.
    """
    return {
        "corrects": _describe_source(records, own, state),
        "corrected_by": _describe_successor(records, ref, state) if state in _CORRECTABLE else None,
    }


def _describe_source(records: Records, own: Sequence[StoredEntry], state: str) -> dict[str, Any] | None:
    source = own[0].fields.get("source_line", "")
    if not source:
        return None
    sources = _list_sources(records, b'"source_line":"')
    return {"line": source, "round": _count_rounds(sources, source), "is_given_back": state == "stopped"}


def _list_sources(records: Records, needle: bytes) -> dict[str, str]:
    """Give each line that took another's claim over → that other one, in the log's order."""
    found = (entry.fields for entry in list_entries(records.bundles(), needle))
    return {
        derive_line_ref(each["source"], each["document"], each["line"]): each["source_line"]
        for each in found
        if each["kind"] == "line"
    }


def _count_rounds(sources: Mapping[str, str], source: str) -> int:
    rounds = 1
    while source in sources:
        source, rounds = sources[source], rounds + 1
    return rounds


def _describe_successor(records: Records, ref: LineRef, state: str) -> dict[str, str] | None:
    """Only the last of them can still be there: before it takes the claim over, an earlier one was stopped."""
    name = derive_line_ref(ref.source, ref.document, ref.line)
    last = next(reversed(_list_sources(records, f'"source_line":"{name}"'.encode())), "")
    if not last:
        return None
    now = _find_state(records, parse_line_ref(last))
    if now == "stopped":
        return None
    return {"line": last, "state": "ordered" if (state, now) == ("rebuilt", "ready") else now}


def _find_state(records: Records, ref: LineRef) -> str:
    """Give the state that the log last moved a line to."""
    needle = f'"document":"{ref.document}"'.encode()
    moves = (entry.fields for entry in list_entries(records.bundles(), needle))
    states = [str(each.get("to", each.get("state"))) for each in moves if _is_move_of(each, ref)]
    return states[-1]


def _is_move_of(fields: Mapping[str, Any], ref: LineRef) -> bool:
    return fields["kind"] in ("line", "change") and (fields["source"], fields["line"]) == (ref.source, ref.line)
