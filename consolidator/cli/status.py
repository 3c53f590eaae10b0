"""Owns the command ``status``: read from the last commit record, without replay."""

from argparse import Namespace
from typing import Any

from consolidator.cli.terminal import put, put_json, put_table, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.status import read_status
from consolidator.views.words import STATES
from schemas.money import render_yuan


def run(args: Namespace) -> int:
    """Say where the county stands."""
    status = read_status(args.home)
    if args.json:
        put_json(status)
    else:
        _tell(status)
        say(NO_WITNESSES)
    return 0


def _tell(status: dict[str, Any]) -> None:
    put_table(
        [
            ("县区 county", status["county"]),
            ("日志 origin", status["origin"]),
            ("公钥 vkey", status["vkey"]),
            ("条目 size", str(status["size"])),
            ("根 root", status["root"]),
            ("命令序号 ordinal", str(status["ordinal"])),
            ("最后时间 last time", status["last_at"] or "-"),
            ("待处理命令 pending", str(status["pending"])),
            (
                "代发文件 order files",
                f"已发 sent {status['orders']['sent']} · 未发 waiting {status['orders']['waiting']}",
            ),
        ]
    )
    rows: list[tuple[str, ...]] = [
        (STATES[name], name, str(sums["count"]), f"{render_yuan(sums['fen'])} 元 yuan")
        for name, sums in status["lines"].items()
    ]
    if rows:
        put("")
        put_table(rows)
