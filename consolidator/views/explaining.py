"""Owns ``explain``: what was compared for a line, with which snapshot date and designation, and what followed."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from consolidator.privacy.masking import mask_account_for_owner, mask_name, mask_numbers
from consolidator.rules.running import LINE_RULES
from consolidator.views.acts import Act, find_acts
from consolidator.views.answers import TOLD_STATES, name_why
from consolidator.views.corrections import describe_corrections
from consolidator.views.facts import REGISTERS, Words, mask_facts
from consolidator.views.reading import LineRef, Records, StoredEntry, list_entries, list_opened_entries
from consolidator.views.sentences import tell_story, tell_void
from consolidator.views.words import explain_code, explain_finding
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
    entries = list_opened_entries(records.bundles(), needle)
    found = [entry for entry in entries if entry.fields.get("source") == ref.source]
    own = [entry for entry in found if entry.fields["kind"] in _LINE_KINDS and entry.fields["line"] == ref.line]
    if not own:
        return _explain_void(found, ref)
    first = own[0].fields
    acts = find_acts(records, {cause for entry in own if (cause := entry.fields.get("cause", ""))})
    state, bank = _find_last_move(own)
    order = _find_order(records, found, own, ref.line)
    story = {
        "line": f"{ref.source}/{ref.document}/{ref.line}",
        "programme": first["programme"],
        "period": first["period"],
        "amount_fen": first["amount_fen"],
        "state": "ordered" if order and state == "ready" else state,
        "order_file": order["file"] if order else "",
        "order": order,
        "bank": order["bank"] if order else bank,
        "compared": _describe_comparison(found),
        "history": _carry_facts([_describe(entry, acts, full=full) for entry in own]),
        "accesses": _list_accesses(records, {entry.index for entry in own}, full=full),
        **describe_corrections(records, ref, own, state),
    }
    return story | {"sentences": [{"zh": zh, "en": en} for zh, en in tell_story(story)]}


def _list_accesses(records: Records, own: Collection[int], *, full: bool) -> list[dict[str, Any]]:
    """List who gave openings of a line's entries out; to whom and why only in full."""
    found = []
    for entry in list_entries(records.bundles(), b'"kind":"access"'):
        fields, opened = entry.fields, [index for index in entry.fields["indices"] if index in own]
        if opened:
            shown = {name: fields[name] for name in ("at", "reader", "by")} | {"opened": opened}
            document = {"document": f"{fields['source']}/{fields['document']}"}
            found.append(shown | document | (entry.private if full else {}))
    return found


def _explain_void(found: Sequence[StoredEntry], ref: LineRef) -> dict[str, Any]:
    """Tell of a line of a void batch, which has no lines in the log: the whole batch came to nothing."""
    void = next((entry.fields for entry in found if entry.fields.get("state") == "void"), None)
    if void is None or ref.line > _count_stated(found):
        raise InputError("S03", "the log has no such line: 'consolidator batch list' shows the batches")
    story = {
        "line": f"{ref.source}/{ref.document}/{ref.line}",
        "programme": void["programme"],
        "period": void["period"],
        "amount_fen": None,
        "state": "void",
        "order_file": "",
        "order": None,
        "bank": "",
        "compared": {},
        "history": [],
        "accesses": [],
        "corrects": None,
        "corrected_by": None,
        "void": {
            "at": void["at"],
            "findings": [_describe_finding(finding, {}, full=False) for finding in void["findings"]],
            "unreadable": ref.line in void["positions"],
            "stated": _find_stated(found),
            "readable": {"count": void["count"], "fen": void["fen"]},
        },
    }
    return story | {"sentences": [{"zh": zh, "en": en} for zh, en in tell_void(story)]}


def _find_stated(found: Sequence[StoredEntry]) -> dict[str, int]:
    """Give what the batch's header states."""
    header = next(
        entry.fields for entry in found if entry.fields["kind"] == "document" and entry.fields["outcome"] == "new"
    )
    return {"count": header["control_count"], "fen": header["control_fen"], "items": header["count"]}


