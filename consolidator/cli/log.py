"""Owns the commands ``log verify``, ``log export`` and ``log replay``."""

import time
from argparse import Namespace
from dataclasses import asdict
from typing import Any

from consolidator.bootstrap import county_maker, open_home
from consolidator.cli.sources import describe_opened, find_policy, find_seen, open_source
from consolidator.cli.terminal import Advance, progress, put, put_json, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.epochs.reports import list_retired
from consolidator.home.seen import check_and_keep
from consolidator.home.status import read_policy
from consolidator.home.verifying import read_own_log, verify_disclosures, verify_home
from consolidator.language import choose, pick, tag
from consolidator.publishing.exporting import export_log
from consolidator.verify.following import Following, follow
from consolidator.verify.log import Report, conclude
from consolidator.verify.published import Opened, Terms, check_seen, read_to_head
from consolidator.verify.sources import Read
from schemas.errors import UsageError
from streams.embedded.journal import open_journal_read_only
from streams.replay import check_replay

_NOT_SEEN = (
    "未用 --seen,分叉与回退无从发现 / without --seen a fork or a rollback cannot be noticed: name a file, and keep it"
)


def verify(args: Namespace) -> int:
    """Verify a log: signature, quorum, age, tree, sequence, totals, and that it goes on from what was seen last."""
    _check_words(args)
    terms, now = Terms(find_policy(args), args.max_age), int(time.time())
    with open_source(args) as read, progress(choose("核验 verify")) as advance:
        opened, told = _verify(args, read, terms, now, advance)
        key, path = terms.policy.log_key, find_seen(args)
        check_and_keep(path, opened, key, lambda seen: check_seen(read, seen, opened, key))
    published = describe_opened(opened, now)
    if args.json:
        put_json({"verified": True, **told, "published": published})
        return 0
    put(
        f"{tag('核验通过', 'verified')}: {told['origin']}  "
        f"{tag('条目', 'size')} {told['size']}  {tag('根', 'root')} {told['root']}"
    )
    put(pick("签名、树、序号、总额均一致", "signature, tree, sequence and totals hold"))
    if args.disclosed:
        put(
            pick(
                "查阅件与承诺一致,敏感项目的金额亦守恒",
                "private parts are what was sealed, and sensitive programmes' amounts add up",
            )
        )
    _tell_published(opened, now)
    if path is None:
        say(choose(_NOT_SEEN))
    return 0


def _check_words(args: Namespace) -> None:
    if args.disclosed and args.home is None:
        message = "--disclosed 需要主目录 --home / --disclosed needs --home: private parts are in no copy of the log"
        raise UsageError(message)


def _verify(args: Namespace, read: Read, terms: Terms, now: int, advance: Advance) -> tuple[Opened, dict[str, Any]]:
    """Verify a home's journal and what it has published, or what somebody else has."""
    if args.home is not None:
        home = open_home(args.home).home
        opened, report, record = verify_home(home, terms, now, advance)
        if args.disclosed:
            report = verify_disclosures(home, record, terms.policy.log_key)
        return opened, asdict(report) | {"checkpoint": record.head.checkpoint, "disclosed": args.disclosed}
    opened, report = _verify_published(read, terms, now, advance)
    return opened, asdict(report) | {"checkpoint": opened.signed.decode()}


def _verify_published(read: Read, terms: Terms, now: int, advance: Advance) -> tuple[Opened, Report]:
    following = Following()

    def read_on(opened: Opened) -> None:
        follow(following, read, opened.head, lambda entries, first: advance(first + len(entries), opened.head.size))

    opened = read_to_head(read, terms, now, read_on)
    return opened, conclude(following.books, opened.checkpoint)


def _tell_published(opened: Opened, now: int) -> None:
    """Say who cosigned, and when."""
    if opened.seconds is None:
        say(choose(NO_WITNESSES))
        return
    put(
        f"{tag('已公布', 'published')} {opened.head.size}  {tag('见证', 'cosigned by')} {' '.join(opened.cosigners)}  "
        f"{tag('秒前', 'seconds ago')} {now - opened.seconds}"
    )


def export(args: Namespace) -> int:
    """Export the published log as static files."""
    home = open_home(args.home).home
    head = export_log(home, read_own_log(home), read_policy(home.policy).log_key, args.to)
    if args.json:
        put_json({"size": head.size, "root": head.root.hex(), "to": str(args.to)})
        return 0
    put(f"{tag('已导出', 'exported')}: {args.to}  {tag('条目', 'size')} {head.size}")
    say(f"{tag('下一步', 'next')}: consolidator log verify --dir {args.to} --policy {home.policy}")
    return 0


def replay(args: Namespace) -> int:
    """Recompute the log from the commands and compare it byte for byte with what is stored."""
    office = open_home(args.home)
    with open_journal_read_only(office.home.journal) as journal, progress(choose("重算 replay")) as advance:
        record = journal.last_commit()
        size = 0 if record is None else record.head.size
        replayed = check_replay(journal, county_maker(office), lambda done: advance(done, size))
        retired = [each.report.year for each in list_retired(journal)]
    if args.json:
        put_json({"identical": True, **asdict(replayed), "retired": retired})
        return 0
    counts = f"{tag('命令', 'commands')} {replayed.commands} · {tag('条目', 'entries')} {replayed.entries}"
    put(f"{tag('重算一致', 'identical')}: {counts}")
    put(f"{tag('根', 'root')} {replayed.root}")
    if retired:
        years = " ".join(map(str, retired))
        zh = f"已销毁 {years} 年:从保留快照起重算,首条命令位置 {replayed.first},此前的命令无从重算"
        en = f"{years} retired: recomputed from the retained snapshot on, from command {replayed.first}"
        say(pick(zh, en))
    return 0
