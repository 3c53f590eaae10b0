"""Owns the command ``publish`` with its arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, add_verb


def add_publish(nouns: Nouns) -> None:
    """Add the command ``publish``."""
    publish = add_verb(
        nouns,
        "publish",
        "publish:run",
        "由公开主题写出一县的静态日志,树根不符即停止 / "
        "write a county's log as static files, from public topics only; stops where a root disagrees",
        "publish --cluster cluster.toml --county 511112 --to www/511112 --policy policy.txt",
    )
    publish.add_argument(
        "--cluster", type=Path, required=True, metavar="FILE", help="集群设置 cluster.toml / the cluster's settings"
    )
    publish.add_argument("--county", required=True, metavar="CODE", help="六位县区代码 / the 6-digit county code")
    publish.add_argument("--to", type=Path, required=True, metavar="DIR", help="文件夹 / the folder")
    publish.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="FILE",
        help="自己信任的策略文件,含日志公钥 / the policy file that you yourself trust, with the log's vkey",
    )
    publish.add_argument("--once", action="store_true", help="写完现有的即退出 / end when what is there is written")
