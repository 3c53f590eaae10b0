"""Owns the command ``log watch``."""

import json
import sys
import time
from argparse import Namespace
from dataclasses import asdict
from threading import Event
from typing import Any

from consolidator.cli.sources import describe_opened, find_policy, find_seen, open_source
from consolidator.cli.terminal import end_on_signals, put, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.seen import check_and_keep, keep_evidence, read_last_seen
from consolidator.language import choose, pick, tag
from consolidator.transparency.policy import NO_QUORUM, Policy
from consolidator.verify.published import ContradictionError, Opened, Terms, check_seen, read_seen
from consolidator.verify.watching import AGE_SECONDS_MAX, POLL_SECONDS, Ageing, Doubt, HeadRead, News, Watch
from consolidator.views.words import explain_code

LEVELS = {"red": "红", "orange": "橙"}


def run(args: Namespace) -> int:
    """Verify a log as it grows, until SIGINT or SIGTERM, or until something is wrong."""
    stop = end_on_signals(Event())
    policy = find_policy(args)
    if policy.quorum == NO_QUORUM:
        say(choose(NO_WITNESSES))
    say(pick("持续核验中,Ctrl-C 结束", "watching, Ctrl-C ends it"))
    with open_source(args) as read:
        seen, key = find_seen(args), policy.log_key
        last = read_last_seen(seen)

        def keep(opened: Opened) -> None:
            check_and_keep(seen, opened, key, lambda before: check_seen(read, before, opened, key))

        told = 0 if last is None else read_seen(last, key).size
        watch = Watch(read, _make_terms(args, policy), _now, _show_json if args.json else _show, keep, told)
        while not stop.is_set():
            try:
                watch.look()
            except ContradictionError as error:
                raise (keep_evidence(seen, error) if seen else error) from error
            stop.wait(POLL_SECONDS)
    say(pick("已结束", "ended"))
    return 0


def _make_terms(args: Namespace, policy: Policy) -> Terms:
    """A watch always asks for an age where there are witnesses to tell it."""
    default = None if policy.quorum == NO_QUORUM else AGE_SECONDS_MAX
    return Terms(policy, default if args.max_age is None else args.max_age)


def _now() -> int:
    return int(time.time())


def _show_json(news: News) -> None:
    _put_now(json.dumps(_describe(news), ensure_ascii=False))


def _put_now(text: str) -> None:
    """Write a line that nobody waits for."""
    put(text)
    sys.stdout.flush()


def _describe(news: News) -> dict[str, Any]:
    match news:
        case HeadRead():
            return {"event": "head", "entries": news.entries, **describe_opened(news.opened, _now())}
        case Doubt():
            return {"event": "finding", **asdict(news)}
        case Ageing():
            return {"event": "ageing", "seconds": news.seconds}
        case _:
            return {"event": "unreachable", "reason": news.reason}


def _show(news: News) -> None:
    match news:
        case HeadRead():
            size, entries = news.opened.head.size, news.entries
            say(f"{tag('核验通过', 'verified')}  {tag('条目', 'size')} {size}  {tag('新增', 'new')} {entries}")
        case Doubt():
            _put_now(_render_doubt(news))
        case Ageing():
            say(pick(f"已有 {news.seconds} 秒无人见证", f"nobody has cosigned for {news.seconds} seconds"))
        case _:
            say(choose(news.reason))


def _render_doubt(doubt: Doubt) -> str:
    text = pick(*explain_code(doubt.code))
    place = "/".join(filter(None, (doubt.source, doubt.document, str(doubt.line or ""))))
    level = tag(LEVELS[doubt.level], doubt.level)
    return f"{doubt.at}  {level}  {doubt.code or '-'} {text}  {place}  {tag('条目', 'entry')} {doubt.index}"
