"""Owns the command ``status``: read from the last commit record, without replay."""

from argparse import Namespace
from typing import Any

from consolidator.cli.terminal import put, put_json, put_table, say, yuan
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.status import read_status
from consolidator.language import choose, tag
from consolidator.views.words import STATES


def run(args: Namespace) -> int:
    """Say where the county stands."""
    status = read_status(args.home)
    if args.json:
        put_json(status)
    else:
        _tell(status)
        say(choose(NO_WITNESSES))
    return 0


def _tell(status: dict[str, Any]) -> None:
    rows = [
        ("县区 county", status["county"]),
        ("日志 origin", status["origin"]),
        ("公钥 vkey", status["vkey"]),
        ("条目 size", str(status["size"])),
        ("根 root", status["root"]),
        ("已公布 published", str(status["published_size"])),
        ("命令序号 ordinal", str(status["ordinal"])),
        ("最后时间 last time", status["last_at"] or "-"),
        ("待处理命令 pending", str(status["pending"])),
        ("代发文件 order files", _render_orders(status["orders"])),
    ]
    put_table([(choose(label), value) for label, value in rows])
    if status["lines"]:
        put("")
        put_table([_render_state(name, **sums) for name, sums in status["lines"].items()])


def _render_orders(orders: dict[str, int]) -> str:
    return f"{tag('已发', 'sent')} {orders['sent']} · {tag('未发', 'waiting')} {orders['waiting']}"


def _render_state(name: str, count: int, fen: int) -> tuple[str, ...]:
    return tag(STATES[name], name), str(count), yuan(fen)
