"""Owns what the acting verbs share: open the home, sign with the officer's key, tell what was sent."""

import time
from argparse import Namespace
from collections.abc import Callable

from consolidator.bootstrap import load_view, open_desk, open_home
from consolidator.cli.terminal import put, put_json, say
from consolidator.facts.state import State
from consolidator.intake.acting import Act, Acted, send_act
from consolidator.keys import read_signer
from consolidator.language import pick, tag


def perform(args: Namespace, make_act: Callable[[State], Act]) -> Acted:
    """Make an act from the state, sign it, and bring it into the journal."""
    signer = read_signer(args.key)
    office = open_home(args.home)
    view = load_view(office)
    act = make_act(view.state)
    with open_desk(office) as desk:
        return send_act(desk, view, signer, act, int(time.time()))


def tell(args: Namespace, acted: Acted, *, confirm: bool) -> int:
    """Say what was sent and what comes next. The ledger judges it at the next run."""
    outcome = acted.outcome
    if args.json:
        put_json({"source": outcome.source, "document": outcome.document, "kind": outcome.kind, "digest": acted.digest})
        return 0
    put(f"{outcome.source}/{outcome.document}  {acted.digest}")
    say(pick("已报送,由下一次 run 判定", "sent; the next run judges it"))
    if confirm:
        wanted = pick("须另一人确认", "another person confirms")
        say(f"{wanted}: consolidator confirm --home {args.home} --key FILE {acted.digest}")
    say(f"{tag('下一步', 'next')}: consolidator run --home {args.home} --once")
    return 0
