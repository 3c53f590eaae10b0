"""Owns the commands of a monitor with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_noun, add_verb


def add_monitor(nouns: Nouns) -> None:
    """Add the noun ``monitor``."""
    monitor = add_noun(
        nouns,
        "monitor",
        "跨县区监测(R17):疑点签名后送两县账本 / compares counties (R17), and tells both ledgers what it finds",
        "monitor init --home monitor",
        "monitor run --home monitor --cluster cluster.toml",
        "monitor watch --cluster cluster.toml --json",
    )
    init = add_verb(
        monitor,
        "init",
        "monitor:init",
        "建立监测方的密钥,只建一次;显示各县政策要登记的公钥 / make its keys, once; prints the vkey for policies",
        "monitor init --home monitor --source monitor",
    )
    _add_home(init)
    init.add_argument(
        "--source",
        default="monitor",
        metavar="SOURCE",
        help="各县政策中的报送单位编号,默认 monitor / the source's id in counties' policies; default: monitor",
    )
    run = add_verb(
        monitor,
        "run",
        "monitor:run",
        "持续监测,Ctrl-C 结束;可随时重启 / compare as entries come, Ctrl-C ends it; restart at will",
        "monitor run --home monitor --cluster cluster.toml",
        "monitor run --home monitor --cluster cluster.toml --rebuild   从日志重建 / from the log anew",
    )
    _add_home(run)
    _add_cluster(run)
    run.add_argument(
        "--rebuild", action="store_true", help="丢弃中间表,从日志重建 / forget the table, build it from the log anew"
    )
    run.add_argument(
        "--resend",
        action="store_true",
        help="所有疑点再送一次,县里后登记密钥时用 / tell everything again, for a county that registered the key late",
    )
    watch = add_verb(
        monitor,
        "watch",
        "monitor:watch",
        "显示监测发现,Ctrl-C 结束 / show what monitors found, Ctrl-C ends it",
        "monitor watch --cluster cluster.toml",
        "monitor watch --cluster cluster.toml --once --json",
    )
    _add_cluster(watch)
    watch.add_argument("--once", action="store_true", help="显示现有的就结束 / show what is there, and end")


def _add_home(parser: Parser) -> None:
    parser.add_argument(
        "--home", type=Path, required=True, metavar="DIR", help="监测方主目录 / the monitor's home directory"
    )


def _add_cluster(parser: Parser) -> None:
    parser.add_argument(
        "--cluster", type=Path, required=True, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings"
    )