def _count_stated(found: Sequence[StoredEntry]) -> int:
    return _find_stated(found)["items"]


def _carry_facts(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a finding that is told again without facts those it had before: a clearing does not compare again."""
    known: dict[str, Any] = {}
    for event in history:
        for finding in event["findings"]:
            finding["facts"] = finding["facts"] or known.get(finding["code"], {})
            known[finding["code"]] = finding["facts"]
    return history


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
    after = [entry for entry in found if entry.index > last.index and entry.fields["kind"] == "orders"]
    ours = [entry for entry in after if entry.fields["bank"] == last.fields["bank"]]
    numbered = ((entry, _find_serial(records, entry.fields["file"], line)) for entry in ours)
    order = next((_name_order(entry) | {"serial": serial} for entry, serial in numbered if serial), None)
    moved = next((entry.index for entry in own if entry.index > last.index and _moves(entry)), None)
    return order or _find_lost_order([entry for entry in ours if moved is None or entry.index < moved])


def _find_lost_order(ours: Sequence[StoredEntry]) -> dict[str, Any] | None:
    """Give the order of a line whose list was retired: it was in one of these; in which, if there is but one."""
    lost = [entry for entry in ours if entry.is_gone]
    if not lost:
        return None
    return _name_order(lost[0]) | {"file": lost[0].fields["file"] if len(lost) == 1 else "", "serial": 0}


def _name_order(entry: StoredEntry) -> dict[str, Any]:
    return {name: entry.fields[name] for name in ("file", "bank", "release", "at")} | {"entry": entry.index}


def _find_serial(records: Records, file: str, line: int) -> int:
    """Give a line's place in an order file's list, from 1; 0 where it is not in it (a bank's list may be cut)."""
    lines = chain.from_iterable(parse_order_part(part.body).line for part in records.order_parts(file))
    return next((serial for serial, each in enumerate(lines, start=1) if each == line), 0)


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


def _describe(entry: StoredEntry, acts: Mapping[str, Act], *, full: bool) -> dict[str, Any]:
    fields, private = entry.fields, entry.private
    act = acts.get(fields.get("cause", ""), {})
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
        "first_by": act.get("key", "") if act.get("second") else "",
        "document": f"{act['source']}/{act['document']}" if act.get("document") else "",
        "reason": _show_reason(private, full=full),
        "answer": _describe_answer(entry, full=full),
        "verdict": fields.get("verdict", ""),
        "until": fields.get("until", ""),
        "code": fields.get("code", ""),
        "successor": fields.get("successor", ""),
        "designation": None if entry.is_gone else private.get("designation", 0),
        "persons": _describe_persons(private, full=full),
        "findings": found,
    }


def _show_reason(private: Mapping[str, Any], *, full: bool) -> str:
    """Give the reason of a person or a bank; a bank's words may hold the account."""
    reason = str(private.get("reason", ""))
    return reason if full or "why" not in private else mask_numbers(reason)


def _describe_answer(entry: StoredEntry, *, full: bool) -> dict[str, str] | None:
    """Give what a bank told with a result: class, day, its own number, account; None of another entry."""
    if entry.fields["kind"] != "change" or entry.fields["to"] not in TOLD_STATES:
        return None
    told = {name: str(entry.private.get(name, "")) for name in ("why", "on", "serial", "account")}
    account = told["account"]
    shown = account if full or not account else mask_account_for_owner(account)
    zh, en = name_why(told["why"])
    return told | {"account": shown, "why_zh": zh, "why_en": en}


def _describe_finding(finding: str, evidence: dict[str, Any], *, full: bool) -> dict[str, Any]:
    code, _, level = finding.partition(":")
    facts = evidence.get(code, {})
    zh, en = explain_finding(finding, facts)
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
