"""Owns the command ``review``: list, hold, clear, stop, dispose, suppress."""

from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.acting import perform, tell
from consolidator.cli.terminal import put, put_json, say, yuan
from consolidator.facts.lines import Batch
from consolidator.facts.state import State
from consolidator.intake.acting import Act
from consolidator.language import pick, tag
from consolidator.privacy.masking import mask_name
from consolidator.views.batches import require_batch
from consolidator.views.reviews import list_held
from consolidator.views.words import LEVELS, explain_finding, name_in
from schemas.errors import UsageError


def show(args: Namespace) -> int:
    """List held lines; names are masked unless asked for in full."""
    state = load_view(open_home(args.home)).state
    batch = require_batch(state, args.batch) if args.batch else None
    rows = list(list_held(state, batch, str if args.full else mask_name))
    if args.json:
        put_json({"held": rows})
        return 0
    for row in rows:
        _tell(row)
    say(f"{tag('存疑拦截', 'held')}: {len(rows)}")
    return 0


def _tell(row: dict[str, Any]) -> None:
    place = "" if row["row"] is None else f"  {row['file']} {_render_row(row['row'])}"
    people = row["beneficiary_name"]
    if row["payee_name"] != people:
        people += f"({tag('领款', 'payee')} {row['payee_name']})"
    put(f"{row['line']}  {people}  {row['programme']} {row['period']}  {yuan(row['amount_fen'])}{place}")
    for finding in row["findings"]:
        code, _, level = finding.partition(":")
        put(f"    {name_in(LEVELS, level)} {code} {pick(*explain_finding(finding))}")


def _render_row(number: int) -> str:
    return pick(f"第 {number} 行", f"row {number}")


def act(args: Namespace) -> int:
    """Hold, clear or stop lines of one batch."""
    return tell(args, perform(args, lambda state: _make_review(state, args)), confirm=args.action == "clear")


def _make_review(state: State, args: Namespace) -> Act:
    batch, lines = require_batch(state, args.batch), _read_lines(state, args)
    columns = {"line": lines, "reason": [args.reason] * len(lines)}
    return Act("review", {"action": args.action, "batch": _name(batch)}, columns, args.id)


def dispose(args: Namespace) -> int:
    """Record what became of findings on lines of one batch."""
    more = {"verdict": args.verdict}
    return tell(args, perform(args, lambda state: _make_disposition(state, args, "record", more)), confirm=False)


def suppress(args: Namespace) -> int:
    """Quiet a false hit of the lines' beneficiaries until a day."""
    more = {"verdict": "unfounded", "until": args.until}
    return tell(args, perform(args, lambda state: _make_disposition(state, args, "suppress", more)), confirm=True)


def _make_disposition(state: State, args: Namespace, action: str, more: Mapping[str, str]) -> Act:
    batch, lines = require_batch(state, args.batch), _read_lines(state, args)
    same = {"code": args.code, "reason": args.reason, **more}
    columns = {"line": lines} | {name: [value] * len(lines) for name, value in same.items()}
    return Act("disposition", {"action": action, "batch": _name(batch)}, columns, args.id)


def _read_lines(state: State, args: Namespace) -> list[int]:
    batch = require_batch(state, args.batch)
    lines = sorted(set(args.lines))
    if lines[0] < 1 or lines[-1] > len(batch.states):
        message = f"行号应在 1 至 {len(batch.states)} 之间 / lines of this batch are 1 to {len(batch.states)}"
        raise UsageError(message)
    return lines


def _name(batch: Batch) -> dict[str, str]:
    return {"source": batch.source, "id": batch.document}
