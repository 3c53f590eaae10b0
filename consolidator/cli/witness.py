"""Owns the command ``witness``: init, add, serve, status, accept."""

import getpass
import json
import sys
import time
from argparse import Namespace
from typing import Any

from consolidator.cli.terminal import is_watched, put, put_json, put_table, say
from consolidator.language import choose, pick, tag
from consolidator.transparency.keys import render_vkey
from consolidator.witness.clock import Clock
from consolidator.witness.deciding import Witness
from consolidator.witness.home import add_log, create_witness, open_witness, render_policy_line
from consolidator.witness.serving import parse_listen
from consolidator.witness.serving import serve as serve_witness
from consolidator.witness.settings import make_log
from consolidator.witness.status import accept_violation, read_witness_status


def init(args: Namespace) -> int:
    """Make a witness."""
    now = Clock().read(int(time.time()))
    key = create_witness(args.home, args.name, make_log(args.log, args.url, follow=args.follow), now)
    vkey, line = render_vkey(key.verifier), render_policy_line(key, "http://HOST:PORT")
    if args.json:
        put_json({"home": str(args.home), "name": key.name, "vkey": vkey, "policy_line": line})
        return 0
    put(f"{tag('公钥', 'vkey')}: {vkey}")
    put(f"{tag('策略', 'policy')}: {line}")
    say(pick("私钥只留在本机,不与发放机关共用", "the key stays on this machine, and is shared with nobody"))
    say(f"{tag('下一步', 'next')}: consolidator witness serve --home {args.home} --listen 0.0.0.0:9001")
    return 0


def add(args: Namespace) -> int:
    """Witness another log."""
    log = make_log(args.log, args.url, follow=args.follow)
    add_log(args.home, log)
    if args.json:
        put_json({"home": str(args.home), "origin": log.verifier.name})
        return 0
    put(f"{tag('已添加', 'added')}: {log.verifier.name}")
    return 0


def serve(args: Namespace) -> int:
    """Run the witness until SIGTERM or SIGINT. The first line on stdout is its address."""
    listen = parse_listen(args.listen)
    with open_witness(args.home) as opened:
        serve_witness(
            Witness(opened, Clock()),
            listen,
            lambda url: _tell_address(url, as_json=args.json),
            _tell_briefly if is_watched() else _tell_line,
        )
    if is_watched():
        say(pick("已结束", "ended"))
    return 0


def status(args: Namespace) -> int:
    """Say where the witness stands."""
    told = read_witness_status(args.home)
    if args.json:
        put_json(told)
        return 0
    put(f"{told['name']}  {told['vkey']}")
    if told["retired"]:
        put(f"{tag('已停用', 'retired')}: {choose(told['retired'])}")
    for log in told["logs"]:
        put("")
        put_table([(choose(label), str(value)) for label, value in _list_rows(log)])
        for violation in log["violations"]:
            put(_render_violation(violation))
    return 0


def _list_rows(log: dict[str, Any]) -> list[tuple[str, object]]:
    followed = log["followed_to"] if log["followed_to"] is not None else "-"
    return [
        ("日志 origin", log["origin"]),
        ("条目 size", "-" if log["size"] is None else log["size"]),
        ("根 root", log["root"] or "-"),
        ("最近会签 last time", log["last_at"] or "-"),
        ("逐条核验到 followed to", followed if log["follow"] else tag("不核验", "not followed")),
        ("未会签原因 trouble", choose(log["trouble"]) or "-"),
    ]


def _render_violation(violation: dict[str, Any]) -> str:
    accepted = violation["accepted"]
    decided = (
        f"{tag('已接受', 'accepted')} {accepted['at']} {accepted['by']}: {accepted['reason']}"
        if accepted
        else tag("未处理", "open")
    )
    return f"[{violation['id']}] {violation['found_at']}  {choose(violation['reason'])}  {decided}"


def accept(args: Namespace) -> int:
    """Go on past one violation."""
    found = accept_violation(args.home, args.index, args.id, args.by or getpass.getuser(), args.reason)
    if args.json:
        put_json({"id": found.id, "index": found.violation.entry, "reason": found.violation.reason})
        return 0
    put(f"[{found.id}] {choose(found.violation.reason)}")
    say(pick("已记录,下次会签时从头核验", "recorded; the log is read anew before the next cosignature"))
    return 0


def _tell_address(url: str, *, as_json: bool) -> None:
    put(json.dumps({"listening": url}) if as_json else url)
    sys.stdout.flush()
    if is_watched():
        say(pick("运行中,Ctrl-C 结束", "running, Ctrl-C ends it"))


def _tell_line(line: dict[str, object]) -> None:
    say(json.dumps(line, ensure_ascii=False))


def _tell_briefly(line: dict[str, object]) -> None:
    say("  ".join(str(line[name]) for name in ("at", "method", "what", "status", "note") if line[name] != ""))
