"""Owns the commands ``worker run`` and ``worker status``."""

import json
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from consolidator.cli.terminal import put, put_json, put_table, say
from consolidator.cluster.notices import TEXTS, Notice, State, Word, describe_notice, render_notice
from consolidator.cluster.standing import LOCK_FILE, read_status
from consolidator.cluster.watching import ClusterFile, list_assigned
from consolidator.cluster.working import Worker
from consolidator.home.files import make_folder
from consolidator.language import pick, tag
from schemas.errors import DependencyError
from streams.embedded.lock import hold_lock
from streams.kafka.loop import Loop

_USUAL: tuple[Word, ...] = ("starting", "empty", "running", "released")


def run(args: Namespace) -> int:
    """Run the ledgers of the counties that cluster.toml gives this worker, until stopped; with --once until done."""
    file = ClusterFile(args.cluster)
    folder = _find_folder(file, args.name)
    make_folder(folder)
    with hold_lock(folder / LOCK_FILE), Loop() as loop:
        worker = Worker(file, args.name, folder, loop, _choose_teller(args), "end" if args.once else "wait")
        _end_on_signals(worker.end)
        if not list_assigned(file.settings, args.name):
            say(pick(f"cluster.toml 没有分配给 {args.name} 的县区", f"cluster.toml gives no county to {args.name}"))
        code = worker.run()
        _tell_end(args, worker.describe())
    return code


def status(args: Namespace) -> int:
    """Show where a worker's counties stand."""
    found = read_status(_find_folder(ClusterFile(args.cluster), args.name))
    if args.json:
        put_json(found)
    else:
        _put_status(found)
    return 0 if found["alive"] else DependencyError.exit_code


def _find_folder(file: ClusterFile, name: str) -> Path:
    return file.folder / file.settings.state / name


def _end_on_signals(end: Callable[[], None]) -> None:
    """End in good order at the first signal; a second one ends at once, which is safe, too."""

    def hear(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        end()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, hear)


def _choose_teller(args: Namespace) -> Callable[[Notice], None]:
    return _put_event if args.json and not args.once else lambda notice: say(render_notice(notice))


def _put_event(notice: Notice) -> None:
    """Write one line at once; what a person should look at is told on stderr, too."""
    put(json.dumps(describe_notice(notice), ensure_ascii=False))
    sys.stdout.flush()
    if notice.word not in _USUAL:
        say(render_notice(notice))


def _tell_end(args: Namespace, status: Mapping[str, Any]) -> None:
    if args.json and args.once:
        put_json(status)
    elif not args.json:
        _put_counties(status)


def _put_status(status: Mapping[str, Any]) -> None:
    alive = pick("在运行", "runs") if status["alive"] else pick("不在运行", "does not run")
    put(f"{tag('记账进程', 'worker')} {status['worker']}: {alive}")
    _put_counties(status)


def _put_counties(status: Mapping[str, Any]) -> None:
    head = (
        tag("县区", "county"),
        tag("状态", "state"),
        tag("位置", "position"),
        tag("条目", "entries"),
        tag("条/秒", "lines/s"),
        tag("重启", "restarts"),
    )
    if status["counties"]:
        put_table([head, *map(_render_row, status["counties"])])


def _render_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    word: State = row["state"]
    counts = (row[name] for name in ("position", "size", "lines_a_second", "restarts"))
    return (row["county"], pick(*TEXTS[word]), *map(str, counts))
