"""Owns the commands about years of data with their arguments. Light, like the list of all."""

from consolidator.cli.parsing import Nouns, add_home, add_noun, add_verb


def add_epochs(nouns: Nouns) -> None:
    """Add the noun ``epoch``."""
    epoch = add_noun(
        nouns,
        "epoch",
        "年度数据:保管期满后销毁 / a year's data, and their end when retention is over",
        "epoch list --home county",
        "epoch retire --home county 2026",
    )
    listing = add_verb(
        epoch,
        "list",
        "epoch:show_all",
        "各年度:保管至何时、已销毁什么 / the years: kept until when, or what was removed",
        "epoch list --home county",
        "epoch list --home county --json",
    )
    add_home(listing)
    retire = add_verb(
        epoch,
        "retire",
        "epoch:retire",
        "销毁保管期满的一年:密钥、查阅件、命令及原件,不可恢复;公开日志不变 / "
        "destroy a year whose retention is over: key, disclosures, commands, files; the public log stays whole",
        "epoch retire --home county 2026  中断后再次运行即完成 / after an interruption the same command finishes it",
        "epoch retire --home county 2026 --unanswered  银行确实查不到结果 / when banks cannot say what became of lines",
    )
    add_home(retire)
    retire.add_argument("year", type=int, metavar="YEAR", help="年度(UTC) / the calendar year, UTC")
    retire.add_argument(
        "--unanswered",
        action="store_true",
        help="已送银行而无回单的明细也一并销毁,笔数记入报告 / also lines no bank answered on; the report counts them",
    )
