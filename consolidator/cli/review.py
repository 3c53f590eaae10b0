"""Owns the command ``review``: list, hold, clear, stop."""

from argparse import Namespace
from typing import Any

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.acting import perform, tell
from consolidator.cli.terminal import put, put_json, say
from consolidator.facts.state import State
from consolidator.intake.acting import Act
from consolidator.privacy.masking import mask_name
from consolidator.views.batches import require_batch
from consolidator.views.reviews import list_held
from consolidator.views.words import LEVELS, explain_code
from schemas.errors import UsageError
from schemas.money import render_yuan


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
    say(f"存疑拦截 held: {len(rows)}")
    return 0


def _tell(row: dict[str, Any]) -> None:
    place = "" if row["row"] is None else f"  {row['file']} 第 {row['row']} 行"
    people = row["beneficiary_name"]
    if row["payee_name"] != people:
        people += f"(领款 payee {row['payee_name']})"
    put(f"{row['line']}  {people}  {row['programme']} {row['period']}  {render_yuan(row['amount_fen'])} 元{place}")
    for finding in row["findings"]:
        code, _, level = finding.partition(":")
        zh, en = explain_code(code)
        put(f"    {LEVELS[level]} {code} {zh} / {en}")


def act(args: Namespace) -> int:
    """Hold, clear or stop lines of one batch."""
    return tell(args, perform(args, lambda state: _make_review(state, args)), confirm=args.action == "clear")


def _make_review(state: State, args: Namespace) -> Act:
    batch = require_batch(state, args.batch)
    lines = sorted(set(args.lines))
    if lines[0] < 1 or lines[-1] > len(batch.states):
        message = f"行号应在 1 至 {len(batch.states)} 之间 / lines of this batch are 1 to {len(batch.states)}"
        raise UsageError(message)
    named = {"source": batch.source, "id": batch.document}
    columns = {"line": lines, "reason": [args.reason] * len(lines)}
    return Act("review", {"action": args.action, "batch": named}, columns, args.id)
