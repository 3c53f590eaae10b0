"""Owns ``explain``: what was compared for a line, with which snapshot date and designation, and what followed."""

from collections.abc import Callable, Iterable
from typing import Any

from consolidator.privacy.masking import mask_account_for_owner, mask_name
from consolidator.views.reading import LineRef, StoredEntry, list_entries
from consolidator.views.words import explain_code
from schemas.commits import Bundle
from schemas.errors import InputError

_LINE_KINDS = ("line", "change", "finding", "comment")
_NAMES = ("registered_name", "registered_payee_name")
_IDENTITIES = ("beneficiary_id", "payee_id", "head_id", "official_id")


def explain_line(bundles: Callable[[], Iterable[Bundle]], ref: LineRef, *, full: bool) -> dict[str, Any]:
    """Tell a line's story from the log and its disclosures. Names, IDs and accounts are masked unless ``full``.

    InputError ``S03`` when the log has no such line.
    """
    needle = f'"document":"{ref.document}"'.encode()
    found = [entry for entry in list_entries(bundles(), needle) if entry.fields.get("source") == ref.source]
    own = [entry for entry in found if entry.fields["kind"] in _LINE_KINDS and entry.fields["line"] == ref.line]
    if not own:
        raise InputError("S03", "the log has no such line: 'consolidator batch list' shows the batches")
    first = own[0].fields
    state = next(str(entry.fields.get("to", entry.fields.get("state"))) for entry in reversed(own) if _moves(entry))
    order = _find_order(found, own, state)
    return {
        "line": f"{ref.source}/{ref.document}/{ref.line}",
        "programme": first["programme"],
        "period": first["period"],
        "amount_fen": first["amount_fen"],
        "state": "ordered" if order else state,
        "order_file": order["file"] if order else "",
        "bank": order["bank"] if order else "",
        "compared": _describe_comparison(found),
        "history": [_describe(entry, full=full) for entry in own],
    }


def _moves(entry: StoredEntry) -> bool:
    return entry.fields["kind"] in ("line", "change")


def _find_order(found: list[StoredEntry], own: list[StoredEntry], state: str) -> dict[str, Any] | None:
    """Give the order file that took the line: the first of its bank after it became ready, if it still is."""
    if state != "ready":
        return None
    last = next(entry for entry in reversed(own) if _moves(entry))
    after = (entry.fields for entry in found if entry.index > last.index and entry.fields["kind"] == "orders")
    return next((fields for fields in after if fields["bank"] == last.fields["bank"]), None)


def _describe_comparison(found: list[StoredEntry]) -> dict[str, Any]:
    """Give the registers with their dates, the number of the rule set, and what could not be checked."""
    assessed = next((entry.fields for entry in found if _is_assessment(entry)), None)
    if assessed is None:
        return {}
    return {name: assessed[name] for name in ("at", "registers", "rules", "not_checked")}


def _is_assessment(entry: StoredEntry) -> bool:
    return (entry.fields["kind"], entry.fields.get("state")) == ("batch", "assessed")


def _describe(entry: StoredEntry, *, full: bool) -> dict[str, Any]:
    fields, private = entry.fields, entry.private
    evidence = private.get("evidence", {})
    findings = []
    for finding in fields.get("findings", ()):
        code, _, level = finding.partition(":")
        zh, en = explain_code(code)
        facts = _mask_facts(evidence.get(code, {}), full=full)
        findings.append({"code": code, "level": level, "zh": zh, "en": en, "facts": facts})
    return {
        "entry": entry.index,
        "at": fields["at"],
        "kind": fields["kind"],
        "from": fields.get("from", ""),
        "to": fields.get("to", fields.get("state", "")),
        "bank": fields.get("bank", ""),
        "route": fields.get("route", ""),
        "by": fields.get("by", ""),
        "reason": private.get("reason", ""),
        "designation": private.get("designation", 0),
        "persons": _describe_persons(private, full=full),
        "findings": findings,
    }


def _describe_persons(private: dict[str, Any], *, full: bool) -> dict[str, str]:
    if "beneficiary_name" not in private:
        return {}
    names = {name: private[name] for name in ("beneficiary_name", "payee_name")}
    account = private["account"]
    if full:
        return names | {name: private[name] for name in ("beneficiary_id", "payee_id", "account", "stated_account")}
    masked = {name: mask_name(value) for name, value in names.items()}
    return masked | {"account": mask_account_for_owner(account) if account else ""}


def _mask_facts(facts: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """Facts hold registered names and IDs of third persons: shown only in full."""
    if full:
        return facts
    hidden = {name: value for name, value in facts.items() if name not in _IDENTITIES}
    return {name: mask_name(value) if name in _NAMES else value for name, value in hidden.items()}
