"""Owns the commands about a cluster with their arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.commands_counties import add_counties
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


def add_cluster(nouns: Nouns) -> None:
    """Add the noun ``cluster``."""
    cluster = add_noun(
        nouns,
        "cluster",
        "Kafka 集群上的县区 / counties on a Kafka cluster",
        "cluster init --to cluster.toml --bootstrap 127.0.0.1:9092 --replication 1 --county 511112=homes/511112",
        "cluster assign --cluster cluster.toml --county 511112 --worker w2",
    )
    add_counties(cluster)
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


def add_worker(nouns: Nouns) -> None:
    """Add the noun ``worker``."""
    worker = add_noun(
        nouns,
        "worker",
        "记账进程:在 Kafka 上运行多个县区 / workers, which run the ledgers of many counties on Kafka",
        "worker run --cluster cluster.toml --name w1",
        "worker status --cluster cluster.toml --name w1",
    )
    run = add_verb(
        worker,
        "run",
        "worker:run",
        "运行分配给它的县区;被接管时退出码 7,由守护程序延时重启 / "
        "run the counties it is given; exit 7 if another process took one over: a supervisor restarts it with pauses",
        "worker run --cluster cluster.toml --name w1",
        "worker run --cluster cluster.toml --name w1 --once --json",
    )
    _add_worker_name(run)
    run.add_argument("--once", action="store_true", help="处理完待办即退出 / end when nothing is pending")
    status = add_verb(
        worker,
        "status",
        "worker:status",
        "本机上一个记账进程的各县区;不在运行时退出码 6 / where the counties of a worker of this machine stand; "
        "exit 6 if it does not run",
        "worker status --cluster cluster.toml --name w1 --json",
    )
    _add_worker_name(status)


def add_bank(nouns: Nouns) -> None:
    """Add the noun ``bank``."""
    text = "银行端:从集群接收代发文件,模拟答复 / a bank's side: receive order files from a cluster, simulate answers"
    bank = add_noun(
        nouns,
        "bank",
        text,
        "bank receive --cluster cluster.toml --bank 402 --to inbox --policy policy.txt",
        "bank answer inbox/511112 --out answers",
    )
    _add_receive(bank)
    _add_answer(bank)


def _add_answer(bank: Nouns) -> None:
    answer = add_verb(
        bank,
        "answer",
        "answer:run",
        "模拟:按本行格式编造代发文件的发放结果,没有付款,切勿用于真实发放 / "
        "simulate a bank's answer to order files, in its own layout: nobody pays, the results are made up; "
        "never for real money",
        "bank answer inbox/511112/bank-402_PAY-1_402_001.txt --out answers  全部成功 / all credited",
        "bank answer inbox/511112 --out answers --failed 5 --unknown 2 --returned 1",
        "submit --cluster cluster.toml --county 511112 --spool spool --adapter-key bank-402.key --source bank-402 "
        "--profile results-402 answers  报送 / send them",
    )
    answer.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="代发文件或其文件夹 / order files, or a folder of them"
    )
    answer.add_argument("--out", type=Path, required=True, metavar="DIR", help="答复放在哪里 / where answers are put")
    answer.add_argument("--bank", metavar="CODE", help="银行,默认由格式得知 / the bank; default: whose layout fits")
    for name, zh, en in (
        ("failed", "失败", "fail"),
        ("unknown", "待查询", "stay unknown"),
        ("returned", "退票", "come back"),
    ):
        text = f"每百笔中{zh}几笔,默认 0 / how many of a hundred {en}; default: 0"
        answer.add_argument(f"--{name}", type=int, default=0, metavar="N", help=text)
    answer.add_argument("--on", metavar="DAY", help="银行的日期,默认今天 / the bank's day, 2026-11-16; default: today")
    answer.add_argument("--profiles", type=Path, metavar="DIR", help="自有格式的文件夹 / a folder of own profiles")


def _add_receive(bank: Nouns) -> None:
    receive = add_verb(
        bank,
        "receive",
        "bank:receive",
        "接收本行代发文件,逐个核对后放入文件夹;发放结果用 submit --cluster 回传 / "
        "receive a bank's order files, each checked first; results go back by submit --cluster",
        "bank receive --cluster cluster.toml --bank 402 --to inbox --policy 511112.txt --policy 511123.txt",
        "bank receive --cluster cluster.toml --bank 402 --to inbox --policy 511112=policy.txt --once --json",
    )
    _add_file(receive)
    receive.add_argument("--bank", required=True, metavar="CODE", help="本行三位代码 / the bank's 3-digit code")
    receive.add_argument(
        "--to",
        type=Path,
        required=True,
        metavar="DIR",
        help="放入 DIR/县区/;本行各接收进程共用一个,received/ 不可删 / "
        "files go to DIR/COUNTY/; one for all of the bank's receivers; keep its received/",
    )
    receive.add_argument(
        "--policy",
        action="append",
        required=True,
        metavar="[COUNTY=]FILE",
        help="本行自己保存的策略文件,每县一个 / the policy the bank itself keeps, one for each county",
    )
    receive.add_argument("--profiles", type=Path, metavar="DIR", help="本行自有格式的文件夹 / a folder of own profiles")
    receive.add_argument("--once", action="store_true", help="收完现有文件即退出 / end when nothing waits")


def _add_worker_name(parser: Parser) -> None:
    _add_file(parser)
    parser.add_argument(
        "--name", required=True, metavar="W", help="记账进程名,见 cluster.toml / the worker, as cluster.toml names it"
    )


def _add_file(parser: Parser) -> None:
    parser.add_argument(
        "--cluster", type=Path, required=True, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings"
    )


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
