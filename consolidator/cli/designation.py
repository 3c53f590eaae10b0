"""Owns the command ``designation``: show, set, suspend. IDs and account numbers come from stdin or files."""

from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Any

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.acting import perform, tell
from consolidator.cli.census import read_identity, read_private
from consolidator.cli.terminal import put_json, put_table, say
from consolidator.facts.accounts import find_current
from consolidator.facts.state import State
from consolidator.intake.acting import Act
from consolidator.language import pick, tag
from consolidator.views.census import list_histories
from schemas.errors import InputError
from schemas.instants import render_instant

_STANDINGS: Mapping[str, tuple[str, str]] = {
    "in_force": ("生效中", "in force"),
    "suspended": ("已暂停", "suspended"),
    "cooling_off": ("冷静期内", "cooling off"),
    "taken_back": ("未生效即撤回", "taken back"),
    "replaced": ("已被替换", "replaced"),
}


def show(args: Namespace) -> int:
    """Show a payee's designations with their history."""
    rows = list_histories(load_view(open_home(args.home)).state, read_identity(args), full=args.full)
    if args.json:
        put_json({"designations": [_describe(row) for row in rows]})
    elif rows:
        head = (
            tag("版本", "version"),
            tag("银行", "bank"),
            tag("账号", "account"),
            tag("行号", "branch"),
            tag("登记时间", "recorded"),
            tag("生效时间", "effective"),
            tag("状态", "standing"),
        )
        put_table([head, *(_render(row) for row in rows)])
    else:
        say(
            pick(
                "没有指定账户:用 designation set 办理",
                "no designation: make one with 'consolidator designation set'",
            )
        )
    return 0


def _describe(row: Mapping[str, Any]) -> dict[str, Any]:
    instants = {name: render_instant(row[name]) for name in ("recorded_at", "effective_at")}
    return {**row, **instants}


def _render(row: Mapping[str, Any]) -> tuple[str, ...]:
    times = (render_instant(row["recorded_at"]), render_instant(row["effective_at"]))
    standing = pick(*_STANDINGS[row["standing"]])
    return (str(row["version"]), row["bank"], row["account"], row["branch"] or "-", *times, standing)


def choose(args: Namespace) -> int:
    """Designate an account."""
    identity = read_identity(args)
    account = read_private(args.account, args.account_file, "--account")
    return tell(args, perform(args, lambda state: _make_choice(state, args, identity, account)), confirm=False)


def _make_choice(state: State, args: Namespace, identity: str, account: str) -> Act:
    """Refuse here what the ledger would refuse: the officer still stands at the keyboard."""
    known = state.accounts.get(account)
    if known is None or known.bank != args.bank:
        raise InputError("S05", "the census has no such account at this bank")
    if known.holder != identity:
        raise InputError("S06", "the census has it under another ID")
    branch = {"branch": [args.branch]} if args.branch else {}
    return _make_act(args, identity, [args.bank], [account], {**branch, "action": ["set"]})


def suspend(args: Namespace) -> int:
    """Stop paying to a payee's account in force until a new choice is made."""
    identity = read_identity(args)
    return tell(args, perform(args, lambda state: _make_suspension(state, args, identity)), confirm=False)


def _make_suspension(state: State, args: Namespace, identity: str) -> Act:
    current = find_current(state.designations.get(identity), state.now)
    if current is None:
        raise InputError("S14", "no designation is in force")
    return _make_act(args, identity, [current.bank], [current.account], {"action": ["suspend"]})


def _make_act(
    args: Namespace, identity: str, bank: Sequence[str], account: Sequence[str], more: Mapping[str, Sequence[str]]
) -> Act:
    columns = {"payee_id": [identity], "bank": bank, "account": account, **more}
    return Act("designations", {}, columns, args.document)
