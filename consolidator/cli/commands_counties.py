"""Owns the commands about a cluster's table of counties with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_verb


def add_counties(cluster: Nouns) -> None:
    """Add ``init``, ``add``, ``assign`` and ``show`` to the noun ``cluster``."""
    _add_init(cluster)
    add = add_verb(
        cluster,
        "add",
        "counties:add",
        "添加县区,用下一个分区号 / add a county: it gets the next partition, for life",
        "cluster add --cluster cluster.toml --county 511114 --home homes/511114 --worker w1",
    )
    _add_file(add)
    _add_county(add)
    add.add_argument("--home", type=Path, required=True, metavar="DIR", help="该县主目录 / the county's home")
    _add_worker(add)
    assign = add_verb(
        cluster,
        "assign",
        "counties:assign",
        "把县区交给另一记账进程,可在运行中进行 / give a county to another worker, also while both run",
        "cluster assign --cluster cluster.toml --county 511112 --worker w2",
    )
    _add_file(assign)
    _add_county(assign)
    _add_worker(assign)
    show = add_verb(
        cluster,
        "show",
        "counties:show",
        "各县区的分区与记账进程 / counties with their partitions and workers",
        "cluster show --cluster cluster.toml",
        "cluster show --cluster cluster.toml --json",
    )
    _add_file(show)


def _add_init(cluster: Nouns) -> None:
    init = add_verb(
        cluster,
        "init",
        "counties:init",
        "写出新集群的设置文件 / write the settings of a new cluster",
        "cluster init --to cluster.toml --bootstrap 127.0.0.1:9092 --replication 1 --county 511112=homes/511112",
        "cluster init --to cluster.toml --bootstrap k1:9092,k2:9092,k3:9092 --bank 402 --bank 103 --worker w1 "
        "--worker w2 --county 511112=homes/511112 --county 511113=homes/511113",
    )
    init.add_argument("--to", type=Path, required=True, metavar="FILE", help="新文件 / the new file")
    init.add_argument(
        "--bootstrap", required=True, metavar="ADDRESSES", help="代理地址 host:port,逗号分隔 / brokers, host:port"
    )
    init.add_argument(
        "--county",
        action="append",
        required=True,
        metavar="CODE=HOME",
        help="县区及其主目录,可多次 / a county and its home; may be repeated",
    )
    init.add_argument(
        "--bank", action="append", default=[], metavar="CODE", help="付款银行,可多次 / a paying bank; may be repeated"
    )
    init.add_argument(
        "--worker",
        action="append",
        default=[],
        metavar="NAME",
        help="记账进程,可多次,县区轮流分配,默认 w1 / "
        "a worker; may be repeated, counties are dealt out in turn; default: w1",
    )
    init.add_argument("--prefix", default="consolidator", metavar="WORD", help="主题名的第一段 / first word of topics")
    init.add_argument(
        "--replication",
        type=int,
        choices=(1, 3),
        default=0,
        help="副本数;只有一台代理时写 1;默认 3 / copies of each record; with a single broker: 1; default: 3",
    )


def _add_file(parser: Parser) -> None:
    parser.add_argument(
        "--cluster", type=Path, required=True, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings"
    )


def _add_county(parser: Parser) -> None:
    parser.add_argument("--county", required=True, metavar="CODE", help="县区代码 / the county's 6-digit code")


def _add_worker(parser: Parser) -> None:
    parser.add_argument("--worker", required=True, metavar="W", help="记账进程 / the worker")
