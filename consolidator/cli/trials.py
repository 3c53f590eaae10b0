"""Owns the commands ``demo``, ``sample`` and ``bench``: generated data only."""

import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from consolidator.cli.terminal import progress, put, put_json, put_table, say
from consolidator.language import choose, pick, tag
from schemas.errors import UsageError

_WRONG_ENGINE = (
    "该引擎没有这项测量:kafka 有 lines、delay、start,其余属 embedded / this engine has no such measurement: kafka has "
    "lines, delay and start, embedded all others and lines"
)


def demo(args: Namespace) -> int:
    """Run a county's month end to end."""
    from rich.console import Console  # noqa: PLC0415 -- sample and bench do not need it

    from consolidator.demo import print_page, run_demo  # noqa: PLC0415 -- the same

    with _end_when_told(), progress(choose("演示 demo")) as advance:
        result = run_demo(
            args.home, args.lines, args.seed, lambda _stage, done, total: advance(done, total), args.witnesses
        )
    if args.json:
        put_json(result.figures)
    else:
        print_page(result.sections, Console())
    return 0


@contextmanager
def _end_when_told() -> Iterator[None]:
    """Take SIGTERM as Ctrl-C, so that the witnesses end with the demo."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def sample(args: Namespace) -> int:
    """Write the sample county's files."""
    from consolidator.sample import write_sample  # noqa: PLC0415 -- demo and bench do not need it

    with progress(choose("示例 sample")) as advance:
        summary = write_sample(args.to, args.lines, args.seed, advance, args.county)
    if args.json:
        put_json(asdict(summary))
        return 0
    put(f"{pick('示例已生成', 'the sample is written')}: {args.to}")
    put(
        f"{tag('明细', 'lines')} {summary.lines} · {tag('批次', 'batches')} {summary.batches} · "
        f"{tag('文件', 'files')} {summary.files}"
    )
    say(pick("示例数据,人物均为虚构", "sample data, all persons are fictional"))
    say(pick("按此建立的县没有见证方,仅供演示", "a county made from it has no witnesses: for demonstration only"))
    say(f"{tag('下一步', 'next')}: consolidator init --home county --county {summary.county} --sample {args.to}")
    return 0


def bench(args: Namespace) -> int:
    """Measure the speed."""
    result = _measure_kafka(args) if args.engine == "kafka" else _measure_embedded(args)
    if args.json:
        put_json(result)
        return 0
    _put_bench(result)
    return 0


def _measure_embedded(args: Namespace) -> dict[str, Any]:
    from consolidator import bench as measuring  # noqa: PLC0415 -- demo and sample do not need it

    match args.what:
        case "lines":
            return asdict(measuring.run_bench(args.lines, args.runs, say))
        case "acts":
            return measuring.measure_acts(args.lines, args.runs, say)
        case "log":
            return measuring.measure_log(args.lines, args.runs, say)
        case "small":
            return measuring.measure_small(args.batches, say)
        case "size":
            return measuring.measure_size(args.people, args.lines, say)
        case "pair":
            return measuring.measure_pair(args.lines, args.runs, say)
    raise UsageError(_WRONG_ENGINE)


def _measure_kafka(args: Namespace) -> dict[str, Any]:
    from consolidator import bench as measuring  # noqa: PLC0415 -- demo and sample do not need it

    match args.what:
        case "lines":
            return measuring.measure_kafka_lines(args.lines, args.runs, say)
        case "delay":
            return measuring.measure_kafka_delay(args.batches, say)
        case "start":
            return measuring.measure_kafka_start(args.people, args.runs, say)
    raise UsageError(_WRONG_ENGINE)


def _put_bench(result: dict[str, Any]) -> None:
    """Write a measurement as tables: result, time per stage, conditions."""
    stages, conditions = result.pop("us_per_stage", {}), result.pop("conditions")
    put_table([(name, str(value)) for name, value in result.items()])
    if stages:
        put(f"\n{tag('每条明细微秒', 'microseconds a line')}")
        put_table([(stage, f"{spent:.2f}") for stage, spent in stages.items()])
    put(f"\n{tag('条件', 'conditions')}")
    put_table([(name, str(value)) for name, value in conditions.items()])
