"""Owns the officers' signed acts: policy, reviews, releases, and the second person's confirms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consolidator.sample.county import County, Family
from consolidator.sample.desk import Desk
from consolidator.sample.keyring import ROOTS, SEATS
from consolidator.sample.lines import Line, LineState, find_paying_bank
from consolidator.sample.places import TOWN_NAMES, derive_township
from consolidator.sample.plan import Batch
from consolidator.sample.policy import list_policy, list_raised_plans

_CLERK, _REVIEWER, _SECOND, _APPROVER, _SUPERVISOR = (seat.name for seat in SEATS)
_SOURCES = {seat.name: seat.source for seat in SEATS}
_VOUCHER_ON = "2026-11-16"
_DUE_ON = "2026-11-15"
Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Target:
    """Lines of one batch that somebody acts on, and why."""

    batch: Batch
    lines: Sequence[int]
    reason: str


@dataclass(frozen=True, slots=True)
class Act:
    """A signed document ready to be sent."""

    source: str
    id: str
    raw: bytes
    digest: str
    what: str


def _act(desk: Desk, officer: str, fields: Mapping[str, Any], columns: Columns | None, what: str) -> Act:
    source, key = (_SOURCES[officer], f"officer-{officer}") if officer in _SOURCES else ("root", officer)
    raw, digest = desk.sign(key, {"source": source, **fields}, columns)
    return Act(source, fields["id"], raw, digest, what)


def _confirm(desk: Desk, officer: str, act: Act) -> Act:
    """Let a second person put an act in force."""
    fields = {"kind": "confirm", "id": f"{act.id}-CONFIRM", "document": act.digest}
    return _act(desk, officer, fields, None, f"第二人确认 {act.id} / second person confirms")


def list_policy_acts(desk: Desk, county: County, seed: int) -> list[Act]:
    """Sign the policy by one root officer and its confirm by the other."""
    fields = {"kind": "policy", "id": "POLICY-2026-01"}
    act = _act(
        desk,
        ROOTS[0],
        fields,
        list_policy(seed, desk.county, county.batches),
        "项目、单位、人员与权限 / programmes, sources, officers",
    )
    return [act, _confirm(desk, ROOTS[1], act)]


def list_announcements(desk: Desk) -> list[Act]:
    """Announce a batch that never comes, so that its absence is noticed (R43)."""
    columns: Columns = {
        "programme": ["AGED-80"],
        "period": ["2026Q4"],
        "township": [derive_township(desk.county, range(len(TOWN_NAMES)))],
        "due_on": [_DUE_ON],
    }
    fields = {"kind": "expected", "id": "EXPECTED-202611"}
    return [_act(desk, _CLERK, fields, columns, "应报批次 / batches that should come")]


def list_dispositions(desk: Desk, county: County) -> list[Act]:
    """Record what became of the first family's findings."""
    family = county.families[0]
    lines = sorted((family.spouse, family.child))
    columns: Columns = {
        "line": lines,
        "code": ["R18"] * len(lines),
        "verdict": ["confirmed"] * len(lines),
        "reason": ["入户核实属实,已停发"] * len(lines),
    }
    name = f"DISPOSITION-{family.batch.number:04d}"
    fields = {"kind": "disposition", "id": name, "action": "record", "batch": _refer(family.batch)}
    return [_act(desk, _SUPERVISOR, fields, columns, f"疑点处置:{family.batch.document} / findings confirmed")]


def list_reviews(desk: Desk, county: County) -> list[Act]:
    """Review one family in each batch that has one, and the line that oversight holds."""
    reviewed = {family.batch.number: family for family in reversed(county.families)}
    acts = [act for _, family in sorted(reviewed.items()) for act in _review_family(desk, family)]
    acts += _stop_excluded(desk, county)
    for watched in county.watched:
        held = Target(watched.batch, [watched.line], "接到群众反映,请先核实")
        acts.append(_review(desk, _SUPERVISOR, "hold", held))
        acts += _clear(desk, _APPROVER, replace(held, reason="已核实,反映不属实,放行"))
    return acts


def _stop_excluded(desk: Desk, county: County) -> list[Act]:
    """Stop what excludes something that people have already; before its release, or the earlier line were held, too."""
    lines = [watched.line for watched in county.excluded]
    target = Target(county.excluded[0].batch, lines, "已享受危房改造补助,不得再享受易地搬迁,停发")
    _set_state(target, "stopped")
    return [_review(desk, _REVIEWER, "stop", target)]


def _review_family(desk: Desk, family: Family) -> list[Act]:
    """Stop spouse and child, and let the official have what his household is entitled to."""
    others = Target(family.batch, sorted((family.spouse, family.child)), "按户享受的项目,本户只应由户主享受一份,停发")
    official = Target(family.batch, [family.official], "经入户核实,本人符合条件,放行")
    acts = [_review(desk, _REVIEWER, "stop", others), *_clear(desk, _SECOND, official)]
    _set_state(others, "stopped")
    _set_state(official, "ready")
    return acts


