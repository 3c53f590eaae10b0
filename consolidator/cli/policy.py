"""Owns the command ``policy``: show, propose."""

from argparse import Namespace
from pathlib import Path

from consolidator.bootstrap import load_view, open_home
from consolidator.cli.acting import perform, tell
from consolidator.cli.terminal import put, put_json
from consolidator.intake.acting import Act
from consolidator.intake.policy_files import parse_policy_file, render_columns
from consolidator.views.policies import render_policy_file, show_policy
from schemas.errors import UsageError


def show(args: Namespace) -> int:
    """Show the policy in force, as a file that can be changed and proposed."""
    state = load_view(open_home(args.home)).state
    if args.json:
        put_json(show_policy(state))
    else:
        put(render_policy_file(state))
    return 0


def propose(args: Namespace) -> int:
    """Sign what a policy file sets; it is in force when the other root officer confirms it."""
    columns = render_columns(parse_policy_file(_read(args.file)))
    return tell(args, perform(args, lambda _: Act("policy", {}, columns, args.id)), confirm=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"政策文件 {path} 无法读取,应为 UTF-8 / the policy file {path} cannot be read: it is a UTF-8 file"
        raise UsageError(message) from error
