"""Owns the commands about what a county stands on, with their arguments: its home, its quorum, its order files."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, add_home, add_key, add_noun, add_verb


def add_init(nouns: Nouns) -> None:
    """Add the command ``init``."""
    init = add_verb(
        nouns,
        "init",
        "init:run",
        "建立本县主目录 / make a county's home",
        "init --home county --county 511112 --sample sample",
        "init --home county --county 511112 --root-key VKEY --root-key VKEY",
        "init --home county --county 511112 --root-key VKEY --root-key VKEY --cluster cluster.toml",
    )
    add_home(init)
    init.add_argument("--county", required=True, metavar="CODE", help="六位县区代码 / the 6-digit county code")
    init.add_argument(
        "--origin",
        default="",
        metavar="NAME",
        help="日志名称,用本单位域名 / the log's name, under a domain of your own",
    )
    init.add_argument(
        "--log-key",
        type=Path,
        metavar="FILE",
        help="已建好的日志密钥,见证方须先知道它的公钥 / a log key made before, so that witnesses know its vkey",
    )
    init.add_argument(
        "--quorum",
        type=Path,
        metavar="FILE",
        help="见证要求(JSON),写入首条命令 / whose cosignatures a payment needs (JSON), pinned for good",
    )
    init.add_argument(
        "--cluster",
        type=Path,
        metavar="FILE",
        help="在 Kafka 集群上建立,其设置文件 / on a Kafka cluster, whose settings these are",
    )
    roots = init.add_mutually_exclusive_group(required=True)
    roots.add_argument(
        "--root-key",
        action="append",
        metavar="VKEY",
        help="根管理员公钥,至少两个 / a root officer's vkey; two at least",
    )
    roots.add_argument(
        "--sample", type=Path, metavar="DIR", help="用示例的密钥(仅供演示) / a sample's keys, for demonstration only"
    )


def add_order(nouns: Nouns) -> None:
    """Add the noun ``order``."""
    order = add_noun(nouns, "order", "代发文件 / order files", "order check PAY.txt --policy policy.txt")
    check = add_verb(
        order,
        "check",
        "order:check",
        "银行付款前核对代发文件、证明与见证 / what a bank checks before it pays: file, proof, quorum",
        "order check PAY.txt --policy policy.txt",
        "order check PAY.txt --proof PAY.txt.tlog-proof --policy policy.txt --json",
    )
    check.add_argument("file", type=Path, metavar="FILE", help="代发文件 / the order file")
    check.add_argument(
        "--proof", type=Path, metavar="FILE", help="证明,默认 文件名.tlog-proof / its proof; default: FILE.tlog-proof"
    )
    check.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="FILE",
        help="本行自己保存的策略:日志公钥、见证方、见证要求 / the policy the bank itself keeps: log, witnesses, quorum",
    )
    check.add_argument("--profiles", type=Path, metavar="DIR", help="本行自有格式的文件夹 / a folder of own profiles")


def add_cosign(log: Nouns) -> None:
    """Add the verb by which root officers help a county whose witnesses are lost."""
    cosign = add_verb(
        log,
        "cosign",
        "cosign:run",
        "见证方失效时由全体根管理员会签 / when witnesses are lost: root officers put a new quorum in force",
        "log cosign --home county --key root-1.key",
    )
    add_home(cosign)
    add_key(cosign)
