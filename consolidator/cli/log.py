"""Owns the command ``log``: verify, replay, cosign."""

import time
from argparse import Namespace
from dataclasses import asdict

from consolidator.bootstrap import county_maker, open_home
from consolidator.cli.terminal import progress, put, put_json, say
from consolidator.gate.passing import NO_WITNESSES
from consolidator.home.recovery import add_recovery
from consolidator.home.status import read_log_key
from consolidator.keys import read_signer
from consolidator.language import choose, pick, tag
from consolidator.verify.log import check_totals, verify_log
from schemas.errors import VerificationError
from streams.embedded.journal import open_journal_read_only
from streams.replay import check_replay


def verify(args: Namespace) -> int:
    """Verify signature, tree, sequence and totals of the home's log."""
    home = open_home(args.home).home
    key = read_log_key(args.policy or home.policy)
    with open_journal_read_only(home.journal) as journal, progress(choose("核验 verify")) as advance:
        record = journal.last_commit()
        if record is None:
            message = "日志还是空的 / the log is empty: run 'consolidator run --once' first"
            raise VerificationError(message)
        head = record.head
        report = verify_log(journal.bundles(), head.checkpoint.encode(), key, lambda done: advance(done, head.size))
        check_totals(report, head.totals)
    if args.json:
        put_json({"verified": True, **asdict(report), "checkpoint": head.checkpoint})
        return 0
    put(
        f"{tag('核验通过', 'verified')}: {report.origin}  "
        f"{tag('条目', 'size')} {report.size}  {tag('根', 'root')} {report.root}"
    )
    put(pick("签名、树、序号、总额均一致", "signature, tree, sequence and totals hold"))
    say(choose(NO_WITNESSES))
    return 0


def cosign(args: Namespace) -> int:
    """Have a root officer cosign a head that covers a change of the quorum."""
    signer = read_signer(args.key)
    told = add_recovery(open_home(args.home), signer, int(time.time()))
    if args.json:
        put_json(asdict(told))
        return 0
    put(
        f"{tag('已会签检查点', 'cosigned the checkpoint at')} {told.size}  "
        f"{tag('根管理员', 'root officers')} {len(told.cosigned)}/{told.roots}"
    )
    say(pick("只使新的见证要求生效,不放行代发文件", "it puts the new quorum in force and lets no order file out"))
    if len(told.cosigned) == told.roots:
        say(f"{tag('下一步', 'next')}: consolidator run --home {args.home} --once")
    else:
        say(pick("其余根管理员各自运行同一命令", "every other root officer runs the same command with his own key"))
    return 0


def replay(args: Namespace) -> int:
    """Recompute the log from the commands and compare it byte for byte with what is stored."""
    office = open_home(args.home)
    with open_journal_read_only(office.home.journal) as journal, progress(choose("重算 replay")) as advance:
        record = journal.last_commit()
        size = 0 if record is None else record.head.size
        replayed = check_replay(journal, county_maker(office), lambda done: advance(done, size))
    if args.json:
        put_json({"identical": True, **asdict(replayed)})
        return 0
    counts = f"{tag('命令', 'commands')} {replayed.commands} · {tag('条目', 'entries')} {replayed.entries}"
    put(f"{tag('重算一致', 'identical')}: {counts}")
    put(f"{tag('根', 'root')} {replayed.root}")
    return 0
