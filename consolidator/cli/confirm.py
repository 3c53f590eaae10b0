"""Owns the command ``confirm``."""

from argparse import Namespace

from consolidator.cli.acting import perform, tell
from consolidator.intake.acting import Act


def run(args: Namespace) -> int:
    """Give the second person's word."""
    act = Act("confirm", {"document": args.digest}, {}, args.id)
    return tell(args, perform(args, lambda _: act), confirm=False)
