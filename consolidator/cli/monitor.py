"""Owns the command ``monitor``: init, run, watch."""

import asyncio
import json
from argparse import Namespace
from contextlib import suppress
from dataclasses import asdict

from consolidator.cli.terminal import put, put_json, say
from consolidator.cluster.settings import count_partitions, make_connection, read_cluster
from consolidator.language import choose, pick, tag
from consolidator.monitoring.home import create_monitor, open_monitor
from consolidator.monitoring.running import make_plan
from consolidator.transparency.keys import render_vkey
from consolidator.views.words import explain_code
from schemas.anomalies import Anomaly
from streams.monitors.quarantine import Aside
from streams.monitors.watching import watch_anomalies


def init(args: Namespace) -> int:
    """Make a monitor's keys."""
    vkey = render_vkey(create_monitor(args.home, args.source).verifier)
    if args.json:
        put_json({"home": str(args.home), "source": args.source, "vkey": vkey})
        return 0
    put(f"{tag('公钥', 'vkey')}: {vkey}")
    say(
        pick(
            f'各县政策登记:单位 {args.source}(type = "monitor"),人员 role = "supervisor"、kinds = ["finding"]',
            f'each county\'s policy: source {args.source} (type = "monitor"), an officer with role = "supervisor" and '
            'kinds = ["finding"]',
        )
    )
    say(f"{tag('下一步', 'next')}: consolidator monitor run --home {args.home} --cluster cluster.toml")
    return 0


def run(args: Namespace) -> int:
    """Run the monitor until SIGTERM or SIGINT."""
    from streams.monitors.running import Listeners, run_monitor  # noqa: PLC0415 -- Faust takes half a second to import

    with open_monitor(args.home, rebuild=args.rebuild) as opened:
        plan = make_plan(args.cluster, opened, "start" if args.resend else "new")
        listeners = Listeners(
            on_ready=lambda: _tell_ready(as_json=args.json),
            on_told=lambda anomaly, number: _show(anomaly, number, as_json=args.json),
            on_aside=_tell_aside,
        )
        run_monitor(plan, listeners)
    say(pick("已结束", "ended"))
    return 0


def watch(args: Namespace) -> int:
    """Show anomalies."""
    settings = read_cluster(args.cluster)
    connection = make_connection(settings, args.cluster.parent)

    async def follow() -> None:
        async for page in watch_anomalies(connection, count_partitions(settings), follow=not args.once):
            for anomaly in page:
                _show(anomaly, None, as_json=args.json)

    with suppress(KeyboardInterrupt):
        asyncio.run(follow())
    return 0


def _tell_ready(*, as_json: bool) -> None:
    if as_json:
        put(json.dumps({"ready": True}))
    else:
        say(pick("监测中,Ctrl-C 结束", "watching, Ctrl-C ends it"))


def _show(anomaly: Anomaly, number: int | None, *, as_json: bool) -> None:
    if as_json:
        told = {} if number is None else {"number": number}
        put(json.dumps(anomaly.model_dump() | told, ensure_ascii=False, sort_keys=True))
        return
    name = choose(" / ".join(explain_code(anomaly.rule)))
    place = f"{anomaly.county} {anomaly.source}/{anomaly.document}/{anomaly.line} #{anomaly.entry}"
    put(f"{anomaly.rule} {name}  {place}  ↔ {anomaly.other_county} #{anomaly.other_entry}")


def _tell_aside(aside: Aside) -> None:
    say(f"{tag('已隔离', 'set aside')}: {json.dumps(asdict(aside), sort_keys=True)}")
