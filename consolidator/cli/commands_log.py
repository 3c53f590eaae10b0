"""Owns the commands about the public log with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.commands_home import add_cosign
from consolidator.cli.parsing import Nouns, Parser, add_home, add_noun, add_verb

READERS = ("citizen", "auditor", "court", "other")


def add_log(nouns: Nouns) -> None:
    """Add the noun ``log``."""
    log = add_noun(
        nouns,
        "log",
        "公开日志 / the public log",
        "log verify --home county",
        "log verify --url https://log.example/511112 --policy policy.txt --seen seen.checkpoint",
        "log prove --home county --index 7 --to 7.tlog-proof",
    )
    _add_verify(log)
    _add_watch(log)
    _add_export(log)
    _add_proofs(log)
    replay = add_verb(
        log,
        "replay",
        "log:replay",
        "由命令重算日志并逐字节比较 / recompute the log from the commands and compare",
        "log replay --home county",
    )
    add_home(replay)
    add_cosign(log)


def _add_verify(log: Nouns) -> None:
    verify = add_verb(
        log,
        "verify",
        "log:verify",
        "核验签名、见证、树、序号、总额与上次所见 / verify signature, quorum, tree, sequence, totals, last seen",
        "log verify --home county",
        "log verify --url https://log.example/511112 --policy policy.txt --seen seen.checkpoint --max-age 300",
        "log verify --dir copy --policy policy.txt",
    )
    _add_source(verify)
    _add_terms(verify)
    verify.add_argument(
        "--disclosed",
        action="store_true",
        help="连查阅件一起核验:承诺与敏感项目的金额,需 --home / "
        "also the private parts: what was sealed, sensitive programmes' amounts; with --home",
    )


def _add_watch(log: Nouns) -> None:
    watch = add_verb(
        log,
        "watch",
        "watch:run",
        "持续核验,随到随报疑点,Ctrl-C 结束 / verify as the log grows and tell doubts as they come; Ctrl-C ends it",
        "log watch --home county",
        "log watch --url https://log.example/511112 --policy policy.txt --seen seen.checkpoint --json",
    )
    _add_source(watch)
    _add_terms(watch)


def _add_export(log: Nouns) -> None:
    export = add_verb(
        log,
        "export",
        "log:export",
        "导出静态日志,任何网站均可提供 / export the published log as files that any web server serves",
        "log export --home county --to /srv/www/511112  再次运行即续传 / run again to bring it up to date",
    )
    add_home(export)
    export.add_argument("--to", type=Path, required=True, metavar="DIR", help="文件夹 / the folder")


def _add_proofs(log: Nouns) -> None:
    prove = add_verb(
        log,
        "prove",
        "proof:prove",
        "一个条目的证明文件,可离线核对 / the proof of one entry, to be checked offline",
        "log prove --home county --index 7 --to 7.tlog-proof",
        "log prove --url https://log.example/511112 --policy policy.txt --index 7",
        "log prove --home county --line bank-402/PAY-1/7 --open --key audit.key --ground 审计通知书 --to 7.tlog-proof",
    )
    _add_source(prove)
    prove.add_argument(
        "--policy", type=Path, metavar="FILE", help="策略文件,含公钥 / the policy file with the log's vkey"
    )
    entry = prove.add_mutually_exclusive_group(required=True)
    entry.add_argument("--index", type=int, metavar="N", help="条目序号,从 0 起 / the entry's index, from 0")
    entry.add_argument("--line", metavar="LINE", help="明细,如 bank-402/PAY-1/7 / a line's assessment, by its name")
    prove.add_argument("--to", type=Path, metavar="FILE", help="写入此文件 / write it to this file")
    _add_opening(prove)
    check = add_verb(
        log,
        "check-proof",
        "proof:check",
        "离线核对证明文件,显示条目 / check a proof without a connection and show its entry",
        "log check-proof 7.tlog-proof --policy policy.txt",
    )
    check.add_argument("proof", type=Path, metavar="FILE", help="证明文件 / the proof")
    check.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="FILE",
        help="自己信任的策略文件 / the policy file that you yourself trust",
    )


def _add_opening(prove: Parser) -> None:
    prove.add_argument(
        "--open",
        action="store_true",
        help="连同不公开的内容与开示值;此次查阅先记入日志 / with private part and opening; the log records it first",
    )
    prove.add_argument(
        "--key", type=Path, metavar="FILE", help="开示:办理人的密钥文件 / to open: the acting officer's key file"
    )
    prove.add_argument(
        "--ground",
        metavar="TEXT",
        help="开示:查阅依据,不公开 / to open: on what ground; kept out of the public log",
    )
    prove.add_argument(
        "--reader",
        choices=READERS,
        default="other",
        help="开示:查阅人类别,公开,默认 other / to open: the kind of reader, public; default: other",
    )
    prove.add_argument(
        "--for",
        dest="asker",
        default="",
        metavar="TEXT",
        help="开示:查阅人,不公开 / to open: who asks; kept out of the public log",
    )


def _add_source(parser: Parser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--home", type=Path, metavar="DIR", help="本县主目录 / the county's home directory")
    source.add_argument("--dir", type=Path, metavar="DIR", help="日志副本 / a copy of the log")
    source.add_argument("--url", metavar="URL", help="日志网址 / the log's address")


def _add_terms(parser: Parser) -> None:
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="策略文件:公钥与见证方,默认用主目录的 / the policy file: vkey and witnesses; default: the home's own",
    )
    parser.add_argument(
        "--seen",
        type=Path,
        metavar="FILE",
        help="上次所见的检查点,核验后更新,默认在主目录 seen/ / the checkpoint seen last; default: in the home's seen/",
    )
    parser.add_argument("--max-age", type=int, metavar="SECONDS", help="见证最多早多少秒 / how old cosignatures may be")
