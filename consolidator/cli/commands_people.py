"""Owns the commands about people's accounts with their arguments: census, designation. Light, like the list of all."""

from pathlib import Path

from consolidator.cli.parsing import Nouns, Parser, add_full, add_home, add_key, add_noun, add_verb


def add_census(nouns: Nouns) -> None:
    """Add the noun ``census``."""
    census = add_noun(
        nouns,
        "census",
        "持卡台账 / the card census",
        "census report --home county",
        "census request --home county --bank 402 --out verify-402.xlsx",
    )
    request = add_verb(
        census,
        "request",
        "census:request",
        "核验清单:请银行核对账户 / the list a bank is asked to verify",
        "census request --home county --bank 402 --out verify-402.xlsx",
        "census request --home county --bank 402 --out verify-402.csv",
    )
    add_home(request)
    request.add_argument("--bank", required=True, metavar="CODE", help="三位银行代码 / the bank's 3-digit code")
    request.add_argument("--out", type=Path, metavar="FILE", help=".csv 或 .xlsx 文件 / a file, .csv or .xlsx")
    show = add_verb(
        census,
        "show",
        "census:show",
        "一个人有几张卡、在哪里、谁保管 / how many cards, where, kept by whom",
        "census show --home county --id-file id.txt",
        "census show --home county --id-file id.txt --full",
    )
    add_home(show)
    _add_identity(show)
    add_full(show)
    report = add_verb(
        census,
        "report",
        "census:report",
        "归并报告,按乡镇 / how far consolidation is, by township",
        "census report --home county",
        "census report --home county --to report.xlsx",
    )
    add_home(report)
    report.add_argument("--to", type=Path, metavar="FILE", help="含名单的 .xlsx / a workbook, with the persons")


def _add_identity(parser: Parser) -> None:
    _add_private(parser, "--id", "证件号码 / the person's ID")


def _add_private(parser: Parser, option: str, text: str) -> None:
    zh, _, en = text.partition(" / ")
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument(option, metavar="-", help=f"从标准输入读{zh} / read {en} from stdin")
    given.add_argument(f"{option}-file", type=Path, metavar="FILE", help=f"从文件读{zh} / read {en} from a file")


def add_designations(nouns: Nouns) -> None:
    """Add the noun ``designation``."""
    designation = add_noun(
        nouns,
        "designation",
        "指定账户 / designated accounts",
        "designation show --home county --id-file id.txt",
        "designation suspend --home county --key clerk.key --id-file id.txt",
    )
    show = add_verb(
        designation,
        "show",
        "designation:show",
        "一个人的指定账户及历史 / a payee's designations with their history",
        "designation show --home county --id-file id.txt",
    )
    add_home(show)
    _add_identity(show)
    add_full(show)
    choose_account = add_verb(
        designation,
        "set",
        "designation:choose",
        "指定账户 / designate an account",
        "designation set --home county --key clerk.key --bank 402 --id-file id.txt --account-file account.txt",
    )
    _add_designation_act(choose_account)
    choose_account.add_argument("--bank", required=True, metavar="CODE", help="三位银行代码 / the bank's 3-digit code")
    _add_private(choose_account, "--account", "账号 / the account number")
    choose_account.add_argument("--branch", default="", metavar="NUMBER", help="12 位行号 / the 12-digit branch number")
    _add_designation_act(
        add_verb(
            designation,
            "suspend",
            "designation:suspend",
            "暂停向现指定账户支付 / stop paying to the account in force",
            "designation suspend --home county --key clerk.key --id-file id.txt",
        )
    )


def _add_designation_act(parser: Parser) -> None:
    add_home(parser)
    add_key(parser)
    _add_identity(parser)
    parser.add_argument(
        "--document", default="", metavar="ID", help="报送件编号 / the document's id; made up if absent"
    )
