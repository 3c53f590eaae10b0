"""Owns the command ``batch``: list, show, release, expect."""

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.acting import perform, tell
from consolidator.cli.terminal import put, put_json, put_table, say, yuan
from consolidator.facts.state import State
from consolidator.intake.acting import Act, make_release
from consolidator.language import choose, pick, tag
from consolidator.ledger.releases import list_figures
from consolidator.views.answers import OPEN_STATES
from consolidator.views.batches import list_batches, require_batch, show_batch
from consolidator.views.words import BATCH_STATES, STATES, explain_finding, name_in
from schemas.errors import UsageError
from schemas.money import render_yuan

_PAY_FIELDS = 4


def show_all(args: Namespace) -> int:
    """List all batches."""
    rows = list_batches(load_view(open_home(args.home)).state)
    if args.json:
        put_json({"batches": rows})
        return 0
    head = (
        "批次 batch",
        "项目 programme",
        "期间 period",
        "状态 state",
        "条数 lines",
        "金额 yuan",
        "明细 lines by state",
    )
    put_table([tuple(map(choose, head)), *(_render_row(row) for row in rows)])
    return 0


def _render_row(row: dict[str, Any]) -> tuple[str, ...]:
    programme = f"{row['programme']} {row['programme_name']}"
    state = tag(BATCH_STATES[row["state"]], row["state"])
    figures = (str(row["count"]), render_yuan(row["fen"]), _render_states(row))
    return (row["batch"], programme, row["period"], state, *figures)


def _render_states(row: dict[str, Any]) -> str:
    return " · ".join(f"{name_in(STATES, name)} {sums['count']}" for name, sums in row["states"].items())


def show(args: Namespace) -> int:
    """Show one batch."""
    state = load_view(open_home(args.home)).state
    batch = show_batch(state, require_batch(state, args.batch))
    if args.json:
        put_json(batch)
        return 0
    put(f"{batch['batch']}  {batch['programme_name']}  {batch['period']}  {name_in(BATCH_STATES, batch['state'])}")
    put(_render_states(batch))
    if batch["ready_by_bank"]:
        put(f"\n{pick('待发放,按付款银行', 'ready, by paying bank')}:")
        put_table([(row["bank"], str(row["count"]), yuan(row["fen"])) for row in batch["ready_by_bank"]])
    if batch["told_by_bank"]:
        put(f"\n{pick('已送银行,按付款银行和结果', 'ordered, by paying bank and result')}:")
        put_table([_render_told(row) for row in batch["told_by_bank"]])
    if batch["held_by_finding"]:
        put(f"\n{pick('存疑拦截,按疑点', 'held, by finding')}:")
        put_table(
            [
                (finding, str(count), pick(*explain_finding(finding)))
                for finding, count in batch["held_by_finding"].items()
            ]
        )
    if any(row["state"] in OPEN_STATES for row in batch["told_by_bank"]):
        folder = f"returns/{batch['batch'].partition('/')[0]}/"
        say(pick(f"未发放到账的明细与原因见 {folder}", f"the lines that were not paid, and why: {folder}"))
    if batch["state"] != "settled":
        say(f"{pick('复核期至', 'review window until')} {batch['review_until']}")
        say(f"{pick('下一个审批序号', 'next release number')}: {batch['next_release']}")
    return 0


def _render_told(row: dict[str, Any]) -> tuple[str, ...]:
    return row["bank"], tag(STATES[row["state"]], row["state"]), str(row["count"]), yuan(row["fen"])


def release(args: Namespace) -> int:
    """Release all that is ready in a batch, with the figures as they are now."""
    return tell(args, perform(args, lambda state: _make_release(state, args)), confirm=True)


def _make_release(state: State, args: Namespace) -> Act:
    batch = require_batch(state, args.batch)
    papers = _parse_papers(args.pay)
    figures = list_figures(state, batch)
    banks = [bank for bank, _, _ in figures]
    if sorted(papers) != banks:
        wanted = ", ".join(banks) or "-"
        message = (
            f"付款银行应为 {wanted},每家一个 --pay / ready lines are at these banks: {wanted}; give --pay once for each"
        )
        raise UsageError(message)
    return make_release(batch, figures, papers, args.id)


def _parse_papers(texts: Sequence[str]) -> dict[str, Sequence[str]]:
    """Read ``BANK:APPLICATION:VOUCHER:DATE``, one for each bank."""
    rows = [text.split(":") for text in texts]
    if any(len(row) != _PAY_FIELDS or not all(row) for row in rows) or len({row[0] for row in rows}) != len(rows):
        message = "--pay 每家银行一次,写法见帮助 / write --pay BANK:APPLICATION:VOUCHER:DATE, once for each bank"
        raise UsageError(message)
    return {row[0]: row[1:] for row in rows}


def expect(args: Namespace) -> int:
    """Announce a batch that should come by a day."""
    names = ("programme", "period", "township")
    columns = {name: [getattr(args, name)] for name in names} | {"due_on": [args.due]}
    return tell(args, perform(args, lambda _: Act("expected", {}, columns, args.id)), confirm=False)
