"""Owns the command ``explain``."""

from argparse import Namespace
from typing import Any

from consolidator.bootstrap import open_home
from consolidator.cli.terminal import put, put_json
from consolidator.views.explaining import explain_line
from consolidator.views.reading import parse_line_ref
from consolidator.views.words import LABELS, LEVELS, ROUTES, STATES
from schemas.money import render_yuan
from streams.embedded.journal import open_journal_read_only


def run(args: Namespace) -> int:
    """Tell a line's story."""
    ref = parse_line_ref(args.line)
    with open_journal_read_only(open_home(args.home).home.journal) as journal:
        story = explain_line(journal.bundles, ref, full=args.full)
    if args.json:
        put_json(story)
    else:
        _tell(story)
    return 0


def _tell(story: dict[str, Any]) -> None:
    put(f"{story['line']}  {story['programme']} {story['period']}  {render_yuan(story['amount_fen'])} 元 yuan")
    put(f"现状 now: {STATES[story['state']]} {story['state']}")
    if story["order_file"]:
        put(f"代发文件 order file: {story['order_file']}(付款银行 paying bank {story['bank']})")
    compared = story["compared"]
    if compared:
        dates = ", ".join(f"{name} {day}" for name, day in compared["registers"].items())
        put(f"比对依据 compared with: {dates or '-'};规则集 rule set {compared['rules']}")
        if compared["not_checked"]:
            put(f"未能比对 not checked: {', '.join(compared['not_checked'])}")
    for event in story["history"]:
        _tell_event(event)


def _tell_event(event: dict[str, Any]) -> None:
    states = " → ".join(STATES[name] for name in (event["from"], event["to"]) if name)
    bank = f"  {event['bank']} {ROUTES[event['route']]}" if event["bank"] else ""
    put(f"\n{event['at']}  条目 entry {event['entry']}  {event['kind']}  {states}{bank}")
    people = " · ".join(f"{LABELS[name]} {value}" for name, value in event["persons"].items() if value)
    for label, value in (
        ("", people),
        ("指定账户版本 designation version ", event["designation"]),
        ("办理人 by key ", event["by"][:16]),
        ("理由 reason ", event["reason"]),
    ):
        if value:
            put(f"    {label}{value}")
    for finding in event["findings"]:
        put(f"    {LEVELS[finding['level']]} {finding['code']} {finding['zh']} / {finding['en']}")
        for name, value in finding["facts"].items():
            put(f"        {LABELS.get(name, name)}: {value}")
