"""Owns the command ``status``: read from the last commit record, without replay."""

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from consolidator.cli.terminal import put, put_json, put_table, say, yuan
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.status import read_status
from consolidator.language import choose, pick, tag
from consolidator.transparency.policy import NO_QUORUM
from consolidator.views.words import STATES

_ACTS: Mapping[str, str] = {
    "policy": "政策 policy",
    "release": "支付审批 release",
    "clear": "放行 clear",
    "suppress": "免提 suppress",
}


def run(args: Namespace) -> int:
    """Say where the county stands."""
    status = read_status(args.home)
    if args.json:
        put_json(status)
    else:
        _tell(status)
        _tell_awaiting(status["awaiting"], args.home)
        _tell_witnesses(status)
    return 0


def _tell(status: dict[str, Any]) -> None:
    rows = [
        ("县区 county", status["county"]),
        ("日志 origin", status["origin"]),
        ("公钥 vkey", status["vkey"]),
        ("条目 size", str(status["size"])),
        ("根 root", status["root"]),
        ("已公布 published", _render_published(status["published_size"])),
        ("命令序号 ordinal", str(status["ordinal"])),
        ("最后时间 last time", status["last_at"] or "-"),
        ("待处理命令 pending", str(status["pending"])),
        ("代发文件 order files", _render_orders(status["orders"])),
    ]
    if status["cluster"] is not None:
        rows.append(("引擎 engine", _render_cluster(status["cluster"])))
    if status["retired"]:
        rows.append(("已销毁年度 retired", " ".join(map(_render_retired, status["retired"]))))
    put_table([(choose(label), value) for label, value in rows])
    if status["lines"]:
        put("")
        put_table([_render_state(name, **sums) for name, sums in status["lines"].items()])


def _tell_awaiting(awaiting: dict[str, Any], home: Path) -> None:
    """List what takes effect only when another person confirms it, the oldest first."""
    if not awaiting["count"]:
        return
    put(f"\n{pick('等待另一人确认', 'awaiting a second person')}: {awaiting['count']}")
    put_table([_render_awaiting(row) for row in awaiting["documents"]])
    left = awaiting["count"] - len(awaiting["documents"])
    if left:
        put(pick(f"……另有 {left} 件", f"… and {left} more"))
    say(f"{tag('下一步', 'next')}: consolidator confirm --home {home} --key FILE DIGEST")


def _render_awaiting(row: dict[str, str]) -> tuple[str, ...]:
    act = choose(_ACTS[row["action"] or row["kind"]])
    return act, f"{row['source']}/{row['document']}", row["batch"] or "-", row["at"], row["digest"]


def _tell_witnesses(status: dict[str, Any]) -> None:
    """Tell where the witnesses stand, which quorums came by recovery, and what waits for whom."""
    quorum = status["quorum"]
    if quorum["type"] == NO_QUORUM:
        say(choose(NO_WITNESSES))
    if status["witnesses"]:
        put("")
        put_table([_render_witness(each) for each in status["witnesses"]])
    for change in quorum["changes"]:
        if change["how"] == "recovery":
            told = pick("由全体根管理员会签生效(未经见证方)", "put in force by all root officers, not by witnesses")
            put(f"{tag('见证要求', 'quorum')} {change['entry']}: {told}  {change['at']}")
    for entry in quorum.get("waiting", ()):
        told = pick("已设定,待原见证方会签后生效", "set; in force once the witnesses before it cosigned it")
        put(f"{tag('见证要求', 'quorum')} {entry}: {told}")
    for file in status["waits"]:
        if file["for"]:
            put(f"{tag('未发', 'waiting')}  {file['file']}  {tag('等待会签', 'for')} {', '.join(file['for'])}")


def _render_witness(witness: dict[str, Any]) -> tuple[str, ...]:
    state = "" if witness["in_force"] else pick("(尚未生效)", "(not in force)")
    size = f"{tag('已会签至', 'cosigned')} {witness['size']}"
    return tag("见证方", "witness"), witness["name"] + state, size, witness["at"] or "-", witness["error"]


def _render_published(size: int | None) -> str:
    return str(size) if size is not None else pick("检查点不可用,见 doctor", "the checkpoint is of no use: see doctor")


def _render_cluster(cluster: dict[str, Any]) -> str:
    if cluster["error"]:
        return f"kafka · {choose(cluster['error'])}"
    return " · ".join(
        [
            f"kafka {tag('分区', 'partition')} {cluster['partition']}",
            f"{tag('已复制', 'copied')} {cluster['copied']}",
            f"{tag('落后提交', 'behind the committed head')} {cluster['behind']}",
            f"{tag('未提交命令', 'commands not committed')} {cluster['pending']}",
        ]
    )


def _render_orders(orders: dict[str, int]) -> str:
    return f"{tag('已发', 'sent')} {orders['sent']} · {tag('未发', 'waiting')} {orders['waiting']}"


def _render_retired(row: dict[str, Any]) -> str:
    return f"{row['year']}{'' if row['state'] == 'retired' else tag('(未完成)', ' (unfinished)')}"


def _render_state(name: str, count: int, fen: int) -> tuple[str, ...]:
    return tag(STATES[name], name), str(count), yuan(fen)
