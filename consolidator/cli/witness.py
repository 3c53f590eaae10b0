"""Owns the command ``witness``: init, add, serve."""

import json
import sys
import time
from argparse import Namespace

from consolidator.cli.terminal import is_watched, put, put_json, say
from consolidator.language import pick, tag
from consolidator.transparency.keys import render_vkey
from consolidator.witness.clock import Clock
from consolidator.witness.deciding import Witness
from consolidator.witness.home import add_log, create_witness, open_witness, render_policy_line
from consolidator.witness.serving import parse_listen
from consolidator.witness.serving import serve as serve_witness
from consolidator.witness.settings import make_log


def init(args: Namespace) -> int:
    """Make a witness."""
    key = create_witness(args.home, args.name, make_log(args.log, args.url, follow=args.follow), int(time.time()))
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


def _tell_address(url: str, *, as_json: bool) -> None:
    put(json.dumps({"listening": url}) if as_json else url)
    sys.stdout.flush()
    if is_watched():
        say(pick("运行中,Ctrl-C 结束", "running, Ctrl-C ends it"))


def _tell_line(line: dict[str, object]) -> None:
    say(json.dumps(line, ensure_ascii=False))


def _tell_briefly(line: dict[str, object]) -> None:
    say("  ".join(str(line[name]) for name in ("at", "method", "what", "status", "note") if line[name] != ""))
