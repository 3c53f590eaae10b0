"""Owns the commands ``epoch list`` and ``epoch retire``."""

import time
from argparse import Namespace

from consolidator.bootstrap import open_home
from consolidator.cli.terminal import progress, put, put_json, put_table, say
from consolidator.home.epochs.listing import list_years
from consolidator.home.epochs.readiness import check_answered
from consolidator.home.epochs.reports import Row, describe_retired
from consolidator.home.epochs.retiring import Order, let_go
from consolidator.home.epochs.retiring import retire as retire_year
from consolidator.language import choose, pick, tag

_STATES = {
    "retired": "已销毁 retired",
    "unfinished": "销毁未完成 unfinished",
    "due": "保管期满 due",
    "kept": "保管中 kept",
}
_REMOVED = {
    "commands": "命令 commands",
    "documents": "报送件 documents",
    "disclosures": "查阅件 disclosures",
    "order_lists": "代发明细 order lists",
    "taken": "taken/",
    "refused": "refused/",
    "outbox": "outbox/",
}


def show_all(args: Namespace) -> int:
    """List the years."""
    rows = list_years(open_home(args.home), int(time.time()))
    if args.json:
        put_json({"years": rows})
    else:
        put_table([_render(row) for row in rows])
    return 0


def _render(row: Row) -> tuple[str, ...]:
    state = choose(_STATES[row["state"]])
    if "until" in row:
        return str(row["year"]), state, f"{tag('至', 'until')} {row['until']}"
    return str(row["year"]), state, f"{row['retired_at']}  {_render_removed(row)}"


def _render_removed(row: Row) -> str:
    return " · ".join(f"{choose(text)} {row['removed'][name]}" for name, text in _REMOVED.items())


def retire(args: Namespace) -> int:
    """Retire a year, or finish what was begun."""
    office = open_home(args.home)
    with progress(choose("复核 audit")) as advance:
        order = Order(args.year, int(time.time()), let_go if args.unanswered else check_answered, advance)
        row = describe_retired(retire_year(office, order))
    if args.json:
        put_json(row)
        return 0
    put(f"{row['year']}  {choose(_STATES[row['state']])}  {row['retired_at']}")
    put(_render_removed(row))
    if row["unanswered"][0]:
        put(pick(f"银行始终无回单 {row['unanswered'][0]} 笔", f"never answered by a bank: {row['unanswered'][0]}"))
    replay = row["replay_from"]
    put(
        pick(
            f"公开日志未动;重算自位置 {replay['command']}、条目 {replay['size']} 起",
            f"the public log is as it was; a replay begins with command {replay['command']}, entry {replay['size']}",
        )
    )
    say(pick("备份与外部副本须另行销毁", "backups and copies elsewhere are yours to destroy"))
    say(f"{tag('下一步', 'next')}: consolidator log verify --home {args.home}")
    return 0
