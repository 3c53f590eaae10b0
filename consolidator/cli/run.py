"""Owns the command ``run``."""

import time
from argparse import Namespace
from collections.abc import Sequence
from threading import Event

from consolidator.bootstrap import open_home
from consolidator.cli.terminal import end_on_signals, progress, put, put_json, say
from consolidator.gate.delivering import render_undelivered
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.reports import RunReport, describe_run, render_refusal, render_waiting
from consolidator.home.running import Watch, run_once, run_watching
from consolidator.intake.outcomes import FileOutcome, render_outcome
from consolidator.language import choose, pick, tag
from schemas.errors import InputError


def run(args: Namespace) -> int:
    """Decide what came in and send order files, once or until stopped."""
    if not args.once:
        return _watch(args)
    office = open_home(args.home)
    with progress(choose("比对 run")) as advance:
        report = run_once(office, lambda done: advance(done.commands_done, done.commands_total), _tell_large, args.wait)
    if args.json:
        put_json(describe_run(report))
    else:
        _tell(report)
    return InputError.exit_code if report.outcomes else 0


def _tell_large(name: str, lines: int) -> None:
    say(f"{tag('正在写清单', 'writing a list')} {name}: {lines}")


def _tell(report: RunReport) -> None:
    for outcome in report.outcomes:
        put(render_refusal(outcome, report.files.get(outcome.digest, "")))
    for sending in report.waiting:
        put(render_waiting(sending))
    for undelivered in report.undelivered:
        put(render_undelivered(undelivered))
    say(
        f"{tag('命令', 'commands')} {report.commands} · {tag('条数', 'items')} {report.lines} · "
        f"{tag('受理', 'documents')} {report.documents} · {tag('退回', 'refused')} {len(report.outcomes)} · "
        f"{tag('代发文件', 'order files')} {report.sent}"
    )
    if report.sent and not report.witnessed:
        say(choose(NO_WITNESSES))


def _watch(args: Namespace) -> int:
    """Keep running until SIGINT or SIGTERM; a file turned away does not end it."""
    office = open_home(args.home)
    stop = end_on_signals(Event())
    say(pick("运行中,Ctrl-C 结束", "running, Ctrl-C ends it"))
    tell_report = (lambda report: put_json(describe_run(report))) if args.json else _tell
    run_watching(office, Watch(lambda: int(time.time()), stop, _tell_files, tell_report))
    say(pick("已结束", "ended"))
    return 0


def _tell_files(outcomes: Sequence[FileOutcome]) -> None:
    for outcome in outcomes:
        say(render_outcome(outcome))
