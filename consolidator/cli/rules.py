"""Owns the command ``rules``: write."""

from argparse import Namespace

from consolidator.cli.terminal import put, put_json
from consolidator.home.files import write_whole
from consolidator.language import pick
from consolidator.views.rulebook import render_rule_book


def write(args: Namespace) -> int:
    """Write the rule book as a Markdown page."""
    write_whole(args.to, render_rule_book().encode())
    if args.json:
        put_json({"file": str(args.to)})
        return 0
    put(f"{pick('规则手册已写出', 'the rule book is written')}: {args.to}")
    return 0