def _review(desk: Desk, officer: str, action: str, target: Target) -> Act:
    batch, lines = target.batch, list(target.lines)
    number = f"{batch.number:04d}-{action.upper()}-{lines[0]}"
    fields = {"kind": "review", "id": f"REVIEW-{number}", "action": action, "batch": _refer(batch)}
    what = {"stop": "停发", "hold": "人工拦截", "clear": "放行"}[action]
    columns: Columns = {"line": lines, "reason": [target.reason] * len(lines)}
    return _act(desk, officer, fields, columns, f"{what}:{batch.document} / {action}")


def _clear(desk: Desk, second: str, target: Target) -> list[Act]:
    act = _review(desk, _REVIEWER, "clear", target)
    return [act, _confirm(desk, second, act)]


def list_releases(desk: Desk, county: County) -> list[Act]:
    """Release every batch.

    Where an account was changed the first release fails, and one without that line follows. Where a batch is over its
    plan it fails, too, until the plan is raised.
    """
    acts: list[Act] = []
    moved = {move.batch.number for move in county.moves}
    for batch in county.batches:
        if not _list_ready(batch):
            continue
        acts += _release(desk, batch, 1, "A")
        if batch.number in moved:
            _move(county, batch)
            acts += _release(desk, batch, 1, "B")
        if batch.plan_fen:
            acts += _raise_plan(desk, batch)
            acts += _release(desk, batch, 1, "B")
        _order(batch)
    return acts


def _raise_plan(desk: Desk, batch: Batch) -> list[Act]:
    """Let both root officers raise the plan to what the batch states."""
    fields = {"kind": "policy", "id": f"POLICY-PLAN-{batch.number:04d}"}
    what = f"追加用款计划:{batch.plan_number} / a payment plan is raised"
    act = _act(desk, ROOTS[0], fields, list_raised_plans([batch]), what)
    return [act, _confirm(desk, ROOTS[1], act)]


def _order(batch: Batch) -> None:
    for line in _list_ready(batch):
        line.state = "ordered"


def _move(county: County, batch: Batch) -> None:
    """Do what the ledger does at the refused release: the new accounts count, and their lines are held."""
    for move in county.moves:
        if move.batch is batch:
            move.payee.designated = move.card
            _set_state(Target(batch, [move.line], ""), "held")


def list_second_releases(desk: Desk, county: County) -> list[Act]:
    """Clear the lines whose account was changed, and release them with number 2."""
    acts: list[Act] = []
    for batch in county.batches:
        lines = [move.line for move in county.moves if move.batch is batch]
        if lines:
            target = Target(batch, lines, "已与本人核实变更,放行")
            acts += _clear(desk, _SECOND, target)
            _set_state(target, "ready")
            acts += _release(desk, batch, 2, "A")
    return acts


def _release(desk: Desk, batch: Batch, number: int, attempt: str) -> list[Act]:
    """Sign a release by the clerk, with application and voucher per paying bank, and its confirm by the approver."""
    name = f"REL-{batch.number:04d}-{number}{attempt}"
    figures = sorted(_sum_ready(batch).items())
    columns: Columns = {
        "bank": [bank for bank, _ in figures],
        "application": [f"SQ-{batch.number:04d}-{number}{attempt}-{bank}" for bank, _ in figures],
        "voucher": [f"PZ-{batch.number:04d}-{number}{attempt}-{bank}" for bank, _ in figures],
        "voucher_on": [_VOUCHER_ON for _ in figures],
        "count": [count for _, (count, _) in figures],
        "fen": [fen for _, (_, fen) in figures],
    }
    fields = {"kind": "release", "id": name, "batch": _refer(batch), "number": number}
    act = _act(desk, _CLERK, fields, columns, f"支付审批:{batch.document} 第{number}次 / release {number}")
    return [act, _confirm(desk, _APPROVER, act)]


def _sum_ready(batch: Batch) -> dict[str, tuple[int, int]]:
    """Give count and fen per paying bank of what is ready."""
    figures: dict[str, tuple[int, int]] = {}
    for line in _list_ready(batch):
        bank = find_paying_bank(batch.programme, line)
        count, fen = figures.get(bank, (0, 0))
        figures[bank] = count + 1, fen + line.amount_fen
    return figures


def _list_ready(batch: Batch) -> list[Line]:
    return [line for line in batch.lines if line.state == "ready"]


def _set_state(target: Target, state: LineState) -> None:
    for number in target.lines:
        target.batch.lines[number - 1].state = state


def _refer(batch: Batch) -> dict[str, str]:
    return {"source": batch.source, "id": batch.document}
