"""Owns the command ``submit`` with its arguments. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_verb


def add_submit(nouns: Nouns) -> None:
    """Add the command ``submit``."""
    submit = add_verb(
        nouns,
        "submit",
        "submit:run",
        "报送文件 / bring files in",
        "submit --home county sample",
        "submit --home county --source bank-402 PAY402_20261105_0001.txt",
        "submit --cluster cluster.toml --county 511112 --spool spool documents  不经主目录 / without a home",
        "submit --cluster cluster.toml --county 511112 --spool spool --adapter-key bank-402.key --source bank-402 "
        "--profile batchpay-402 PAY402_20261105_0001.txt",
    )
    where = submit.add_mutually_exclusive_group(required=True)
    where.add_argument("--home", type=Path, metavar="DIR", help="本县主目录 / the county's home directory")
    where.add_argument(
        "--cluster",
        type=Path,
        metavar="FILE",
        help="集群设置,不经主目录 / a cluster's settings: no home needed",
    )
    _add_spool(submit)
    submit.add_argument(
        "--source", default="", metavar="SRC", help="报送单位 / whose file it is, when its name does not say it"
    )
    submit.add_argument("paths", nargs="+", type=Path, metavar="FILE", help="文件或文件夹 / files, or a folder")


def _add_spool(submit: Parser) -> None:
    """Add what goes with ``--cluster``."""
    submit.add_argument("--county", metavar="CODE", help="六位县区代码 / the 6-digit county code")
    submit.add_argument(
        "--spool",
        type=Path,
        metavar="DIR",
        help="本机暂存文件夹,一县一个,不可丢 / this machine's folder of what was sent, one a county; keep it",
    )
    submit.add_argument(
        "--adapter-key",
        type=Path,
        metavar="FILE",
        help="本单位适配器密钥,用于自有格式的文件 / the source's adapter key, for files in its own formats",
    )
    submit.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="自有格式的名称,可多次 / a profile of such files; may be given again",
    )
    submit.add_argument(
        "--profiles", type=Path, metavar="DIR", help="本单位自有格式的文件夹 / a folder of own profiles"
    )
    submit.add_argument(
        "--again",
        action="store_true",
        help="送过的也再送,如密钥刚登记 / also send what was sent before, e.g. once its key is registered",
    )
