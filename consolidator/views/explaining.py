"""Owns ``explain``: what was compared for a line, with which snapshot date and designation, and what followed."""

from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.privacy.masking import mask_account_for_owner, mask_name
from consolidator.rules.running import LINE_RULES
from consolidator.views.facts import REGISTERS, Words, mask_facts
from consolidator.views.reading import LineRef, Records, StoredEntry, list_entries
from consolidator.views.sentences import tell_story
from consolidator.views.words import explain_code
from schemas.errors import InputError
from schemas.orders import parse_order_part

_LINE_KINDS = ("line", "change", "finding", "comment", "disposition")
_OTHER_INPUTS: Mapping[str, Words] = {"R41": ("用款计划未登记", "policy has no such payment plan")}
_NO_REASON = ("缺少可比对的数据", "there is nothing to compare it with")


def explain_line(records: Records, ref: LineRef, *, full: bool) -> dict[str, Any]:
    """Tell a line's story from the log and its disclosures. Names, IDs and accounts are masked unless ``full``.

    ``sentences`` say it in words, Chinese and English. InputError ``S03`` when the log has no such line.
    """
    needle = f'"document":"{ref.document}"'.encode()
    found = [entry for entry in list_entries(records.bundles(), needle) if entry.fields.get("source") == ref.source]
    own = [entry for entry in found if entry.fields["kind"] in _LINE_KINDS and entry.fields["line"] == ref.line]
    if not own:
        raise InputError("S03", "the log has no such line: 'consolidator batch list' shows the batches")
    first = own[0].fields
    state, bank = _find_last_move(own)
    order = _find_order(records, found, own, ref.line)
    story = {
        "line": f"{ref.source}/{ref.document}/{ref.line}",
        "programme": first["programme"],
        "period": first["period"],
        "amount_fen": first["amount_fen"],
        "state": "ordered" if order and state == "ready" else state,
        "order_file": order["file"] if order else "",
        "bank": order["bank"] if order else bank,
        "compared": _describe_comparison(found),
        "history": [_describe(entry, full=full) for entry in own],
    }
    return story | {"sentences": [{"zh": zh, "en": en} for zh, en in tell_story(story)]}


def _find_last_move(own: Sequence[StoredEntry]) -> tuple[str, str]:
    """Give the state that the log last moved the line to, and the paying bank it is at when ready."""
    last = next(entry.fields for entry in reversed(own) if _moves(entry))
    state = str(last.get("to", last.get("state")))
    return state, str(last["bank"]) if state == "ready" else ""


def _moves(entry: StoredEntry) -> bool:
    return entry.fields["kind"] in ("line", "change")


def _find_order(
    records: Records, found: Sequence[StoredEntry], own: Sequence[StoredEntry], line: int
) -> dict[str, Any] | None:
    """Give the order file whose list holds the line, among those of its bank after it became ready last."""
    ready = [entry for entry in own if _moves(entry) and "ready" in (entry.fields.get("to"), entry.fields.get("state"))]
    if not ready:
        return None
    last = ready[-1]
    after = [entry.fields for entry in found if entry.index > last.index and entry.fields["kind"] == "orders"]
    ours = (fields for fields in after if fields["bank"] == last.fields["bank"])
    return next((fields for fields in ours if _holds(records, fields["file"], line)), None)


def _holds(records: Records, file: str, line: int) -> bool:
    """Say whether an order file's list names a line; a bank's list may be cut into several files."""
    return any(line in parse_order_part(part.body).line for part in records.order_parts(file))


def _describe_comparison(found: Sequence[StoredEntry]) -> dict[str, Any]:
    """Give the registers with their dates, the number of the rule set, and what could not be checked and why."""
    assessed = next((entry.fields for entry in found if _is_assessment(entry)), None)
    if assessed is None:
        return {}
    compared = {name: assessed[name] for name in ("at", "registers", "rules", "not_checked")}
    return compared | {"unchecked": [_describe_unchecked(code) for code in assessed["not_checked"]]}


def _describe_unchecked(code: str) -> dict[str, str]:
    """Say why a rule was not checked: the register that was never filled, or else that something was missing."""
    zh, en = explain_code(code)
    register = next((rule.register for rule in LINE_RULES if rule.code == code and rule.register), "")
    why = _OTHER_INPUTS.get(code, _NO_REASON)
    if register:
        name_zh, name_en = REGISTERS.get(register, (register, register))
        why = (f"缺{name_zh}", f"no {name_en} was sent yet")
    return {"code": code, "zh": zh, "en": en, "register": register, "why_zh": why[0], "why_en": why[1]}


def _is_assessment(entry: StoredEntry) -> bool:
    return (entry.fields["kind"], entry.fields.get("state")) == ("batch", "assessed")


def _describe(entry: StoredEntry, *, full: bool) -> dict[str, Any]:
    fields, private = entry.fields, entry.private
    evidence = private.get("evidence", {})
    found = [_describe_finding(finding, evidence, full=full) for finding in fields.get("findings", ())]
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
        "verdict": fields.get("verdict", ""),
        "until": fields.get("until", ""),
        "code": fields.get("code", ""),
        "designation": private.get("designation", 0),
        "persons": _describe_persons(private, full=full),
        "findings": found,
    }


def _describe_finding(finding: str, evidence: dict[str, Any], *, full: bool) -> dict[str, Any]:
    code, _, level = finding.partition(":")
    zh, en = explain_code(code)
    facts = evidence.get(code, {})
    return {"code": code, "level": level, "zh": zh, "en": en, "facts": facts if full else mask_facts(facts)}


def _describe_persons(private: dict[str, Any], *, full: bool) -> dict[str, str]:
    if "beneficiary_name" not in private:
        return {}
    names = {name: private[name] for name in ("beneficiary_name", "payee_name")}
    account = private["account"]
    if full:
        return names | {name: private[name] for name in ("beneficiary_id", "payee_id", "account", "stated_account")}
    masked = {name: mask_name(value) for name, value in names.items()}
    return masked | {"account": mask_account_for_owner(account) if account else ""}
