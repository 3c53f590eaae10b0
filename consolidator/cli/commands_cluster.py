"""Owns the commands about a cluster with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_home, add_noun, add_verb


def add_topics(nouns: Nouns) -> None:
    """Add the noun ``topics``."""
    topics = add_noun(
        nouns,
        "topics",
        "Kafka 主题与权限 / topics on Kafka, and who may read and write them",
        "topics check --cluster cluster.toml",
        "topics apply --cluster cluster.toml",
    )
    check = add_verb(
        topics,
        "check",
        "topics:check",
        "比较主题与权限,不作改动;有出入时退出码 3 / compare topics and rights, change nothing; exit 3 if they differ",
        "topics check --cluster cluster.toml",
        "topics check --cluster cluster.toml --json",
    )
    _add_cluster(check)
    apply = add_verb(
        topics,
        "apply",
        "topics:apply",
        "建立主题、授予权限,只增不减;可重复运行 / make topics and grant rights; takes nothing away; repeat at will",
        "topics apply --cluster cluster.toml --cert admin.pem --cert-key admin.key  由管理员运行 / as an administrator",
        "topics apply --bootstrap 127.0.0.1:9092 --partitions 4 --bank 402  本机试用 / to try out",
    )
    _add_cluster(apply)


def _add_cluster(parser: Parser) -> None:
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--cluster", type=Path, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings")
    where.add_argument(
        "--bootstrap", metavar="ADDRESS", help="试用的单个代理 host:port / a single broker to try out, host:port"
    )
    parser.add_argument(
        "--cert", type=Path, metavar="FILE", help="管理员证书(PEM),代替设置中的 / an administrator's certificate, PEM"
    )
    parser.add_argument("--cert-key", type=Path, metavar="FILE", help="其密钥(PEM) / its key, PEM")
    parser.add_argument(
        "--partitions",
        type=int,
        default=1,
        metavar="N",
        help="试用时的分区数,默认 1 / partitions, to try out; default: 1",
    )
    parser.add_argument(
        "--bank", action="append", default=[], metavar="CODE", help="试用时的付款银行 / a paying bank, to try out"
    )


def add_cluster(nouns: Nouns) -> None:
    """Add the noun ``cluster``."""
    cluster = add_noun(
        nouns,
        "cluster",
        "Kafka 集群上的县区 / counties on a Kafka cluster",
        "cluster adopt --cluster cluster.toml --home county",
    )
    adopt = add_verb(
        cluster,
        "adopt",
        "cluster:run_adopt",
        "把本机的县迁入集群:写入命令、比较结果、切换;可重复运行 / "
        "move a county from this machine to a cluster: append, compare, switch; may be repeated",
        "cluster adopt --cluster cluster.toml --home county",
    )
    adopt.add_argument(
        "--cluster", type=Path, required=True, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings"
    )
    add_home(adopt)
    adopt.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="记账进程多久无提交即放弃,默认 60 秒 / how long the worker may be silent; default: 60",
    )
