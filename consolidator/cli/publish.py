"""Owns the command ``publish``."""

from argparse import Namespace
from threading import Event

from consolidator.cli.terminal import end_on_signals, put, put_json, say
from consolidator.cluster.mirroring import TopicMirror, open_mirror
from consolidator.home.status import read_policy
from consolidator.language import pick, tag

LOOK_SECONDS = 1.0  # the office lets out one head a second at most


def run(args: Namespace) -> int:
    """Publish a county's log from the public topics, once or until stopped."""
    log_key = read_policy(args.policy).log_key
    stop = end_on_signals(Event())
    with open_mirror(args.cluster, args.county, args.to, log_key) as mirror:
        if args.once:
            mirror.turn()
            _tell(args, mirror)
            return 0
        say(pick("运行中,Ctrl-C 结束", "running, Ctrl-C ends it"))
        while not stop.is_set():
            if mirror.turn():
                _tell(args, mirror)
            stop.wait(LOOK_SECONDS)
    say(pick("已结束", "ended"))
    return 0


def _tell(args: Namespace, mirror: TopicMirror) -> None:
    head = mirror.mirror.published
    if args.json:
        put_json({"county": args.county, "size": head.size, "root": head.root.hex(), "to": str(args.to)})
    else:
        put(f"{tag('已公布', 'published')} {head.size}  {head.root.hex()}")
